import type { FileView } from '../../core/files.ts';
import { type CronJob, cronJobs } from '../../core/formats/crontab.ts';
import { pathMatches } from '../../core/glob.ts';
import { dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type FindRemoval, findRemovals } from './find-command.ts';
import { timerJobs } from './timer-jobs.ts';
import { tmpfilesCleaners } from './tmpfiles.ts';

/** Something beside rotation that removes old files below a folder. */
export interface Cleaner {
  readonly what: string;
  readonly because: Place;
  /** Days after its last write for which a file is certain to stay; absent: that cannot be told. */
  readonly leastDays?: number;
  /** Days after its last write within which a file is certain to be gone. */
  readonly mostDays?: number;
}

/** The log itself, and the files that rotation has left of it or would leave. */
export interface LogFiles {
  readonly path: string;
  readonly left: readonly string[];
}

const foldersAbove = (path: string): readonly string[] => {
  const out: string[] = [];
  for (let at = dirOf(path); at !== '/' && out.length < 50; at = dirOf(at)) out.push(at);
  return out;
};

/** Days that pass at most from one run to the next; undefined for schedules of another kind. */
const intervalDays = (schedule: string): number | undefined => {
  if (/^(?:cron\.(?:hourly|daily)|@(?:hourly|daily|midnight))$/.test(schedule)) return 1;
  if (/^(?:cron|@)\.?weekly$/.test(schedule)) return 7;
  if (/^(?:cron|@)\.?monthly$/.test(schedule)) return 31;
  const [, , day, month, weekday] = schedule.split(/\s+/);
  if (month !== '*') return undefined;
  if (day === '*') return weekday === '*' ? 1 : /^[0-7]$/.test(weekday ?? '') ? 7 : undefined;
  return weekday === '*' && /^\d{1,2}$/.test(day ?? '') && Number(day) <= 28 ? 31 : undefined;
};

const isBelow = ({ folders, depthMax }: FindRemoval, path: string): boolean => {
  const above = foldersAbove(path);
  return folders.some(folder => {
    const depth = above.findIndex(each => each === folder || pathMatches(folder, each)) + 1;
    return depth > 0 && (depthMax === undefined || depth <= depthMax);
  });
};

const parsed = new WeakMap<CronJob, readonly FindRemoval[]>();

/** Each log asks again about the same jobs. */
const removalsOf = (job: CronJob): readonly FindRemoval[] => {
  const found = parsed.get(job) ?? findRemovals(job.command);
  parsed.set(job, found);
  return found;
};

/** What a `find` does to a log: nothing, or with numbers where it takes all of its older files. */
const findCleaner = (
  removal: FindRemoval,
  { schedule, because }: CronJob,
  who: string,
  { path, left }: LogFiles,
): readonly Cleaner[] => {
  const folders = new Map([path, ...left].map(each => [dirOf(each), each]));
  const below = new Set(
    [...folders].filter(([, each]) => isBelow(removal, each)).map(([folder]) => folder),
  );
  if (below.size === 0) return [];
  const hits = (each: string): boolean => below.has(dirOf(each)) && removal.takes(each);
  const taken = left.filter(hits);
  if (taken.length === 0 && !hits(path)) return [];
  const { leastDays, mostDays, understood } = removal;
  if (!understood || leastDays === undefined) {
    return [{ what: `${who} removes files there`, because }];
  }
  const what = `${who} removes files there that have not been written for ${leastDays} days`;
  if (left.length === 0 || taken.length < left.length) return [{ what, because }];
  const interval = intervalDays(schedule);
  return [
    {
      what,
      because,
      leastDays,
      ...(mostDays === undefined || interval === undefined
        ? {}
        : { mostDays: mostDays + interval }),
    },
  ];
};

/** `find /var/log/mail -mtime +90 -delete`, `tmpreaper 30d /var/log`. */
const jobCleaners = (jobs: readonly CronJob[], who: string, log: LogFiles): readonly Cleaner[] => {
  const { path } = log;
  const above = foldersAbove(path);
  return jobs.flatMap((job): readonly Cleaner[] => {
    const { command, because } = job;
    if (/\bfind\b/.test(command)) {
      const removals = removalsOf(job);
      if (removals.length > 0 && removals.every(({ folders }) => folders.length > 0)) {
        return removals.flatMap(removal => findCleaner(removal, job, who, log));
      }
    }
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
      word =>
        word === path ||
        above.includes(word) ||
        pathMatches(word, path) ||
        log.left.some(each => each === word || pathMatches(word, each)),
    );
    return hits ? [{ what: `${who} removes files there`, because }] : [];
  });
};

/** What removes a log's old files beside rotation, as far as crontabs, timers and tmpfiles.d show. */
export const cleanersOf = (files: FileView, log: LogFiles): readonly Cleaner[] => [
  ...jobCleaners(cronJobs(files), 'a cron job', log),
  ...jobCleaners(timerJobs(files), 'a timer', log),
  ...tmpfilesCleaners(files, log.path),
];
