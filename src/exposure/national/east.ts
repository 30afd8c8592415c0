import { isDay, isOneDigit, isShortDay, weighted } from '../checks/digits.ts';
import { digitAt, type NationalId, part } from './national-id.ts';

/** Poland: PESEL; the month tells the century (80, 0, 20, 40, 60 added). */
const pl: NationalId = {
  country: 'pl',
  numbers: [[11]],
  isValid: value => {
    const month = part(value, 2, 4);
    const century = { 0: 1900, 1: 2000, 2: 2100, 3: 2200, 4: 1800 }[Math.floor(month / 20)];
    if (century === undefined || !isDay(century + part(value, 0, 2), month % 20, part(value, 4, 6)))
      return false;
    return weighted(value, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
  },
  byChance: 18,
};

/** Romania: CNP: sex and century, birth day, county, serial, check digit. */
const ro: NationalId = {
  country: 'ro',
  numbers: [[13], [1, 6, 6]],
  isValid: value => {
    const county = part(value, 7, 9);
    const known = (county >= 1 && county <= 52) || county === 70 || (county >= 80 && county <= 83);
    if (value.startsWith('0') || !known) return false;
    const first = digitAt(value, 0);
    const century = first <= 2 ? 1900 : first <= 4 ? 1800 : first <= 6 ? 2000 : 0;
    const [year, month, day] = [part(value, 1, 3), part(value, 3, 5), part(value, 5, 7)];
    if (century === 0 ? !isShortDay(year, month, day) : !isDay(century + year, month, day))
      return false;
    const rest = weighted(value, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    return (rest === 10 ? 1 : rest) === digitAt(value, 12);
  },
  byChance: 2,
};

/** Bulgaria: EGN; the month has 20 added for 1800 and 40 for 2000. */
const bg: NationalId = {
  country: 'bg',
  numbers: [[10]],
  isValid: value => {
    const month = part(value, 2, 4);
    const century = month > 40 ? 2000 : month > 20 ? 1800 : 1900;
    if (
      !isDay(
        century + part(value, 0, 2),
        month > 40 ? month - 40 : month > 20 ? month - 20 : month,
        part(value, 4, 6),
      )
    )
      return false;
    return (weighted(value, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(value, 9);
  },
  byChance: 10,
};

/** Czechia and Slovakia: rodné číslo; women have 50 added to the month, 20 more where serials ran out; nine digits before 1954. */
const isRodneCislo = (value: string): boolean => {
  const year = part(value, 0, 2);
  let month = part(value, 2, 4);
  if (month > 70) month -= 70;
  else if (month > 50) month -= 50;
  else if (month > 20) month -= 20;
  const day = part(value, 4, 6);
  if (value.length === 9)
    return year < 54 && value.slice(6) !== '000' && isDay(1900 + year, month, day);
  const full = year < 54 ? 2000 + year : 1900 + year;
  if (!isDay(full, month, day)) return false;
  const rest = Number(value.slice(0, 9)) % 11;
  return (rest === 10 ? 0 : rest) === digitAt(value, 9);
};

const cz: NationalId = {
  country: 'cz',
  numbers: [[10], [6, 4]],
  isValid: isRodneCislo,
  byChance: 8,
};
const czOld: NationalId = {
  country: 'cz',
  numbers: [[6, 3], [9]],
  isValid: isRodneCislo,
  byChance: 60,
  labelledOnly: true,
};

/** Slovenia (EMŠO) and other states that were Yugoslavia (JMBG): birth day with a year of three digits, region, serial. */
const si: NationalId = {
  country: 'si',
  numbers: [[13]],
  isValid: value => {
    const year = part(value, 4, 7);
    if (!isDay(year < 800 ? 2000 + year : 1000 + year, part(value, 2, 4), part(value, 0, 2)))
      return false;
    if (year > 100 && year < 800) return false;
    const rest = 11 - (weighted(value, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
    return (rest % 11) % 10 === digitAt(value, 12);
  },
  byChance: 1,
};

/** Hungary: social insurance number (TAJ), weights 3 and 7. */
const huTaj: NationalId = {
  country: 'hu',
  label: 'hu',
  numbers: [[9], [3, 3, 3]],
  isValid: value =>
    !isOneDigit(value) && weighted(value, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(value, 8),
  byChance: 100,
};

/** Hungary: tax number of people, beginning with 8. */
const huTax: NationalId = {
  country: 'hu',
  label: 'hu',
  numbers: [[10]],
  isValid: value =>
    value.startsWith('8') &&
    weighted(value, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digitAt(value, 9),
  byChance: 9,
};

/** Hungary: személyi szám: sex and century, birth day, serial, check digit (the weights turn round after 1996). */
const huPersonal: NationalId = {
  country: 'hu',
  label: 'hu',
  numbers: [[11], [1, 6, 4]],
  isValid: value => {
    const first = digitAt(value, 0);
    const year = part(value, 1, 3);
    if (first < 1 || first > 8 || !isShortDay(year, part(value, 3, 5), part(value, 5, 7)))
      return false;
    const upward = weighted(value, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11;
    const downward = weighted(value, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
    return upward === digitAt(value, 10) || downward === digitAt(value, 10);
  },
  byChance: 5,
};

/** Russia: SNILS, rest by 101. */
const ru: NationalId = {
  country: 'ru',
  numbers: [[11], [3, 3, 3, 2]],
  isValid: value => {
    const check = (weighted(value, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100;
    return !/^0+/.test(value.slice(0, 6)) && check === part(value, 9, 11);
  },
  byChance: 10,
};

/** Ukraine: taxpayer's number of people, days since 1899, serial, check digit. */
const ua: NationalId = {
  country: 'ua',
  numbers: [[10]],
  isValid: value => {
    const sum = weighted(value, [-1, 5, 7, 9, 4, 6, 10, 5, 7]);
    return !isOneDigit(value) && (((sum % 11) + 11) % 11) % 10 === digitAt(value, 9);
  },
  byChance: 100,
};

/** Kazakhstan: IIN. */
const kz: NationalId = {
  country: 'kz',
  numbers: [[12]],
  isValid: value => {
    if (
      !isShortDay(part(value, 0, 2), part(value, 2, 4), part(value, 4, 6)) ||
      digitAt(value, 6) > 6
    )
      return false;
    let check = weighted(value, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
    if (check === 10) check = weighted(value, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
    return check !== 10 && check === digitAt(value, 11);
  },
  byChance: 3,
};

export const eastern: readonly NationalId[] = [
  pl,
  ro,
  bg,
  cz,
  czOld,
  si,
  huTaj,
  huTax,
  huPersonal,
  ru,
  ua,
  kz,
];
