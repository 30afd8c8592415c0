import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import type { MailFiles } from '../mail-store.ts';

/** The bytes of a large file, asked for from front to back. */
export interface RunningBytes {
  /** What there is of these; less only at the end, and where it was let go. */
  at(offset: number, length: number): Promise<Buffer>;
  /** The same, where they are at hand without asking the disk. */
  held(offset: number, end: number): Buffer | undefined;
  /** Nothing before this is asked for any more. */
  passed(offset: number): void;
  /** Whether a message can be read again later, from the file. */
  readonly isLasting: boolean;
}

const chunkBytes = 1 << 21;

class PlainBytes implements RunningBytes {
  readonly isLasting = true;
  private readonly files: MailFiles;
  private readonly path: string;
  private readonly identity: string;
  private chunk: Buffer = Buffer.alloc(0);
  private from = 0;
  private kept = 0;
  private isOver = false;

  constructor(files: MailFiles, path: string, identity: string) {
    this.files = files;
    this.path = path;
    this.identity = identity;
  }

  async at(offset: number, length: number): Promise<Buffer> {
    if (offset < this.from || offset + length > this.from + this.chunk.length) {
      // From the message in hand on, which is asked for again.
      const isNear = offset >= this.kept && offset - this.kept < chunkBytes;
      await this.fill(isNear ? this.kept : offset, offset + length);
    }
    return this.chunk.subarray(offset - this.from, offset - this.from + length);
  }

  held(offset: number, end: number): Buffer | undefined {
    const isHeld = offset >= this.from && end <= this.from + this.chunk.length;
    return isHeld ? this.chunk.subarray(offset - this.from, end - this.from) : undefined;
  }

  passed(offset: number): void {
    this.kept = offset;
  }

  private async fill(from: number, end: number): Promise<void> {
    if (this.isOver && from >= this.from) return;
    const wanted = Math.max(end - from, chunkBytes);
    const piece = await this.files.read(this.path, from, wanted);
    // Another file by that name: what is left of the old one is gone.
    const isSame = piece?.entry.identity === this.identity;
    this.chunk = isSame ? Buffer.from(piece.bytes.buffer, 0, piece.bytes.length) : Buffer.alloc(0);
    this.from = from;
    this.isOver = this.chunk.length < wanted;
  }
}

interface Chunk {
  readonly from: number;
  readonly bytes: Buffer;
}

/** What a packed file unpacks to: from the message in hand on, as much of it as a message may have. */
class UnpackedBytes implements RunningBytes {
  readonly isLasting = false;
  private readonly stream: AsyncIterator<Buffer>;
  private readonly keptMax: number;
  private chunks: Chunk[] = [];
  private end = 0;
  private kept = 0;
  private isOver = false;

  constructor(stream: AsyncIterable<Buffer>, keptMax: number) {
    this.stream = stream[Symbol.asyncIterator]();
    this.keptMax = keptMax;
  }

  async at(offset: number, length: number): Promise<Buffer> {
    while (!this.isOver && this.end < offset + length) await this.more();
    const pieces: Buffer[] = [];
    let next = offset;
    for (const { from, bytes } of this.chunks) {
      if (from + bytes.length <= next) continue;
      if (from > next || next >= offset + length) break;
      const piece = bytes.subarray(next - from, offset + length - from);
      pieces.push(piece);
      next += piece.length;
    }
    return pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
  }

  held(): undefined {
    return undefined;
  }

  passed(offset: number): void {
    this.kept = offset;
    this.chunks = this.chunks.filter(({ from, bytes }) => from + bytes.length > offset);
  }

  private async more(): Promise<void> {
    const next = await this.stream.next();
    if (next.done === true) {
      this.isOver = true;
      return;
    }
    this.chunks.push({ from: this.end, bytes: next.value });
    this.end += next.value.length;
    // Of a message longer than is read, the middle is let go: only where it ends is of interest.
    const tail = this.end - 4 * chunkBytes;
    this.chunks = this.chunks.filter(
      ({ from, bytes }) => from < this.kept + this.keptMax || from + bytes.length > tail,
    );
  }
}

async function* pieces(files: MailFiles, path: string): AsyncGenerator<Uint8Array> {
  for (let from = 0; ; ) {
    const piece = await files.read(path, from, chunkBytes);
    if (piece === undefined || piece.bytes.length === 0) return;
    yield piece.bytes;
    from += piece.bytes.length;
  }
}

async function* unpacked(files: MailFiles, path: string): AsyncGenerator<Buffer> {
  const unpacker = zlib.createGunzip({ chunkSize: 1 << 18 });
  const source = Readable.from(pieces(files, path), { objectMode: true });
  source.on('error', fault => unpacker.destroy(fault));
  try {
    yield* source.pipe(unpacker) as AsyncIterable<Buffer>;
  } catch {
    files.note(path, 'is damaged: not all of it can be unpacked');
  } finally {
    source.destroy();
    unpacker.destroy();
  }
}

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The first bytes of what a gzip file holds, of its own first bytes. */
export const unpackedHead = (head: Uint8Array): Uint8Array => {
  try {
    return zlib.gunzipSync(head, {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
      maxOutputLength: 8 << 20,
    });
  } catch {
    return Buffer.alloc(0);
  }
};

/** What comes out of a stream, once. */
export const streamedBytes = (
  stream: AsyncIterable<Buffer>,
  messageBytesMax: number,
): RunningBytes => new UnpackedBytes(stream, messageBytesMax + chunkBytes);

export const openRunningBytes = (
  files: MailFiles,
  path: string,
  identity: string,
  isPacked: boolean,
): RunningBytes =>
  isPacked
    ? new UnpackedBytes(unpacked(files, path), files.limits.messageBytesMax + chunkBytes)
    : new PlainBytes(files, path, identity);
