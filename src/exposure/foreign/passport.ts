import type { Around, Judged } from '../data-type.ts';

const sets = ['passport'];

interface Form {
  readonly country: string;
  readonly pattern: RegExp;
}

/** Numbers as the states print them; several share a form, so that the first names the country and is no proof of it. */
const forms: readonly Form[] = [
  { country: 'in', pattern: /^[A-PR-WY][1-9]\d{5}[1-9]$/ },
  { country: 'us', pattern: /^(?:\d{9}|[A-Z]\d{8})$/ },
  { country: 'de', pattern: /^[CFGHJK][CFGHJKLMNPRTVWXYZ\d]{8}\d?$/ },
  { country: 'fr', pattern: /^\d{2}[A-Z]{2}\d{5}$/ },
  { country: 'it', pattern: /^[A-Z]{2}\d{7}$/ },
  { country: 'es', pattern: /^[A-Z]{3}\d{6}$/ },
  { country: 'nl', pattern: /^[A-NP-Z]{2}[A-NP-Z\d]{6}\d$/ },
  { country: 'ca', pattern: /^[A-Z]{2}\d{6}$/ },
  { country: 'au', pattern: /^[A-Z]{1,2}\d{7}$/ },
  { country: 'cn', pattern: /^[EGD][A-Z]?\d{7,8}$/ },
  { country: 'kr', pattern: /^[MSROD]\d{3}[A-Z]?\d{4,5}$/ },
];

/** A labelled number of another country's form: the label has to stand directly before. */
export const foreignPassport = (
  written: string,
  from: number,
  to: number,
  around: Around,
): Judged | undefined => {
  if (!sets.some(set => around.said().has(set))) return undefined;
  const value = written.toUpperCase();
  if (value.replace(/\D/g, '').length < 4 || /^(\d)\1+$/.test(value)) return undefined;
  const form = forms.find(({ pattern }) => pattern.test(value));
  if (form === undefined) return undefined;
  const leaning = around.leaning(sets, from, to);
  if (leaning !== 'field' && leaning !== 'near') return undefined;
  return { from, to, value, confidence: leaning === 'field' ? 'high' : 'medium' };
};

/** Weights 7, 3, 1; letters count from ten, `<` is nought (ICAO 9303-3). */
export const zoneCheck = (field: string): number => {
  let sum = 0;
  for (let at = 0; at < field.length; at += 1) {
    const unit = field.charCodeAt(at);
    const worth = unit === 0x3c ? 0 : unit < 0x41 ? unit - 0x30 : unit - 0x37;
    sum += worth * ([7, 3, 1][at % 3] ?? 0);
  }
  return sum % 10;
};

/** Identity cards: three lines of 30 (TD1) or two of 36 (TD2), with number, check digit, birth date, check digit. */
const cards: readonly RegExp[] = [
  /^[IAC][A-Z<][A-Z<]{3}(?<number>[A-Z0-9<]{9})(?<check>\d)[A-Z0-9<]{15}\s{1,3}(?<birth>\d{6})(?<birthCheck>\d)[FMX<]\d{6}\d(?<state>[A-Z<]{3})[A-Z0-9<]{11}\d/,
  /^[IAC][A-Z<][A-Z<]{34}\s{1,3}(?<number>[A-Z0-9<]{9})(?<check>\d)(?<state>[A-Z<]{3})(?<birth>\d{6})(?<birthCheck>\d)[FMX<]\d{6}\d[A-Z0-9<]{7}\d/,
];

export const cardZone = (text: string, at: number): Judged | undefined => {
  const piece = text.slice(at, at + 96);
  for (const pattern of cards) {
    const match = pattern.exec(piece);
    const groups = match?.groups;
    if (match === null || groups === undefined) continue;
    const { number = '', check, birth = '', birthCheck, state = '' } = groups;
    if (zoneCheck(number) !== Number(check) || zoneCheck(birth) !== Number(birthCheck)) continue;
    return {
      from: at,
      to: at + match[0].length,
      value: `${state.replaceAll('<', '').toLowerCase()}:${number.replaceAll('<', '')}`,
      confidence: 'high',
    };
  }
  return undefined;
};
