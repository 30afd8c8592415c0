import { isOneDigit } from '../checks/digits.ts';
import type { DataType } from '../data-type.ts';

const sets = ['us-ssn'];

/** US social security numbers: areas, groups and serials that the administration gives out; there is no check digit. */
export const usSsn: DataType = {
  id: 'us-ssn',
  title: 'US social security number',
  sensitivity: 'identity',
  rank: 8,
  anchors: {
    numbers: [[9], [3, 2, 4], [3, 6], [5, 4]],
  },
  judge({ value, from, to, groups, separators, glued, continued }, around) {
    if (glued || !isSsn(value)) return undefined;
    const leaning = around.leaning(sets, from, to);
    const found = { from, to, value };
    // An example, even where it is called a number of somebody.
    if (printed.has(value))
      return leaning === 'field' || leaning === 'near'
        ? { ...found, confidence: 'low' }
        : undefined;
    if (leaning === 'field') return { ...found, confidence: 'high' };
    if (leaning === 'against' || around.inUrl(from)) return undefined;
    const usual = groups.length === 3 && separators.charAt(0) === separators.charAt(1);
    if (leaning === 'near') return { ...found, confidence: usual ? 'high' : 'medium' };
    if (!usual || continued) return undefined;
    return { ...found, confidence: separators === '--' ? 'medium' : 'low' };
  },
};

/** Numbers that were printed in advertisements or stand for examples. */
const printed = new Set(['078051120', '219099999', '457555462', '123456789']);

const isSsn = (digits: string): boolean => {
  const area = Number(digits.slice(0, 3));
  return (
    area !== 0 &&
    area !== 666 &&
    area < 900 &&
    digits.slice(3, 5) !== '00' &&
    digits.slice(5) !== '0000' &&
    !isOneDigit(digits)
  );
};
