import type { AccessLog } from '../core/access-log.ts';
import { pathMatches } from '../core/glob.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Watcher } from '../core/watcher.ts';
import { evidenceOf, isOff, logsOf, notApplicable, type Question } from './question.ts';

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

/**
 * Have rules and a baseline that apply to it run over its log recently, and is somebody told?
 *
 * Nothing that can be read from a host's settings proves that, so the best answer here is unknown;
 * a log that is not written at all can certainly not be watched.
 */
export const monitored: Question = (subject, { watchers }): Verdict => {
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
  const reading = watchers.filter(watcher => logs.some(log => reads(watcher, log)));
  const names = [...new Set(reading.map(({ name }) => name))];
  const shipped = logs.find(log => log.trail?.shippedTo !== undefined)?.trail?.shippedTo;
  const seen =
    names.length > 0
      ? `${names.join(', ')} read${names.length === 1 ? 's' : ''} its log here, which shows neither a baseline nor that access by a legitimate component is judged`
      : logs.some(log => log.trail?.path !== undefined)
        ? 'nothing on this host is known to read its log'
        : 'where its log ends on this host is not known, so neither is what reads it';
  return {
    state: 'unknown',
    why: `${seen}${shipped === undefined ? '' : `; what is done with the copy at ${shipped} cannot be seen from here`}`,
    evidence: reading.map(watcher =>
      evidenceOf(
        `${watcher.name} reads it${watcher.tells === undefined ? '' : ` and tells ${watcher.tells}`}`,
        watcher.because,
      ),
    ),
    remedy:
      '# Postern keeps logs and answers questions about them (postern ingest, postern events), but watches none.\n# Have your SIEM alert on mailbox reads per component, and keep proof that the rule ran.',
    weight: reading.length > 0 || shipped !== undefined ? 10 : 15,
    cause: 'nothing watches the logs',
  };
};
