import type { Around, Candidate, Judged } from '../data-type.ts';

const sets = ['drivers-licence', 'drivers-licence/us'];

/**
 * United Kingdom: five of the surname, decade, month (50 added for women), day, year, two initials, three of the
 * agency (DVLA).
 */
const british =
  /^[A-Z]{1,5}9{0,4}\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\d|3[01])\d(?:[A-Z][A-Z9]|99)[A-Z\d][A-Z]{2}$/;

/** Italy: a letter or two of the issuer, seven digits, a letter. */
const italian = /^(?:[A-Z]{2}\d{7}[A-Z]|U1[B-Y\d]{7}[A-Z])$/i;

/** Forms of the United States: a letter or two and digits, or digits alone; nothing else is common to the states. */
const american =
  /^(?:[A-Z]{1,3}\d{4,14}[A-Z]?|\d{7,12}|[A-Z]{5}[A-Z\d]{7}|\d{2}[A-Z]{3}\d{5}|\d{3}[A-Z]{2}\d{4})$/i;

export const foreignLicence = (
  { value, from, to, kind }: Candidate,
  around: Around,
): Judged | undefined => {
  const written = value.toUpperCase();
  if (kind === 'token' && written.length === 16 && british.test(written)) {
    const leaning = around.leaning(sets, from, to);
    const isCapital = written === value;
    if (leaning === 'against') return undefined;
    return {
      from,
      to,
      value: `gb:${written}`,
      confidence: leaning === 'none' && !isCapital ? 'medium' : 'high',
    };
  }
  const isItalian = kind === 'token' && italian.test(written);
  if (!isItalian && !american.test(written)) return undefined;
  if (/^(\d)\1+$/.test(written)) return undefined;
  const leaning = around.leaning(sets, from, to);
  if (leaning === 'field')
    return { from, to, value: written, confidence: isItalian ? 'high' : 'medium' };
  return leaning === 'near' ? { from, to, value: written, confidence: 'low' } : undefined;
};
