import type { DataType } from '../data-type.ts';
import { isOneDigit } from '../japan/check-digits.ts';

/** Insured person's number of Japan's employment insurance: 4-6-1; no rule for its check digit is published. */
export const employmentInsurance: DataType = {
  id: 'employment-insurance',
  title: 'Employment insurance number (Japan)',
  sensitivity: 'identity',
  rank: 5,
  anchors: { numbers: [[4, 6, 1], [11]] },
  judge({ value, from, to, glued, continued }, around) {
    if (glued || continued || isOneDigit(value)) return undefined;
    const leaning = around.leaning(['employment-insurance'], from, to);
    const insured = leaning === 'field' || leaning === 'near';
    // `被保険者番号(雇用保険)`: the nearer word is the other insurances' too.
    if (
      !insured &&
      !(
        around.leaning(['health-insurance/insured'], from, to) === 'field' &&
        around.hasWord(['employment-insurance'], from, to)
      )
    )
      return undefined;
    return { from, to, value: `jp:${value}`, confidence: 'high' };
  },
};
