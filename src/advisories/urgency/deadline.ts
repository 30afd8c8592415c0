import type { Deadline, Finding } from '../../core/finding.ts';
import type { DeadlineRule, PatchDays, Policy } from '../../core/policy.ts';
import { letsWait } from '../../core/unmended.ts';
import { type Traits, traitsOf } from './traits.ts';

const dayMs = 86_400_000;

/**
 * In the spirit of CISA BOD 26-04 (exposure × exploitation × automatable × impact; 3 days with a look
 * for traces, 14, 60, next upgrade), whose sixteen rows are not public in full.
 */
const rulesFrom = ({ exploited, internet, internal }: PatchDays): readonly DeadlineRule[] => [
  { exploited: true, exposure: 'internet', days: exploited, triage: true },
  { exploited: true, days: internet, triage: true },
  { exposure: 'internet', automatable: true, days: internet },
  { exposure: 'internet', impact: 'total', days: internet },
  { exposure: 'internet', days: internal },
  { automatable: true, impact: 'total', days: internal },
  { days: 'next-upgrade' },
];

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Midnight of a stamp's day: deadlines are days, whatever the hour of a record. */
const dayMsOf = (stamp: string | undefined): number | undefined => {
  const at = stamp === undefined ? Number.NaN : Date.parse(stamp.slice(0, 10));
  return Number.isNaN(at) ? undefined : at;
};

type Exposure = NonNullable<DeadlineRule['exposure']>;

const ruleFor = (
  traits: Pick<Traits, 'exploited' | 'automatable' | 'impact'>,
  exposure: Exposure,
  policy: Policy,
): DeadlineRule | undefined =>
  [...policy.deadlines, ...rulesFrom(policy.patchDays)].find(
    rule =>
      (rule.exposure ?? exposure) === exposure &&
      (rule.exploited ?? traits.exploited) === traits.exploited &&
      (rule.automatable ?? traits.automatable) === traits.automatable &&
      (rule.impact ?? traits.impact) === traits.impact,
  );

const daysOf = (rule: DeadlineRule | undefined): number | undefined =>
  rule === undefined || rule.days === 'next-upgrade' ? undefined : rule.days;

/**
 * The days of an exploited flaw run from when it was known to be used, if that was after its fix: nobody
 * could hurry before. They never end later than they would have, had nobody used it.
 */
const dueOf = (
  started: number,
  days: number,
  knownUsed: number | undefined,
  otherwise: number | undefined,
): number => {
  const due = Math.max(started, knownUsed ?? started) + days * dayMs;
  return knownUsed === undefined || otherwise === undefined
    ? due
    : Math.min(due, started + otherwise * dayMs);
};

/** When a flaw must be mended, by the policy of today. */
export const deadlineOf = (
  finding: Finding,
  exposed: { readonly internet: boolean; readonly why: string },
  policy: Policy,
  now: Date,
): Deadline => {
  const traits = traitsOf(finding);
  const exposure = exposed.internet ? 'internet' : 'internal';
  const rule = ruleFor(traits, exposure, policy);
  // The distribution looked at it and lets it wait for a point release: so may the policy, unless it is used.
  const waits = letsWait(finding.unmended) && !traits.exploited;
  const days = waits ? undefined : daysOf(rule);
  const why = [
    traits.words,
    exposed.why,
    ...(waits ? [`its distribution lets it wait: ${finding.unmended ?? ''}`] : []),
  ].join('; ');
  const triage = rule?.triage ?? false;
  const today = dayMsOf(now.toISOString());
  // What is used, and nobody is known to mend, must not stay until somebody does. A day that is yet to come
  // was written down wrongly, and postpones nothing.
  const known = dayMsOf(finding.exploited?.on);
  const used = known !== undefined && today !== undefined && known > today ? undefined : known;
  const started = dayMsOf(finding.clock?.started) ?? used;
  if (days === undefined || started === undefined || today === undefined) {
    return { ...(days === undefined ? {} : { days }), why, triage };
  }
  const due = dueOf(
    started,
    days,
    used,
    daysOf(ruleFor({ ...traits, exploited: false }, exposure, policy)),
  );
  return {
    days: Math.round((due - started) / dayMs),
    on: dayOf(due),
    why,
    overdueDays: Math.round((today - due) / dayMs),
    triage,
  };
};
