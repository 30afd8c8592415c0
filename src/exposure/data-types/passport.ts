import type { Around, DataType, Judged } from '../data-type.ts';
import { cardZone, foreignPassport, zoneCheck } from '../foreign/passport.ts';
import { isOneDigit } from '../japan/check-digits.ts';

const sets = ['passport'];

/** Passports: Japan's numbers (two letters, seven digits) and other countries' where they are labelled, and the machine-readable zones of passports and cards (ICAO 9303). */
export const passport: DataType = {
  id: 'passport',
  title: 'Passport number',
  sensitivity: 'identity',
  rank: 10,
  anchors: {
    numbers: [[7], [9]],
    tokens: [7, 10, 4],
    literals: ['P<', 'I<', 'ID', 'A<', 'AC', 'C<'],
  },
  judge({ kind, value, from, to, glued }, around) {
    if (kind === 'literal')
      return value === 'P<' ? zone(around.text, from) : cardZone(around.text, from);
    if (kind === 'token') {
      return /^[A-Za-z]{2}\d{7}$/.test(value)
        ? labelled(value.toUpperCase(), from, to, around)
        : foreignPassport(value, from, to, around);
    }
    if (value.length === 9) return glued ? undefined : foreignPassport(value, from, to, around);
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
  if (zoneCheck(number) !== Number(check) || zoneCheck(birth) !== Number(birthCheck))
    return undefined;
  const country = state === 'JPN' ? 'jp' : state.replaceAll('<', '').toLowerCase();
  return {
    from: at,
    to: at + whole.length,
    value: `${country}:${number.replaceAll('<', '')}`,
    confidence: 'high',
  };
};
