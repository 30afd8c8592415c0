import {
  isDay,
  isOneDigit,
  isShortDay,
  passesLuhn,
  passesVerhoeff,
  weighted,
} from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

/** Numbers of which so many pass by chance, or that so little checks, that only their own label tells what they are. */
const labelled = (
  country: string,
  label: string,
  numbers: readonly (readonly number[])[],
  isValid: NationalId['isValid'],
  byChance = 1000,
): NationalId => ({ country, label, numbers, isValid, byChance, labelledOnly: true });

const notOne = (digits: string): boolean => !isOneDigit(digits);

/** Argentina, Peru: DNI, nothing checks it. */
const ar = labelled('ar', 'ar', [[8], [2, 3, 3], [7], [1, 3, 3]], notOne);

/** Peru: DNI with its check character, a digit or a letter (RENIEC). */
const pe: NationalId = {
  country: 'pe',
  pattern: /^(\d{8})-([\dA-K])(?!\w)/i,
  isValid: value => {
    const rest = weighted(value, [3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    return ['65432110987', 'KJIHGFEDCBA'].some(all => all.charAt(rest) === value.charAt(8));
  },
  byChance: 120,
  labelledOnly: true,
};

/** Dominican Republic: cédula, Luhn. */
const dominican = labelled(
  'do',
  'do',
  [[11], [3, 7, 1]],
  digits => notOne(digits) && passesLuhn(digits),
  100,
);

/** Ecuador: cédula; province, kind, Luhn. */
const ec = labelled(
  'ec',
  'ec',
  [[10], [9, 1]],
  digits => {
    const province = part(digits, 0, 2);
    const known = (province >= 1 && province <= 24) || province === 30;
    return known && digitAt(digits, 2) < 7 && passesLuhn(digits);
  },
  20,
);

/** Uruguay: cédula de identidad, seven digits and one that checks. */
const uy = labelled(
  'uy',
  'uy',
  [[8], [7, 1], [1, 3, 3, 1]],
  digits => notOne(digits) && weighted(digits, [2, 9, 8, 7, 6, 3, 4, 1]) % 10 === 0,
  100,
);

/** Colombia: cédula de ciudadanía; nothing checks it. */
const co = labelled('co', 'co', [[10], [8], [1, 3, 3, 3], [2, 3, 3]], notOne);

/** Costa Rica: cédula; province or kind, volume, entry. */
const cr = labelled(
  'cr',
  'cr',
  [[9], [10], [1, 4, 4], [2, 4, 4]],
  digits => /^0?[1-9]/.test(digits) && notOne(digits),
);

/** Cuba: carné de identidad; birth day, century, serial. */
const cu = labelled(
  'cu',
  'cu',
  [[11]],
  digits => isShortDay(part(digits, 0, 2), part(digits, 2, 4), part(digits, 4, 6)),
  30,
);

/** Venezuela: cédula. */
const ve: NationalId = {
  country: 've',
  pattern: /^([VE])-?(\d{7,8}|\d{1,2}\.\d{3}\.\d{3})(?!\w)/i,
  isValid: notOne,
  byChance: 1000,
  labelledOnly: true,
};

/** Chile: RUT where its check digit stands without a hyphen. */
const cl = labelled(
  'cl',
  'cl/plain',
  [[8], [9]],
  value => {
    const digits = value.slice(0, -1).padStart(8, '0');
    return (
      (11 - (weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 ===
      digitAt(value, value.length - 1)
    );
  },
  90,
);

/** Canada: British Columbia's personal health number. */
const caHealth = labelled(
  'ca',
  'ca/health',
  [[10], [4, 3, 3], [4, 6]],
  digits =>
    digits.startsWith('9') &&
    11 - (weighted(digits.slice(1), [2, 4, 8, 5, 10, 9, 7, 3]) % 11) === digitAt(digits, 9),
  90,
);

/** India: virtual number for an Aadhaar (UIDAI). */
const inVirtual = labelled(
  'in',
  'in/vid',
  [[16], [4, 4, 4, 4]],
  digits => /^[2-9]/.test(digits) && passesVerhoeff(digits),
  100,
);

/** Pakistan: CNIC; region, family, sex. */
const pk = labelled(
  'pk',
  'pk',
  [[5, 7, 1], [13]],
  digits => /^[1-7]/.test(digits) && notOne(digits),
);

/** Egypt: century, birth day, governorate, serial, check digit that is not published. */
const eg = labelled(
  'eg',
  'eg',
  [[14]],
  digits =>
    /^[23]/.test(digits) &&
    isDay(
      (digits.startsWith('2') ? 1900 : 2000) + part(digits, 1, 3),
      part(digits, 3, 5),
      part(digits, 5, 7),
    ),
  8,
);

/** Nigeria: NIN; what checks it is not published. */
const ng = labelled('ng', 'ng', [[11], [4, 3, 4]], notOne);

/** Philippines: common reference number of the UMID card. */
const ph = labelled('ph', 'ph', [[12], [4, 7, 1]], notOne);

/** Mauritius: a letter of the name, birth day, serial, check digit (ISO 7064 has nothing of it). */
const muLetters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const mu: NationalId = {
  country: 'mu',
  pattern: /^([A-Z]\d{12}[\dA-G])(?!\w)/i,
  isValid: value => {
    if (!isShortDay(part(value, 5, 7), part(value, 3, 5), part(value, 1, 3))) return false;
    let sum = 0;
    for (let at = 0; at < 13; at += 1) sum += muLetters.indexOf(value.charAt(at)) * (14 - at);
    return muLetters.charAt((17 - (sum % 17)) % 17) === value.charAt(13);
  },
  byChance: 2,
};

/** Bulgaria: number of a foreigner (ЛНЧ). */
const bgForeign = labelled(
  'bg',
  'bg/foreigner',
  [[10]],
  digits => weighted(digits, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 === digitAt(digits, 9),
  100,
);

/** Belgium: numbers whose days ran out, or whose birth is not known, have days and months that are none. */
const beUnknown = labelled(
  'be',
  'be',
  [[11], [2, 2, 2, 3, 2], [6, 3, 2], [6, 5]],
  digits =>
    notOne(digits) &&
    part(digits, 2, 4) % 20 <= 12 &&
    part(digits, 2, 4) <= 52 &&
    [digits.slice(0, 9), `2${digits.slice(0, 9)}`].some(
      body => 97 - (Number(body) % 97) === part(digits, 9, 11),
    ),
  10,
);

/** Belgium: number of the identity card, two digits that check by 97. */
const beCard = labelled(
  'be',
  'be/card',
  [[12], [3, 7, 2]],
  digits => notOne(digits) && (part(digits, 0, 10) % 97 || 97) === part(digits, 10, 12),
  10,
);

/** France: numéro fiscal; the last three digits are the rest by 511. */
const frFiscal = labelled(
  'fr',
  'fr/fiscal',
  [[13], [2, 2, 3, 3, 3]],
  digits => /^[0-3]/.test(digits) && part(digits, 0, 10) % 511 === part(digits, 10, 13),
  1,
);

/** United Kingdom: unique pupil number; the letter checks. */
const gbPupil: NationalId = {
  country: 'gb',
  label: 'gb/pupil',
  pattern: /^([A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z])(?!\w)/i,
  isValid: value => {
    const letters = 'ABCDEFGHJKLMNPQRTUVWXYZ';
    const worth = (at: number): number =>
      value.charAt(at) >= 'A' ? letters.indexOf(value.charAt(at)) : digitAt(value, at);
    let sum = 0;
    for (let at = 1; at < 13; at += 1) sum += worth(at) * (at + 1);
    return letters.charAt(sum % 23) === value.charAt(0);
  },
  byChance: 43,
  labelledOnly: true,
};

/** Spain: número de la Seguridad Social; province, serial, the rest of both by 97. */
const esSocial = labelled(
  'es',
  'es/social',
  [[12], [2, 10], [2, 8, 2]],
  digits => {
    const serial = part(digits, 2, 10);
    const province = part(digits, 0, 2);
    const whole = serial < 10_000_000 ? serial + province * 10_000_000 : part(digits, 0, 10);
    return province >= 1 && province <= 66 && whole % 97 === part(digits, 10, 12);
  },
  10,
);

/** Taiwan: resident certificates of before 2021 have two letters. */
const twOld: NationalId = {
  country: 'tw',
  pattern: /^([A-Z][A-D]\d{8})(?!\w)/i,
  isValid: value => {
    const letters = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';
    const first = letters.indexOf(value.charAt(0)) + 10;
    const second = (letters.indexOf(value.charAt(1)) + 10) % 10;
    const sum =
      Math.floor(first / 10) +
      (first % 10) * 9 +
      second * 8 +
      weighted(value.slice(2), [7, 6, 5, 4, 3, 2, 1, 1]);
    return sum % 10 === 0;
  },
  byChance: 100,
  labelledOnly: true,
};

/** Guatemala: DPI; serial, check digit, department and municipality. */
const gt = labelled(
  'gt',
  'gt',
  [[13], [4, 5, 4]],
  digits => {
    const sum = weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9]);
    const department = part(digits, 9, 11);
    return sum % 11 === digitAt(digits, 8) && department >= 1 && department <= 22;
  },
  20,
);

/** Sri Lanka: NIC; year, day of the year (500 added for women), serial. */
const isLankan = (day: number): boolean => (day >= 1 && day <= 366) || (day >= 501 && day <= 866);
const lk = labelled(
  'lk',
  'lk',
  [[12]],
  digits => /^(?:19|20)/.test(digits) && isLankan(part(digits, 4, 7)),
  40,
);
const lkOld: NationalId = {
  country: 'lk',
  pattern: /^(\d{9}[VX])(?!\w)/i,
  isValid: value => isLankan(part(value, 2, 5)),
  byChance: 700,
  labelledOnly: true,
};

export const more: readonly NationalId[] = [
  esSocial,
  twOld,
  gt,
  lk,
  lkOld,
  ar,
  pe,
  dominican,
  ec,
  uy,
  co,
  cr,
  cu,
  ve,
  cl,
  caHealth,
  inVirtual,
  pk,
  eg,
  ng,
  ph,
  mu,
  bgForeign,
  beUnknown,
  beCard,
  frFiscal,
  gbPupil,
];
