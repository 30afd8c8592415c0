import type { AccessLog, LogTrail } from '../core/access-log.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import { evidenceOf, isOff, logsOf, notApplicable, pass, type Question } from './question.ts';
import { keepLonger, shipCopy } from './retained-remedies.ts';
import { type StoreWord, storeWord } from './retained-store.ts';

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
export const retained: Question = (subject, setting): Verdict => {
  const { policy } = setting;
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
  const words = kept.map(log => ({ log, word: storeWord(log.trail, setting) }));
  // Of a log that goes nowhere that is known, no store can tell.
  const unseen = logs.find(({ emitted, trail }) => emitted !== 'off' && trail === undefined);
  const told = words.flatMap(({ word }) => (word === undefined ? [] : [word]));
  if (words.every(({ word }) => word?.is === 'kept') && unseen === undefined) {
    return pass(
      told.map(({ why }) => why).join('; '),
      told.flatMap(each => each.evidence),
    );
  }
  const evidence = [...told.flatMap(each => each.evidence), ...kept.flatMap(evidenceOfTrail)];
  // Where the store has lines for as long as it can have them, rotation on the host is of no account.
  const onHost = words.flatMap(({ log, word }) =>
    word === undefined || word.is === 'lost' || word.is === 'mute' ? [log] : [],
  );
  const short = onHost
    .flatMap(({ trail }) => {
      const days = daysKept(trail);
      return trail.shippedTo === undefined && days !== undefined && days < policy.retentionDays
        ? [{ trail, days }]
        : [];
    })
    .toSorted((a, b) => a.days - b.days);
  const [shortest] = short;
  if (shortest !== undefined) {
    const word = storeWord(shortest.trail, setting);
    return {
      state: 'fail',
      why: `${shortcoming(shortest.trail)} and ${word === undefined ? 'goes nowhere else' : word.why}; the policy asks for ${policy.retentionDays} days`,
      evidence,
      remedy: word?.remedy ?? keepLonger(shortest.trail, policy.retentionDays),
      weight: 60,
      cause: rotatedBy(shortest.trail),
    };
  }
  const stored = told.find(({ is }) => is !== 'kept');
  const shipped = kept.find(({ trail }) => trail.shippedTo !== undefined)?.trail.shippedTo;
  const reasons = words.map(({ log: { trail }, word }) => {
    const name = nameOf(trail);
    if (word !== undefined) return word.why;
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
    why: [
      ...reasons,
      ...(unseen === undefined ? [] : [`where the log of ${unseen.question} goes is not known`]),
    ].join('; '),
    evidence,
    remedy:
      stored !== undefined
        ? stored.remedy
        : shipped === undefined
          ? shipCopy(kept)
          : '# Check the retention on the log host that receives the copy, and write it down.',
    weight: 20,
    cause: causeOf(stored, shipped),
  };
};

const causeOf = (stored: StoreWord | undefined, shipped: string | undefined): string => {
  if (stored !== undefined) return stored.remedy;
  return shipped === undefined ? 'logs do not leave the host' : `kept at ${shipped}`;
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
