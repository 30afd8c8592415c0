import { BadArchive } from './ledger.ts';
import { isTarHeader } from './packed.ts';

/** Takes exact lengths out of chunks of any. */
export class Pull {
  private readonly chunks: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);
  private failure: Error | undefined;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** What broke once stays broken: asked again, it would look like the end. */
  private async next(): Promise<Buffer> {
    if (this.failure !== undefined) throw this.failure;
    try {
      for (;;) {
        const next = await this.chunks.next();
        if (next.done === true) return Buffer.alloc(0);
        // A packing may hold blocks of nothing.
        if (next.value.length > 0) return next.value;
      }
    } catch (thrown) {
      this.failure = thrown instanceof Error ? thrown : new Error(String(thrown));
      throw this.failure;
    }
  }

  /** Whatever comes next, `bytesMax` at most; nothing at the end. */
  async some(bytesMax: number): Promise<Buffer> {
    while (this.held.length === 0) {
      this.held = await this.next();
      if (this.held.length === 0) return this.held;
    }
    const piece = this.held.subarray(0, bytesMax);
    this.held = this.held.subarray(piece.length);
    return piece;
  }

  /** `length` bytes, or fewer at the end. */
  async take(length: number): Promise<Buffer> {
    if (this.held.length >= length) {
      const piece = this.held.subarray(0, length);
      this.held = this.held.subarray(length);
      return piece;
    }
    const pieces: Buffer[] = [];
    let have = 0;
    while (have < length) {
      const piece = await this.some(length - have);
      if (piece.length === 0) break;
      pieces.push(piece);
      have += piece.length;
    }
    return Buffer.concat(pieces, have);
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}

export interface TarEntry {
  readonly rawName: Buffer;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  readonly bytes: number;
  /** The content, in pieces. @throws BadArchive when the archive ends in it. */
  content(): AsyncGenerator<Buffer>;
}

const block = 512;
const metaBytesMax = 1 << 20;

const numberAt = (head: Buffer, from: number, to: number): number => {
  const first = head[from] ?? 0;
  // GNU: base 256, where octal digits do not suffice.
  if ((first & 0x80) !== 0) {
    let value = first & 0x7f;
    for (let i = from + 1; i < to; i++) value = value * 256 + (head[i] ?? 0);
    return value;
  }
  const digits = head.toString('latin1', from, to).replace(/[\0 ]+/g, '');
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
};

const upToNul = (bytes: Buffer): Buffer => {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
};

const nameOf = (head: Buffer): Buffer => {
  const name = upToNul(head.subarray(0, 100));
  // GNU writes times where POSIX has the prefix, and another magic.
  if (head.toString('latin1', 257, 263) !== 'ustar\0') return name;
  const prefix = upToNul(head.subarray(345, 500));
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
};

/** What headers in front of an entry's own say of it. */
interface Extended {
  path?: Buffer;
  size?: number;
  sparse?: boolean;
}

/** Records `LENGTH KEY=VALUE\n` of a pax header (POSIX.1-2001, pax). */
const readPax = (bytes: Buffer, extended: Extended): void => {
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    const equals = bytes.indexOf(0x3d, space);
    const end = at + length;
    if (!(length > 0) || end > bytes.length || equals < 0 || equals >= end) {
      throw new BadArchive('damaged', 'a pax header in it is damaged');
    }
    const key = bytes.toString('latin1', space + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    if (key === 'path') extended.path = value;
    if (key === 'size') extended.size = Number(value.toString('latin1'));
    if (key.startsWith('GNU.sparse')) extended.sparse = true;
    at = end;
  }
};

const kindOf = (type: number): TarEntry['kind'] => {
  if (type === 0 || type === 0x30 || type === 0x37) return 'file';
  if (type === 0x31 || type === 0x32) return 'link';
  return type === 0x35 ? 'folder' : 'special';
};

const isZero = (bytes: Buffer): boolean => bytes.every(byte => byte === 0);

const cut = (): BadArchive => new BadArchive('truncated', 'the tar file is cut off');

/** Behind the end only padding may stand; it is read so that the packing's own sum is checked. */
const drain = async (pull: Pull): Promise<void> => {
  for (;;) {
    const rest = await pull.some(1 << 20);
    if (rest.length === 0) return;
    if (!isZero(rest)) throw new BadArchive('damaged', 'something follows the end of the tar file');
  }
};

const body = (
  pull: Pull,
  bytes: number,
): { readonly chunks: () => AsyncGenerator<Buffer>; readonly skip: () => Promise<void> } => {
  let left = bytes;
  const padding = (block - (bytes % block)) % block;
  const chunks = async function* (): AsyncGenerator<Buffer> {
    while (left > 0) {
      const piece = await pull.some(left);
      if (piece.length === 0) throw cut();
      left -= piece.length;
      yield piece;
    }
  };
  const skip = async (): Promise<void> => {
    for await (const piece of chunks()) void piece;
    const rest = await pull.take(padding);
    if (rest.length < padding) throw cut();
  };
  return { chunks, skip };
};

const sizeOf = (head: Buffer, extended: Extended): number => {
  const size = extended.size ?? numberAt(head, 124, 136);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new BadArchive('damaged', 'an entry of the tar file states no size');
  }
  return size;
};

/**
 * The entries of a tar file: ustar, pax and GNU long names. The content of one must be read before the
 * next is asked for, or is skipped.
 *
 * @throws BadArchive when it is cut off (no end stands at its end) or damaged.
 */
export async function* tarEntries(pull: Pull): AsyncGenerator<TarEntry> {
  let extended: Extended = {};
  for (;;) {
    const head = await pull.take(block);
    if (head.length < block) throw cut();
    if (isZero(head)) {
      await drain(pull);
      return;
    }
    if (!isTarHeader(head)) throw new BadArchive('damaged', 'a header of the tar file is damaged');
    const type = head.readUInt8(156);
    // x, g: pax; L, K: GNU's long name and long target of a link.
    const isMeta = type === 0x78 || type === 0x67 || type === 0x4c || type === 0x4b;
    const bytes = sizeOf(head, isMeta ? {} : extended);
    const content = body(pull, bytes);
    if (isMeta) {
      if (bytes > metaBytesMax) throw new BadArchive('damaged', 'a header of it is far too long');
      const meta = await pull.take(bytes);
      if (meta.length < bytes) throw cut();
      await pull.take((block - (bytes % block)) % block);
      if (type === 0x78) readPax(meta, extended);
      if (type === 0x4c) extended.path = upToNul(meta);
      continue;
    }
    const kind = extended.sparse === true ? 'special' : kindOf(type);
    yield { rawName: extended.path ?? nameOf(head), kind, bytes, content: () => content.chunks() };
    extended = {};
    await content.skip();
  }
}
