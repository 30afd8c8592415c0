import type { CountryCode } from 'libphonenumber-js';
import { isSequence } from '../checks/digits.ts';
import type { Candidate } from '../data-type.ts';

/** What a row of digits looks like, before anybody asks whether there is such a number. */
export interface TelephoneForm {
  readonly from: number;
  readonly to: number;
  /** With `+` where the country code is there. */
  readonly digits: string;
  /** As they stand, where what is dialled for a country code was taken for that. */
  readonly dialled?: string;
  /**
   * `international`: `+81 …`; `bracketed`: `(03) 1234-5678`; `mobile`: digits alone that begin like a mobile number;
   * `parted`: `03-1234-5678`; `bare`: digits alone that may be one; `other`: only where it is labelled.
   */
  readonly kind: 'international' | 'bracketed' | 'mobile' | 'parted' | 'bare' | 'other';
  /** Regions whose numbers are written so. */
  readonly like: readonly CountryCode[];
}

const none: readonly CountryCode[] = [];

export const formOf = (candidate: Candidate, text: string): TelephoneForm | undefined => {
  const { groups, separators, value } = candidate;
  if (isOneDigitRun(value) || isSequence(value)) return undefined;
  const bracket = bracketBefore(text, candidate.from);
  const plus =
    text.charAt(candidate.from - 1 - bracket) === '+' || text.charAt(candidate.from - 1) === '+';
  if (plus) return international(candidate, text, bracket);
  if (isDate(groups, separators) || isOtherThing(groups, separators)) return undefined;
  if (groups.some(length => length > 12) && withPlus(value) === undefined) return undefined;
  // The middle of a longer row of groups is none.
  if (
    separators.includes(' ') &&
    /\d $/.test(text.slice(Math.max(0, candidate.from - 2), candidate.from))
  )
    return undefined;
  const from = candidate.from - bracket;
  const { to } = candidate;
  const base = { from, to, digits: value };
  const isBracketed = bracket > 0 ? text.slice(from, to).includes(')') : false;
  if (bracket > 0 && !isBracketed)
    return formOfPlain({ ...base, from: candidate.from }, groups, separators);
  if (isBracketed) {
    const area = groups[0] ?? 0;
    if (area > 6) return undefined;
    if (area < 2) return { ...base, kind: 'other', like: none };
    const isAmerican = area === 3 && value.length === 10 && !value.startsWith('0');
    if (!isAmerican && !value.startsWith('0')) return { ...base, kind: 'other', like: none };
    return { ...base, kind: 'bracketed', like: isAmerican ? ['US'] : none };
  }
  return formOfPlain(base, groups, separators);
};

const bracketBefore = (text: string, from: number): number =>
  text.charAt(from - 1) === '(' || text.slice(from - 2, from) === '(+' ? 1 : 0;

const international = (
  candidate: Candidate,
  text: string,
  bracket: number,
): TelephoneForm | undefined => {
  const { value, from, to } = candidate;
  const start = text.charAt(from - 1) === '+' ? from - 1 : from - 1 - bracket;
  if (value.length < 8 || value.length > 16 || value.startsWith('0')) return undefined;
  // `1+23456789` and `a+12345678` are sums and sub-addresses.
  if (/[\w)]/.test(text.charAt(start - 1))) return undefined;
  // The trunk's nought in brackets is not dialled from abroad: `+44 (0)20 …`.
  const digits = text.slice(from, to).replace(/\(0\)/, '').replace(/\D/g, '');
  return { from: start, to, digits: `+${digits}`, kind: 'international', like: none };
};

/** What is dialled before a country code (00, in Japan 010, in America 011) as `+`. */
export const withPlus = (digits: string): string | undefined =>
  /^(?:00|010|011)[1-9]\d{8,14}$/.test(digits)
    ? `+${digits.replace(/^(?:010|011|00)/, '')}`
    : undefined;

const formOfPlain = (
  base: { readonly from: number; readonly to: number; readonly digits: string },
  groups: readonly number[],
  separators: string,
): TelephoneForm | undefined => {
  const { digits } = base;
  const isTrunk = digits.startsWith('0') && !digits.startsWith('000');
  const plus = groups.length > 2 ? withPlus(digits) : undefined;
  if (plus !== undefined)
    return { ...base, digits: plus, dialled: digits, kind: 'international', like: none };
  if (groups.length === 1) {
    if (/^0[5789]0\d{8}$/.test(digits)) return { ...base, kind: 'mobile', like: none };
    const isBare =
      (isTrunk && digits.length >= 9 && digits.length <= 11) ||
      /^[2-9]\d\d[2-9]\d{6}$/.test(digits);
    return { ...base, kind: isBare ? 'bare' : 'other', like: isTrunk ? none : ['US'] };
  }
  if (digits.length > 14) return undefined;
  const shape = groups.join('-');
  const isAmerican =
    /^(?:1-)?3-3-4$/.test(shape) &&
    /^1?[2-9]\d\d[2-9]\d{6}$/.test(digits) &&
    new Set(separators).size <= 2;
  if (isAmerican) return { ...base, kind: 'parted', like: ['US'] };
  if (!isTrunk) return { ...base, kind: 'other', like: none };
  // France and Belgium part by dots, others take such a row for something else.
  if (separators.includes('.') && !/^2(?:-2){4}$/.test(shape))
    return { ...base, kind: 'other', like: none };
  // `0-7506-9275-8` is a book.
  if ((groups.at(-1) ?? 0) < 2) return { ...base, kind: 'other', like: none };
  const isParted = groups.length <= 5 && (groups[0] ?? 0) <= 6 && !separators.includes('\n');
  return { ...base, kind: isParted && digits.length >= 9 ? 'parted' : 'other', like: none };
};

const isOneDigitRun = (digits: string): boolean => /^(\d)\1{6,}$/.test(digits);

/** `2026-06-29`, `29/06/2026 10`, `20260629 101112`. */
const isDate = (groups: readonly number[], separators: string): boolean => {
  const [first = 0, second = 0, third = 0] = groups;
  const alike = separators.charAt(0) === separators.charAt(1) && separators.charAt(0) !== ' ';
  if (alike && first === 4 && second <= 2 && third <= 2) return true;
  return alike && first <= 2 && second <= 2 && third === 4 && groups.length !== 4;
};

/** Addresses of the internet, cards, sums: groups that no country writes so. */
const isOtherThing = (groups: readonly number[], separators: string): boolean =>
  separators.startsWith('...') && groups.length === 4 && groups.every(length => length <= 3)
    ? true
    : groups.join('-') === '4-4-4-4' || groups.join('-') === '4-6-5';
