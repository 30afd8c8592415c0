import type { DataType } from '../data-type.ts';
import { isOneDigit } from '../japan/check-digits.ts';

/** Residence card or special permanent resident certificate of Japan: `AB12345678CD`. No check letter is published. */
export const residenceCard: DataType = {
  id: 'residence-card',
  title: 'Residence card number (Japan)',
  sensitivity: 'identity',
  rank: 10,
  anchors: { tokens: [12, 12] },
  judge({ value, from, to }, around) {
    if (!/^[A-Za-z]{2}\d{8}[A-Za-z]{2}$/.test(value) || isOneDigit(value.slice(2, 10)))
      return undefined;
    // The end of a longer identifier.
    if (/\w-$/.test(around.text.slice(Math.max(0, from - 2), from))) return undefined;
    const leaning = around.leaning(['residence-card'], from, to);
    if (leaning !== 'field' && leaning !== 'near') return undefined;
    return { from, to, value: `jp:${value.toUpperCase()}`, confidence: 'high' };
  },
};
