import { existsSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { KeptLog, KeptLogs } from '../core/kept-log.ts';
import { dayAfter } from '../evidence/days.ts';
import type { WitnessKey } from '../evidence/verify/cosignature.ts';
import { Coverage } from '../evidence/verify/coverage.ts';
import { folderReader } from '../evidence/verify/reader.ts';
import { type Verified, verifyStore } from '../evidence/verify/verify-store.ts';

/** What an evidence store is asked. */
export interface KeptLogsRequest {
  readonly store: string;
  /** Folder that the inspected host's files lie in. */
  readonly root: string;
  /** Paths of logs, as seen from the root. */
  readonly paths: readonly string[];
  /** Sources that the organisation says logs come to: path as seen from the root. */
  readonly said?: readonly { readonly path: string; readonly source: string }[];
  /** Keys of witnesses that are trusted. */
  readonly witnesses?: readonly WitnessKey[];
  /** Name of the machine that this runs on; `uname -n` unless given. */
  readonly here?: string;
}

/** Longer than any policy asks for. */
const daysMax = 40_000;

const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

const laterOf = (first: string, last: string): string => {
  const bound = dayAfter(last, -daysMax);
  return first > bound ? first : bound;
};

const keptLog = (coverage: Coverage, source: string): KeptLog => {
  const days = coverage.daysOf(source);
  const sealed = coverage.lastSealedDay;
  // Lines of a day that is not over are there before it is sealed.
  const lastDay = days === undefined || (sealed ?? '') < days.first ? undefined : sealed;
  const addedDay = coverage.sources.get(source)?.addedDay;
  const missing =
    days === undefined || lastDay === undefined
      ? []
      : coverage
          .uncovered(
            { sources: [source], fromDay: laterOf(days.first, lastDay), toDay: lastDay },
            daysMax,
          )
          .map(({ day, why }) => ({
            day,
            why,
            is: coverage.isLost(source, day) ? ('lost' as const) : ('open' as const),
          }));
  return {
    source,
    ...(days === undefined ? {} : { firstDay: days.first }),
    ...(lastDay === undefined ? {} : { lastDay }),
    ...(addedDay === undefined ? {} : { addedDay }),
    keepsDays: coverage.keepsDays(source),
    missing,
    retired: coverage.sources.get(source)?.retired ?? true,
  };
};

const brokenWhy = ({ broken, brokenCount }: Verified): string | undefined => {
  const [first] = broken;
  if (first === undefined) return undefined;
  const more = brokenCount > 1 ? `, and ${brokenCount - 1} more` : '';
  return `${first.path}: ${first.why}${more}`;
};

/**
 * What a store keeps of these logs. All of its log is verified, and every file of the logs that are asked about: no
 * answer rests on what was altered. A source is a log of this host when it says that it was read on this machine, at
 * the place where the log lies.
 *
 * @returns `undefined` where the folder holds no evidence.
 */
export const keptLogs = ({
  store,
  root,
  paths,
  said = [],
  witnesses = [],
  here = hostname(),
}: KeptLogsRequest): KeptLogs | undefined => {
  if (!existsSync(join(store, 'log/checkpoint'))) return undefined;
  const wanted = new Map(paths.map(path => [realPath(join(root, path)), path]));
  const saidOf = new Map(
    said.filter(each => paths.includes(each.path)).map(({ source, path }) => [source, path]),
  );
  const coverage = new Coverage();
  const found = new Map<string, string>();
  const bySaying = new Set<string>();
  const reader = folderReader(store);
  const verified = verifyStore(reader, {
    witnesses,
    each: leaf => {
      coverage.take(leaf);
      if (leaf.kind !== 'source-add') return;
      const { path, host } = leaf.meta;
      const own = path === undefined || host !== here ? undefined : wanted.get(path);
      const log = own ?? saidOf.get(leaf.source);
      if (log !== undefined) found.set(leaf.source, log);
      if (log !== undefined && own === undefined) bySaying.add(leaf.source);
    },
    only: leaf => found.has(leaf.source),
  });
  const broken = brokenWhy(verified);
  return {
    ...(broken === undefined ? {} : { broken }),
    witnesses: new Set(verified.witnessed.filter(({ checked }) => checked).map(({ name }) => name))
      .size,
    logs: new Map(
      [...found].map(([source, log]) => {
        const kept = keptLog(coverage, source);
        return [log, bySaying.has(source) ? { ...kept, said: true } : kept];
      }),
    ),
  };
};
