import type { LogTrail } from '../core/access-log.ts';
import type { Evidence } from '../core/verdict.ts';
import type { ToldChannel, WatchedLog, WatchedPart, Watching } from '../core/watching.ts';
import { type Setting, yamlName } from './question.ts';

/** What hunting says of one log, or of who is told. */
export interface WatchWord {
  /**
   * `watched`: it is. `stopped`: it was, and is not any more, or nobody is told. `short`: what there is does not
   * come to it, yet or at all.
   */
  readonly is: 'watched' | 'stopped' | 'short';
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly remedy: string;
}

type Asked = Pick<Setting, 'watching' | 'kept' | 'now'>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** More than so many lines that nobody understands may be those that matter. */
const notUnderstoodMax = 0.05;
/** A day is sealed on the day after, or one later. */
const sealedWithinDays = 2;

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

const runIt =
  '# Have it run from a timer (cron, systemd), or go on by itself as a service:\npostern hunt\npostern hunt --follow';
const feedIt =
  '# Have the store fed, and hunted in, from a timer (cron, systemd):\npostern ingest /var/log\npostern hunt';

const short = (why: string, remedy: string, evidence: readonly Evidence[] = []): WatchWord => ({
  is: 'short',
  why,
  evidence,
  remedy,
});

const stopped = (why: string, remedy: string): WatchWord => ({
  is: 'stopped',
  why,
  evidence: [{ what: why }],
  remedy,
});

/** Servers whose log tells of the programs that they serve. */
const fronts: ReadonlySet<string> = new Set([
  'apache',
  'haproxy',
  'iis',
  'lighttpd',
  'nginx',
  'web-front',
]);

/** Events are called by the component's platform, or by the web server that serves it where the log is that one's. */
const partFor = ({ parts }: WatchedLog, platform: string): WatchedPart | undefined =>
  parts.find(({ component }) => component === platform) ??
  (parts.length === 1 ? parts.find(({ component }) => fronts.has(component)) : undefined);

/** Whether the store has what the host writes now. */
const behind = (
  { path = '', newest }: LogTrail,
  { source, seenToMs }: WatchedLog,
  { kept, now }: Asked,
  ranHoursMax: number,
): WatchWord | undefined => {
  const log = kept?.logs.get(path);
  if (kept?.broken !== undefined) {
    return short(`the evidence store does not verify: ${kept.broken}`, 'postern evidence verify');
  }
  if (log?.retired === true) {
    return stopped(`the evidence store takes no more lines of ${source}`, feedIt);
  }
  if (seenToMs === undefined) {
    return short(`rules have not seen an event of ${path} yet`, feedIt);
  }
  if (newest !== undefined) {
    const lagMs = Date.parse(newest) - seenToMs;
    return lagMs > ranHoursMax * hourMs
      ? stopped(
          `rules have seen ${path} up to ${stamp(seenToMs)}, and its newest line is of ${stamp(Date.parse(newest))}`,
          feedIt,
        )
      : undefined;
  }
  const sealedMs = Date.parse(`${log?.lastDay ?? '1970-01-01'}T00:00:00Z`);
  return now.getTime() - sealedMs > (sealedWithinDays + 1) * dayMs
    ? short(
        `rules have seen ${path} up to ${stamp(seenToMs)}; whether the store has what came since cannot be told`,
        feedIt,
      )
    : undefined;
};

/** What hunting says of one log; undefined where the store does not have it. */
export const logWord = (trail: LogTrail, platform: string, asked: Asked): WatchWord | undefined => {
  const { watching, now } = asked;
  const { path } = trail;
  const log = path === undefined ? undefined : watching?.logs.get(path);
  if (watching === undefined || log === undefined || path === undefined) return undefined;
  const { ranMs, waitsSinceMs, notUnderstood, source } = log;
  const { ranHoursMax } = watching;
  if (ranMs === undefined) {
    return short(`the store has ${path}, and no rule has run over it yet`, runIt);
  }
  const nowMs = now.getTime();
  if (nowMs - ranMs > ranHoursMax * hourMs) {
    return stopped(
      `rules last ran over ${path} at ${stamp(ranMs)}; watch.ranHoursMax asks for ${ranHoursMax} hours`,
      runIt,
    );
  }
  if (waitsSinceMs !== undefined && nowMs - waitsSinceMs > ranHoursMax * hourMs) {
    return stopped(
      `lines of ${path} wait since ${stamp(waitsSinceMs)} without any rule having seen them`,
      runIt,
    );
  }
  const late = behind(trail, log, asked, ranHoursMax);
  if (late !== undefined) return late;
  const part = partFor(log, platform);
  if (part === undefined) {
    return short(
      `rules run over ${path}, but no event of ${platform} was seen in it`,
      '# Which rules apply to which log, and what would make others apply:\npostern hunt rules',
    );
  }
  const { component, rules, baselines, noBaseline } = part;
  if (rules.length === 0) {
    return short(
      `no rule tells of the events of ${component} in ${path}: none is about them, or postern.yaml keeps back what they see`,
      '# Which rules apply to which log, and what would make others apply:\npostern hunt rules',
    );
  }
  if (notUnderstood > notUnderstoodMax) {
    return short(
      `rules run over ${path}, but of its lines ${Math.round(notUnderstood * 100)} % are understood by no format`,
      '# Which lines these are:\npostern ingest --dry-run --format ndjson FILE | grep unparsed',
    );
  }
  const count = `${rules.length} rule${rules.length === 1 ? '' : 's'}`;
  if (baselines.length === 0) {
    return short(
      `${count} ran over the events of ${component} in ${path}, and no baseline judges yet: ${noBaseline ?? 'none was learnt'}`,
      '# What is learnt, and how long it still takes:\npostern hunt baselines',
    );
  }
  const why = `${count} and ${baselines.length} baseline${baselines.length === 1 ? '' : 's'} ran over the events of ${component} in ${path} at ${stamp(ranMs)}`;
  const seen =
    log.seenToMs === undefined ? '' : `, whose events they have seen up to ${stamp(log.seenToMs)}`;
  return {
    is: 'watched',
    why,
    evidence: [
      { what: `${why}${seen} (source ${source})` },
      { what: `baselines: ${baselines.join(', ')}` },
    ],
    remedy: '',
  };
};

const isWorking = (
  { workedMs, failedMs, unsure, deaf, deadLetters }: ToldChannel,
  { workedDaysMax }: Watching,
  now: Date,
): boolean =>
  unsure === undefined &&
  deaf === undefined &&
  deadLetters === 0 &&
  workedMs !== undefined &&
  (failedMs === undefined || failedMs <= workedMs) &&
  now.getTime() - workedMs <= workedDaysMax * dayMs;

const troubleOf = (
  { name, workedMs, failedMs, failedWhy, unsure, deaf, deadLetters }: ToldChannel,
  { workedDaysMax }: Watching,
): string => {
  if (deadLetters > 0) {
    return `${deadLetters} message${deadLetters === 1 ? '' : 's'} to ${name} could not be delivered (${failedWhy ?? 'why is not known'})`;
  }
  if (unsure !== undefined) return `whether ${name} gets what is sent cannot be told: ${unsure}`;
  if (deaf !== undefined) return `${name} is not told of most alerts: ${deaf}`;
  if (failedMs !== undefined && failedMs > (workedMs ?? 0)) {
    return `${name} failed at ${stamp(failedMs)}: ${failedWhy ?? 'why is not known'}`;
  }
  return workedMs === undefined
    ? `nothing was ever sent to ${name}`
    : `${name} last worked at ${stamp(workedMs)}, more than ${workedDaysMax} days ago`;
};

/** Whether somebody would be told. */
export const toldWord = (watching: Watching, now: Date, configurationPath: string): WatchWord => {
  const { channels } = watching;
  const working = channels.filter(each => isWorking(each, watching, now));
  const trouble = channels
    .filter(each => !working.includes(each))
    .map(each => ({ what: troubleOf(each, watching) }));
  if (working.length > 0) {
    return {
      is: 'watched',
      why: `alerts go to ${working.map(({ name, only }) => (only === undefined ? name : `${name} (${only})`)).join(', ')}`,
      evidence: [
        ...working.map(({ name, workedMs = 0 }) => ({
          what: `${name} last took a message at ${stamp(workedMs)}`,
        })),
        ...trouble,
      ],
      remedy: '',
    };
  }
  if (channels.length === 0) {
    return stopped(
      'nobody is told of alerts: postern.yaml names no channel',
      [
        yamlName(configurationPath),
        '# (docs/alerts.md has the other kinds of channels)',
        'watch:',
        '  channels:',
        '    - { name: mail, kind: mail, server: "smtp://localhost", sender: postern@example.jp, to: [security@example.jp] }',
        '# Whether it works: postern hunt --notify-test',
      ].join('\n'),
    );
  }
  const [only] = trouble;
  const more = trouble.length > 1 ? `, and ${trouble.length - 1} more` : '';
  const isUnsure = channels.every(
    ({ unsure, deadLetters }) => unsure !== undefined && deadLetters === 0,
  );
  return {
    is: isUnsure ? 'short' : 'stopped',
    why: `nobody is known to be told of alerts: ${only?.what ?? ''}${more}`,
    evidence: trouble,
    remedy:
      '# What went wrong; a test that arrives has the others sent again:\npostern hunt alerts\npostern hunt --notify-test',
  };
};
