import { type Dirent, existsSync } from 'node:fs';
import { hasWildcard, type SegmentPattern, segmentPattern } from '../core/glob.ts';
import type { HostLimits } from '../core/limits.ts';
import type { Unseen } from '../core/unseen.ts';
import { readEntries } from './entries.ts';
import { whyNot, withHandle } from './handle.ts';

/** Folders, from the root, in which no mail software is ever unpacked, or which another reader owns. */
const skippedPaths: ReadonlySet<string> = new Set([
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/boot',
  '/lib',
  '/lib32',
  '/lib64',
  '/bin',
  '/sbin',
  '/lost+found',
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib',
  '/usr/lib32',
  '/usr/lib64',
  '/usr/libexec',
  '/usr/include',
  '/usr/src',
  '/usr/games',
  '/usr/share/doc',
  '/usr/share/man',
  '/usr/share/locale',
  '/usr/share/icons',
  '/usr/share/fonts',
  '/usr/share/zoneinfo',
  '/usr/share/i18n',
  '/usr/share/info',
  '/usr/share/X11',
  '/usr/share/mime',
  '/usr/share/perl',
  '/usr/share/perl5',
  '/usr/share/vim',
  '/var/cache',
  '/var/log',
  '/var/spool',
  '/var/mail',
  '/var/tmp',
  '/var/backups',
  '/var/lib/apt',
  '/var/lib/dpkg',
  '/var/lib/rpm',
  '/var/lib/mysql',
  '/var/lib/postgresql',
  '/var/lib/systemd',
  '/var/lib/clamav',
  '/tmp',
]);

const skippedNames: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.svn',
  '.hg',
  '__pycache__',
  '.cache',
  'Maildir',
  '.maildir',
  'mdbox',
  'sdbox',
  '.Trash',
]);

/** Where container engines keep other file systems: a host of their own, each. */
const containerStores: readonly string[] = [
  '/var/lib/docker/overlay2',
  '/var/lib/containers/storage/overlay',
  '/var/lib/lxc',
  '/var/lib/lxd',
  '/var/lib/machines',
];

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

/**
 * The one walk: every folder at most once, links not followed, for software that may lie anywhere.
 * Breadth first, so that a bound cuts the deepest places and not whole branches.
 *
 * @param without folders, as paths within the root, that are passed over without a word.
 */
export const walk = (
  hostRoot: string,
  patterns: readonly string[],
  limits: HostLimits,
  note: (unseen: Unseen) => void,
  without: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>(patterns.map(pattern => [pattern, []]));
  const exact = new Map<string, Marker[]>();
  const wild: Marker[] = [];
  for (const pattern of patterns) {
    const marker = compile(pattern);
    const name = pattern.slice(pattern.lastIndexOf('/') + 1);
    if (hasWildcard(name)) wild.push(marker);
    else exact.set(name, [...(exact.get(name) ?? []), marker]);
  }
  if (patterns.length === 0) return found;

  const started = performance.now();
  let level: string[] = [''];
  let folders = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.walkDepthMax) {
      note({
        what: level[0] ?? '/',
        why: `lies deeper than ${limits.walkDepthMax} folders; ${level.length} such folders were not searched for unpacked mail software`,
        how: 'Run Postern with --root on the folder above it.',
      });
      break;
    }
    const next: string[] = [];
    for (const folder of level) {
      folders += 1;
      if (folders > limits.walkFoldersMax || performance.now() - started > limits.walkMsMax) {
        note({
          what: folder === '' ? '/' : folder,
          why: `was not searched for unpacked mail software: the walk stopped after ${folders - 1} folders`,
          how: 'Move mail stores and data out of the searched folders, or run Postern with --root on the part that holds software.',
        });
        return found;
      }
      let entries: readonly Dirent[];
      try {
        entries = withHandle(hostRoot, folder === '' ? '/' : folder, undefined, path =>
          readEntries(path, limits.folderEntriesMax),
        );
      } catch (thrown) {
        const gone = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
        if (!gone) note({ what: folder === '' ? '/' : folder, ...whyNot(thrown, 'listed') });
        continue;
      }
      if (folder !== '' && isRootOfAnother(hostRoot + folder, entries)) {
        note({
          what: folder,
          why: 'holds the file system of another host, which was not searched for mail software',
          how: `Run Postern with --root on it, if it is in use.`,
        });
        continue;
      }
      const isMaildir = entries.some(e => e.name === 'cur') && entries.some(e => e.name === 'new');
      if (isMaildir) continue;
      if (entries.length > limits.folderEntriesMax) {
        note({
          what: folder === '' ? '/' : folder,
          why: `holds more than ${limits.folderEntriesMax} entries: not searched for unpacked mail software`,
          how: 'Run Postern with --root on the part of it that holds software.',
        });
        continue;
      }
      for (const entry of entries) {
        const path = `${folder}/${entry.name}`;
        for (const marker of exact.get(entry.name) ?? []) {
          if (endsWith(path, marker)) found.get(marker.pattern)?.push(path);
        }
        for (const marker of wild) {
          if (endsWith(path, marker)) found.get(marker.pattern)?.push(path);
        }
        if (!entry.isDirectory() || skippedPaths.has(path) || skippedNames.has(entry.name))
          continue;
        if (without.has(path)) continue;
        if (containerStores.includes(path)) {
          note({
            what: path,
            why: 'holds the file systems of containers, each a host of its own',
            how: `Run Postern with --root on each container's root below ${path}, or inside the container.`,
          });
          continue;
        }
        next.push(path);
      }
    }
    level = next;
  }
  for (const paths of found.values()) paths.sort();
  return found;
};
