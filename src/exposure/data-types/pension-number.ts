import type { DataType } from '../data-type.ts';
import { isOneDigit } from '../japan/check-digits.ts';

/** Basic pension number of Japan: ten digits, written 4-6; without a check digit, so only where it is labelled. */
export const pensionNumber: DataType = {
  id: 'pension-number',
  title: 'Basic pension number (Japan)',
  sensitivity: 'identity',
  rank: 5,
  anchors: { numbers: [[4, 6], [10]] },
  judge({ value, from, to, glued, continued, groups }, around) {
    if (glued || continued || isOneDigit(value)) return undefined;
    const leaning = around.leaning(['pension-number'], from, to);
    if (leaning !== 'field' && leaning !== 'near') return undefined;
    return {
      from,
      to,
      value: `jp:${value}`,
      confidence: leaning === 'field' || groups.length === 2 ? 'high' : 'medium',
    };
  },
};
