import {
  isDay,
  isOneDigit,
  isShortDay,
  passesLuhn,
  passesVerhoeff,
  weighted,
} from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

/** Canada: social insurance number, Luhn; 0 and 8 begin none. */
const ca: NationalId = {
  country: 'ca',
  numbers: [[9], [3, 3, 3]],
  isValid: value => !/^[08]/.test(value) && !isOneDigit(value) && passesLuhn(value),
  byChance: 80,
};

/** United States: Medicare beneficiary identifier; letters without S, L, O, I, B, Z (CMS). */
const usMedicare: NationalId = {
  country: 'us',
  label: 'us/medicare',
  pattern:
    /^([1-9][AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d)-?([AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d)-?([AC-HJKMNP-RT-Y]{2}\d\d)(?!\w)/i,
  isValid: () => true,
  byChance: 5,
};

/** United States: national provider identifier, Luhn behind 80840. */
const usProvider: NationalId = {
  country: 'us',
  label: 'us/npi',
  numbers: [[10], [4, 3, 3]],
  isValid: value => /^[12]/.test(value) && !isOneDigit(value) && passesLuhn(`80840${value}`),
  byChance: 100,
  labelledOnly: true,
};

const curpLetters = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

/** Mexico: CURP, the last digit checks (RENAPO). */
const mx: NationalId = {
  country: 'mx',
  pattern: /^([A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z\d]\d)(?!\w)/i,
  isValid: value => {
    if (!isShortDay(part(value, 4, 6), part(value, 6, 8), part(value, 8, 10))) return false;
    let sum = 0;
    for (let at = 0; at < 17; at += 1) sum += curpLetters.indexOf(value.charAt(at)) * (18 - at);
    return (10 - (sum % 10)) % 10 === digitAt(value, 17);
  },
  byChance: 1,
};

/** Brazil: CPF, two check digits. */
const br: NationalId = {
  country: 'br',
  numbers: [[11], [3, 3, 3, 2]],
  isValid: value => {
    const check = (length: number): number => {
      const weights = Array.from({ length }, (_, at) => length + 1 - at);
      const rest = (weighted(value, weights) * 10) % 11;
      return rest === 10 ? 0 : rest;
    };
    return !isOneDigit(value) && check(9) === digitAt(value, 9) && check(10) === digitAt(value, 10);
  },
  byChance: 10,
};

/** Chile: RUT, the last character checks (0 to 9, K). */
const cl: NationalId = {
  country: 'cl',
  pattern: /^(\d{1,2}\.\d{3}\.\d{3}|\d{7,8})-([\dK])(?!\w)/i,
  isValid: value => {
    const digits = value.slice(0, -1).padStart(8, '0');
    const rest = 11 - (weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11);
    return (rest === 11 ? '0' : rest === 10 ? 'K' : String(rest)) === value.slice(-1);
  },
  byChance: 90,
};

/** India: Aadhaar, Verhoeff; 0 and 1 begin none, and none reads the same backwards (UIDAI). */
const inAadhaar: NationalId = {
  country: 'in',
  label: 'in',
  numbers: [[12], [4, 4, 4]],
  isValid: value => /^[2-9]/.test(value) && !isPalindrome(value) && passesVerhoeff(value),
  byChance: 80,
};

const isPalindrome = (digits: string): boolean =>
  Array.from(digits).every((digit, at) => digit === digits.charAt(digits.length - 1 - at));

/** India: PAN; the fourth letter tells what kind of taxpayer, P a person. */
const inPan: NationalId = {
  country: 'in',
  label: 'in/pan',
  pattern: /^([A-Z]{3}[ABCEFGHJLPT][A-Z]\d{4}[A-Z])(?!\w)/i,
  isValid: value => value.slice(5, 9) !== '0000',
  byChance: 10,
};

/** India: voter's card (EPIC). */
const inVoter: NationalId = {
  country: 'in',
  label: 'in/voter',
  pattern: /^([A-Z]{3}\d{7})(?!\w)/i,
  isValid: () => true,
  byChance: 1000,
  labelledOnly: true,
};

/** Singapore: NRIC and FIN. */
const sg: NationalId = {
  country: 'sg',
  pattern: /^([STFGM]\d{7}[A-Z])(?!\w)/i,
  isValid: value => {
    const first = value.charAt(0);
    const offset = first === 'T' || first === 'G' ? 4 : first === 'M' ? 3 : 0;
    const rest = (weighted(value.slice(1), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
    const check =
      first === 'M'
        ? 'XWUTRQPNJLK'.charAt(10 - rest)
        : (/[ST]/.test(first) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK').charAt(rest);
    return (
      check === value.charAt(8) || (first === 'M' && 'KLJNPQRTUWX'.charAt(rest) === value.charAt(8))
    );
  },
  byChance: 10,
};

/** Hong Kong: identity card; the check character stands in brackets, where it is written with care. */
const hk: NationalId = {
  country: 'hk',
  pattern: /^([A-Z]{1,2}\d{6}) ?\(([\dA])\)/i,
  isValid: isHongKong,
  byChance: 9,
};

const hkPlain: NationalId = {
  country: 'hk',
  pattern: /^([A-Z]{1,2}\d{6}[\dA])(?!\w)/i,
  isValid: isHongKong,
  byChance: 90,
};

function isHongKong(value: string): boolean {
  const body = value.slice(0, -1).padStart(8, ' ');
  let sum = 0;
  for (let at = 0; at < 8; at += 1) {
    const unit = body.charCodeAt(at);
    sum += (unit === 0x20 ? 36 : unit >= 0x41 ? unit - 0x37 : unit - 0x30) * (9 - at);
  }
  const check = (11 - (sum % 11)) % 11;
  return (check === 10 ? 'A' : String(check)) === value.slice(-1);
}

const taiwanese = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';

/** Taiwan: identity card and, since 2021, resident certificate. */
const tw: NationalId = {
  country: 'tw',
  pattern: /^([A-Z][1289]\d{8})(?!\w)/i,
  isValid: value => {
    const letter = taiwanese.indexOf(value.charAt(0)) + 10;
    const sum =
      Math.floor(letter / 10) +
      (letter % 10) * 9 +
      weighted(value.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1]);
    return sum % 10 === 0;
  },
  byChance: 40,
};

/** Korea: resident registration number; those given since October 2020 have no check digit. */
const kr: NationalId = {
  country: 'kr',
  numbers: [[6, 7], [13]],
  isValid: value =>
    isKorean(value) &&
    (11 - (weighted(value, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === digitAt(value, 12),
  byChance: 3,
};

const krNew: NationalId = {
  country: 'kr',
  numbers: [[6, 7], [13]],
  isValid: isKorean,
  byChance: 30,
  labelledOnly: true,
};

function isKorean(value: string): boolean {
  return (
    /^\d{6}[1-8]/.test(value) && isShortDay(part(value, 0, 2), part(value, 2, 4), part(value, 4, 6))
  );
}

/** China: eighteen characters, ISO 7064 MOD 11-2 (GB 11643). */
const cn: NationalId = {
  country: 'cn',
  numbers: [[18]],
  pattern: /^(\d{17}X)(?!\w)/i,
  isValid: value => {
    if (
      !/^[1-8]/.test(value) ||
      !isDay(part(value, 6, 10), part(value, 10, 12), part(value, 12, 14))
    )
      return false;
    const year = part(value, 6, 10);
    if (year < 1850 || year > 2100) return false;
    const rest = weighted(value, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    return '10X98765432'.charAt(rest) === value.charAt(17);
  },
  byChance: 1,
};

/** Thailand. */
const th: NationalId = {
  country: 'th',
  numbers: [[13], [1, 4, 5, 2, 1]],
  isValid: value =>
    /^[1-8]/.test(value) &&
    !isOneDigit(value) &&
    (11 - (weighted(value, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 ===
      digitAt(value, 12),
  byChance: 80,
};

/** Malaysia: MyKad; birth day and place, no check digit. */
const my: NationalId = {
  country: 'my',
  numbers: [[6, 2, 4], [12]],
  isValid: value =>
    isShortDay(part(value, 0, 2), part(value, 2, 4), part(value, 4, 6)) &&
    !/^.{6}(?:00|17|18|19|20|69|70|73|80|81|94|95|96|97)/.test(value),
  byChance: 30,
  labelledOnly: true,
};

/** Indonesia: NIK; area, birth day (40 added for women), serial. */
const id: NationalId = {
  country: 'id',
  numbers: [[16]],
  isValid: value =>
    /^[1-9]/.test(value) &&
    isShortDay(part(value, 10, 12), part(value, 8, 10), part(value, 6, 8) % 40),
  byChance: 30,
  labelledOnly: true,
};

/** South Africa: birth day, sex, citizenship, Luhn. */
const za: NationalId = {
  country: 'za',
  numbers: [[13], [6, 4, 2, 1], [6, 4, 3], [6, 7]],
  isValid: value =>
    isShortDay(part(value, 0, 2), part(value, 2, 4), part(value, 4, 6)) &&
    /^.{10}[012]/.test(value) &&
    passesLuhn(value),
  byChance: 1,
};

/** Australia: tax file number. */
const auTax: NationalId = {
  country: 'au',
  label: 'au/tfn',
  numbers: [[9], [3, 3, 3], [8], [3, 2, 3]],
  isValid: value => {
    if (isOneDigit(value)) return false;
    const weights = value.length === 9 ? [1, 4, 3, 7, 5, 8, 6, 9, 10] : [10, 7, 8, 4, 6, 3, 5, 1];
    return weighted(value, weights) % 11 === 0;
  },
  byChance: 90,
};

/** Australia: Medicare card; ten digits and perhaps the person's place on the card. */
const auMedicare: NationalId = {
  country: 'au',
  label: 'au/medicare',
  numbers: [[10], [4, 5, 1], [11], [4, 5, 1, 1], [4, 5, 2]],
  isValid: value =>
    /^[2-6]/.test(value) && weighted(value, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(value, 8),
  byChance: 50,
};

export const worldwide: readonly NationalId[] = [
  ca,
  usMedicare,
  usProvider,
  mx,
  br,
  cl,
  inAadhaar,
  inPan,
  inVoter,
  sg,
  hk,
  hkPlain,
  tw,
  kr,
  krNew,
  cn,
  th,
  my,
  id,
  za,
  auTax,
  auMedicare,
];
