import type { Around, DataType, Judged } from '../data-type.ts';
import { isOneDigit } from '../japan/check-digits.ts';

const sets = ['passport'];

/** Passports: Japan's numbers (two letters, seven digits) where they are labelled, and the machine-readable zone (ICAO 9303). */
export const passport: DataType = {
  id: 'passport',
  title: 'Passport number',
  sensitivity: 'identity',
  rank: 10,
  anchors: { numbers: [[7]], tokens: [9, 9], literals: ['P<'] },
  judge({ kind, value, from, to }, around) {
    if (kind === 'literal') return zone(around.text, from);
    if (kind === 'token') {
      return /^[A-Za-z]{2}\d{7}$/.test(value)
        ? labelled(value.toUpperCase(), from, to, around)
        : undefined;
    }
    const letters = /(?:^|[^A-Za-z0-9])([A-Z]{2})[ -]$/.exec(
      around.text.slice(Math.max(0, from - 4), from),
    )?.[1];
    return letters === undefined ? undefined : labelled(`${letters}${value}`, from - 3, to, around);
  },
};

const labelled = (value: string, from: number, to: number, around: Around): Judged | undefined => {
  if (isOneDigit(value.slice(2))) return undefined;
  const leaning = around.leaning(sets, from, to);
  if (leaning !== 'field' && leaning !== 'near') return undefined;
  return {
    from,
    to,
    value: `jp:${value}`,
    confidence:
      leaning === 'field' || value.startsWith('T') || value.startsWith('M') ? 'high' : 'medium',
  };
};

/** Two lines of 44: the second has number, check digit, state, birth date, check digit, sex, expiry, check digit. */
const zonePattern =
  /^P<[A-Z<]{42}\s{1,3}([A-Z0-9<]{9})(\d)([A-Z<]{3})(\d{6})(\d)[FMX<](\d{6})(\d)[A-Z0-9<]{16}/;

const zone = (text: string, at: number): Judged | undefined => {
  const match = zonePattern.exec(text.slice(at, at + 92));
  if (match === null) return undefined;
  const [whole, number = '', check, state = '', birth = '', birthCheck] = match;
  if (checkOf(number) !== Number(check) || checkOf(birth) !== Number(birthCheck)) return undefined;
  const country = state === 'JPN' ? 'jp' : state.replaceAll('<', '').toLowerCase();
  return {
    from: at,
    to: at + whole.length,
    value: `${country}:${number.replaceAll('<', '')}`,
    confidence: 'high',
  };
};

/** Weights 7, 3, 1; letters count from ten, `<` is nought. */
const checkOf = (field: string): number => {
  let sum = 0;
  for (let at = 0; at < field.length; at += 1) {
    const unit = field.charCodeAt(at);
    const worth = unit === 0x3c ? 0 : unit < 0x41 ? unit - 0x30 : unit - 0x37;
    sum += worth * ([7, 3, 1][at % 3] ?? 0);
  }
  return sum % 10;
};
