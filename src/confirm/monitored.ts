import { pathMatches } from '../core/glob.ts';
import type { Verdict } from '../core/verdict.ts';
import { evidenceOf, isOff, logsOf, notApplicable, type Question } from './question.ts';

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
    };
  }
  const paths = logs.flatMap(log => log.trail?.path ?? []);
  const reading = watchers.filter(({ logPaths }) =>
    logPaths.some(pattern => paths.some(path => path === pattern || pathMatches(pattern, path))),
  );
  const shipped = logs.find(log => log.trail?.shippedTo !== undefined)?.trail?.shippedTo;
  const seen =
    reading.length > 0
      ? `${reading.map(({ name }) => name).join(', ')} read${reading.length === 1 ? 's' : ''} its log here, which shows neither a baseline nor that access by a legitimate component is judged`
      : 'nothing on this host is known to read its log';
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
      '# Postern does not watch logs yet (this version reads settings only).\n# Until it does: have your SIEM alert on mailbox reads per component, and keep proof that the rule ran.',
    weight: reading.length > 0 || shipped !== undefined ? 10 : 15,
  };
};
