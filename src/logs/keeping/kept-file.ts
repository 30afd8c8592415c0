import type { LogTrail, OwnRotation } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';
import { dirOf, resolveFrom } from '../../core/paths.ts';
import { cleanersOf } from './cleaners.ts';
import { edgesOf, oldestFirst, rotatedFilesOf } from './edges.ts';
import { exicyclogOf } from './exicyclog.ts';
import type { Logrotate } from './logrotate.ts';
import type { RotateOptions } from './logrotate-syntax.ts';
import { joinUnknown } from './onward.ts';
import { type Kept, withCleaners, withProgram } from './removers.ts';
import { periodDaysOf, rotationOf } from './rotation.ts';

/** Follows a log file through rotation. */
export interface KeptFiles {
  /** @param own what the program that writes it does with its older lines. */
  trailOf(path: string, own?: OwnRotation): LogTrail;
}

/** The file, or the folder of files that are named by their day. */
const absence = (files: FileView, path: string): string | undefined => {
  const isMany = path.includes('*');
  if (isMany ? files.glob(path).length > 0 : files.stat(path) !== undefined) return undefined;
  const star = path.indexOf('*');
  const folder = dirOf(isMany ? path.slice(0, star + 1) : path);
  if (files.stat(folder) !== undefined) {
    return isMany
      ? `no file is named ${path}: no line was found`
      : 'the file does not exist: no line was found in it';
  }
  return files.stat('/var/log') === undefined
    ? 'the logs of this host were not collected'
    : `the folder ${folder} does not exist: nothing can be written there`;
};

/** Names with a date or a variable in them are many files; /dev/stdout is somebody else's. */
const noFile = (
  files: FileView,
  path: string,
  own: OwnRotation | undefined,
): string | undefined => {
  if (/[%$*{]/.test(path) && (own === undefined || /[%${]/.test(path)))
    return `it names many files (${path.slice(0, 200)}), which were not followed`;
  const real = files.stat(path) === undefined ? path : (files.real(path) ?? path);
  if (real === '/dev/null') return undefined;
  if (/^\/(?:dev|proc)\//.test(real)) {
    return `it goes to ${real}: whatever starts the program decides where that ends`;
  }
  return undefined;
};

/** Names that logrotate may give, and that no file has yet. */
const namesToCome = (path: string): readonly string[] =>
  ['.1', '.1.gz', '-20260101', '-20260101.gz'].map(ending => `${path}${ending}`);

/** Of very many files the oldest and the newest stand for the others. */
const some = (paths: readonly string[]): readonly string[] =>
  paths.length <= 400 ? paths : [...paths.slice(0, 200), ...paths.slice(-200)];

interface Found {
  /** The file that is written to. */
  readonly active: string;
  /** The ones before it, the oldest first. */
  readonly rotated: readonly string[];
  /** Names to hold conditions of cleaners against. */
  readonly left: readonly string[];
}

const filesOf = (
  files: FileView,
  path: string,
  options: RotateOptions | undefined,
  own: OwnRotation | undefined,
): Found => {
  const globbed = (own?.leaves ?? []).flatMap(pattern =>
    files.glob(pattern).filter(each => files.stat(each)?.kind === 'file'),
  );
  if (path.includes('*')) {
    const all = oldestFirst(files, globbed);
    const active = all.at(-1) ?? path;
    return {
      active,
      rotated: all.slice(0, -1),
      left: all.length > 0 ? some(all) : [path.replaceAll('*', '2026-01-01')],
    };
  }
  const folder = options?.olddir;
  const rotated = oldestFirst(files, [
    ...rotatedFilesOf(files, path, folder === undefined ? [] : [resolveFrom(dirOf(path), folder)]),
    ...globbed.filter(each => each !== path),
  ]);
  const toCome = [
    ...(options === undefined ? [] : namesToCome(path)),
    ...(own?.leaves ?? []).map(pattern => pattern.replaceAll('*', '2026-01-01')),
  ];
  return { active: path, rotated, left: rotated.length > 0 ? some(rotated) : toCome };
};

export const keptFiles = (files: FileView, logrotate: Logrotate, now: Date): KeptFiles => {
  const settle = (path: string, stated: OwnRotation | undefined): LogTrail => {
    const own = stated?.leaves === undefined ? (exicyclogOf(files, path) ?? stated) : stated;
    const odd = noFile(files, path, own);
    if (odd !== undefined) return { unknown: odd };
    if (path === '/dev/null' || files.real(path) === '/dev/null') {
      return {
        path,
        rotation: { keepsDays: 0, why: 'it is thrown away: /dev/null' },
        retainedDays: 0,
      };
    }
    const named = path.includes('*') ? files.glob(path).slice(0, 200) : [path];
    const rotatedPath = named.find(each => logrotate.stanzaOf(each) !== undefined) ?? path;
    const stanza = logrotate.stanzaOf(rotatedPath);
    const { active, rotated, left } = filesOf(files, path, stanza?.options, own);
    const ofStanza = withProgram(
      rotationOf(logrotate, rotatedPath, now),
      stanza !== undefined,
      own,
    );
    const period =
      ofStanza.periodDays ?? (stanza === undefined ? undefined : periodDaysOf(stanza.options));
    const kept: Kept = withCleaners(
      { ...ofStanza, ...(period === undefined ? {} : { periodDays: period }) },
      cleanersOf(files, { path: active, left }),
    );
    const { rotation, leastDays, unknown } = kept;
    const absent = absence(files, path);
    const isCertain = leastDays !== undefined && Number.isFinite(leastDays);
    // Of a file that is not there it says little that nothing removes its lines.
    const hasRemover = stanza !== undefined || (own !== undefined && own.removes.is !== 'nothing');
    const why = joinUnknown(
      absent !== undefined && !isCertain && rotation.keepsDays === null && !hasRemover
        ? undefined
        : unknown,
      absent,
    );
    return {
      path,
      ...edgesOf(files, active, rotated),
      ...(absent === undefined || hasRemover ? { rotation } : {}),
      ...(isCertain ? { retainedDays: leastDays } : {}),
      ...(why === undefined ? {} : { unknown: why }),
    };
  };
  const known = new Map<string, LogTrail>();
  return {
    trailOf: (path, own) => {
      const key = JSON.stringify([path, own]);
      const trail = known.get(key) ?? settle(path, own);
      known.set(key, trail);
      return trail;
    },
  };
};
