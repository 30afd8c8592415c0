import { type Dirent, existsSync } from 'node:fs';
import { hasWildcard, type SegmentPattern, segmentPattern } from '../core/glob.ts';
import type { HostLimits } from '../core/limits.ts';
import type { Unseen } from '../core/unseen.ts';
import { readEntries } from './entries.ts';
import { type Branch, type Frontier, openFrontier } from './frontier.ts';
import { whyNot, withHandle } from './handle.ts';
import { isMaildirAt, mailFoldersIn } from './mail-store.ts';
import type { ReadingClock } from './reading-clock.ts';
import { containerStores, skippedNames, skippedPaths } from './skipped.ts';

/** What shows that a folder is the root of a file system of its own: a chroot, a backup, an image. */
const releaseFiles: readonly string[] = ['/etc/os-release', '/usr/lib/os-release'];

const isRootOfAnother = (hostFolder: string, entries: readonly Dirent[]): boolean =>
  entries.some(({ name }) => name === 'etc' || name === 'usr') &&
  releaseFiles.some(file => existsSync(hostFolder + file));

interface Marker {
  readonly pattern: string;
  readonly segments: readonly SegmentPattern[];
}

const compile = (pattern: string): Marker => ({
  pattern,
  segments: pattern
    .slice('**/'.length)
    .split('/')
    .map(segment => segmentPattern(segment)),
});

/** Matches the end of a path against a marker's segments. */
const endsWith = (path: string, marker: Marker): boolean => {
  const have = path.split('/');
  const offset = have.length - marker.segments.length;
  return offset >= 1 && marker.segments.every((segment, i) => segment.test(have[offset + i] ?? ''));
};

/** Answers which patterns a path ends with, by its last name. */
const openMarkers = (
  patterns: readonly string[],
): ((path: string, name: string) => readonly string[]) => {
  const exact = new Map<string, Marker[]>();
  const wild: Marker[] = [];
  for (const pattern of patterns) {
    const marker = compile(pattern);
    const name = pattern.slice(pattern.lastIndexOf('/') + 1);
    if (hasWildcard(name)) wild.push(marker);
    else exact.set(name, [...(exact.get(name) ?? []), marker]);
  }
  return (path, name) => {
    const candidates = exact.get(name) ?? [];
    if (candidates.length + wild.length === 0) return [];
    return [...candidates, ...wild]
      .filter(marker => endsWith(path, marker))
      .map(({ pattern }) => pattern);
  };
};

const shown = (folder: string): string => (folder === '' ? '/' : folder);
const smaller = 'Run Postern with --root on the part of it that holds software.';
/** Places named one by one where the walk stopped; more are counted. */
const placesMax = 20;

const noteStop = (frontier: Frontier, stopped: string, note: (unseen: Unseen) => void): void => {
  const rest = frontier.rest();
  if (rest === undefined) return;
  const how =
    'Move mail stores and data out of the searched folders, or run Postern with --root on the part that holds software.';
  const { folder, inPart, untouched } = rest;
  if (inPart.length + untouched.length > placesMax) {
    const parts = [
      ...(inPart.length > 0 ? [`${inPart.length} of its folders only in part`] : []),
      ...(untouched.length > 0 ? [`${untouched.length} not at all, such as ${untouched[0]}`] : []),
    ];
    note({
      what: folder,
      why: `was not searched to its end for unpacked mail software: ${stopped}; ${parts.join(', ')}`,
      how,
    });
    return;
  }
  for (const what of inPart) {
    note({ what, why: `was only searched in part for unpacked mail software: ${stopped}`, how });
  }
  for (const what of untouched) {
    note({ what, why: `was not searched for unpacked mail software: ${stopped}`, how });
  }
};

/**
 * The one walk: every folder at most once, links not followed, for software that may lie anywhere.
 * Where a bound cuts it, every tree was searched for about as long (see frontier.ts), and what was not
 * is noted.
 *
 * @param without folders, as paths within the root, that are passed over without a word.
 * @param clock of the whole reading, which the walk is a part of.
 */
export const walk = (
  hostRoot: string,
  patterns: readonly string[],
  limits: HostLimits,
  note: (unseen: Unseen) => void,
  without: ReadonlySet<string> = new Set(),
  clock: Pick<ReadingClock, 'isOver'> & { readonly now: () => number } = {
    now: () => performance.now(),
    isOver: () => false,
  },
): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>(patterns.map(pattern => [pattern, []]));
  if (patterns.length === 0) return found;
  const markersOf = openMarkers(patterns);
  const frontier = openFrontier(limits.walkWaitingMax);
  const started = clock.now();
  let folders = 0;
  let deeper = 0;
  let deepest: string | undefined;

  const entriesOf = (folder: string): readonly Dirent[] | undefined => {
    try {
      return withHandle(hostRoot, shown(folder), undefined, path =>
        readEntries(path, limits.walkEntriesMax),
      );
    } catch (thrown) {
      const gone = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
      if (!gone) note({ what: shown(folder), ...whyNot(thrown, 'listed') });
      return undefined;
    }
  };

  /** Whether the walk goes into a folder; what a reader must know of one that it passes by is noted. */
  const isEntered = (path: string, name: string): boolean => {
    if (skippedPaths.has(path) || skippedNames.has(name) || without.has(path)) return false;
    if (!containerStores.includes(path)) return true;
    note({
      what: path,
      why: 'holds the file systems of containers, each a host of its own',
      how: `Run Postern with --root on each container's root below ${path}, or inside the container.`,
    });
    return false;
  };

  const visit = (folder: string, from: Branch): void => {
    const entries = entriesOf(folder);
    if (entries === undefined) return;
    if (folder !== '' && isRootOfAnother(hostRoot + folder, entries)) {
      note({
        what: folder,
        why: 'holds the file system of another host, which was not searched for mail software',
        how: `Run Postern with --root on it, if it is in use.`,
      });
      return;
    }
    const mail = mailFoldersIn(entries);
    from.amongMaildirs = mail === 'maildir';
    if (typeof mail === 'string') return;
    if (entries.length > limits.walkEntriesMax) {
      note({
        what: shown(folder),
        why: `holds more than ${limits.walkEntriesMax} entries: the rest of them was not searched for unpacked mail software`,
        how: smaller,
      });
    }
    const names: string[] = [];
    for (const entry of entries) {
      const { name } = entry;
      const path = `${folder}/${name}`;
      for (const pattern of markersOf(path, name)) found.get(pattern)?.push(path);
      if (entry.isDirectory() && !mail.has(name) && isEntered(path, name)) names.push(name);
    }
    // The next one is taken from the end.
    frontier.add(from, folder, names.sort().reverse());
  };

  for (;;) {
    if (clock.isOver('/')) {
      noteStop(frontier, 'no time was left for it', note);
      break;
    }
    const lateMs = clock.now() - started;
    if (folders >= limits.walkFoldersMax || lateMs > limits.walkMsMax) {
      const after = folders >= limits.walkFoldersMax ? '' : ` and ${limits.walkMsMax / 1000} s`;
      noteStop(frontier, `the walk stopped after ${Math.floor(folders)} folders${after}`, note);
      break;
    }
    const at = frontier.next();
    if (at === undefined) break;
    if (at.depth > limits.walkDepthMax) {
      deeper += 1;
      deepest ??= at.path;
    } else if (at.from.amongMaildirs && isMaildirAt(hostRoot + at.path)) folders += 1 / 4;
    else {
      folders += 1;
      visit(at.path, at.from);
    }
  }
  if (deepest !== undefined) {
    note({
      what: deepest,
      why: `lies deeper than ${limits.walkDepthMax} folders; ${deeper} such folder${deeper === 1 ? ' was' : 's were'} not searched for unpacked mail software`,
      how: 'Run Postern with --root on the folder above it.',
    });
  }
  for (const { folder, count } of frontier.dropped) {
    note({
      what: shown(folder),
      why: `holds so many folders that ${count} of them were not searched for unpacked mail software`,
      how: smaller,
    });
  }
  for (const paths of found.values()) paths.sort();
  return found;
};
