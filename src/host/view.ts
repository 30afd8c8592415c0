import { closeSync, existsSync, fstatSync, readSync, realpathSync, type Stats } from 'node:fs';
import { decodeText } from '../core/decode.ts';
import type { Cut, FileKind, FileStat, FileView, FolderEntry } from '../core/files.ts';
import { hasWildcard, literalPrefix, segmentPattern } from '../core/glob.ts';
import { type HostLimits, hostLimits } from '../core/limits.ts';
import { joinPath } from '../core/paths.ts';
import type { Unseen } from '../core/unseen.ts';
import { readEntries } from './entries.ts';
import { openFile, whyNot, withHandle } from './handle.ts';
import { openNotes } from './notes.ts';
import { openReadingClock } from './reading-clock.ts';
import { makeResolver } from './resolve.ts';
import { openTextBudget } from './text-budget.ts';
import { walk } from './walk.ts';

const pieceBytes = 1 << 20;

const kindOf = (entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}): FileKind => {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  return entry.isBlockDevice() || entry.isCharacterDevice() ? 'device' : 'other';
};

/** How much was opened, for the benchmark and `--verbose`. */
interface ViewCost {
  readonly filesOpened: number;
  readonly bytesRead: number;
}

export interface HostView extends FileView {
  readonly cost: ViewCost;
}

/**
 * Opens `root` as an inspected file system.
 *
 * @param markers glob patterns that start with `**` + `/`, which the one walk looks for when the
 *   first of them is asked.
 * @param without folders of this machine that the walk passes over: Postern's own, whose sample and
 *   fixtures look like mail software.
 * @param now milliseconds from any point on, by which the time of the reading is measured.
 */
export const openRoot = (
  root: string,
  markers: readonly string[] = [],
  limits: HostLimits = hostLimits,
  without: readonly string[] = [],
  now: () => number = () => performance.now(),
): HostView => {
  const real = realpathSync(root);
  const hostRoot = real === '/' ? '' : real;
  const clock = openReadingClock(limits.readMsMax, now);
  const resolver = makeResolver(hostRoot, limits.linksMax, clock.isOver);
  const notes = openNotes();
  const texts = new Map<string, string>();
  const lists = new Map<string, readonly FolderEntry[]>();
  const globbed = new Map<string, readonly string[]>();
  let walked: ReadonlyMap<string, readonly string[]> | undefined;
  let filesOpened = 0;
  let bytesRead = 0;
  /** Of the bounds other than time, the one that was reached first. */
  let full: Cut | undefined;
  const budget = openTextBudget(limits);

  const note = (item: Unseen): void => notes.add(item);

  const readable = 'Run Postern as a user who may read it, and check what the file is.';

  const smaller = 'Run Postern with --root on a part of the file system.';

  const resolved = (path: string): { inner: string; stats: Stats } | undefined => {
    const found = resolver.resolve(path);
    if (found.at === 'found') return found;
    if (found.at === 'unseen') note({ what: found.folder ?? path, why: found.why, how: readable });
    return undefined;
  };

  /** Opens a regular file and hands its descriptor over; whatever else it is, is unseen. */
  const withFile = <T>(path: string, use: (fd: number, sizeBytes: number) => T): T | undefined => {
    const found = resolved(path);
    if (found === undefined) return undefined;
    const kind = kindOf(found.stats);
    if (kind !== 'file') {
      note({ what: path, why: `is a ${kind}, not a file`, how: readable });
      return undefined;
    }
    if (filesOpened >= limits.filesMax || bytesRead >= limits.totalBytesMax) {
      const before = `${filesOpened} files and ${bytesRead} bytes`;
      full ??= { why: `reading stopped after ${before}`, before: path, how: smaller };
      note({ what: path, why: `was not read: ${before} had been read before it`, how: smaller });
      return undefined;
    }
    if (clock.isOver(path)) return undefined;
    let fd: number | undefined;
    try {
      fd = openFile(hostRoot, found.inner, found.stats);
      filesOpened += 1;
      return use(fd, fstatSync(fd).size);
    } catch (thrown) {
      note({ what: path, ...whyNot(thrown, 'read') });
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  };

  /** A piece at a time, so that a slow disk is noticed: what came in part is not taken for the whole. */
  const readAt = (path: string, fd: number, offset: number, length: number): Buffer | undefined => {
    const buffer = Buffer.allocUnsafe(length);
    let have = 0;
    while (have < length) {
      if (have > 0 && clock.isOver(path)) return undefined;
      const count = readSync(fd, buffer, have, Math.min(length - have, pieceBytes), offset + have);
      if (count === 0) break;
      have += count;
    }
    bytesRead += have;
    return buffer.subarray(0, have);
  };

  const text: FileView['text'] = (path, { bytesMax = limits.fileBytesMax } = {}) => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const read = withFile(path, (fd, sizeBytes) => {
      if (sizeBytes > bytesMax) {
        note({
          what: path,
          why: `is ${sizeBytes} bytes long, more than the ${bytesMax} that are read`,
          how: 'Check what the file is: configuration is never that long.',
        });
        return undefined;
      }
      const without = budget.take(path, sizeBytes);
      if (without !== undefined) {
        if (without.all) {
          const why = `reading stopped after ${limits.textBytesMax} bytes of text`;
          full ??= { why, before: path, how: smaller };
        }
        note({
          what: path,
          why: `was not read: ${without.why}, which is all that is read`,
          how: 'Check what fills them: the configuration of a host is a few megabytes.',
        });
        return undefined;
      }
      const bytes = readAt(path, fd, 0, Math.min(bytesMax, Math.max(sizeBytes, 4096)));
      return bytes === undefined ? undefined : decodeText({ note }, path, bytes);
    });
    if (read !== undefined) texts.set(path, read);
    return read;
  };

  const slice: FileView['slice'] = (path, offsetBytes, lengthBytes) =>
    withFile(path, (fd, sizeBytes) => {
      const from = offsetBytes < 0 ? Math.max(0, sizeBytes + offsetBytes) : offsetBytes;
      return readAt(path, fd, from, Math.max(0, Math.min(lengthBytes, sizeBytes - from)));
    });

  function* chunks(path: string, bytesMax: number): Iterable<Uint8Array> {
    for (let offset = 0; ; offset += pieceBytes) {
      if (offset >= bytesMax) {
        note({
          what: path,
          why: `is longer than the ${bytesMax} bytes that are read`,
          how: readable,
        });
        return;
      }
      const piece = slice(path, offset, pieceBytes);
      if (piece === undefined || piece.length === 0) return;
      yield piece;
      if (piece.length < pieceBytes) return;
    }
  }

  const list: FileView['list'] = path => {
    const known = lists.get(path);
    if (known !== undefined) return known;
    const listed = readFolder(path);
    lists.set(path, listed);
    return listed;
  };

  const readFolder = (path: string): readonly FolderEntry[] => {
    const found = resolved(path);
    if (found === undefined || !found.stats.isDirectory() || clock.isOver(path)) return [];
    try {
      const entries = withHandle(hostRoot, found.inner, found.stats, folder =>
        readEntries(folder, limits.folderEntriesMax),
      );
      if (entries.length > limits.folderEntriesMax) {
        note({
          what: path,
          why: `holds more than ${limits.folderEntriesMax} entries; only so many were looked at`,
          how: readable,
        });
      }
      const listed: FolderEntry[] = entries
        .slice(0, limits.folderEntriesMax)
        .map(entry => ({ name: entry.name, kind: kindOf(entry) }));
      for (const { name } of listed) {
        if (name.includes('\ufffd')) {
          note({ what: `${path}/${name}`, why: 'has a name that is not UTF-8', how: 'Rename it.' });
        }
      }
      return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (thrown) {
      note({ what: path, ...whyNot(thrown, 'listed') });
      return [];
    }
  };

  const stat: FileView['stat'] = path => {
    const found = resolved(path);
    if (found === undefined) return undefined;
    const { stats } = found;
    return {
      kind: kindOf(stats),
      sizeBytes: stats.size,
      mtimeMs: stats.mtimeMs,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
    } satisfies FileStat;
  };

  /** @param isListed whether the name stands in a folder's list, so that it is there, seen or not. */
  const expand = (
    base: string,
    segments: readonly string[],
    out: string[],
    isListed: boolean,
  ): void => {
    if (out.length > limits.globMatchesMax) return;
    const [segment, ...rest] = segments;
    if (segment === undefined) {
      const found = resolver.resolve(base);
      if (found.at === 'absent') return;
      // In a folder that may not be entered, a name may be there or not: the folder is what is noted.
      if (found.at === 'unseen' && found.folder !== undefined && !isListed) resolved(base);
      else out.push(base);
      return;
    }
    if (!hasWildcard(segment)) return expand(`${base}/${segment}`, rest, out, false);
    const pattern = segmentPattern(segment);
    const prefix = literalPrefix(segment);
    const entries = list(base === '' ? '/' : base);
    // They are sorted: a folder of thousands is asked for thousands of patterns.
    for (let i = firstFrom(entries, prefix); i < entries.length; i++) {
      const name = entries[i]?.name ?? '';
      if (!name.startsWith(prefix)) break;
      // As in a shell, a wildcard does not find hidden files unless it asks for them.
      if (name.startsWith('.') && !segment.startsWith('.')) continue;
      if (pattern.test(name)) expand(`${base}/${name}`, rest, out, true);
    }
  };

  const glob: FileView['glob'] = pattern => {
    if (pattern.startsWith('**/')) {
      walked ??= walk(hostRoot, markers, limits, note, passedOver(hostRoot, without), {
        now,
        isOver: clock.isOver,
      });
      return walked.get(pattern) ?? [];
    }
    const known = globbed.get(pattern);
    if (known !== undefined) return known;
    const out: string[] = [];
    if (globbed.size < limits.filesMax * 4) globbed.set(pattern, out);
    expand('', joinPath(pattern).split('/').slice(1), out, false);
    if (out.length > limits.globMatchesMax) {
      out.length = limits.globMatchesMax;
      note({
        what: pattern,
        why: `matches more than ${limits.globMatchesMax} files; the rest was not looked at`,
        how: readable,
      });
    }
    return out;
  };

  return {
    text,
    slice,
    chunks,
    list,
    stat,
    glob,
    note,
    real: path => resolved(path)?.inner,
    link: path => resolver.link(path),
    get cut() {
      return clock.cut ?? full;
    },
    get unseen() {
      const { cut } = clock;
      return cut === undefined ? notes.all : [...notes.all, cutShort(cut)];
    },
    get cost() {
      return { filesOpened, bytesRead };
    },
  };
};

/** One for all that was refused: it may be thousands of files. */
const cutShort = ({ why, before, how }: Cut): Unseen => ({
  what: before,
  why: `was not looked at, nor was anything that comes after it: ${why}`,
  how,
});

/** Where, in entries sorted by name, those begin that are not before `prefix`. */
const firstFrom = (entries: readonly FolderEntry[], prefix: string): number => {
  let from = 0;
  let to = prefix === '' ? 0 : entries.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((entries[middle]?.name ?? '') < prefix) from = middle + 1;
    else to = middle;
  }
  return from;
};

const passedOver = (hostRoot: string, without: readonly string[]): ReadonlySet<string> =>
  new Set(
    without.flatMap(folder => {
      const real = existsSync(folder) ? realpathSync(folder) : folder;
      return real.startsWith(`${hostRoot}/`) ? [real.slice(hostRoot.length)] : [];
    }),
  );
