import type { FileView } from '../../core/files.ts';
import type { CronJob } from '../../core/formats/crontab.ts';
import {
  readUnit,
  startsAtBoot,
  type Unit,
  unitNames,
  unitValues,
} from '../../core/formats/systemd.ts';

const timersMax = 1_000;

const time = '\\d{1,2}:\\d{2}(?::\\d{2})?';
const everyDay = new RegExp(`^(?:\\*-\\*-\\* )?${time}$`);
const onceAWeek = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}(?: \\*-\\*-\\*)? ${time}$`,
);

/** As crontab(5) would say it; as written where it is another kind of time (systemd.time(7)). */
const scheduleOf = (timer: Unit): string => {
  const [first, second] = unitValues(timer, 'Timer', 'OnCalendar');
  const delay = unitValues(timer, 'Timer', 'RandomizedDelaySec').at(-1);
  const stated = first?.value.trim() ?? '';
  if (second !== undefined || (delay !== undefined && /[dwMy]/.test(delay.value))) return stated;
  if (/^(?:hourly|daily|weekly|monthly)$/.test(stated)) return `@${stated}`;
  if (everyDay.test(stated)) return '@daily';
  return onceAWeek.test(stated) ? '@weekly' : stated;
};

/** A command that a shell is given as one word. */
const withoutShell = (command: string): string =>
  /^\S{0,200}sh -\w{0,5}c (["'])(.*)\1$/s.exec(command)?.[2] ?? command;

const known = new WeakMap<FileView, readonly CronJob[]>();

const readJobs = (files: FileView): readonly CronJob[] =>
  unitNames(files, '.timer')
    .slice(0, timersMax)
    .flatMap((name): readonly CronJob[] => {
      const base = name.slice(0, -'.timer'.length);
      if (startsAtBoot(files, [base]) !== true) return [];
      const timer = readUnit(files, name);
      if (timer === undefined) return [];
      const named = unitValues(timer, 'Timer', 'Unit').at(-1)?.value ?? `${base}.service`;
      const service = readUnit(files, named);
      if (service === undefined) return [];
      const schedule = scheduleOf(timer);
      return ['ExecStartPre', 'ExecStart', 'ExecStartPost'].flatMap(key =>
        unitValues(service, 'Service', key).map(({ value, because }) => ({
          command: withoutShell(value.replace(/^[-@:+!|]+/, '')).slice(0, 8_192),
          schedule,
          because,
        })),
      );
    });

/** What the timers that systemd starts run, in the form of jobs of cron. */
export const timerJobs = (files: FileView): readonly CronJob[] => {
  const jobs = known.get(files) ?? readJobs(files);
  known.set(files, jobs);
  return jobs;
};
