import type { FileView } from '../../core/files.ts';
import { pathMatches } from '../../core/glob.ts';
import { dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';

const folders = [
  '/etc/tmpfiles.d',
  '/run/tmpfiles.d',
  '/usr/local/lib/tmpfiles.d',
  '/usr/lib/tmpfiles.d',
];

interface Line {
  readonly type: string;
  readonly target: string;
  readonly age: string;
  readonly because: Place;
}

const linesMax = 5_000;

/** Lines of tmpfiles.d(5); a file of the same name in an earlier folder takes the other's place. */
const readLines = (files: FileView): readonly Line[] => {
  const seen = new Set<string>();
  return folders.flatMap(folder =>
    files
      .list(folder)
      .filter(({ name }) => name.endsWith('.conf') && !seen.has(name) && seen.add(name).size > 0)
      .flatMap(({ name }) => {
        const path = joinPath(folder, name);
        const text = files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '';
        return text.split('\n', linesMax).flatMap((raw, i): readonly Line[] => {
          const [type = '', target = '', , , , age = '-'] = raw.trim().split(/\s+/);
          return /^[a-zA-Z][!+=~^$?-]*$/.test(type) && target.startsWith('/')
            ? [
                {
                  type: type.charAt(0),
                  target: target.replace(/(.)\/$/, '$1'),
                  age,
                  because: { path, line: i + 1 },
                },
              ]
            : [];
        });
      }),
  );
};

const known = new WeakMap<FileView, readonly Line[]>();

const linesOf = (files: FileView): readonly Line[] => {
  const lines = known.get(files) ?? readLines(files);
  known.set(files, lines);
  return lines;
};

const unitDays: Readonly<Record<string, number>> = {
  w: 7,
  d: 1,
  h: 1 / 24,
  m: 1 / 1_440,
  min: 1 / 1_440,
  s: 1 / 86_400,
};

/** Whole days of `10d`, `1w2d`; undefined for units of seconds' parts and of months. */
const daysOf = (age: string): number | undefined => {
  const parts = [...age.matchAll(/(\d{1,9})([a-z]*)/g)];
  if (parts.map(([all]) => all).join('') !== age) return undefined;
  let days = 0;
  for (const [, count, unit = ''] of parts) {
    const each = unitDays[unit === '' ? 's' : unit];
    if (each === undefined) return undefined;
    days += Number(count) * each;
  }
  return Math.floor(days + 1e-6);
};

interface Removed {
  readonly what: string;
  readonly because: Place;
  readonly leastDays?: number;
}

/**
 * `d /var/log/mail 0750 root adm 30d` removes what is older than its age: by default only what was
 * neither read nor written nor renamed for so long, so that the age is the least that a file stays,
 * and no more can be said.
 */
export const tmpfilesCleaners = (files: FileView, path: string): readonly Removed[] => {
  const above: string[] = [];
  for (let at = dirOf(path); at !== '/' && above.length < 50; at = dirOf(at)) above.push(at);
  const lines = linesOf(files);
  const spared = lines.some(
    ({ type, target }) =>
      (type === 'x' && [path, ...above].some(each => pathMatches(target, each))) ||
      (type === 'X' && pathMatches(target, path)),
  );
  if (spared) return [];
  return lines.flatMap(({ type, target, age, because }): readonly Removed[] => {
    const depth = above.findIndex(each => pathMatches(target, each));
    if (depth < 0) return [];
    if (type === 'D' && !/\d/.test(age)) {
      return [{ what: 'systemd-tmpfiles empties that folder at each start', because }];
    }
    if (!/^[dDeCvqQ]$/.test(type)) return [];
    const match = /^(~?)(?:([abcmABCM]{1,8}):)?(\d[0-9a-z]{0,40})$/.exec(age);
    if (match === null) return [];
    // A tilde spares what lies in the folder itself.
    if (match[1] === '~' && depth === 0) return [];
    const by = match[2];
    const days = daysOf(match[3] ?? '');
    const isByWrite = by === undefined || /[cm]/.test(by);
    return [
      {
        what: `systemd-tmpfiles removes what is older than ${age} there`,
        because,
        ...(days === undefined || !isByWrite || type === 'D' ? {} : { leastDays: days }),
      },
    ];
  });
};
