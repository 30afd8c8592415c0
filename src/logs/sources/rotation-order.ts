/** A file of a log, told by its name: the log that it is of, and how it was put aside. */
export interface RotatedName {
  /** `/var/log/mail.log` for it, for `mail.log.1`, `mail.log.2.gz` and `mail.log-20261122.xz`. */
  readonly log: string;
  /** How many were put aside after it; 0 for the one that is written to. */
  readonly age?: number;
  /** The day in its name, `yyyymmdd` and what follows. */
  readonly day?: string;
}

const packing = /\.(?:gz|xz|zst|zstd|bz2|Z|lz4)$/;
const numbered = /^(.+?)\.(\d{1,4})$/;
/** logrotate's `dateext`, savelog's, log4j's: a day, possibly with an hour, a count or seconds since 1970 behind it. */
const dated = /^(.+?)[-._](\d{4})-?(\d{2})-?(\d{2})(?:[-_.]?(\d{1,12}))?$/;

/** What logrotate, savelog, newsyslog, log4j and others make of a log's name. */
export const rotatedName = (path: string): RotatedName => {
  const bare = path.replace(packing, '');
  const day = dated.exec(bare);
  if (day !== null) {
    const [, log = '', year = '', month = '', date = '', rest = ''] = day;
    const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(date) <= 31;
    if (isDay) return { log, day: `${year}${month}${date}${rest.padStart(6, '0')}` };
  }
  const number = numbered.exec(bare);
  if (number !== null) return { log: number[1] ?? bare, age: Number(number[2]) + 1 };
  return { log: bare, age: bare === path ? 0 : 1 };
};

/** One file to be read. */
export interface FileAt {
  readonly path: string;
  /** When its first line was written, as far as its first bytes tell. */
  readonly firstMs?: number;
  /** When it was last written to. */
  readonly mtimeMs: number;
}

const before = (a: FileAt, b: FileAt): number => {
  if (a.firstMs !== undefined && b.firstMs !== undefined && a.firstMs !== b.firstMs) {
    return a.firstMs - b.firstMs;
  }
  const [one, two] = [rotatedName(a.path), rotatedName(b.path)];
  if (one.day !== undefined && two.day !== undefined && one.day !== two.day) {
    return one.day < two.day ? -1 : 1;
  }
  if (one.age !== undefined && two.age !== undefined && one.age !== two.age) {
    return two.age - one.age;
  }
  return a.mtimeMs - b.mtimeMs || (a.path < b.path ? -1 : 1);
};

/** The files of one log, wherever they lie. */
export const oldestFirst = <File extends FileAt>(files: readonly File[]): readonly File[] =>
  files.toSorted(before);

/**
 * The files of each log together, the oldest first: by the time of their first lines, else by what their names
 * say. Logs come in the order in which they were named.
 */
export const inRotationOrder = <File extends FileAt>(
  files: readonly File[],
): readonly (readonly File[])[] => {
  const logs = new Map<string, File[]>();
  for (const file of files) {
    const { log } = rotatedName(file.path);
    const known = logs.get(log);
    if (known === undefined) logs.set(log, [file]);
    else known.push(file);
  }
  return [...logs.values()].map(each => each.sort(before));
};
