import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

const chunkBytes = 1 << 20;

/** Where a text lies in the file. */
export interface BodyAt {
  readonly at: number;
  readonly bytes: number;
}

/**
 * Keeps texts until it is known in which order they are wanted: half a gigabyte of them would not fit into
 * memory. Each is written once and read once.
 */
export class BodyFile {
  private readonly path: string;
  private readonly descriptor: number;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private written = 0;

  constructor(path: string) {
    this.path = path;
    this.descriptor = openSync(path, 'w+', 0o600);
  }

  put(text: string): BodyAt {
    const buffer = Buffer.from(text);
    const at = this.written + this.waitingBytes;
    this.waiting.push(buffer);
    this.waitingBytes += buffer.length;
    if (this.waitingBytes >= chunkBytes) this.flush();
    return { at, bytes: buffer.length };
  }

  get({ at, bytes }: BodyAt): string {
    this.flush();
    const buffer = Buffer.allocUnsafe(bytes);
    for (let have = 0; have < bytes; ) {
      const read = readSync(this.descriptor, buffer, have, bytes - have, at + have);
      if (read === 0) throw new Error(`${this.path} became shorter while it was read`);
      have += read;
    }
    return buffer.toString();
  }

  /** It is gone for good. */
  close(): void {
    closeSync(this.descriptor);
    rmSync(this.path, { force: true });
  }

  private flush(): void {
    if (this.waitingBytes === 0) return;
    const all = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    for (let done = 0; done < all.length; ) {
      done += writeSync(this.descriptor, all, done, all.length - done, this.written + done);
    }
    this.written += all.length;
  }
}
