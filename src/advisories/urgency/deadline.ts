import type { Deadline, Finding } from '../../core/finding.ts';
import type { DeadlineRule, PatchDays, Policy } from '../../core/policy.ts';
import { traitsOf } from './traits.ts';

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

/** When a flaw must be mended, by the policy of today. */
export const deadlineOf = (
  finding: Finding,
  exposed: { readonly internet: boolean; readonly why: string },
  policy: Policy,
  now: Date,
): Deadline => {
  const traits = traitsOf(finding);
  const exposure = exposed.internet ? 'internet' : 'internal';
  const fits = (rule: DeadlineRule): boolean =>
    (rule.exposure ?? exposure) === exposure &&
    (rule.exploited ?? traits.exploited) === traits.exploited &&
    (rule.automatable ?? traits.automatable) === traits.automatable &&
    (rule.impact ?? traits.impact) === traits.impact;
  const rule = [...policy.deadlines, ...rulesFrom(policy.patchDays)].find(fits);
  // The distribution looked at it and lets it wait for a point release: so may the policy, unless it is used.
  const waits = finding.unmended !== undefined && !traits.exploited;
  const days = rule === undefined || rule.days === 'next-upgrade' || waits ? undefined : rule.days;
  const why = [
    traits.words,
    exposed.why,
    ...(waits ? [`its distribution lets it wait: ${finding.unmended ?? ''}`] : []),
  ].join('; ');
  const triage = rule?.triage ?? false;
  const started = finding.clock === undefined ? Number.NaN : Date.parse(finding.clock.started);
  if (days === undefined || Number.isNaN(started)) {
    return { ...(days === undefined ? {} : { days }), why, triage };
  }
  const due = started + days * dayMs;
  return {
    days,
    on: dayOf(due),
    why,
    overdueDays: Math.floor((now.getTime() - due) / dayMs),
    triage,
  };
};
