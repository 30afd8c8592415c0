import {
  isDay,
  isOneDigit,
  isShortDay,
  passesLuhn,
  passesMod11And10,
  passesVerhoeff,
  remainder,
  weighted,
} from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

/** Germany: Steuer-Identifikationsnummer; of the first ten digits one stands twice or three times (BZSt). */
const de: NationalId = {
  country: 'de',
  numbers: [[11], [2, 3, 3, 3]],
  isValid: value => {
    if (value.startsWith('0') || !passesMod11And10(value)) return false;
    const counts = new Map<string, number>();
    for (const digit of value.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    const repeated = [...counts.values()].filter(count => count > 1);
    const [times = 0] = repeated;
    if (repeated.length !== 1 || times > 3) return false;
    return !/(\d)\1\1/.test(value.slice(0, 10));
  },
  byChance: 4,
};

/** Germany: Versicherungsnummer of the pension insurance: area, birth day, letter of the name, serial, check digit. */
const deInsurance: NationalId = {
  country: 'de',
  label: 'de/insurance',
  pattern: /^(\d\d)[ ]?(\d{6})[ ]?([A-Z])[ ]?(\d{3})(?!\w)/i,
  isValid: value => {
    const day = part(value, 2, 4) % 50;
    if (!isShortDay(part(value, 6, 8), part(value, 4, 6), day)) return false;
    const letter = String(value.charCodeAt(8) - 0x40).padStart(2, '0');
    const digits = value.slice(0, 8) + letter + value.slice(9, 11);
    let sum = 0;
    for (const [at, weight] of [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].entries()) {
      const product = digitAt(digits, at) * weight;
      sum += Math.floor(product / 10) + (product % 10);
    }
    return sum % 10 === digitAt(value, 11);
  },
  byChance: 4,
};

/** Germany: serial number of the identity card, nine characters and check digit (ICAO 9303, weights 7, 3, 1). */
const deCard: NationalId = {
  country: 'de',
  label: 'de/card',
  pattern: /^([CFGHJKLMNPRTVWXYZ\d]{9}\d)(?:D|<<)?(?!\w)/i,
  isValid: value => {
    let sum = 0;
    for (let at = 0; at < 9; at += 1) {
      const unit = value.charCodeAt(at);
      sum += (unit >= 0x41 ? unit - 0x37 : unit - 0x30) * ([7, 3, 1][at % 3] ?? 0);
    }
    return sum % 10 === digitAt(value, 9) && /[A-Z]/.test(value);
  },
  byChance: 100,
  labelledOnly: true,
};

/** Germany: Krankenversichertennummer; a letter, eight digits, a check digit over the letter's place, too (§ 290 SGB V). */
const deHealth: NationalId = {
  country: 'de',
  label: 'de/health',
  pattern: /^([A-Z]\d{9})(?!\w)/i,
  isValid: value => {
    const digits = String(value.charCodeAt(0) - 0x40).padStart(2, '0') + value.slice(1, 9);
    let sum = 0;
    for (let at = 0; at < 10; at += 1) {
      const product = digitAt(digits, at) * (at % 2 === 0 ? 1 : 2);
      sum += Math.floor(product / 10) + (product % 10);
    }
    return sum % 10 === digitAt(value, 9) && !isOneDigit(value.slice(1));
  },
  byChance: 100,
};

/** France: NIR, fifteen digits with a key of 97 less the rest by 97; Corsica has 2A and 2B (INSEE). */
const isNir = (value: string): boolean => {
  const [, sex = '', month = '', place = ''] =
    /^([1-478])\d\d(\d\d)([\dAB]{2})\d{3}\d{3}\d\d$/.exec(value) ?? [];
  if (sex === '') return false;
  const monthNumber = Number(month);
  const known =
    (monthNumber >= 1 && monthNumber <= 12) ||
    monthNumber === 20 ||
    (monthNumber >= 30 && monthNumber <= 42) ||
    monthNumber >= 50;
  if (!known || place === '00') return false;
  const body = value.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return /^\d{13}$/.test(body) && 97 - remainder(body, 97) === part(value, 13, 15);
};

const fr: NationalId = {
  country: 'fr',
  numbers: [[15], [13, 2], [1, 2, 2, 2, 3, 3, 2]],
  pattern:
    /^([1-478])[ .]?(\d\d)[ .]?(\d\d)[ .]?(2[AB])[ .]?(\d{3})[ .]?(\d{3})[ .-]?(\d\d)(?!\w)/i,
  isValid: isNir,
  byChance: 1,
};

/** Netherlands: burgerservicenummer, the eleven test with a last weight of -1. */
const nl: NationalId = {
  country: 'nl',
  numbers: [[9], [8], [4, 2, 3], [3, 3, 3], [2, 3, 4]],
  isValid: value => {
    const digits = value.padStart(9, '0');
    return !isOneDigit(digits) && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
  },
  byChance: 90,
};

/** Years of two digits up to this one may be of 2000. */
const bornBefore = 40;

/** Belgium: rijksregisternummer; the bis number has 20 or 40 added to the month. */
const be: NationalId = {
  country: 'be',
  numbers: [[11], [2, 2, 2, 3, 2], [6, 3, 2], [6, 5]],
  isValid: value => {
    const month = part(value, 2, 4) % 20;
    const day = part(value, 4, 6);
    const known =
      month === 0 || day === 0
        ? part(value, 2, 4) <= 52 && day <= 31
        : isShortDay(part(value, 0, 2), month, day);
    if (!known || part(value, 2, 4) > 52) return false;
    const check = part(value, 9, 11);
    const body = value.slice(0, 9);
    return (
      97 - (Number(body) % 97) === check ||
      (part(value, 0, 2) <= bornBefore && 97 - (Number(`2${body}`) % 97) === check)
    );
  },
  byChance: 1,
};

/** Luxembourg: matricule, thirteen digits, one check digit of Luhn and one of Verhoeff. */
const lu: NationalId = {
  country: 'lu',
  numbers: [[13], [8, 5], [4, 2, 2, 5]],
  isValid: value =>
    isDay(part(value, 0, 4), part(value, 4, 6), part(value, 6, 8)) &&
    part(value, 0, 4) > 1850 &&
    part(value, 0, 4) < 2100 &&
    passesLuhn(value.slice(0, 12)) &&
    passesVerhoeff(value.slice(0, 11) + value.slice(12)),
  byChance: 1,
};

const irishCheck = 'WABCDEFGHIJKLMNOPQRSTUV';

/** Ireland: PPS number, seven digits and one or two letters (since 2013 the second counts nine times). */
const ie: NationalId = {
  country: 'ie',
  pattern: /^(\d{7})[ -]?([A-W][A-ITWX]?)(?!\w)/i,
  isValid: value => {
    const second = value.charAt(8);
    const extra = second === '' || /[TWX]/.test(second) ? 0 : (second.charCodeAt(0) - 0x40) * 9;
    return (
      irishCheck.charAt((weighted(value, [8, 7, 6, 5, 4, 3, 2]) + extra) % 23) === value.charAt(7)
    );
  },
  byChance: 43,
};

/** Austria: Sozialversicherungsnummer; the fourth digit checks, the birth day follows (months above 12 where days run out). */
const at: NationalId = {
  country: 'at',
  numbers: [[10], [4, 6], [3, 1, 6], [4, 2, 2, 2]],
  isValid: value => {
    const month = part(value, 6, 8);
    const day = part(value, 4, 6);
    if (value.startsWith('0') || month < 1 || month > 15 || day < 1 || day > 31) return false;
    if (month <= 12 && !isShortDay(part(value, 8, 10), month, day)) return false;
    return weighted(value, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(value, 3);
  },
  byChance: 3,
};

/** Switzerland: AHV number, 756 and the check digit of EAN-13. */
const ch: NationalId = {
  country: 'ch',
  numbers: [[13], [3, 4, 4, 2]],
  isValid: value =>
    value.startsWith('756') && weighted(value, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
  byChance: 1,
};

export const western: readonly NationalId[] = [
  de,
  deInsurance,
  deCard,
  deHealth,
  fr,
  nl,
  be,
  lu,
  ie,
  at,
  ch,
];
