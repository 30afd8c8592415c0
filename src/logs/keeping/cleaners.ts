import type { FileView } from '../../core/files.ts';
import { cronJobs } from '../../core/formats/crontab.ts';
import { pathMatches } from '../../core/glob.ts';
import { dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';

/** Something beside rotation that removes old files below a folder. */
export interface Cleaner {
  readonly what: string;
  readonly because: Place;
}

const foldersAbove = (path: string): readonly string[] => {
  const out: string[] = [];
  for (let at = dirOf(path); at !== '/' && out.length < 50; at = dirOf(at)) out.push(at);
  return out;
};

/** Exim's own rotation (exicyclog(8)) cycles its main, reject and panic log. */
const eximLog = /(?:main|reject|panic)_?log$|exim_(?:main|reject|panic)$/;

const ownRotation = (command: string, path: string): string | undefined => {
  if (!/\bexicyclog\b/.test(command) || !eximLog.test(path)) return undefined;
  const keeps = /\s-k\s*(\d{1,4})\b/.exec(command)?.[1];
  return keeps === undefined
    ? 'exicyclog keeps only its newest files (10, unless Exim was built otherwise)'
    : `exicyclog keeps only its ${keeps} newest files`;
};

/** `find /var/log/mail -mtime +90 -delete`, `tmpreaper 30d /var/log`, `exicyclog`. */
const cronCleaners = (files: FileView, path: string): readonly Cleaner[] => {
  const above = foldersAbove(path);
  return cronJobs(files).flatMap(({ command, because }): readonly Cleaner[] => {
    const own = ownRotation(command, path);
    if (own !== undefined) return [{ what: own, because }];
    const removes =
      (/\bfind\b/.test(command) && /-delete\b|\brm\b|\bunlink\b/.test(command)) ||
      /\b(?:tmpreaper|tmpwatch|rm)\b/.test(command);
    if (!removes) return [];
    const named = command
      .split(/[\s;&|"'()]+/)
      .filter(
        word => word.startsWith('/var/') || word.startsWith('/srv/') || word.startsWith('/opt/'),
      )
      .map(word => joinPath(word));
    const hits = named.some(
      word => word === path || above.includes(word) || pathMatches(word, path),
    );
    return hits ? [{ what: 'a cron job removes files there', because }] : [];
  });
};

const tmpfilesFolders = ['/etc/tmpfiles.d', '/run/tmpfiles.d', '/usr/lib/tmpfiles.d'];

/** tmpfiles.d(5): `d /var/log/mail 0750 root adm 30d` removes what is older than its age. */
const tmpfilesCleaners = (files: FileView, path: string): readonly Cleaner[] => {
  const above = foldersAbove(path);
  const seen = new Set<string>();
  return tmpfilesFolders.flatMap(folder =>
    files
      .list(folder)
      .filter(({ name }) => name.endsWith('.conf') && !seen.has(name) && seen.add(name).size > 0)
      .flatMap(({ name }) => {
        const config = joinPath(folder, name);
        const text = files.stat(config)?.kind === 'file' ? (files.text(config) ?? '') : '';
        return text.split('\n', 5_000).flatMap((raw, i): readonly Cleaner[] => {
          const [type = '', target = '', , , , age = '-'] = raw.trim().split(/\s+/);
          if (!/^[dDevqQ][!+=~^-]*$/.test(type) || !/^~?\d/.test(age) || /^0+$/.test(age))
            return [];
          return above.some(each => pathMatches(target.replace(/(.)\/$/, '$1'), each))
            ? [
                {
                  what: `systemd-tmpfiles removes what is older than ${age} there`,
                  because: { path: config, line: i + 1 },
                },
              ]
            : [];
        });
      }),
  );
};

/** What removes a log's old files beside rotation, as far as crontabs and tmpfiles.d show. */
export const cleanersOf = (files: FileView, path: string): readonly Cleaner[] => [
  ...cronCleaners(files, path),
  ...tmpfilesCleaners(files, path),
];
