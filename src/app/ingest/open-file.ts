import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { formOf } from '../../intake/packed.ts';
import { type Content, contentOf } from '../../logs/sources/content.ts';
import { type FileIdentity, headBytes } from './generations.ts';

const chunkBytes = 1 << 20;

/** A file, held by its handle: whatever becomes of its name meanwhile, this is the one. */
export class OpenFile implements FileIdentity {
  readonly device: string;
  readonly inode: string;
  readonly head: Buffer;
  readonly mtimeMs: number;
  /** When it was opened; more may be written to it. */
  readonly sizeBytes: number;
  private readonly handle: FileHandle;

  private constructor(handle: FileHandle, head: Buffer, stat: Stat) {
    this.handle = handle;
    this.head = head;
    this.device = String(stat.dev);
    this.inode = String(stat.ino);
    this.mtimeMs = Number(stat.mtimeMs);
    this.sizeBytes = Number(stat.size);
  }

  /** Undefined where it is no file (any more). Throws where it may not be read. */
  static async open(path: string): Promise<OpenFile | undefined> {
    const handle = await opened(path);
    if (handle === undefined) return undefined;
    try {
      const stat = await handle.stat({ bigint: true });
      if (stat.isFile()) {
        const head = await readAt(handle, 0, headBytes);
        return new OpenFile(handle, head, stat);
      }
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
    await handle.close();
    return undefined;
  }

  get isPacked(): boolean {
    return formOf(this.head) !== 'plain';
  }

  /** Lines as they lie on the disk, so that one can go on at any of them; undefined for everything else. */
  get lines(): (Content & { readonly kind: 'lines' }) | undefined {
    if (this.isPacked) return undefined;
    const content = contentOf(this.head);
    return content.kind === 'lines' ? content : undefined;
  }

  /** Whatever became of its name, and of what was in it. */
  async now(): Promise<FileNow> {
    const { size, mtimeMs, nlink } = await this.handle.stat();
    return { sizeBytes: size, mtimeMs, isDeleted: nlink === 0 };
  }

  /** Fewer bytes where the file ends. */
  readAt(offset: number, bytes: number): Promise<Buffer> {
    return readAt(this.handle, offset, bytes);
  }

  /** Everything from there on, what is written meanwhile included; each chunk has memory of its own. */
  async *read(from: number): AsyncGenerator<Buffer> {
    let at = from;
    let reading = readAt(this.handle, at, chunkBytes);
    for (;;) {
      const chunk = await reading;
      if (chunk.length === 0) return;
      at += chunk.length;
      // The disk goes on meanwhile.
      reading = readAt(this.handle, at, chunkBytes);
      reading.catch(() => undefined);
      yield chunk;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

export interface FileNow {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** It has no name any more. */
  readonly isDeleted: boolean;
}

interface Stat {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mtimeMs: bigint;
  readonly size: bigint;
}

const opened = async (path: string): Promise<FileHandle | undefined> => {
  try {
    // Without waiting: a pipe that nobody writes to would hold us for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    // Rotation took it away since it was listed.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
};

/** A log could not be read: its disk is broken, not that of the evidence. */
export const isReadFault = (thrown: unknown): thrown is Error =>
  thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'read';

const readAt = async (handle: FileHandle, offset: number, bytes: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  let have = 0;
  while (have < bytes) {
    const { bytesRead } = await handle.read(buffer, have, bytes - have, offset + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return buffer.subarray(0, have);
};
