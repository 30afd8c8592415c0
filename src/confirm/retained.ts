import type { AccessLog, LogTrail } from '../core/access-log.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import { evidenceOf, isOff, logsOf, notApplicable, type Question } from './question.ts';
import { keepLonger, shipCopy } from './retained-remedies.ts';

type Kept = AccessLog & { readonly trail: LogTrail };

const hasTrail = (log: AccessLog): log is Kept => log.trail !== undefined;

/** Logs that end in the same place are one. */
const trailKey = ({ trail }: Kept): string =>
  [trail.path, trail.shippedTo, trail.level, trail.unknown, trail.retainedDays].join('\0');

const nameOf = ({ path }: LogTrail): string => path ?? 'its log';

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
      follows: 'logged',
    };
  }
  const evidence = kept.flatMap(evidenceOfTrail);
  const short = kept
    .flatMap(({ trail }) => {
      const days = daysKept(trail);
      return trail.shippedTo === undefined && days !== undefined && days < policy.retentionDays
        ? [{ trail, days }]
        : [];
    })
    .toSorted((a, b) => a.days - b.days);
  const [shortest] = short;
  if (shortest !== undefined) {
    return {
      state: 'fail',
      why: `${shortcoming(shortest.trail)} and goes nowhere else; the policy asks for ${policy.retentionDays} days`,
      evidence,
      remedy: keepLonger(shortest.trail, policy.retentionDays),
      weight: 60,
      cause: rotatedBy(shortest.trail),
    };
  }
  const shipped = kept.find(({ trail }) => trail.shippedTo !== undefined)?.trail.shippedTo;
  const reasons = kept.map(({ trail }) => {
    const name = nameOf(trail);
    if (trail.shippedTo !== undefined) {
      return `a copy of ${name} goes to ${trail.shippedTo}; how long it is kept there cannot be seen from this host`;
    }
    if (trail.retainedDays === undefined) {
      return `how long ${name} is kept cannot be told: ${trail.unknown ?? 'no rotation that names a time was found'}`;
    }
    const doubt = trail.unknown === undefined ? '' : ` (${trail.unknown})`;
    return `${name} is kept for at least ${trail.retainedDays} days${doubt}, but nothing proves that it is whole and unaltered`;
  });
  return {
    state: 'unknown',
    why: reasons.join('; '),
    evidence,
    remedy:
      shipped === undefined
        ? shipCopy(kept)
        : '# Check the retention on the log host that receives the copy, and write it down.',
    weight: 20,
    cause: shipped === undefined ? 'logs do not leave the host' : `kept at ${shipped}`,
  };
};

/** Logs of one stanza are kept longer by the same lines. */
const rotatedBy = ({ path, rotation }: LogTrail): string => {
  const place = rotation?.because;
  return place === undefined ? `rotation of ${path ?? ''}` : `${place.path}:${place.line ?? 0}`;
};

/**
 * Days after which a line is gone for certain at the latest: what is surely kept, else the longest
 * that rotation leaves anything.
 */
const daysKept = ({ retainedDays, rotation }: LogTrail): number | undefined =>
  retainedDays ?? rotation?.keepsDays ?? undefined;

const shortcoming = (trail: LogTrail): string => {
  const name = nameOf(trail);
  const days = trail.retainedDays;
  if (days === undefined) {
    return `${name} is kept for at most ${trail.rotation?.keepsDays ?? 0} days (${trail.rotation?.why ?? ''})`;
  }
  if (days > 0) return `${name} is certain to be kept for only ${days} days`;
  return trail.path === undefined
    ? `its lines are kept nowhere (${trail.rotation?.why ?? 'no file gets them'})`
    : `no day of ${name} is certain to be kept (${trail.rotation?.why ?? ''})`;
};
