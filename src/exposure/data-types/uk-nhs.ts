import { isOneDigit, weighted } from '../checks/digits.ts';
import type { DataType } from '../data-type.ts';

const sets = ['uk-nhs'];

/** NHS numbers of England, Wales and the Isle of Man: ten digits, modulus 11 (NHS Data Dictionary). */
export const ukNhs: DataType = {
  id: 'uk-nhs',
  title: 'UK NHS number',
  sensitivity: 'special',
  rank: 9,
  anchors: { numbers: [[10], [3, 3, 4]] },
  judge({ value, from, to, groups, glued, continued, separators }, around) {
    if (glued || !isNhs(value)) return undefined;
    const leaning = around.leaning(sets, from, to);
    const found = { from, to, value };
    if (leaning === 'field' || leaning === 'near') return { ...found, confidence: 'high' };
    if (leaning === 'against' || continued || around.inUrl(from) || groups.length === 1)
      return undefined;
    if (separators !== '  ' && separators !== '--') return undefined;
    return { ...found, confidence: around.settings.regions.includes('GB') ? 'medium' : 'low' };
  },
};

const isNhs = (digits: string): boolean => {
  if (isOneDigit(digits)) return false;
  const rest = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return rest !== 10 && rest % 11 === Number(digits[9]);
};
