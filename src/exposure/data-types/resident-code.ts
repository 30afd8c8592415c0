import type { DataType } from '../data-type.ts';
import { isOneDigit } from '../japan/check-digits.ts';

/** Resident record code of Japan (住民票コード): eleven digits, only where labelled; the check digit's rule is not at hand. */
export const residentCode: DataType = {
  id: 'resident-code',
  title: 'Resident record code (Japan)',
  sensitivity: 'identity',
  rank: 5,
  anchors: { numbers: [[11], [4, 4, 3], [5, 6]] },
  judge({ value, from, to, glued, continued }, around) {
    if (glued || continued || isOneDigit(value)) return undefined;
    const leaning = around.leaning(['resident-code'], from, to);
    if (leaning !== 'field' && leaning !== 'near') return undefined;
    return { from, to, value: `jp:${value}`, confidence: 'high' };
  },
};
