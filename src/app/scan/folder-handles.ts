import { closeSync, constants, openSync } from 'node:fs';
import { baseOf, dirOf } from '../../core/paths.ts';
import { pathBytes } from './path-bytes.ts';

/** O_PATH of Linux, which Node.js does not name: a handle on a file that opens nothing of it. */
const pathOnly = 0o10000000;
const handlesMax = 128;

/** A path that leads to a name in the very folder behind a handle, whatever its own name now leads to. */
export const inFolder = (fd: number, name: string): string | Buffer =>
  pathBytes(`/proc/self/fd/${fd}/${name}`);

/**
 * Handles on folders, each opened from the one that holds it and never through a link, so that nothing
 * that is put in a folder's place meanwhile leads out. The ones used last stay open: a Maildir has
 * thousands of messages in one folder.
 */
export class FolderHandles {
  private readonly handles = new Map<string, number>();
  private readonly root: number;

  constructor(hostRoot: string) {
    this.root = openSync(hostRoot === '' ? '/' : hostRoot, pathOnly | constants.O_DIRECTORY);
  }

  /** @throws what the system says: ENOTDIR for a link or a file, ENOENT, EACCES. */
  at(path: string): number {
    if (path === '/') return this.root;
    const known = this.handles.get(path);
    if (known !== undefined) {
      this.handles.delete(path);
      this.handles.set(path, known);
      return known;
    }
    const parent = this.at(dirOf(path));
    const fd = openHandle(parent, baseOf(path), constants.O_DIRECTORY);
    this.handles.set(path, fd);
    this.trim();
    return fd;
  }

  /** A folder may have been moved and another put in its place: then its handle is of the old one. */
  forget(path: string): void {
    for (let at = path; at !== '/'; at = dirOf(at)) {
      const fd = this.handles.get(at);
      if (fd === undefined) continue;
      this.handles.delete(at);
      closeSync(fd);
    }
  }

  close(): void {
    for (const fd of this.handles.values()) closeSync(fd);
    this.handles.clear();
    closeSync(this.root);
  }

  private trim(): void {
    for (const [path, fd] of this.handles) {
      if (this.handles.size <= handlesMax) return;
      this.handles.delete(path);
      closeSync(fd);
    }
  }
}

/** @throws ELOOP never: a link is opened itself, and is then no regular file. */
export const openHandle = (folder: number, name: string, flags = 0): number =>
  openSync(inFolder(folder, name), pathOnly | constants.O_NOFOLLOW | flags);
