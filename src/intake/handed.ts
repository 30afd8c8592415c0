import type { Document, DocumentError } from './documents.ts';
import { BadArchive, type Ledger } from './ledger.ts';

/** Where something was found. */
export interface Item {
  /** Label of all of it, from the file that the user named. */
  readonly name: string;
  readonly base: string;
  /** In how many archives it lies. */
  readonly nesting: number;
}

export const inside = (item: Item, entryName: string): Item => ({
  name: `${item.name}/${entryName}`,
  base: entryName.slice(Math.max(entryName.lastIndexOf('/'), entryName.lastIndexOf('\\')) + 1),
  nesting: item.nesting + 1,
});

const tooLarge = (bytesMax: number): BadArchive =>
  new BadArchive('too-large', `it is longer than the ${bytesMax} bytes that are read`);

/** A small document, read and found whole before anybody gets it. */
export class HeldDocument implements Document {
  readonly name: string;
  readonly base: string;
  private readonly held: Uint8Array;
  private readonly ledger: Ledger;

  constructor(item: Item, held: Uint8Array, ledger: Ledger) {
    this.name = item.name;
    this.base = item.base;
    this.held = held;
    this.ledger = ledger;
    ledger.documents += 1;
    ledger.bytes += held.length;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    yield this.held;
  }

  async bytes(bytesMax: number): Promise<Uint8Array> {
    if (this.held.length <= bytesMax) return this.held;
    this.ledger.documents -= 1;
    throw this.ledger.documentError(this.name, tooLarge(bytesMax), false);
  }
}

/** A document that is read while its user reads it. */
export class StreamedDocument implements Document {
  readonly name: string;
  readonly base: string;
  private readonly content: AsyncIterable<Uint8Array>;
  private readonly ledger: Ledger;
  private readonly packedBytes: number | undefined;

  /** `packedBytes`: what it was, where it is unpacked for itself. */
  constructor(
    item: Item,
    content: AsyncIterable<Uint8Array>,
    ledger: Ledger,
    packedBytes: number | undefined,
  ) {
    this.name = item.name;
    this.base = item.base;
    this.content = content;
    this.ledger = ledger;
    this.packedBytes = packedBytes;
    ledger.documents += 1;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    let isHandedOut = false;
    try {
      for await (const piece of this.bounded(this.ledger.limits.documentBytesMax)) {
        yield piece;
        isHandedOut = true;
      }
    } catch (thrown) {
      throw this.failed(thrown, isHandedOut);
    }
  }

  async bytes(bytesMax: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    try {
      const max = Math.min(bytesMax, this.ledger.limits.documentBytesMax);
      for await (const piece of this.bounded(max)) pieces.push(Uint8Array.from(piece));
    } catch (thrown) {
      throw this.failed(thrown, false);
    }
    return Buffer.concat(pieces);
  }

  private failed(thrown: unknown, isHandedOut: boolean): DocumentError {
    this.ledger.documents -= 1;
    return this.ledger.documentError(this.name, thrown, isHandedOut);
  }

  private async *bounded(bytesMax: number): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const piece of this.content) {
      bytes += piece.length;
      this.ledger.bytes += piece.length;
      this.ledger.unpacked(piece.length);
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      if (this.packedBytes !== undefined && this.ledger.isBomb(this.packedBytes, bytes)) {
        throw new BadArchive('ratio', 'it unpacks to far more than any document does');
      }
      yield piece;
    }
  }
}
