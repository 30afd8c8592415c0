/** Check digits that many numbers share. All take digits (and letters where said) without separators. */

const digit = (text: string, at: number): number => text.charCodeAt(at) - 0x30;

/** ISO/IEC 7812-1, annex B (Luhn). */
export const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let at = digits.length - 1, place = 0; at >= 0; at -= 1, place += 1) {
    const worth = digit(digits, at) * (place % 2 === 0 ? 1 : 2);
    sum += worth > 9 ? worth - 9 : worth;
  }
  return digits !== '' && sum % 10 === 0;
};

/** Sum of digits times weights, from the left. */
export const weighted = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * digit(digits, at), 0);

/** Remainder of a number of any length; letters count from ten, as in ISO 7064 and ISO 13616. */
export const remainder = (text: string, by: number): number => {
  let rest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    rest = unit >= 0x41 ? (rest * 100 + (unit - 0x37)) % by : (rest * 10 + (unit - 0x30)) % by;
  }
  return rest;
};

/** ISO 7064 MOD 11,10, the check digit last. */
export const passesMod11And10 = (digits: string): boolean => {
  let check = 5;
  for (let at = 0; at < digits.length; at += 1)
    check = ((((check === 0 ? 10 : check) * 2) % 11) + digit(digits, at)) % 10;
  return check === 1;
};

const dihedral = (a: number, b: number): number => {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 5) % 5;
};

const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Verhoeff's scheme over the dihedral group of ten, the check digit last. */
export const passesVerhoeff = (digits: string): boolean => {
  let check = 0;
  for (let place = 0; place < digits.length; place += 1) {
    let value = digit(digits, digits.length - 1 - place);
    for (let times = place % 8; times > 0; times -= 1) value = permutation[value] ?? 0;
    check = dihedral(check, value);
  }
  return check === 0;
};

/** Whether year, month and day are a day of the calendar. */
export const isDay = (year: number, month: number, day: number): boolean => {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
};

/** Of a year of two digits nobody knows the century: a day of either is one. */
export const isShortDay = (year: number, month: number, day: number): boolean =>
  isDay(1900 + year, month, day) || isDay(2000 + year, month, day);

/** `11111111`: passes many checks and is nobody's. */
export const isOneDigit = (digits: string): boolean => /^(\d)\1*$/.test(digits);

/** `12345678`, `987654321`, `01234567`: typed for an example. */
export const isSequence = (digits: string): boolean =>
  '01234567890123456789'.includes(digits) || '98765432109876543210'.includes(digits);
