import type { AccessLog, LogTrail } from '../core/access-log.ts';
import { pathMatches } from '../core/glob.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import type { Watcher } from '../core/watcher.ts';
import { logWord, toldWord } from './monitored-watch.ts';
import {
  evidenceOf,
  isOff,
  logsOf,
  notApplicable,
  pass,
  type Question,
  type Setting,
  type Subject,
} from './question.ts';

/** By the file that the lines end in; in the journal, by the unit or the whole of it. */
const reads = ({ logPaths }: Watcher, { sink, trail }: AccessLog): boolean => {
  const path = trail?.path;
  if (path === undefined) return false;
  if (logPaths.some(pattern => pattern === path || pathMatches(pattern, path))) return true;
  if (!path.endsWith('/log/journal')) return false;
  if (sink?.to === 'journal') return logPaths.includes(`journal:${sink.unit}`);
  if (sink?.to !== 'syslog' || sink.program === '') return false;
  const unit = `journal:${sink.program.replace(/\/.*$/s, '')}`;
  return logPaths.some(each => each.startsWith(`${unit}.`) || each.startsWith(`${unit}@`));
};

/** Logs that end in the same file are one. */
const trailsOf = (logs: readonly AccessLog[]): readonly LogTrail[] => [
  ...new Map(
    logs.flatMap(({ emitted, trail }) =>
      emitted === 'off' || trail === undefined ? [] : [[trail.path ?? trail, trail] as const],
    ),
  ).values(),
];

/** Who else may watch the log. */
interface Others {
  readonly reading: readonly Evidence[];
  readonly shipped: string | undefined;
}

const elsewhere = (shipped: string): string =>
  `what is done with the copy at ${shipped} cannot be seen from here`;

/** What hunting says of all that the component writes; undefined where it has to do with none of it. */
const huntVerdict = (
  subject: Subject,
  setting: Setting,
  { reading, shipped }: Others,
): Verdict | undefined => {
  const { watching, now, configurationPath } = setting;
  if (watching === undefined) return undefined;
  const { of, logs } = logsOf(subject);
  const words = trailsOf(logs).map(trail => ({
    trail,
    word: logWord(trail, of.platform, setting),
  }));
  const said = words.flatMap(({ word }) => (word === undefined ? [] : [word]));
  if (said.length === 0) return undefined;
  // Of a log that goes nowhere that is known, nobody can tell who watches it.
  const unseen = logs.find(({ emitted, trail }) => emitted !== 'off' && trail?.path === undefined);
  const missed = words.find(({ word }) => word === undefined)?.trail.path;
  const told = toldWord(watching, now, configurationPath);
  const all = [...said, told];
  const evidence = all.flatMap(word => word.evidence);
  const lacking = all.filter(({ is }) => is !== 'watched');
  if (lacking.length === 0 && unseen === undefined && missed === undefined) {
    return pass(all.map(({ why }) => why).join('; '), evidence);
  }
  const worst = lacking.find(({ is }) => is === 'stopped') ?? lacking[0];
  const why = [
    ...(lacking.length === 0 ? all : lacking).map(word => word.why),
    ...(missed === undefined ? [] : [`the evidence store does not have ${missed}`]),
    ...(unseen === undefined ? [] : [`where the log of ${unseen.question} goes is not known`]),
    ...(shipped === undefined ? [] : [elsewhere(shipped)]),
  ].join('; ');
  // Somebody else may watch what Postern does not: then nobody can tell from here.
  const fails = worst?.is === 'stopped' && reading.length === 0 && shipped === undefined;
  return {
    state: fails ? 'fail' : 'unknown',
    why,
    evidence: [...evidence, ...reading],
    remedy: worst?.remedy ?? (missed === undefined ? visible : takeIn),
    weight: fails ? 45 : 10,
    cause: worst?.why ?? 'not all of its logs are watched',
  };
};

const visible = '# Make its log visible first: see the check "logged".';
const takeIn =
  '# Have its logs kept, and looked at, from a timer (cron, systemd):\npostern ingest /var/log\npostern hunt';

/**
 * Have rules and a baseline that apply to it run over its log recently, and is somebody told?
 *
 * Only Postern's own hunting shows that: nothing that can be read from a host's settings proves it of others. A log
 * that is not written at all can certainly not be watched.
 */
export const monitored: Question = (subject, setting): Verdict => {
  const { component } = subject;
  if (isOff(component)) return notApplicable('it is switched off: there is nothing to watch');
  const { logs } = logsOf(subject);
  if (logs.length > 0 && logs.every(log => log.emitted === 'off')) {
    return {
      state: 'fail',
      why: 'nothing is written that could be watched',
      evidence: logs.map(log => evidenceOf(`${log.question}: ${log.why}`, log.because)),
      remedy: '# Switch the log on first: see the check "logged".',
      weight: 55,
      follows: 'logged',
    };
  }
  const reading = setting.watchers.filter(watcher => logs.some(log => reads(watcher, log)));
  const names = [...new Set(reading.map(({ name }) => name))];
  const shipped = logs.find(log => log.trail?.shippedTo !== undefined)?.trail?.shippedTo;
  const readers = reading.map(watcher =>
    evidenceOf(
      `${watcher.name} reads it${watcher.tells === undefined ? '' : ` and tells ${watcher.tells}`}`,
      watcher.because,
    ),
  );
  const hunted = huntVerdict(subject, setting, { reading: readers, shipped });
  if (hunted !== undefined) return hunted;
  const seen =
    names.length > 0
      ? `${names.join(', ')} read${names.length === 1 ? 's' : ''} its log here, which shows neither a baseline nor that access by a legitimate component is judged`
      : logs.some(log => log.trail?.path !== undefined)
        ? 'nothing on this host is known to read its log'
        : 'where its log ends on this host is not known, so neither is what reads it';
  return {
    state: 'unknown',
    why: `${seen}${shipped === undefined ? '' : `; ${elsewhere(shipped)}`}`,
    evidence: readers,
    remedy:
      '# Keep its log, have rules and baselines run over it, and name who is told (docs/alerts.md):\npostern ingest /var/log\npostern hunt\npostern hunt --notify-test',
    weight: reading.length > 0 || shipped !== undefined ? 10 : 15,
    cause: 'nothing watches the logs',
  };
};
