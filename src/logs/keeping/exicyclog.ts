import type { OwnRotation } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';
import { cronJobs } from '../../core/formats/crontab.ts';

/** exicyclog(8) cycles Exim's main, reject and panic log. */
const eximLog = /(?:main|reject|panic)_?log$|exim_(?:main|reject|panic)$/;

const countMax = 100_000;

/** Days from one run to the next where that is always the same; undefined for other schedules. */
const everyDays = (schedule: string): number | undefined => {
  if (/^(?:cron\.daily|@daily|@midnight)$/.test(schedule)) return 1;
  if (/^(?:cron\.weekly|@weekly)$/.test(schedule)) return 7;
  const match = /^\d{1,2} \d{1,2} \* \* (\*|[0-7])$/.exec(schedule);
  return match === null ? undefined : match[1] === '*' ? 1 : 7;
};

/** `keep=10`, as the script was built. */
const builtWith = (files: FileView, command: string): number | undefined => {
  const path = /(\/[\w./+-]{1,200}\/exicyclog)\b/.exec(command)?.[1] ?? '/usr/sbin/exicyclog';
  if (files.stat(path)?.kind !== 'file') return undefined;
  const stated = /^keep=(\d{1,5})$/m.exec(files.text(path) ?? '')?.[1];
  return stated === undefined ? undefined : Number(stated);
};

/**
 * Exim's own rotation, run by cron: each run moves every file on by one number and removes the one
 * beyond `-k`, so that a line outlives as many runs as files are kept.
 */
export const exicyclogOf = (files: FileView, path: string): OwnRotation | undefined => {
  if (!eximLog.test(path)) return undefined;
  const jobs = cronJobs(files).filter(({ command }) => {
    if (!/\bexicyclog\b/.test(command)) return false;
    const other = /\s-l\s+['"]?(\/[^\s'"]{1,500})/.exec(command)?.[1];
    return (
      other === undefined ||
      ['main', 'reject', 'panic'].some(name => other.replace('%s', name) === path)
    );
  });
  const [job, second] = jobs;
  if (job === undefined) return undefined;
  const { command, schedule, because } = job;
  const stated = /\s-k\s+(\d{1,5})\b/.exec(command)?.[1];
  const count = stated === undefined ? builtWith(files, command) : Number(stated);
  const every = everyDays(schedule);
  const base = { because, leaves: [`${path}.*`] };
  const unknown = (why: string): OwnRotation => ({ ...base, why, removes: { is: 'unknown' } });
  if (count === undefined) {
    return unknown('exicyclog keeps only its newest files (10, unless Exim was built otherwise)');
  }
  const keeps = `exicyclog keeps only its ${count} newest files`;
  if (second !== undefined) return unknown(`${keeps}, and more than one job runs it`);
  if (every === undefined || count < 1 || count > countMax) {
    return unknown(`${keeps}: how many days these hold hangs on how often it runs (${schedule})`);
  }
  return {
    ...base,
    why: `exicyclog keeps a line ${count * every} to ${(count + 1) * every} days (${count} files, ${every === 1 ? 'daily' : 'weekly'})`,
    removes: { is: 'by age', leastDays: count * every, mostDays: (count + 1) * every },
    periodDays: every,
  };
};
