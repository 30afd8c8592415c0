import type { AccessLog, LogTrail } from '../core/access-log.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import { evidenceOf, isOff, logsOf, notApplicable, type Question } from './question.ts';

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
      remedy: remedyFor(shortest.trail, policy.retentionDays),
      weight: 60,
    };
  }
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
    remedy: kept.some(({ trail }) => trail.shippedTo !== undefined)
      ? '# Check the retention on the log host that receives the copy, and write it down.'
      : '# Send a copy to a host whose administrators are not this one’s, for example:\n# in /etc/rsyslog.d/90-ship.conf:\n*.* action(type="omfwd" target="loghost.example" port="6514" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1")',
    weight: 20,
  };
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

const remedyFor = (trail: LogTrail, days: number): string => {
  const weeks = Math.ceil(days / 7);
  if (trail.path === undefined) {
    return '# Switch on a log that is written to a file first: see the check "logged".';
  }
  if (trail.path.endsWith('/log/journal')) {
    return [
      '# The journal is bounded by size: write the mail log to a file as well.',
      '# Install rsyslog, then in /etc/rsyslog.d/30-mail.conf:',
      'mail.*\t-/var/log/mail.log',
      '# and in /etc/logrotate.d/mail-log:',
      `/var/log/mail.log {\n\tweekly\n\trotate ${weeks}\n\tcompress\n\tmissingok\n}`,
    ].join('\n');
  }
  const why = trail.rotation?.why ?? '';
  const place = trail.rotation?.because;
  const where = place === undefined ? '/etc/logrotate.d/postern-retention' : place.path;
  const drop = ['maxage', 'maxsize', 'size'].filter(word => new RegExp(`\\b${word} `).test(why));
  return [
    `# in ${where}, in the stanza of ${trail.path}${drop.length === 0 ? '' : `, in place of its ${drop.join(' and ')}`}:`,
    'weekly',
    `rotate ${weeks}`,
    'compress',
  ].join('\n');
};
