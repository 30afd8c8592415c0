import type { DataType } from '../data-type.ts';
import { foreignLicence } from '../foreign/licence.ts';
import { hasLicenceCommission, isDriversLicence, isOneDigit } from '../japan/check-digits.ts';

const sets = ['drivers-licence', 'drivers-licence/us'];

/**
 * Driver's licence of Japan: twelve digits, said only of labelled ones (the check digit's rule is not published); of the
 * United Kingdom, whose form is its own; of the United States and Italy where it is labelled.
 */
export const driversLicence: DataType = {
  id: 'drivers-licence',
  title: "Driver's licence number",
  sensitivity: 'identity',
  rank: 5,
  anchors: {
    numbers: [[7], [8], [9], [10], [11], [12], [4, 4, 4], [2, 2, 6, 2], [2, 10]],
    tokens: [5, 17, 4],
  },
  judge(candidate, around) {
    const { value, from, to, glued, continued } = candidate;
    // Only the British form, a token of sixteen, tells without a label.
    if (value.length !== 16 && !sets.some(set => around.said().has(set))) return undefined;
    if (candidate.kind === 'token') return foreignLicence(candidate, around);
    if (glued || continued || isOneDigit(value)) return undefined;
    if (value.length < 12) return foreignLicence(candidate, around);
    const leaning = around.leaning(sets, from, to);
    if (leaning !== 'field' && leaning !== 'near') return undefined;
    const found = { from, to, value: `jp:${value}` };
    if (isDriversLicence(value)) return { ...found, confidence: 'high' };
    if (!hasLicenceCommission(value))
      return leaning === 'field' ? { ...found, confidence: 'low' } : undefined;
    return { ...found, confidence: leaning === 'field' ? 'medium' : 'low' };
  },
};
