import type { AccessLog, LogTrail } from '../core/access-log.ts';
import { reachOf, runsInside } from '../core/exposed.ts';
import type { Verdict } from '../core/verdict.ts';
import { lostBefore } from './lost.ts';
import { evidenceOf, isOff, logsOf, notApplicable, pass, type Question } from './question.ts';

const weightOf = (log: AccessLog): number =>
  log.question === 'who read what' || log.question === 'who logged in' ? 70 : 50;

const worst = (logs: readonly AccessLog[]): number => Math.max(...logs.map(weightOf));

/** What no setting mends is no less a fault, but there is less to do about it. */
const canBePasted = ({ remedy }: AccessLog): boolean =>
  remedy?.split('\n').some(line => line !== '' && !line.startsWith('#')) === true;

/** One fault of one question, to be mended by itself. */
const partOf = (log: AccessLog, via: string, platform: string): Verdict => ({
  state: 'fail',
  why: `${sayFault(log)}${via}`,
  evidence: [evidenceOf(`${log.question}: ${log.emitted}; ${log.why}`, log.because)],
  remedy: log.remedy ?? `# See docs/platforms/${platform}.md`,
  weight: weightOf(log) - (canBePasted(log) ? 0 : 15),
  cause: log.remedy ?? log.why,
});

const sayFault = ({ question, emitted, why }: AccessLog): string =>
  `"${question}" is ${emitted === 'off' ? 'not logged' : 'only partly logged'}: ${why}`;

const trailEvidence = (trail: LogTrail | undefined): Verdict['evidence'] =>
  trail?.rotation === undefined ? [] : [evidenceOf(trail.rotation.why, trail.rotation.because)];

/** Does access through it leave a log that says who read what? */
export const logged: Question = (subject): Verdict => {
  const { component } = subject;
  if (isOff(component)) return notApplicable('it is switched off: nothing is accessed through it');
  const { of: logging, logs } = logsOf(subject);
  if (logs.length === 0) {
    const reaching = runsInside(component) || reachOf(subject).length > 0;
    return {
      state: 'unknown',
      why: reaching
        ? 'no log is known that would show what is accessed through it'
        : 'neither what it can reach nor where it logs is known',
      evidence: component.foundAt.map(place => evidenceOf('found here', place)),
      remedy: `# Find out what ${component.name} writes down about the mail it handles, and where.`,
      weight: 30,
      cause: `no log known of ${component.platform}`,
    };
  }
  const via =
    logging === component ? '' : ` (in the log of ${logging.name}, which it runs through)`;
  const evidence = logs.map(log =>
    evidenceOf(`${log.question}: ${log.emitted}; ${log.why}`, log.because),
  );
  const faulty = logs.filter(log => log.emitted === 'off' || log.emitted === 'partial');
  const remedies = [...new Set(logs.flatMap(log => log.remedy ?? []))].join('\n\n');
  if (faulty.length > 0) {
    return {
      state: 'fail',
      why: `${faulty.map(sayFault).join('; ')}${via}`,
      evidence,
      remedy: remedies === '' ? `# See docs/platforms/${logging.platform}.md` : remedies,
      weight: worst(faulty),
      parts: faulty.map(log => partOf(log, via, logging.platform)),
    };
  }
  const gone = logs.filter(log => log.emitted === 'on' && lostBefore(log) !== undefined);
  const [firstGone] = gone;
  if (firstGone !== undefined) {
    return {
      state: 'fail',
      why: `${gone.map(log => `"${log.question}" is written, but ${lostBefore(log) ?? ''}`).join('; ')}${via}`,
      evidence: [...evidence, ...gone.flatMap(({ trail }) => trailEvidence(trail))],
      remedy:
        remedies === ''
          ? `# Let lines of level info through to ${firstGone.trail?.path ?? 'a file'}, for example\n# in /etc/rsyslog.d/30-mail.conf:\nmail.info\t-/var/log/mail.log`
          : remedies,
      weight: worst(gone),
    };
  }
  const open = logs.filter(log => log.emitted === 'unknown');
  if (open.length > 0) {
    return {
      state: 'unknown',
      why: `${open.map(log => `whether "${log.question}" is logged cannot be told: ${log.why}`).join('; ')}${via}`,
      evidence,
      remedy: remedies === '' ? `# See docs/platforms/${logging.platform}.md` : remedies,
      weight: worst(open) - 20,
    };
  }
  return pass(`its log answers ${logs.map(log => log.question).join(', ')}${via}`, evidence);
};
