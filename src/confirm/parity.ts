import type { Slower } from '../core/parity.ts';
import type { Verdict } from '../core/verdict.ts';

/** Not past a written deadline, and yet mended more slowly than what customers see. */
export const slowerVerdict = (
  { kind, why }: Slower,
  others: Verdict,
  remedy: string | undefined,
): Verdict => ({
  state: 'fail',
  why: `slower than parity allows: ${why}`,
  evidence: others.evidence,
  remedy:
    kind === 'open' && remedy !== undefined
      ? remedy
      : [
          '# Install its security updates as soon as those of customer-facing applications: by the',
          '# same schedule, or by themselves (Debian: unattended-upgrades; rpm: dnf-automatic).',
          '# docs/urgency.md says how both sides are counted.',
        ].join('\n'),
  weight: kind === 'open' ? 78 : 60,
  ...(kind === 'open' ? {} : { cause: 'slower than customer-facing applications' }),
});
