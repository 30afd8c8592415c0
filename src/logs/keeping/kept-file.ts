import type { LogTrail } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';
import { dirOf, resolveFrom } from '../../core/paths.ts';
import { type Cleaner, cleanersOf } from './cleaners.ts';
import { edgesOf, rotatedFilesOf } from './edges.ts';
import type { Logrotate } from './logrotate.ts';
import { joinUnknown } from './onward.ts';
import { rotationOf } from './rotation.ts';

type Settled = Pick<LogTrail, 'rotation' | 'retainedDays' | 'unknown'>;

/** Where logrotate leaves a file alone and something else removes lines, that is its rotation. */
const withCleaner = (settled: Settled, cleaner: Cleaner | undefined): Settled =>
  cleaner === undefined || settled.rotation?.keepsDays !== null
    ? settled
    : { rotation: { why: cleaner.what, because: cleaner.because } };

/** Follows a log file through rotation. */
export interface KeptFiles {
  trailOf(path: string): LogTrail;
}

const absence = (files: FileView, path: string): string | undefined => {
  if (files.stat(path) !== undefined) return undefined;
  const folder = dirOf(path);
  if (files.stat(folder) !== undefined) return 'the file does not exist: no line was found in it';
  return files.stat('/var/log') === undefined
    ? 'the logs of this host were not collected'
    : `the folder ${folder} does not exist: nothing can be written there`;
};

/** Names with a date or a variable in them are many files; /dev/stdout is somebody else's. */
const noFile = (files: FileView, path: string): string | undefined => {
  if (/[%$*{]/.test(path))
    return `it names many files (${path.slice(0, 200)}), which were not followed`;
  const real = files.stat(path) === undefined ? path : (files.real(path) ?? path);
  if (real === '/dev/null') return undefined;
  if (/^\/(?:dev|proc)\//.test(real)) {
    return `it goes to ${real}: whatever starts the program decides where that ends`;
  }
  return undefined;
};

export const keptFiles = (files: FileView, logrotate: Logrotate, now: Date): KeptFiles => {
  const settle = (path: string): LogTrail => {
    const odd = noFile(files, path);
    if (odd !== undefined) return { unknown: odd };
    if (path === '/dev/null' || files.real(path) === '/dev/null') {
      return {
        path,
        rotation: { keepsDays: 0, why: 'it is thrown away: /dev/null' },
        retainedDays: 0,
      };
    }
    const stanza = logrotate.stanzaOf(path);
    const olddir = stanza?.options.olddir;
    const rotated = rotatedFilesOf(
      files,
      path,
      olddir === undefined ? [] : [resolveFrom(dirOf(path), olddir)],
    );
    const [cleaner] = cleanersOf(files, path);
    const settled = withCleaner(rotationOf(logrotate, path, now), cleaner);
    const { retainedDays, unknown, ...rest } = settled;
    const certain = retainedDays !== undefined && cleaner === undefined ? { retainedDays } : {};
    const absent = absence(files, path);
    const why = joinUnknown(
      // Of a file that is not there it says little that nothing removes its lines.
      absent !== undefined && retainedDays === undefined && settled.rotation?.keepsDays === null
        ? undefined
        : unknown,
      cleaner === undefined
        ? undefined
        : `${cleaner.what} (${cleaner.because.path}:${cleaner.because.line ?? 1}), so what is kept is not certain`,
      absent,
    );
    return {
      path,
      ...edgesOf(files, path, rotated),
      ...(absent === undefined || stanza !== undefined ? rest : {}),
      ...certain,
      ...(why === undefined ? {} : { unknown: why }),
    };
  };
  const known = new Map<string, LogTrail>();
  return {
    trailOf: path => {
      const trail = known.get(path) ?? settle(path);
      known.set(path, trail);
      return trail;
    },
  };
};
