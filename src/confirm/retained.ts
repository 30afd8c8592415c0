import type { AccessLog, LogTrail } from '../core/access-log.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import { evidenceOf, isOff, logsOf, notApplicable, type Question } from './question.ts';

type Kept = AccessLog & { readonly trail: LogTrail };

const hasTrail = (log: AccessLog): log is Kept => log.trail !== undefined;

const trailKey = ({ trail }: Kept): string => trail.path ?? trail.shippedTo ?? trail.unknown ?? '';

const evidenceOfTrail = ({ trail }: Kept): readonly Evidence[] => [
  {
    what:
      [
        trail.oldest === undefined ? '' : `oldest line ${trail.oldest.slice(0, 10)}`,
        trail.newest === undefined ? '' : `newest ${trail.newest.slice(0, 10)}`,
      ]
        .filter(part => part !== '')
        .join(', ') || 'no dated line was found',
    ...(trail.path === undefined ? {} : { path: trail.path }),
  },
  ...(trail.rotation === undefined ? [] : [evidenceOf(trail.rotation.why, trail.rotation.because)]),
  ...(trail.shippedTo === undefined
    ? []
    : [evidenceOf(`a copy goes to ${trail.shippedTo}`, trail.shippedBecause)]),
];

/** Is that log held for the policy's time, without a gap, provably unaltered? */
export const retained: Question = (subject, { policy }): Verdict => {
  const { component } = subject;
  if (isOff(component)) return notApplicable('it is switched off: it writes no log');
  const { logs } = logsOf(subject);
  const kept = [
    ...new Map(logs.filter(hasTrail).map(log => [trailKey(log), log] as const)).values(),
  ];
  if (kept.length === 0) {
    const off = logs.length > 0 && logs.every(log => log.emitted === 'off');
    return {
      state: off ? 'fail' : 'unknown',
      why: off
        ? 'there is no log to keep: nothing is written'
        : 'where its log goes is not known, so neither is how long it is kept',
      evidence: [],
      remedy: off
        ? '# Switch the log on first: see the check "logged".'
        : '# Make its log visible first: see the check "logged".',
      weight: off ? 55 : 25,
    };
  }
  const evidence = kept.flatMap(evidenceOfTrail);
  const short = kept.filter(
    ({ trail }) =>
      trail.shippedTo === undefined &&
      trail.retainedDays !== undefined &&
      trail.retainedDays < policy.retentionDays,
  );
  const [shortest] = short.toSorted(
    (a, b) => (a.trail.retainedDays ?? 0) - (b.trail.retainedDays ?? 0),
  );
  if (shortest !== undefined) {
    const { trail } = shortest;
    return {
      state: 'fail',
      why: `${trail.path ?? 'its log'} is kept for ${trail.retainedDays} days and goes nowhere else; the policy asks for ${policy.retentionDays}`,
      evidence,
      remedy: remedyFor(trail, policy.retentionDays),
      weight: 60,
    };
  }
  const reasons = kept.map(({ trail }) => {
    const name = trail.path ?? 'its log';
    if (trail.shippedTo !== undefined) {
      return `a copy of ${name} goes to ${trail.shippedTo}; how long it is kept there cannot be seen from this host`;
    }
    if (trail.retainedDays === undefined) {
      return `how long ${name} is kept cannot be told: ${trail.unknown ?? 'no rotation that names a time was found'}`;
    }
    return `${name} is kept for ${trail.retainedDays} days, but nothing proves that it is whole and unaltered`;
  });
  return {
    state: 'unknown',
    why: reasons.join('; '),
    evidence,
    remedy: kept.some(({ trail }) => trail.shippedTo !== undefined)
      ? '# Check the retention on the log host that receives the copy, and write it down.'
      : '# Send a copy to a host whose administrators are not this one’s, for example:\n# in /etc/rsyslog.d/90-ship.conf:\n*.* action(type="omfwd" target="loghost.example" port="6514" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1")',
    weight: 20,
  };
};

const remedyFor = (trail: LogTrail, days: number): string => {
  const weeks = Math.ceil(days / 7);
  const place = trail.rotation?.because;
  const where = place === undefined ? '/etc/logrotate.d/postern-retention' : place.path;
  return `# in ${where}, in the stanza of ${trail.path ?? 'its log'}:\nweekly\nrotate ${weeks}\ncompress`;
};
