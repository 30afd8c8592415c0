import type { Document } from './documents.ts';
import { HeldDocument, type Item, inside, StreamedDocument } from './handed.ts';
import { BadArchive, type Ledger } from './ledger.ts';
import { nameFault, nameText, SeenNames } from './names.ts';
import { type Form, formOf, headBytes, peeked, unpackedChunks } from './packed.ts';
import { chunksOf, type Source, sectionOf } from './source.ts';
import { spooled } from './spool.ts';
import { Pull, type TarEntry, tarEntries } from './tar.ts';
import { dataOffset, type ZipEntry, zipEntries } from './zip.ts';
import { entryChunks, heldEntry, isReadable } from './zip-entry.ts';

/** Small documents are passed on together: handing each through five generators costs more than reading it. */
export type Batch = readonly Document[];

const batchDocumentsMax = 64;
const batchBytesMax = 1 << 20;

/** Collects what will be passed on together. */
class Collected {
  private documents: Document[] = [];
  private bytes = 0;

  add(document: Document, bytes: number): void {
    this.documents.push(document);
    this.bytes += bytes;
  }

  isFull(): boolean {
    return this.documents.length >= batchDocumentsMax || this.bytes >= batchBytesMax;
  }

  /** All of them, which are forgotten here. */
  take(): readonly Batch[] {
    const { documents } = this;
    this.documents = [];
    this.bytes = 0;
    return documents.length === 0 ? [] : [documents];
  }
}

/** Up to here a document is read and checked before anybody gets it. */
const heldBytesMax = 1 << 20;

const withoutPacking = (item: Item): Item => ({
  ...item,
  base: item.base.replace(/\.(?:gz|xz|zst)$/i, '').replace(/\.t[gx]z$/i, '.tar'),
});

/** What an entry may be, as far as its directory tells; the fault is counted here. */
const isAcceptable = (
  entry: ZipEntry | TarEntry,
  item: Item,
  name: string,
  seen: SeenNames,
  ledger: Ledger,
): boolean => {
  const fault = (): Parameters<Ledger['fault']>[0] | undefined => {
    if (entry.kind === 'link' || entry.kind === 'special') return entry.kind;
    if ('encrypted' in entry && entry.encrypted) return 'encrypted';
    if ('method' in entry && !isReadable(entry)) return 'method';
    return seen.add(entry.rawName) ? undefined : 'duplicate';
  };
  const whys: Readonly<Record<string, string>> = {
    link: 'it is a link, and links are not followed',
    special: 'it is neither a file nor a folder',
    encrypted: 'it is encrypted',
    method: 'it is packed with a method that is not read',
    duplicate: 'an entry of this name was there before; the first one counts',
  };
  const named = nameFault(entry.rawName, name, ledger.limits);
  const kind = named?.[0] ?? fault();
  if (kind === undefined) return true;
  ledger.fault(kind, `${item.name}/${name}`, named?.[1] ?? whys[kind] ?? kind);
  return false;
};

/** Tells archives apart and hands out what is in them. */
export class DocumentReader {
  private readonly ledger: Ledger;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  /** Everything in one file or archive; what is wrong with it as a whole goes to the report. */
  async *read(source: Source, item: Item): AsyncGenerator<Batch> {
    try {
      yield* this.byForm(formOf(source.read(0, headBytes)), source, item);
    } catch (thrown) {
      if (!(thrown instanceof BadArchive)) throw thrown;
      this.ledger.breach(thrown.kind, item.name, thrown.message);
    }
  }

  private byForm(form: Form, source: Source, item: Item): AsyncGenerator<Batch> {
    switch (form) {
      case 'zip':
        return this.zip(source, item);
      case 'tar':
        return this.tar(chunksOf(source), item);
      case 'gzip':
      case 'zstd':
      case 'xz':
        return this.packed(form, source, item);
      case 'other packing':
        throw new BadArchive('method', 'it is packed in a way that is not read: unpack it first');
      case 'plain':
        return this.plain(source, item);
    }
  }

  private async *plain(source: Source, item: Item): AsyncGenerator<Batch> {
    if (source.sizeBytes > heldBytesMax) {
      yield [new StreamedDocument(item, chunksOf(source), this.ledger, undefined)];
      return;
    }
    const held = source.read(0, source.sizeBytes);
    if (held.length < source.sizeBytes) throw new BadArchive('truncated', 'it became shorter');
    this.ledger.unpacked(held.length);
    yield [new HeldDocument(item, held, this.ledger)];
  }

  private async *packed(
    form: 'gzip' | 'zstd' | 'xz',
    source: Source,
    item: Item,
  ): AsyncGenerator<Batch> {
    const { head, chunks } = await peeked(unpackedChunks(form, source));
    try {
      const within = formOf(head);
      const bare = withoutPacking(item);
      if (within === 'plain')
        yield [new StreamedDocument(bare, chunks, this.ledger, source.sizeBytes)];
      else if (within === 'tar') yield* this.tar(this.unbombed(chunks, source.sizeBytes), bare);
      else {
        const deeper = { ...bare, nesting: item.nesting + 1 };
        yield* this.within(deeper, () => this.nested(chunks, source.sizeBytes, deeper));
      }
    } finally {
      await chunks.return(undefined);
    }
  }

  private async *unbombed(chunks: AsyncIterable<Buffer>, packed: number): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (this.ledger.isBomb(packed, bytes)) {
        throw new BadArchive('ratio', 'it unpacks to far more than any archive does');
      }
      yield chunk;
    }
  }

  /** An archive in an archive: it is written out, for a zip file must be read at any place. */
  private async *nested(
    chunks: AsyncIterable<Buffer>,
    packedBytes: number,
    item: Item,
  ): AsyncGenerator<Batch> {
    const { source, close } = await spooled(chunks, packedBytes, this.ledger);
    try {
      yield* this.read(source, item);
    } finally {
      close();
    }
  }

  /** An archive in an archive, whose documents nobody can name if it is left out. */
  private async *within(item: Item, open: () => AsyncGenerator<Batch>): AsyncGenerator<Batch> {
    try {
      if (item.nesting > this.ledger.limits.nestingMax) {
        throw new BadArchive('nested', 'it is an archive in an archive in an archive');
      }
      yield* open();
    } catch (thrown) {
      if (!(thrown instanceof BadArchive)) throw thrown;
      this.ledger.breach(thrown.kind, item.name, thrown.message);
    }
  }

  private async *zip(source: Source, item: Item): AsyncGenerator<Batch> {
    const seen = new SeenNames();
    const collected = new Collected();
    try {
      for (const entry of zipEntries(source)) {
        const turn = this.ledger.entry();
        if (turn !== undefined) await turn;
        if (entry.kind === 'folder') continue;
        const name = nameText(entry.rawName);
        if (!isAcceptable(entry, item, name, seen, this.ledger)) continue;
        const within = inside(item, name);
        if (!this.collectZipEntry(source, entry, within, collected)) {
          yield* collected.take();
          yield* this.largeZipEntry(source, entry, within);
        } else if (collected.isFull()) yield* collected.take();
      }
    } catch (thrown) {
      yield* collected.take();
      throw thrown;
    }
    yield* collected.take();
  }

  /** Whether that was all: what is large, or packed once more, is read otherwise. */
  private collectZipEntry(
    source: Source,
    entry: ZipEntry,
    item: Item,
    collected: Collected,
  ): boolean {
    const isSmall = entry.bytes <= heldBytesMax && entry.packedBytes <= heldBytesMax;
    if (!isSmall || entry.method === 93) return false;
    try {
      const held = heldEntry(source, dataOffset(source, entry), entry);
      if (formOf(held.subarray(0, headBytes)) !== 'plain') return false;
      this.ledger.unpacked(held.length);
      collected.add(new HeldDocument(item, held, this.ledger), held.length);
    } catch (thrown) {
      this.entryFailed(thrown, item);
    }
    return true;
  }

  private async *largeZipEntry(source: Source, entry: ZipEntry, item: Item): AsyncGenerator<Batch> {
    try {
      const from = dataOffset(source, entry);
      const { head, chunks } = await peeked(entryChunks(source, from, entry));
      try {
        const form = formOf(head);
        if (form === 'plain') yield this.streamedZipEntry(chunks, entry, item);
        else
          yield* this.within(item, () => this.zipInside(form, chunks, source, from, entry, item));
      } finally {
        await chunks.return(undefined);
      }
    } catch (thrown) {
      this.entryFailed(thrown, item);
    }
  }

  private zipInside(
    form: Form,
    chunks: AsyncIterable<Buffer>,
    source: Source,
    from: number,
    entry: ZipEntry,
    item: Item,
  ): AsyncGenerator<Batch> {
    if (form === 'tar') return this.tar(this.unbombed(chunks, entry.packedBytes), item);
    if (entry.method !== 0) return this.nested(chunks, entry.packedBytes, item);
    // What is stored can be read where it lies.
    return this.read(sectionOf(source.fork(), from, entry.packedBytes), item);
  }

  private streamedZipEntry(chunks: AsyncIterable<Buffer>, entry: ZipEntry, item: Item): Batch {
    const { documentBytesMax } = this.ledger.limits;
    if (entry.bytes > documentBytesMax) {
      throw new BadArchive('too-large', `it is longer than ${documentBytesMax} bytes`);
    }
    if (this.ledger.isBomb(entry.packedBytes, entry.bytes)) {
      throw new BadArchive('ratio', 'it unpacks to far more than any document does');
    }
    return [new StreamedDocument(item, chunks, this.ledger, undefined)];
  }

  /** A document is left out and named; an archive that was left out may have held any number of them. */
  private entryFailed(thrown: unknown, item: Item): void {
    if (!(thrown instanceof BadArchive)) throw thrown;
    const { kind, message } = thrown;
    if (kind === 'damaged' || kind === 'truncated') this.ledger.breach(kind, item.name, message);
    else this.ledger.fault(kind, item.name, message);
  }

  private async *tar(chunks: AsyncIterable<Buffer>, item: Item): AsyncGenerator<Batch> {
    const pull = new Pull(chunks);
    const seen = new SeenNames();
    const collected = new Collected();
    try {
      for await (const entry of tarEntries(pull)) {
        const turn = this.ledger.entry();
        if (turn !== undefined) await turn;
        if (entry.kind === 'folder') continue;
        const name = nameText(entry.rawName).replace(/^(?:\.\/)+/, '');
        if (!isAcceptable(entry, item, name, seen, this.ledger)) continue;
        yield* this.tarEntry(entry, inside(item, name), collected);
      }
    } catch (thrown) {
      yield* collected.take();
      throw thrown;
    } finally {
      await pull.close();
    }
    yield* collected.take();
  }

  private async *tarEntry(
    entry: TarEntry,
    item: Item,
    collected: Collected,
  ): AsyncGenerator<Batch> {
    const { ledger } = this;
    const { documentBytesMax } = ledger.limits;
    const { head, chunks } = await peeked(entry.content());
    if (formOf(head) !== 'plain') {
      yield* collected.take();
      yield* this.within(item, () => this.nested(chunks, entry.bytes, item));
    } else if (entry.bytes > documentBytesMax) {
      ledger.fault('too-large', item.name, `it is longer than ${documentBytesMax} bytes`);
    } else if (entry.bytes > heldBytesMax) {
      yield* collected.take();
      yield [new StreamedDocument(item, chunks, ledger, undefined)];
    } else {
      const pieces: Buffer[] = [];
      for await (const chunk of chunks) pieces.push(chunk);
      ledger.unpacked(entry.bytes);
      collected.add(new HeldDocument(item, Buffer.concat(pieces), ledger), entry.bytes);
      if (collected.isFull()) yield* collected.take();
    }
  }
}
