import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { hasWildcard, segmentPattern } from '../core/glob.ts';
import type { Unseen } from '../core/unseen.ts';

export interface LogFile {
  readonly path: string;
  /** When it was last written to; of what is packed, when that was, where it tells. */
  readonly mtimeMs: number;
  readonly sizeBytes: number;
}

export interface FoundLogs {
  /** Each once, however often it was named, in the order of the arguments and then of names. */
  readonly files: readonly LogFile[];
  readonly unseen: readonly Unseen[];
  /** Arguments that name nothing that exists. */
  readonly missing: readonly string[];
}

const filesMax = 100_000;
const depthMax = 24;

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

const earliestMs = Date.UTC(1990, 0, 1);

/** RFC 1952, 2.3.1: when the file that was packed had last been changed. A copy of it may be younger. */
const packedMs = (path: string): number | undefined => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const head = Buffer.alloc(10);
    const isWhole = readSync(descriptor, head, 0, 10, 0) === 10;
    if (!isWhole || head.readUInt16BE(0) !== 0x1f_8b) return undefined;
    const ms = head.readUInt32LE(4) * 1_000;
    return ms < earliestMs ? undefined : ms;
  } finally {
    closeSync(descriptor);
  }
};

class Finder {
  readonly files: LogFile[] = [];
  readonly unseen: Unseen[] = [];
  private readonly known = new Set<string>();
  private isFull = false;

  /** A file, or all files below a folder. Links within folders are not followed: they would be read twice. */
  add(path: string, depth: number): void {
    try {
      const stat = statSync(path);
      if (stat.isDirectory()) this.folder(path, depth);
      else if (stat.isFile()) this.file(path, stat);
      else if (depth === 0) {
        this.note(path, 'it is neither a file nor a folder', 'Pipe it: postern ingest --dry-run -');
      }
    } catch (thrown) {
      this.note(path, messageOf(thrown), 'Run Postern as somebody who may read it.');
    }
  }

  private folder(path: string, depth: number): void {
    if (depth >= depthMax) {
      this.note(path, `it lies deeper than ${depthMax} folders`, 'Name the folder itself.');
      return;
    }
    const entries = readdirSync(path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isFile() || entry.isDirectory()) this.add(join(path, entry.name), depth + 1);
    }
  }

  private file(path: string, stat: ReturnType<typeof statSync> & object): void {
    const identity = `${stat.dev}:${stat.ino}`;
    if (this.known.has(identity) || stat.size === 0) return;
    if (this.files.length >= filesMax) {
      if (!this.isFull) {
        this.note(path, `there are more than ${filesMax} files`, 'Name fewer files at once.');
      }
      this.isFull = true;
      return;
    }
    this.known.add(identity);
    const packed = path.endsWith('.gz') ? packedMs(path) : undefined;
    const mtimeMs = Math.min(Number(stat.mtimeMs), packed ?? Number.POSITIVE_INFINITY);
    this.files.push({ path, mtimeMs, sizeBytes: Number(stat.size) });
  }

  private note(what: string, why: string, how: string): void {
    this.unseen.push({ what, why, how });
  }
}

/** Paths that match a glob; a shell did not expand it, for it was quoted or came from elsewhere. */
const expanded = (pattern: string): readonly string[] => {
  const isAbsolute = pattern.startsWith('/');
  let found: readonly string[] = [isAbsolute ? '/' : ''];
  for (const segment of pattern.split('/').filter(each => each !== '')) {
    found = found.flatMap(base => {
      const path = (name: string): string => (base === '' ? name : join(base, name));
      if (!hasWildcard(segment)) return [path(segment)];
      const wanted = segmentPattern(segment);
      const isHiddenWanted = segment.startsWith('.');
      try {
        return readdirSync(base === '' ? '.' : base)
          .filter(name => wanted.test(name) && (isHiddenWanted || !name.startsWith('.')))
          .sort()
          .map(path);
      } catch {
        return [];
      }
    });
  }
  return found;
};

const exists = (path: string): boolean => {
  try {
    realpathSync(path);
    return true;
  } catch (thrown) {
    // What is there and may not be seen is not missing.
    return codeOf(thrown) !== 'ENOENT' && codeOf(thrown) !== 'ENOTDIR';
  }
};

/** The logs that the arguments name: files, folders (all below them) and globs. */
export const findLogs = (args: readonly string[]): FoundLogs => {
  const finder = new Finder();
  const missing: string[] = [];
  for (const arg of args) {
    const paths = exists(arg) ? [arg] : hasWildcard(arg) ? expanded(arg).filter(exists) : [];
    if (paths.length === 0) missing.push(arg);
    for (const path of paths) finder.add(path, 0);
  }
  return { files: finder.files, unseen: finder.unseen, missing };
};
