import { readSync } from 'node:fs';
import { BadArchive } from './ledger.ts';

/** Random access to the bytes of a file, of a part of it, or of what is held in memory. */
export interface Source {
  readonly sizeBytes: number;
  /** As many bytes as there are from `offset` on, `length` at most. They stay as they are. */
  read(offset: number, length: number): Buffer;
  /** The same with a read-ahead of its own, for reading at two places in turn. */
  fork(): Source;
}

const windowBytes = 1 << 18;

/** Reads ahead, for archives are mostly read in their order. The descriptor stays its owner's. */
export class FileSource implements Source {
  readonly sizeBytes: number;
  private readonly descriptor: number;
  private window: Buffer = Buffer.alloc(0);
  private windowAt = 0;

  constructor(descriptor: number, sizeBytes: number) {
    this.descriptor = descriptor;
    this.sizeBytes = sizeBytes;
  }

  read(offset: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - offset));
    const from = offset - this.windowAt;
    if (from >= 0 && from + wanted <= this.window.length) {
      return this.window.subarray(from, from + wanted);
    }
    const read = this.load(
      offset,
      Math.max(wanted, Math.min(windowBytes, this.sizeBytes - offset)),
    );
    if (read.length <= windowBytes) {
      this.window = read;
      this.windowAt = offset;
    }
    return read.subarray(0, wanted);
  }

  fork(): Source {
    return new FileSource(this.descriptor, this.sizeBytes);
  }

  private load(offset: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, length));
    let have = 0;
    while (have < buffer.length) {
      const read = readSync(this.descriptor, buffer, have, buffer.length - have, offset + have);
      // Somebody cut the file off while it is read.
      if (read === 0) break;
      have += read;
    }
    return buffer.subarray(0, have);
  }
}

export const sectionOf = (source: Source, from: number, sizeBytes: number): Source => ({
  sizeBytes,
  read: (offset, length) =>
    source.read(from + offset, Math.max(0, Math.min(length, sizeBytes - offset))),
  fork: () => sectionOf(source.fork(), from, sizeBytes),
});

const chunkBytes = 1 << 18;

/** The source from its beginning, in pieces. @throws BadArchive when it became shorter meanwhile. */
export async function* chunksOf(source: Source): AsyncGenerator<Buffer> {
  for (let at = 0; at < source.sizeBytes; ) {
    const chunk = source.read(at, chunkBytes);
    if (chunk.length === 0) {
      throw new BadArchive('truncated', 'the file became shorter while it was read');
    }
    at += chunk.length;
    yield chunk;
  }
}
