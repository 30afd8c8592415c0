import type { Cut } from '../core/files.ts';
import type { Check, Verdict } from '../core/verdict.ts';
import { inRemedy } from './question.ts';

/** What fails these rests on something that was read; the others fail, too, on what nothing was seen to set. */
const seenToFail: readonly Check[] = ['inventoried', 'patched'];

/**
 * A verdict of a reading that was cut short. What was not read may hold the setting that changes it, so that
 * nothing passes, and nothing is said not to apply or to be missing.
 */
export const ofCutReading = (verdict: Verdict, check: Check, { why, how }: Cut): Verdict =>
  verdict.state === 'unknown' || (verdict.state === 'fail' && seenToFail.includes(check))
    ? verdict
    : {
        state: 'unknown',
        why: `${why}, and what was not read may say otherwise; of what was read: ${verdict.why}`,
        evidence: verdict.evidence,
        remedy: `# ${inRemedy(how)}`,
        weight: 15,
        cause: 'reading was cut short',
      };
