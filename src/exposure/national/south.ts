import {
  isOneDigit,
  isShortDay,
  passesLuhn,
  passesMod11And10,
  weighted,
} from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

const oddWorth: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from('BAKPLCQDREVOSFTGUHMINJWZYX', (letter, worth) => [letter, worth]),
);
const omocodia = 'LMNPQRSTUV';

/** Italy: codice fiscale; digits may be letters where two people would have the same (DM 23 December 1976). */
const isCodiceFiscale = (value: string): boolean => {
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const letter = value.charAt(at);
    const asLetter = letter >= 'A' ? letter : String.fromCharCode(letter.charCodeAt(0) + 0x11);
    sum += at % 2 === 0 ? (oddWorth[asLetter] ?? 0) : asLetter.charCodeAt(0) - 0x41;
  }
  if (String.fromCharCode(0x41 + (sum % 26)) !== value.charAt(15)) return false;
  const digits = value.slice(6, 8) + value.slice(9, 11);
  const plain = digits.replace(/[A-Z]/g, letter => String(omocodia.indexOf(letter)));
  const day = part(plain, 2, 4) % 40;
  return isShortDay(part(plain, 0, 2), 'ABCDEHLMPRST'.indexOf(value.charAt(8)) + 1, day);
};

const it: NationalId = {
  country: 'it',
  pattern:
    /^([A-Z]{3})[ ]?([A-Z]{3})[ ]?([\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2})[ ]?([A-Z][\dL-NP-V]{3})[ ]?([A-Z])(?!\w)/i,
  isValid: isCodiceFiscale,
  byChance: 1,
};

const spanishCheck = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** Spain: DNI (eight digits, letter) and NIE (X, Y, Z, seven digits, letter); K, L and M for those without. */
const es: NationalId = {
  country: 'es',
  pattern: /^(\d{7,8}|\d{1,2}\.\d{3}\.\d{3})[ -]?([A-HJ-NP-TV-Z])(?!\w)/i,
  isValid: value => isSpanish(value) && value.length === 9,
  byChance: 43,
};

const esShort: NationalId = {
  country: 'es',
  pattern: /^(\d{7})[ -]?([A-HJ-NP-TV-Z])(?!\w)/i,
  isValid: isSpanish,
  byChance: 43,
  labelledOnly: true,
};

const esForeign: NationalId = {
  country: 'es',
  pattern: /^([XYZKLM])[ -]?(\d{7,8}|\d\.?\d{3}\.?\d{3})[ -]?([A-HJ-NP-TV-Z])(?!\w)/i,
  isValid: value => isSpanish(value),
  byChance: 5,
};

function isSpanish(value: string): boolean {
  const digits = value.slice(0, -1).replaceAll('.', '');
  const number = digits
    .replace(/^[XYZ]/, letter => String('XYZ'.indexOf(letter)))
    .replace(/^[KLM]/, '');
  return !/^0+$/.test(number) && spanishCheck.charAt(Number(number) % 23) === value.slice(-1);
}

/** Portugal: NIF of people (1 to 3, 45), modulus 11; those of companies are tax ids. */
const pt: NationalId = {
  country: 'pt',
  numbers: [[9], [3, 3, 3]],
  isValid: value => {
    if (!/^(?:[123]|45)/.test(value)) return false;
    const rest = weighted(value, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    return (rest < 2 ? 0 : 11 - rest) === digitAt(value, 8);
  },
  byChance: 30,
};

/** Portugal: cartão de cidadão, eight digits, a check digit, two characters of the version and one more check digit. */
const ptCard: NationalId = {
  country: 'pt',
  label: 'pt/card',
  pattern: /^(\d{8})[ -]?(\d)[ -]?([A-Z\d]{2}\d)(?!\w)/i,
  isValid: value => {
    let sum = 0;
    for (let at = 0; at < 12; at += 1) {
      const unit = value.charCodeAt(at);
      let worth = unit >= 0x41 ? unit - 0x37 : unit - 0x30;
      if (at % 2 === 0) worth = worth * 2 > 9 ? worth * 2 - 9 : worth * 2;
      sum += worth;
    }
    return sum % 10 === 0;
  },
  byChance: 100,
  labelledOnly: true,
};

/** Greece: AMKA, birth day and Luhn's check digit. */
const gr: NationalId = {
  country: 'gr',
  numbers: [[11]],
  isValid: value =>
    isShortDay(part(value, 4, 6), part(value, 2, 4), part(value, 0, 2)) && passesLuhn(value),
  byChance: 4,
};

/** Malta: up to seven digits and a letter of the registry; nothing checks it. */
const mt: NationalId = {
  country: 'mt',
  pattern: /^(\d{3,7}[MGAPLHBZ])(?!\w)/i,
  isValid: value => !/^0+[A-Z]/.test(value),
  byChance: 1000,
  labelledOnly: true,
};

/** Turkey: T.C. kimlik numarası, two check digits. */
const tr: NationalId = {
  country: 'tr',
  numbers: [[11]],
  isValid: value => {
    if (value.startsWith('0')) return false;
    const odd = weighted(value, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
    const even = weighted(value, [0, 1, 0, 1, 0, 1, 0, 1]);
    const tenth = (((odd * 7 - even) % 10) + 10) % 10;
    return tenth === digitAt(value, 9) && (odd + even + tenth) % 10 === digitAt(value, 10);
  },
  byChance: 9,
};

/** Croatia: OIB, ISO 7064 modulus 11, 10. */
const hr: NationalId = {
  country: 'hr',
  numbers: [[11]],
  isValid: value => !isOneDigit(value) && passesMod11And10(value),
  byChance: 100,
};

/** Israel: nine digits with Luhn's check digit. */
const il: NationalId = {
  country: 'il',
  numbers: [[9], [8], [8, 1], [7, 1]],
  isValid: value => !isOneDigit(value) && passesLuhn(value.padStart(9, '0')),
  byChance: 100,
};

export const southern: readonly NationalId[] = [
  it,
  es,
  esShort,
  esForeign,
  pt,
  ptCard,
  gr,
  mt,
  tr,
  hr,
  il,
];
