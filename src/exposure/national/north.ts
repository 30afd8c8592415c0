import { isDay, isShortDay, passesLuhn, weighted } from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

/** Sweden: personnummer and samordningsnummer (day plus 60), Luhn over ten digits (SKV 704). */
const se: NationalId = {
  country: 'se',
  numbers: [[6, 4], [8, 4], [10], [12]],
  pattern: /^((?:\d\d)?\d{6})\+(\d{4})(?!\w)/,
  isValid: value => {
    const short = value.slice(-10);
    const day = part(short, 4, 6);
    const month = part(short, 2, 4);
    const real = day > 60 ? day - 60 : day;
    if (value.length === 12) {
      const year = part(value, 0, 4);
      if (year < 1850 || year > 2100 || !isDay(year, month, real)) return false;
    } else if (!isShortDay(part(short, 0, 2), month, real)) return false;
    return passesLuhn(short);
  },
  byChance: 7,
};

const finnishCheck = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Finland: henkilötunnus; the sign between tells the century (DVV; new signs since 2023). */
const fi: NationalId = {
  country: 'fi',
  pattern: /^(\d{6})([-+A-FU-Y])(\d{3})([\dA-Y])(?!\w)/i,
  isValid: value => {
    const [, day = '', sign = '', serial = '', check = ''] =
      /^(\d{6})([-+A-Y])(\d{3})([\dA-Y])$/.exec(value) ?? [];
    if (day === '' || Number(serial) < 2) return false;
    const century = sign === '+' ? 1800 : /[A-F]/.test(sign) ? 2000 : 1900;
    if (!isDay(century + part(day, 4, 6), part(day, 2, 4), part(day, 0, 2))) return false;
    return finnishCheck.charAt(Number(day + serial) % 31) === check;
  },
  byChance: 1,
};

const danishWeights = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/** Denmark: CPR. Numbers given since 2007 need not pass modulus 11, so that it counts only where no label stands. */
const dkDay = (value: string): boolean => {
  const year = part(value, 4, 6);
  const seventh = digitAt(value, 6);
  let century = 1900;
  if (seventh >= 4) {
    if (seventh === 4 || seventh === 9) century = year <= 36 ? 2000 : 1900;
    else century = year <= 57 ? 2000 : 1800;
  }
  return isDay(century + year, part(value, 2, 4), part(value, 0, 2));
};

const dk: NationalId = {
  country: 'dk',
  numbers: [[6, 4], [10]],
  isValid: value => dkDay(value) && weighted(value, danishWeights) % 11 === 0,
  byChance: 3,
};

const dkNew: NationalId = {
  country: 'dk',
  numbers: [[6, 4], [10]],
  isValid: dkDay,
  byChance: 37,
  labelledOnly: true,
};

const norwegianFirst = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const norwegianSecond = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/** Norway: fødselsnummer; D numbers have 40 added to the day, H numbers to the month (Skatteetaten). */
const no: NationalId = {
  country: 'no',
  numbers: [[11], [6, 5], [6, 3, 2], [2, 2, 2, 5]],
  isValid: value => {
    const day = part(value, 0, 2);
    const month = part(value, 2, 4);
    const realDay = day > 40 ? day - 40 : day;
    const realMonth = month > 80 ? month - 80 : month > 40 ? month - 40 : month;
    return (
      isShortDay(part(value, 4, 6), realMonth, realDay) &&
      weighted(value, norwegianFirst) % 11 === 0 &&
      weighted(value, norwegianSecond) % 11 === 0
    );
  },
  byChance: 1,
};

/** Iceland: kennitala; companies have 40 added to the day (Þjóðskrá). */
const is: NationalId = {
  country: 'is',
  numbers: [[6, 4], [10]],
  isValid: value => {
    const century = { 0: 2000, 8: 1800, 9: 1900 }[digitAt(value, 9)];
    return (
      century !== undefined &&
      isDay(century + part(value, 4, 6), part(value, 2, 4), part(value, 0, 2)) &&
      weighted(value, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
    );
  },
  byChance: 1,
};

const balticFirst = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1];
const balticSecond = [3, 4, 5, 6, 7, 8, 9, 1, 2, 3];

const isBaltic = (value: string): boolean => {
  const first = digitAt(value, 0);
  if (first < 1 || first > 8) return false;
  const century = 1700 + Math.ceil(first / 2) * 100;
  if (!isDay(century + part(value, 1, 3), part(value, 3, 5), part(value, 5, 7))) return false;
  let check = weighted(value, balticFirst) % 11;
  if (check === 10) check = weighted(value, balticSecond) % 11;
  return check % 10 === digitAt(value, 10);
};

/** Estonia (isikukood) and Lithuania (asmens kodas): the first digit tells sex and century. */
const ee: NationalId = { country: 'ee', numbers: [[11]], isValid: isBaltic, byChance: 3 };
const lt: NationalId = { country: 'lt', numbers: [[11]], isValid: isBaltic, byChance: 3 };

/** Latvia: personas kods; those given since 2017 begin with 32 or more and tell no birth date. */
const lv: NationalId = {
  country: 'lv',
  numbers: [[11], [6, 5]],
  isValid: value => {
    const century = 1800 + digitAt(value, 6) * 100;
    const tellsDay =
      century <= 2000 && isDay(century + part(value, 4, 6), part(value, 2, 4), part(value, 0, 2));
    return (
      (tellsDay || /^3[2-9]/.test(value)) &&
      ((1101 - weighted(value, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10 === digitAt(value, 10)
    );
  },
  byChance: 9,
};

export const northern: readonly NationalId[] = [se, fi, dk, dkNew, no, is, ee, lt, lv];
