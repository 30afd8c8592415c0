import { isOneDigit, passesLuhn, passesMod11And10, weighted } from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

type Shapes = readonly (readonly number[])[];

/** A number whose form says nothing by itself, so that only its own label tells what it is. */
const labelled = (
  label: string,
  numbers: Shapes,
  isValid: NationalId['isValid'],
  byChance = 100,
): NationalId => ({
  country: label.slice(0, 2),
  label,
  numbers,
  isValid,
  byChance,
  labelledOnly: true,
});

const any = (digits: string): boolean => !isOneDigit(digits);

/** The rest by eleven is the check digit; ten stands for `ten`. */
const restOf =
  (weights: readonly number[], ten = 0): NationalId['isValid'] =>
  digits => {
    const rest = weighted(digits, weights) % 11;
    return (rest === 10 ? ten : rest) === digitAt(digits, weights.length) && !isOneDigit(digits);
  };

/** What lacks to a multiple of eleven is the check digit; ten stands for `ten`, eleven for nought. */
const lackOf =
  (weights: readonly number[], ten = 0): NationalId['isValid'] =>
  digits => {
    const rest = (11 - (weighted(digits, weights) % 11)) % 11;
    return (rest === 10 ? ten : rest) === digitAt(digits, weights.length) && !isOneDigit(digits);
  };

/** Ten is no digit: numbers that would need it are not given. */
const notGiven = -1;

/** Ukraine: EDRPOU of companies; other weights between 30 and 60 million, and others again where the rest is ten. */
const ukrainian = (digits: string): boolean => {
  const middle = part(digits, 0, 8) >= 30_000_000 && part(digits, 0, 8) < 60_000_000;
  const weights = middle ? [7, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7];
  let rest = weighted(digits, weights) % 11;
  if (rest === 10)
    rest =
      weighted(
        digits,
        weights.map(weight => weight + 2),
      ) % 11;
  return rest % 10 === digitAt(digits, 7);
};

/** Turkey: vergi kimlik numarası. */
const turkish = (digits: string): boolean => {
  let sum = 0;
  for (let at = 0; at < 9; at += 1) {
    const moved = (digitAt(digits, at) + 9 - at) % 10;
    sum += moved === 0 ? 0 : (moved * 2 ** (9 - at)) % 9 || 9;
  }
  return (10 - (sum % 10)) % 10 === digitAt(digits, 9) && !isOneDigit(digits);
};

/** Taiwan: 統一編號; digits of the products are added, the sum divides by five; a seventh digit of 7 may count one more. */
const taiwanese = (digits: string): boolean => {
  let sum = 0;
  for (const [at, weight] of [1, 2, 1, 2, 1, 2, 4, 1].entries()) {
    const product = digitAt(digits, at) * weight;
    sum += Math.floor(product / 10) + (product % 10);
  }
  return sum % 5 === 0 || (digits.charAt(6) === '7' && (sum + 1) % 5 === 0);
};

/** New Zealand: IRD number, two rows of weights. */
const newZealand = (value: string): boolean => {
  const digits = value.padStart(9, '0');
  if (part(digits, 0, 9) < 10_000_000 || part(digits, 0, 9) > 150_000_000) return false;
  const check = (weights: readonly number[]): number =>
    (11 - (weighted(digits, weights) % 11)) % 11;
  const first = check([3, 2, 7, 6, 5, 4, 3, 2]);
  return (first === 10 ? check([7, 4, 3, 2, 5, 2, 7, 6]) : first) === digitAt(digits, 8);
};

/** Colombia: NIT; primes as weights, from the right. */
const colombian = (value: string): boolean => {
  const primes = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];
  const length = value.length - 1;
  let sum = 0;
  for (let at = 0; at < length; at += 1) sum += digitAt(value, length - 1 - at) * (primes[at] ?? 0);
  return '01987654321'.charAt(sum % 11) === value.charAt(length) && !isOneDigit(value);
};

/** Weights that fall to two at the end, for numbers of any length. */
const falling = (value: string): number => {
  let sum = 0;
  for (let at = 0; at < value.length - 1; at += 1) sum += digitAt(value, at) * (value.length - at);
  return sum;
};

/** Paraguay: RUC; the check digit stands behind a hyphen. */
const paraguayan = (value: string): boolean =>
  ((11 - (falling(value) % 11)) % 11) % 10 === digitAt(value, value.length - 1);

/** Guatemala: NIT; numbers that end in K for ten have letters. */
const guatemalan = (value: string): boolean =>
  (11 - (falling(value) % 11)) % 11 === digitAt(value, value.length - 1);

/** El Salvador: NIT; place, day, serial, check digit, which was counted otherwise before serial 101. */
const salvadoran = (digits: string): boolean => {
  if (digits.slice(10, 13) <= '100') {
    const sum = weighted(digits, [14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    return (sum % 11) % 10 === digitAt(digits, 13);
  }
  const sum = weighted(digits, [2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
  return ((11 - (sum % 11)) % 11) % 10 === digitAt(digits, 13);
};

/** Ecuador: RUC; a person's is his identity number and the place of business, companies have a third digit of 6 or 9. */
const ecuadorian = (digits: string): boolean => {
  const province = part(digits, 0, 2);
  if (!((province >= 1 && province <= 24) || province === 30 || province === 50)) return false;
  const kind = digitAt(digits, 2);
  if (kind === 9)
    return weighted(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 && !digits.endsWith('000');
  if (kind === 6 && weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0) return true;
  return kind <= 6 && passesLuhn(digits.slice(0, 10)) && !digits.endsWith('000');
};

/** Dominican Republic: RNC. */
const dominican = (digits: string): boolean =>
  ((10 - (weighted(digits, [7, 9, 8, 6, 5, 4, 3, 2]) % 11)) % 9) + 1 === digitAt(digits, 8);

/** Czechia: DIČ of companies; that of people is their identity number. */
const czech = (digits: string): boolean => {
  if (digits.length > 8) return !isOneDigit(digits);
  const rest = (11 - (weighted(digits, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return (rest === 0 ? 1 : rest % 10) === digitAt(digits, 7);
};

/** Sweden: organisationsnummer, with `01` behind it as a number for value added tax. */
const swedish = (digits: string): boolean =>
  passesLuhn(digits.slice(0, 10)) && (digits.length === 10 || digits.endsWith('01'));

/** Venezuela: RIF; the letter counts, too. */
const venezuelan = (value: string): boolean => {
  const letter = { V: 4, E: 8, J: 12, P: 16, G: 20 }[value.charAt(0)] ?? 0;
  const sum = letter + weighted(value.slice(1), [3, 2, 7, 6, 5, 4, 3, 2]);
  return '00987654321'.charAt(sum % 11) === value.charAt(9);
};

const chineseLetters = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** China: unified social credit code (GB 32100). */
const chinese = (value: string): boolean => {
  const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
  let sum = 0;
  for (const [at, weight] of weights.entries())
    sum += chineseLetters.indexOf(value.charAt(at)) * weight;
  return chineseLetters.charAt((31 - (sum % 31)) % 31) === value.charAt(17);
};

const romanian = (value: string): boolean => {
  const padded = value.padStart(10, '0');
  return ((weighted(padded, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === digitAt(padded, 9);
};

const danish = (digits: string): boolean => weighted(digits, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;

const nine: Shapes = [[9], [3, 3, 3]];

/** Numbers of taxpayers as their own countries write them, of people and of companies. */
export const plainTax: readonly NationalId[] = [
  labelled(
    'de/number',
    [[10], [11], [13], [2, 3, 5], [3, 3, 5], [3, 4, 4], [5, 5], [2, 3, 4], [2, 4, 4]],
    any,
    1000,
  ),
  labelled('at', [[9], [2, 7], [2, 3, 4]], passesLuhn),
  { ...labelled('us-atin', [[9], [3, 2, 4]], digits => /^9\d\d93/.test(digits)), country: 'us' },
  labelled('bg', [[9]], digits => {
    let check = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
    if (check === 10) check = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 10]) % 11;
    return check % 10 === digitAt(digits, 8);
  }),
  labelled('cz', [[8], [9], [10]], czech),
  labelled(
    'sk',
    [[8], [10]],
    digits => any(digits) && (digits.length === 8 || Number(digits) % 11 === 0),
  ),
  labelled('dk', [[8], [2, 2, 2, 2]], danish),
  labelled(
    'ee',
    [[8], [9]],
    digits => digits.length === 8 || weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  ),
  labelled('fi', [[8], [7, 1]], lackOf([7, 9, 10, 5, 8, 4, 2], notGiven)),
  labelled(
    'hu',
    [[8], [8, 1, 2], [11]],
    digits => weighted(digits, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0,
  ),
  labelled('lt', [[9], [12]], any, 1000),
  labelled('lv', [[11]], digits => weighted(digits, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 === 3),
  labelled('no', nine, lackOf([3, 2, 7, 6, 5, 4, 3, 2], notGiven)),
  labelled('pt', nine, lackOf([9, 8, 7, 6, 5, 4, 3, 2])),
  labelled('ro', [[6], [7], [8], [9], [10], [3, 3, 2]], romanian),
  labelled('se', [[6, 4], [10], [12]], swedish),
  labelled('si', [[8]], lackOf([8, 7, 6, 5, 4, 3, 2])),
  labelled('rs', [[9]], passesMod11And10),
  labelled('by', [[9]], restOf([29, 23, 19, 17, 13, 7, 5, 3], notGiven)),
  labelled('ua', [[8]], ukrainian),
  labelled(
    'md',
    [[13]],
    digits => weighted(digits, [7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 === digitAt(digits, 12),
  ),
  labelled('mk', [[13]], lackOf([7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])),
  labelled('tr', [[10]], turkish),
  labelled('tw', [[8]], taiwanese),
  labelled(
    'th',
    [[13], [1, 4, 5, 2, 1], [1, 2, 1, 3, 5, 1]],
    digits =>
      (11 - (weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 ===
      digitAt(digits, 12),
  ),
  labelled(
    'vn',
    [[10], [10, 3], [13]],
    digits =>
      10 - (weighted(digits, [31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11) === digitAt(digits, 9),
  ),
  labelled('id', [[15], [2, 3, 3, 1, 3, 3]], digits => passesLuhn(digits.slice(0, 9))),
  labelled('ph', [[9], [12], [3, 3, 3], [3, 3, 3, 3]], any, 1000),
  labelled('nz', [[7, 1], [8], [9], [2, 3, 3], [3, 3, 3]], newZealand),
  labelled(
    'za',
    [[10], [4, 3, 2, 1], [9, 1]],
    digits => /^[01239]/.test(digits) && passesLuhn(digits),
  ),
  labelled(
    'pe',
    [[11]],
    digits =>
      /^(?:10|15|17|20)/.test(digits) &&
      (11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(digits, 10),
  ),
  labelled(
    'py',
    [
      [5, 1],
      [6, 1],
      [7, 1],
      [8, 1],
    ],
    paraguayan,
  ),
  labelled('ec', [[13]], ecuadorian),
  labelled('co', [[8, 1], [9, 1], [10, 1], [3, 3, 3, 1], [2, 3, 3, 1], [10], [9]], colombian),
  labelled('gt', [[5, 1], [6, 1], [7, 1], [7], [8]], guatemalan),
  labelled('sv', [[14], [4, 6, 3, 1]], salvadoran),
  labelled('do', [[9], [1, 2, 5, 1]], dominican),
  labelled('uy', [[12], [2, 6, 3, 1]], digits =>
    lackOf([4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], notGiven)(digits),
  ),
  labelled('cr', [[10], [1, 3, 6]], digits => /^[2345]/.test(digits), 1000),
  {
    country: 've',
    label: 've',
    pattern: /^([VEJPG])-?(\d{8})-?(\d)(?!\w)/i,
    isValid: venezuelan,
    byChance: 100,
    labelledOnly: true,
  },
  {
    country: 'cn',
    label: 'cn',
    pattern: /^([\dA-HJ-NP-RTUWXY]{2}\d{6}[\dA-HJ-NP-RTUWXY]{10})(?!\w)/,
    isValid: chinese,
    byChance: 33,
  },
  {
    country: 'ke',
    label: 'ke',
    pattern: /^([AP]\d{9}[A-Z])(?!\w)/i,
    isValid: any,
    byChance: 1000,
    labelledOnly: true,
  },
  {
    country: 'us',
    label: 'us-ptin',
    pattern: /^(P)-?(\d{8})(?!\w)/i,
    isValid: any,
    byChance: 1000,
    labelledOnly: true,
  },
  {
    country: 'nl',
    label: 'nl',
    pattern: /^(\d{9}B\d{2})(?!\w)/i,
    isValid: any,
    byChance: 10,
    labelledOnly: true,
  },
];
