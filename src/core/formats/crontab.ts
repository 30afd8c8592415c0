import type { FileView } from '../files.ts';
import { baseOf } from '../paths.ts';
import type { Place } from '../place.ts';

/** One job of a crontab. */
export interface CronJob {
  readonly command: string;
  /** As written: `0 4 * * *`, `@daily`. */
  readonly schedule: string;
  /** The user that it runs as, where the file or its name tells. */
  readonly user?: string;
  readonly because: Place;
}

const variable = /^\s*["']?[A-Za-z_]\w*["']?\s*=/;

/** Everything before the first `%` that no backslash spares (crontab(5)). */
const commandOf = (text: string): string => {
  for (let i = 0; i < text.length; i++) {
    if (text.charAt(i) === '\\') i += 1;
    else if (text.charAt(i) === '%') return text.slice(0, i).trim();
  }
  return text.replaceAll('\\%', '%').trim();
};

/**
 * Reads crontab(5).
 *
 * @param withUser the sixth field names a user: `/etc/crontab` and `/etc/cron.d`.
 */
export const parseCrontab = (
  text: string,
  path: string,
  withUser: boolean,
  owner?: string,
): readonly CronJob[] => {
  const out: CronJob[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    if (bare === '' || bare.startsWith('#') || variable.test(bare)) continue;
    const words = bare.split(/\s+/);
    const times = bare.startsWith('@') ? 1 : 5;
    const fields = times + (withUser ? 1 : 0);
    if (words.length <= fields) continue;
    const command = commandOf(bare.replace(new RegExp(`^(?:\\S+\\s+){${fields}}`), ''));
    const user = withUser ? words[times] : owner;
    if (command === '') continue;
    out.push({
      command: command.slice(0, 8_192),
      schedule: words.slice(0, times).join(' '),
      because: { path, line },
      ...(user === undefined ? {} : { user }),
    });
  }
  return out;
};

export const crontabReads = [
  '/etc/crontab',
  '/etc/cron.d/*',
  '/etc/cron.{hourly,daily,weekly,monthly}/*',
  '/etc/anacrontab',
  '/var/spool/cron/crontabs/*',
  '/var/spool/cron/*',
] as const;

const jobsMax = 20_000;

/** Each line of a script that a cron folder runs, as a job of root's. */
const scriptJobs = (files: FileView, path: string): readonly CronJob[] => {
  // run-parts passes over names with a dot, so over what package managers leave behind.
  if (baseOf(path).includes('.') || files.stat(path)?.kind !== 'file') return [];
  const text = files.text(path, { bytesMax: 1 << 18 }) ?? '';
  return text.split('\n').flatMap((raw, i): readonly CronJob[] => {
    const command = raw.trim();
    if (command === '' || command.startsWith('#')) return [];
    const schedule = path.split('/').at(-2) ?? '';
    return [
      { command: command.slice(0, 8_192), schedule, user: 'root', because: { path, line: i + 1 } },
    ];
  });
};

const known = new WeakMap<FileView, readonly CronJob[]>();

/** Every cron job of the host: system, packages', users', and the scripts of the cron folders. */
export const cronJobs = (files: FileView): readonly CronJob[] => {
  const cached = known.get(files);
  if (cached !== undefined) return cached;
  const isFile = (path: string): boolean => files.stat(path)?.kind === 'file';
  // Debian's cron takes no name with a dot; cronie takes all but what rpm and editors leave behind.
  const debian =
    files.stat('/var/lib/dpkg') !== undefined || files.stat('/etc/debian_version') !== undefined;
  const leftover = debian ? /[^\w-]/ : /~$|\.(?:rpm(?:save|orig|new)|dpkg-\w+|swp|bak)$/;
  const folder = files.glob('/etc/cron.d/*').filter(path => !leftover.test(baseOf(path)));
  const system = ['/etc/crontab', ...folder].filter(isFile);
  const users = [
    ...files.glob('/var/spool/cron/crontabs/*'),
    ...files.glob('/var/spool/cron/*'),
  ].filter(isFile);
  const jobs = [
    ...system.flatMap(path => parseCrontab(files.text(path) ?? '', path, true)),
    ...users.flatMap(path => parseCrontab(files.text(path) ?? '', path, false, baseOf(path))),
    ...files
      .glob('/etc/cron.{hourly,daily,weekly,monthly}/*')
      .flatMap(path => scriptJobs(files, path)),
  ].slice(0, jobsMax);
  known.set(files, jobs);
  return jobs;
};
