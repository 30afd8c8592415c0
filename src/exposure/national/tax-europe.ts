import { isOneDigit, passesLuhn, passesMod11And10, remainder, weighted } from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

type Check = (digits: string) => boolean;

/** Ten is no digit: numbers that would need it are not given. */
const noDigit = -1;

const elevens =
  (weights: readonly number[], ten = 0): Check =>
  digits => {
    const rest = (11 - (weighted(digits, weights) % 11)) % 11;
    return (rest === 10 ? ten : rest) === digitAt(digits, weights.length);
  };

const divides =
  (weights: readonly number[], by: number): Check =>
  digits =>
    weighted(digits, weights) % by === 0;

const austrian: Check = digits => {
  let sum = 4;
  for (let at = 0; at < 7; at += 1) {
    const product = digitAt(digits, at) * (at % 2 === 0 ? 1 : 2);
    sum += Math.floor(product / 10) + (product % 10);
  }
  return (10 - (sum % 10)) % 10 === digitAt(digits, 7);
};

/** Of companies nine digits; of people their ten, those of foreigners, or ten of a kind of their own. */
const bulgarian: Check = digits => {
  if (digits.length === 10) {
    const last = digitAt(digits, 9);
    return (
      (weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === last ||
      weighted(digits, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 === last ||
      (11 - (weighted(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === last
    );
  }
  let check = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
  if (check === 10) check = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 10]) % 11;
  return check % 10 === digitAt(digits, 8);
};

const cypriotWorth = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
const cypriot: Check = value => {
  let sum = 0;
  for (let at = 0; at < 8; at += 1)
    sum += at % 2 === 0 ? (cypriotWorth[digitAt(value, at)] ?? 0) : digitAt(value, at);
  return !value.startsWith('12') && String.fromCharCode(0x41 + (sum % 26)) === value.charAt(8);
};

const czech: Check = digits => {
  if (digits.length !== 8) return true;
  const rest = (11 - (weighted(digits, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return !digits.startsWith('9') && (rest === 0 ? 1 : rest % 10) === digitAt(digits, 7);
};

/** Ends in the province of the office. */
const italian: Check = digits => {
  const province = part(digits, 7, 10);
  const known = (province >= 1 && province <= 100) || [120, 121, 888, 999].includes(province);
  return known && !/^0{7}/.test(digits) && passesLuhn(digits);
};

const belgian: Check = value => {
  const digits = value.padStart(10, '0');
  return !isOneDigit(digits) && (part(digits, 0, 8) + part(digits, 8, 10)) % 97 === 0;
};

const greek: Check = digits =>
  !/^0{8}/.test(digits) &&
  (weighted(digits, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitAt(digits, 8);

const french: Check = value => {
  const siren = value.slice(2);
  if (!passesLuhn(siren) && !siren.startsWith('356000000')) return false;
  return !/^\d\d/.test(value) || (12 + 3 * (Number(siren) % 97)) % 97 === part(value, 0, 2);
};

/** CIF of companies: the control is a digit, a letter or either, by the kind of company. */
const spanishCompany: Check = value => {
  let sum = 0;
  for (let at = 1; at <= 7; at += 1) {
    const product = digitAt(value, at) * (at % 2 === 1 ? 2 : 1);
    sum += Math.floor(product / 10) + (product % 10);
  }
  const control = (10 - (sum % 10)) % 10;
  const last = value.charAt(8);
  return last === String(control) || last === 'JABCDEFGHI'.charAt(control);
};

const lithuanian: Check = digits => {
  const length = digits.length - 1;
  const first = Array.from({ length }, (_, at) => 1 + (at % 9));
  const second = Array.from({ length }, (_, at) => 1 + ((at + 2) % 9));
  let check = weighted(digits, first) % 11;
  if (check === 10) check = weighted(digits, second) % 11;
  return check % 10 === digitAt(digits, length) && digits.charAt(length - 1) === '1';
};

const romanian: Check = digits => {
  const padded = digits.padStart(10, '0');
  return ((weighted(padded, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === digitAt(padded, 9);
};

const dutch: Check = value => {
  const digits = value.slice(0, 9);
  return (
    weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 || remainder(`NL${value}`, 97) === 1
  );
};

const british: Check = digits => {
  const sum = weighted(digits, [8, 7, 6, 5, 4, 3, 2]) + part(digits, 7, 9);
  return !isOneDigit(digits) && [0, 42, 55].includes(sum % 97);
};

const irish: Check = value => {
  const written = /^\d[A-Z+*]\d{5}[A-Z]$/.test(value)
    ? `0${value.slice(2, 7)}${value.charAt(0)}${value.charAt(7)}`
    : value;
  const second = written.charAt(8);
  const extra = second === '' || second === 'W' ? 0 : (second.charCodeAt(0) - 0x40) * 9;
  return (
    'WABCDEFGHIJKLMNOPQRSTUV'.charAt((weighted(written, [8, 7, 6, 5, 4, 3, 2]) + extra) % 23) ===
    written.charAt(7)
  );
};

const slovene: Check = digits => {
  const rest = 11 - (weighted(digits, [8, 7, 6, 5, 4, 3, 2]) % 11);
  return rest !== 11 && rest % 10 === digitAt(digits, 7) && !digits.startsWith('0');
};

/** Form behind the country's letters, and check: the Commission's VIES forms. */
const forms: readonly (readonly [country: string, form: string, check: Check])[] = [
  ['at', 'U[ ]?(\\d{8})', austrian],
  ['be', '([01]?\\d{9})', belgian],
  ['bg', '(\\d{9,10})', bulgarian],
  ['cy', '(\\d{8}[A-Z])', cypriot],
  ['cz', '(\\d{8,10})', czech],
  [
    'de',
    '(\\d{3}[ ]?\\d{3}[ ]?\\d{3})',
    digits => !digits.startsWith('0') && passesMod11And10(digits),
  ],
  ['dk', '([1-9]\\d[ ]?\\d\\d[ ]?\\d\\d[ ]?\\d\\d)', divides([2, 7, 6, 5, 4, 3, 2, 1], 11)],
  ['ee', '(\\d{9})', divides([3, 7, 1, 3, 7, 1, 3, 7, 1], 10)],
  ['el', '(\\d{9})', greek],
  ['es', '([A-HJNPQRSUVW])[ -]?(\\d{7}[\\dA-J])', spanishCompany],
  ['fi', '(\\d{7})-?(\\d)', elevens([7, 9, 10, 5, 8, 4, 2], noDigit)],
  ['fr', '([\\dA-HJ-NP-Z]{2}[ ]?\\d{3}[ ]?\\d{3}[ ]?\\d{3})', french],
  ['gb', '(\\d{3}[ ]?\\d{4}[ ]?\\d{2}(?:[ ]?\\d{3})?|\\d{3} \\d{3} \\d{3})', british],
  ['xi', '(\\d{9}(?:\\d{3})?)', british],
  ['hr', '(\\d{11})', passesMod11And10],
  ['hu', '(\\d{8})', divides([9, 7, 3, 1, 9, 7, 3, 1], 10)],
  ['ie', '(\\d[\\dA-Z+*]\\d{5}[A-W][A-IW]?)', irish],
  ['it', '(\\d{11})', italian],
  ['lt', '(\\d{9}|\\d{12})', lithuanian],
  ['lu', '(\\d{8})', digits => part(digits, 0, 6) % 89 === part(digits, 6, 8)],
  ['lv', '(\\d{11})', digits => weighted(digits, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 === 3],
  ['mt', '(\\d{8})', divides([3, 4, 6, 7, 8, 9, 10, 1], 37)],
  ['nl', '(\\d{9}B\\d{2})', dutch],
  ['no', '(\\d{3}[ ]?\\d{3}[ ]?\\d{3}) ?(?:MVA)?', elevens([3, 2, 7, 6, 5, 4, 3, 2], noDigit)],
  [
    'pl',
    '(\\d{10})',
    digits => weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(digits, 9),
  ],
  ['pt', '((?:[1-35-9]\\d|45)\\d{7})', elevens([9, 8, 7, 6, 5, 4, 3, 2])],
  ['ro', '([1-9]\\d{1,9})', romanian],
  ['se', '(\\d{10}01)', digits => passesLuhn(digits.slice(0, 10))],
  ['si', '(\\d{8})', slovene],
  ['sk', '([1-9]\\d[2-47-9]\\d{7})', digits => remainder(digits, 11) === 0],
];

/** Groups of digits as people part them: `14 243 102`, `403.019.261`. */
const parted = (form: string): string =>
  form.replace(
    /\\d\{(\d+)(?:,(\d+))?\}/g,
    (_, from: string, to = from) => `\\d(?:[ .]?\\d){${Number(from) - 1},${Number(to) - 1}}`,
  );

/** Value added tax numbers with their country before them. */
const withCountry: readonly NationalId[] = forms.map(([country, form, isValid]) => ({
  country,
  label: 'vat',
  pattern: new RegExp(`^${country.toUpperCase()}[ -]?${parted(form)}(?!\\w)`, 'i'),
  isValid,
  byChance: country === 'bg' || country === 'cz' || country === 'ro' ? 60 : 15,
}));

const swiss: NationalId = {
  country: 'ch',
  label: 'vat',
  pattern: /^CHE[- ]?(\d{3}\.?\d{3}\.?\d{3})(?: ?(?:MWST|TVA|IVA))?(?!\w)/i,
  isValid: elevens([5, 4, 3, 2, 7, 6, 5, 4], noDigit),
  byChance: 1,
};

/** The same without letters, where a label tells what they are. */
const plain: readonly NationalId[] = [
  {
    country: 'it',
    numbers: [[11]],
    isValid: italian,
    byChance: 100,
    labelledOnly: true,
  },
  {
    country: 'de',
    numbers: [[9], [3, 3, 3]],
    isValid: digits => !digits.startsWith('0') && passesMod11And10(digits),
    byChance: 100,
    labelledOnly: true,
  },
  {
    country: 'pl',
    numbers: [[10], [3, 3, 2, 2], [3, 2, 2, 3]],
    isValid: digits => weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(digits, 9),
    byChance: 90,
    labelledOnly: true,
  },
  {
    country: 'fr',
    numbers: [[9], [3, 3, 3], [14], [3, 3, 3, 5]],
    isValid: digits => !isOneDigit(digits) && passesLuhn(digits),
    byChance: 100,
    labelledOnly: true,
  },
  { country: 'gr', numbers: [[9]], isValid: greek, byChance: 90, labelledOnly: true },
  {
    country: 'be',
    numbers: [[10], [4, 3, 3], [9], [3, 3, 3]],
    isValid: digits => !/^[2-9].{9}$/.test(digits) && belgian(digits),
    byChance: 10,
    labelledOnly: true,
  },
  {
    country: 'fr',
    label: 'fr/vat',
    numbers: [[11], [2, 3, 3, 3], [2, 9]],
    isValid: french,
    byChance: 1,
    labelledOnly: true,
  },
  {
    country: 'lu',
    numbers: [[8], [3, 3, 2]],
    isValid: digits => part(digits, 0, 6) % 89 === part(digits, 6, 8),
    byChance: 11,
    labelledOnly: true,
  },
  {
    country: 'ie',
    label: 'vat',
    pattern: /^(\d[\dA-Z+*]\d{5}[A-W][A-IW]?)(?!\w)/i,
    isValid: irish,
    byChance: 43,
    labelledOnly: true,
  },
  {
    country: 'at',
    label: 'vat',
    pattern: /^U[ ]?(\d{8})(?!\w)/,
    isValid: austrian,
    byChance: 100,
    labelledOnly: true,
  },
  {
    country: 'ch',
    label: 'vat',
    numbers: [[3, 3, 3]],
    isValid: elevens([5, 4, 3, 2, 7, 6, 5, 4], noDigit),
    byChance: 90,
    labelledOnly: true,
  },
  {
    country: 'no',
    label: 'no',
    pattern: /^(\d{3}[ ]?\d{3}[ ]?\d{3})[ ]?MVA(?!\w)/,
    isValid: elevens([3, 2, 7, 6, 5, 4, 3, 2], noDigit),
    byChance: 10,
  },
  {
    country: 'gb',
    label: 'gb/utr',
    numbers: [[10], [5, 5]],
    isValid: digits =>
      '21987654321'.charAt(weighted(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11) ===
      digits.charAt(0),
    byChance: 90,
    labelledOnly: true,
  },
  {
    country: 'gb',
    numbers: [[9], [3, 4, 2], [3, 4, 2, 3]],
    isValid: british,
    byChance: 20,
    labelledOnly: true,
  },
  {
    country: 'es',
    pattern: /^([A-HJNPQRSUVW])[- ]?(\d{7}[\dA-J])(?!\w)/i,
    isValid: spanishCompany,
    byChance: 50,
  },
];

export const europeanTax: readonly NationalId[] = [...withCountry, swiss, ...plain];
