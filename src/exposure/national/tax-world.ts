import { isOneDigit, isShortDay, passesLuhn, weighted } from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

/** Prefixes of employer identification numbers that the IRS gives out. */
const einPrefixes = new Set(
  (
    '01 02 03 04 05 06 10 11 12 13 14 15 16 20 21 22 23 24 25 26 27 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 50 51 52 ' +
    '53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 71 72 73 74 75 76 77 80 81 82 83 84 85 86 87 88 90 91 92 93 94 95 98 99'
  ).split(' '),
);

/** United States: EIN, no check digit. */
const usEin: NationalId = {
  country: 'us',
  label: 'us-ein',
  numbers: [[9], [2, 7]],
  isValid: digits => einPrefixes.has(digits.slice(0, 2)) && !isOneDigit(digits),
  byChance: 800,
  labelledOnly: true,
};

const isItin = (digits: string): boolean => {
  const group = part(digits, 3, 5);
  return (
    digits.startsWith('9') &&
    // Printed in advertisements, as numbers of nobody.
    !digits.startsWith('98765432') &&
    ((group >= 50 && group <= 65) ||
      (group >= 70 && group <= 88) ||
      (group >= 90 && group <= 92) ||
      (group >= 94 && group <= 99))
  );
};

/** United States: ITIN, in the form of a social security number that begins with 9. */
const usItin: NationalId = {
  country: 'us',
  label: 'us-itin',
  numbers: [[3, 2, 4]],
  isValid: isItin,
  byChance: 40,
};
const usItinPlain: NationalId = {
  country: 'us',
  label: 'us-itin',
  numbers: [[9], [5, 4], [3, 6]],
  isValid: isItin,
  byChance: 70,
  labelledOnly: true,
};

/** Australia: business number. */
const auBusiness: NationalId = {
  country: 'au',
  numbers: [[11], [2, 3, 3, 3]],
  isValid: digits => {
    const sum = weighted(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10;
    return !digits.startsWith('0') && sum % 89 === 0;
  },
  byChance: 11,
};

/** Australia: company number. */
const auCompany: NationalId = {
  country: 'au',
  label: 'au',
  numbers: [[9], [3, 3, 3]],
  isValid: digits =>
    (10 - (weighted(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === digitAt(digits, 8),
  byChance: 100,
  labelledOnly: true,
};

/** Brazil: CNPJ, two check digits. */
const br: NationalId = {
  country: 'br',
  numbers: [[14], [2, 3, 3, 4, 2]],
  isValid: digits => {
    const check = (weights: readonly number[]): number => {
      const rest = weighted(digits, weights) % 11;
      return rest < 2 ? 0 : 11 - rest;
    };
    return (
      !isOneDigit(digits) &&
      check([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === digitAt(digits, 12) &&
      check([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === digitAt(digits, 13)
    );
  },
  byChance: 10,
};

/** Brazil: CNPJ with letters, given since July 2026; a letter counts what its code is above that of nought. */
const brLettered: NationalId = {
  country: 'br',
  pattern: /^([\dA-Z]{12}\d\d)(?!\w)/,
  isValid: value => {
    if (!/[A-Z]/.test(value)) return false;
    const check = (weights: readonly number[]): number => {
      const rest = weighted(value, weights) % 11;
      return rest < 2 ? 0 : 11 - rest;
    };
    return (
      check([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === digitAt(value, 12) &&
      check([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === digitAt(value, 13)
    );
  },
  byChance: 10,
  labelledOnly: true,
};

/** Argentina: CUIT and CUIL. */
const ar: NationalId = {
  country: 'ar',
  numbers: [[11], [2, 8, 1]],
  isValid: digits =>
    /^(?:2[03-7]|3[034])/.test(digits) &&
    (11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitAt(digits, 10),
  byChance: 9,
};

const base36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** India: GSTIN, a PAN within, the last character checks. */
const india: NationalId = {
  country: 'in',
  label: 'in/gstin',
  pattern: /^(\d\d[A-Z]{5}\d{4}[A-Z][1-9A-Z][A-Z][\dA-Z])(?!\w)/i,
  isValid: value => {
    let sum = 0;
    for (let at = 0; at < 14; at += 1) {
      const product = base36.indexOf(value.charAt(at)) * (at % 2 === 0 ? 1 : 2);
      sum += Math.floor(product / 36) + (product % 36);
    }
    return part(value, 0, 2) >= 1 && base36.charAt((36 - (sum % 36)) % 36) === value.charAt(14);
  },
  byChance: 1,
};

/** Singapore: UEN of businesses, companies and others; letters check, weights of ACRA. */
const sg: NationalId = {
  country: 'sg',
  pattern: /^(\d{8,9}[A-Z]|[TSR]\d\d[A-Z]{2}\d{4}[A-Z])(?!\w)/i,
  isValid: value => {
    if (value.length === 9)
      return (
        'XMKECAWLJDB'.charAt(weighted(value, [10, 4, 9, 3, 8, 2, 7, 1]) % 11) === value.charAt(8)
      );
    if (/^\d/.test(value))
      return (
        'ZKCMDNERGWH'.charAt(weighted(value, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11) === value.charAt(9)
      );
    const letters = 'ABCDEFGHJKLMNPQRSTUVWX0123456789';
    let sum = 0;
    for (const [at, weight] of [4, 3, 5, 3, 10, 2, 2, 5, 7].entries())
      sum += weight * letters.indexOf(value.charAt(at));
    return letters.charAt((((sum - 5) % 11) + 11) % 11) === value.charAt(9);
  },
  byChance: 90,
};

/** Mexico: RFC: letters, birth day or founding day, three characters. */
const mx: NationalId = {
  country: 'mx',
  pattern: /^([A-ZÑ&]{3,4})[- ]?(\d{6})[- ]?([A-Z\d]{2}[A\d])(?!\w)/i,
  isValid: value => {
    const day = value.slice(-9, -3);
    return isShortDay(part(day, 0, 2), part(day, 2, 4), part(day, 4, 6));
  },
  byChance: 25,
};

/** Russia: INN of companies (ten) and people (twelve). */
const ru: NationalId = {
  country: 'ru',
  numbers: [[10], [12]],
  isValid: digits => {
    const check = (weights: readonly number[]): boolean =>
      (weighted(digits, weights) % 11) % 10 === digitAt(digits, weights.length);
    const first = [2, 4, 10, 3, 5, 9, 4, 6, 8];
    return digits.length === 10 ? check(first) : check([7, ...first]) && check([3, 7, ...first]);
  },
  byChance: 100,
  labelledOnly: true,
};

/** Korea: business registration number. */
const kr: NationalId = {
  country: 'kr',
  numbers: [[3, 2, 5], [10]],
  isValid: digits => {
    const sum =
      weighted(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((digitAt(digits, 8) * 5) / 10);
    return (10 - (sum % 10)) % 10 === digitAt(digits, 9);
  },
  byChance: 90,
  labelledOnly: true,
};

/** Canada: business number, Luhn. */
const ca: NationalId = {
  country: 'ca',
  pattern: /^(\d{9})[ ]?(R[CMPTZ]\d{4})(?!\w)/i,
  isValid: value => passesLuhn(value.slice(0, 9)),
  byChance: 5,
};

export const worldTax: readonly NationalId[] = [
  usEin,
  usItin,
  usItinPlain,
  auBusiness,
  auCompany,
  br,
  brLettered,
  ar,
  india,
  sg,
  mx,
  ru,
  kr,
  ca,
];
