import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { makeResolver } from '../../host/resolve.ts';
import { FolderHandles, inFolder } from './folder-handles.ts';

/** A message's bytes where they lie; its memory is used again for the next one. */
export interface PlacedBytes {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
  /** Of the file, milliseconds since 1970. */
  readonly modifiedMs: number;
}

const roomMin = 1 << 20;
const linksMax = 40;
const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_NOATIME } = constants;

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

/**
 * Reads files without a promise for each: of ordinary mail there are 20,000 in a second, and waiting for each costs
 * more than reading it. A link at the end of a path is left to `MailFiles`; one in the way is followed within the root.
 */
export class PlaceReader {
  private readonly hostRoot: string;
  private readonly handles: FolderHandles;
  private readonly bytesMax: number;
  private buffer: Uint8Array = new Uint8Array(roomMin);
  /** Folders behind links, by the path that they are asked for. */
  private readonly resolved = new Map<string, string>();
  private flags: number = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOATIME;

  constructor(hostRoot: string, bytesMax: number) {
    this.hostRoot = hostRoot;
    this.handles = new FolderHandles(hostRoot);
    this.bytesMax = bytesMax;
  }

  /** Nothing where it is not there, or cannot be read so: whoever has more patience may try. */
  read(folder: string, name: string, from = 0, bytes?: number): PlacedBytes | undefined {
    let fd: number;
    try {
      fd = this.open(folder, name);
    } catch {
      return undefined;
    }
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return undefined;
      const whole = Math.max(0, Math.min(bytes ?? Number.POSITIVE_INFINITY, stats.size - from));
      const wanted = Math.min(whole, this.bytesMax);
      if (wanted > this.buffer.length) this.buffer = new Uint8Array(wanted);
      let have = 0;
      while (have < wanted) {
        const count = readSync(fd, this.buffer, have, wanted - have, from + have);
        if (count === 0) break;
        have += count;
      }
      return {
        bytes: this.buffer.subarray(0, have),
        isCut: whole > wanted,
        modifiedMs: stats.mtimeMs,
      };
    } catch {
      return undefined;
    } finally {
      closeSync(fd);
    }
  }

  /** What a large message needed is given back. */
  rest(): void {
    if (this.buffer.length > 4 * roomMin) this.buffer = new Uint8Array(roomMin);
  }

  close(): void {
    this.handles.close();
  }

  private open(folder: string, name: string): number {
    const known = this.resolved.get(folder) ?? folder;
    try {
      return this.openIn(known, name);
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === 'EPERM' && (this.flags & O_NOATIME) !== 0) {
        // Only owners and root may read without a trace.
        this.flags &= ~O_NOATIME;
        return this.openIn(known, name);
      }
      if (code === 'ENOTDIR' && known === folder) return this.openIn(this.resolve(folder), name);
      if (code !== 'ENOENT') throw thrown;
      // The folder may have been moved, and another put in its place.
      this.handles.forget(known);
      return this.openIn(known, name);
    }
  }

  private openIn(folder: string, name: string): number {
    return openSync(inFolder(this.handles.at(folder), name), this.flags);
  }

  private resolve(folder: string): string {
    const found = makeResolver(this.hostRoot, linksMax, () => false).resolve(folder);
    const inner = found.at === 'found' ? found.inner : folder;
    this.resolved.set(folder, inner);
    return inner;
  }
}
