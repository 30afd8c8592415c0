/** Check digits of Japanese numbers; each takes digits only, of the right length, and is false for anything else. */

const digitAt = (digits: string, at: number): number => digits.charCodeAt(at) - 48;

const isDigits = (text: string, length: number): boolean => {
  if (text.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    const digit = digitAt(text, at);
    if (digit < 0 || digit > 9) return false;
  }
  return true;
};

/** `000000000000` and its like: placeholders, whatever their check digit says. */
export const isOneDigit = (digits: string): boolean => {
  for (let at = 1; at < digits.length; at += 1) {
    if (digits.charCodeAt(at) !== digits.charCodeAt(0)) return false;
  }
  return true;
};

/** Individual Number (My Number), 12 digits: Ordinance 85 of 2014 of the Ministry of Internal Affairs, article 5. */
export const isMyNumber = (digits: string): boolean => {
  if (!isDigits(digits, 12) || isOneDigit(digits)) return false;
  let sum = 0;
  for (let n = 1; n <= 11; n += 1) sum += digitAt(digits, 11 - n) * (n <= 6 ? n + 1 : n - 5);
  const rest = sum % 11;
  return digitAt(digits, 11) === (rest <= 1 ? 0 : 11 - rest);
};

/** Corporate Number, 13 digits, check digit first: Ordinance 70 of 2014 of the Ministry of Finance. */
export const isCorporateNumber = (digits: string): boolean => {
  if (!isDigits(digits, 13) || isOneDigit(digits)) return false;
  let sum = 0;
  for (let n = 1; n <= 12; n += 1) sum += digitAt(digits, 13 - n) * (n % 2 === 0 ? 2 : 1);
  return digitAt(digits, 0) === 9 - (sum % 9);
};

/** Twice a digit, its own digits added. */
const doubled = (digit: number): number => (digit < 5 ? digit * 2 : digit * 2 - 9);

/**
 * Japan Post Bank: a symbol of five digits whose fourth is the check digit of symbol and number together, as the
 * bank's own page that turns symbol and number into branch and account number computes it.
 */
export const isYuchoAccount = (symbol: string, number: string): boolean => {
  if (!isDigits(symbol, 5) || number.length < 1 || number.length > 8) return false;
  const padded = number.padStart(8, '0');
  if (!isDigits(padded, 8) || isOneDigit(padded)) return false;
  const s = (at: number): number => digitAt(symbol, at);
  const n = (at: number): number => digitAt(padded, at);
  const sum =
    s(0) +
    3 * s(1) +
    doubled(s(2)) +
    3 * s(4) +
    doubled(n(0)) +
    n(1) +
    3 * n(2) +
    doubled(n(3)) +
    n(4) +
    3 * n(5) +
    doubled(n(6)) +
    n(7);
  return s(3) === sum % 10;
};

/** Public safety commissions, by the first two digits of a driver's licence number; 00 was given for foreign licences. */
const commissions: ReadonlySet<number> = new Set([
  0, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 25, 30, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
  52, 53, 54, 55, 60, 61, 62, 63, 64, 65, 70, 71, 72, 73, 74, 80, 81, 82, 83, 90, 91, 92, 93, 94,
  95, 96, 97,
]);

/** Whether twelve digits begin with the code of a public safety commission. */
export const hasLicenceCommission = (digits: string): boolean =>
  isDigits(digits, 12) && commissions.has(Number(digits.slice(0, 2)));

/**
 * Driver's licence, 12 digits: commission, year, six of its own, check digit, reissues. The police publish no rule
 * for the check digit; this one (modulus 11) is what licences were seen to keep, so a failure proves nothing.
 */
export const isDriversLicence = (digits: string): boolean => {
  if (!hasLicenceCommission(digits) || isOneDigit(digits)) return false;
  let sum = 0;
  for (const [at, weight] of [5, 4, 3, 2, 7, 6, 5, 4, 3, 2].entries())
    sum += digitAt(digits, at) * weight;
  return digitAt(digits, 10) === (11 - (sum % 11)) % 10;
};

/** Whose law an insurance falls under: the first two of an insurer's eight digits. */
const insuranceLaws: ReadonlySet<string> = new Set([
  '01',
  '02',
  '03',
  '04',
  '06',
  '07',
  '31',
  '32',
  '33',
  '34',
  '39',
  '63',
  '67',
  '72',
  '73',
  '74',
  '75',
]);

const isPrefecture = (digits: string): boolean => {
  const code = Number(digits);
  return code >= 1 && code <= 47;
};

/**
 * Insurer number: law (2, none for the six digits of National Health Insurance), prefecture (2), insurer (3), check
 * digit (1; weights 2 and 1 from the right, digits of products added, complement of ten).
 */
export const isInsurerNumber = (digits: string): boolean => {
  if (isDigits(digits, 8)) {
    if (!insuranceLaws.has(digits.slice(0, 2)) || !isPrefecture(digits.slice(2, 4))) return false;
  } else if (!isDigits(digits, 6) || !isPrefecture(digits.slice(0, 2))) return false;
  const last = digits.length - 1;
  let sum = 0;
  for (let at = last - 1; at >= 0; at -= 1) {
    const digit = digitAt(digits, at);
    sum += (last - 1 - at) % 2 === 0 ? doubled(digit) : digit;
  }
  return digitAt(digits, last) === (10 - (sum % 10)) % 10;
};
