import type { CountryCode } from 'libphonenumber-js';
import parse, { isSupportedCountry } from 'libphonenumber-js/max';
import type { Around, Candidate, Judged, Leaning } from '../data-type.ts';
import { formOf, type TelephoneForm, withPlus } from './forms.ts';

const sets = ['telephone', 'telephone/fax', 'telephone/mobile'];

/** Regions that a labelled number may be of when those of the settings do not know it, by how it begins there. */
const withTrunk: readonly CountryCode[] = ['JP', 'GB', 'DE', 'FR', 'NL', 'AU'];
const withoutTrunk: Readonly<Record<number, readonly CountryCode[]>> = {
  9: ['ES', 'IT'],
  10: ['US', 'IN', 'IT'],
  11: ['US', 'BR'],
};

const othersOf = (digits: string): readonly CountryCode[] =>
  digits.startsWith('0')
    ? digits.length > 8
      ? withTrunk
      : []
    : (withoutTrunk[digits.length] ?? []);

/** Judges a row of digits: cheap looks first, libphonenumber only for what has the form of a number. */
export const judgeTelephone = (candidate: Candidate, around: Around): Judged | undefined => {
  if (
    candidate.glued &&
    !isBesideSlash(candidate, around.text) &&
    !hasExtension(candidate, around.text)
  )
    return undefined;
  const form = formOf(candidate, around.text);
  if (form === undefined) return undefined;
  const { from, to } = form;
  const leaning = around.leaning(sets, from, to);
  const labelled = leaning === 'field' || leaning === 'near';
  const isDialled = labelled && withPlus(form.digits) !== undefined;
  if (form.kind === 'other' && leaning !== 'field' && !isDialled) return undefined;
  if (!labelled && (!tells(form) || around.inUrl(from))) return undefined;
  if (leaning === 'against' && form.kind !== 'international') return undefined;
  const number = numberOf(form, leaning, around);
  if (number === undefined) return possible(form, leaning, around);
  // A free or shared number is an organisation's: it names nobody.
  if (number.service) return { from, to, value: number.value, confidence: 'low' };
  return {
    from,
    to,
    value: number.value,
    confidence: labelled ? 'high' : unlabelled(form, leaning, number.own),
    identifier: 'telephone',
  };
};

/** `03-1234-5678/090-1234-5678`: a slash parts two numbers, each of which begins as one does. */
const isBesideSlash = ({ from, to, value }: Candidate, text: string): boolean => {
  if (!value.startsWith('0')) return false;
  const before = text.slice(Math.max(0, from - 2), from);
  const after = text.slice(to, to + 2);
  return (
    (/^\d\/$/.test(before) || !/[\w./:@%\\-]$/.test(before)) &&
    (/^\/[0+(]/.test(after) || !/^[\w./:@%\\-]/.test(after))
  );
};

/** `(212) 555-0143x12`. */
const hasExtension = ({ from, to, groups }: Candidate, text: string): boolean =>
  groups.length > 1 &&
  /^x\d{1,5}(?!\w)/i.test(text.slice(to, to + 7)) &&
  !/[\w./:@%\\-]$/.test(text.slice(Math.max(0, from - 1), from).replace('+', ''));

/** Ten digits alone are a number of America only where a label says so. */
const tells = ({ kind, digits }: TelephoneForm): boolean =>
  kind !== 'other' && (kind !== 'bare' || digits.startsWith('0'));

/** Ranges kept free for films, and those that the plans do not have yet: of the right length, given to nobody known. */
const possible = (form: TelephoneForm, leaning: Leaning, around: Around): Judged | undefined => {
  const isAbroad = form.kind === 'international';
  if (leaning !== 'field' && !(isAbroad && leaning !== 'against')) return undefined;
  const { from, to } = form;
  const regions = isAbroad ? [undefined] : around.settings.regions;
  for (const region of regions) {
    if (region !== undefined && !isSupportedCountry(region)) continue;
    const number = parse(form.digits, region);
    if (number?.isPossible() !== true || number.nationalNumber.length < 8) continue;
    const confidence = leaning === 'field' || leaning === 'near' ? 'medium' : 'low';
    return { from, to, value: number.number, confidence, identifier: 'telephone' };
  }
  return undefined;
};

const unlabelled = (form: TelephoneForm, leaning: Leaning, own: boolean): Judged['confidence'] => {
  if (form.kind === 'international') return leaning === 'against' ? 'medium' : 'high';
  if (form.kind === 'bracketed') return own ? 'high' : 'medium';
  if (form.kind === 'mobile' || form.kind === 'parted') return own ? 'medium' : 'low';
  return 'low';
};

interface Numbered {
  /** E.164. */
  readonly value: string;
  /** Of a region of the settings, or with its country code. */
  readonly own: boolean;
  /** Toll-free, shared cost, premium rate, universal access. */
  readonly service: boolean;
}

const services: ReadonlySet<string> = new Set(['TOLL_FREE', 'SHARED_COST', 'PREMIUM_RATE', 'UAN']);

const numberOf = (form: TelephoneForm, leaning: Leaning, around: Around): Numbered | undefined => {
  const { regions } = around.settings;
  const labelled = leaning === 'field' || leaning === 'near';
  if (form.kind === 'international') {
    const abroad = parsed(form.digits, undefined, true);
    if (abroad !== undefined || !labelled || form.dialled === undefined) return abroad;
    // `011 15-2345-6789` is a number of Buenos Aires.
    return firstOf(form.dialled, regions);
  }
  const own = firstOf(form.digits, regions);
  if (own !== undefined) return own;
  // Another country's number is believed where its form is that country's, or a label stands beside it.
  const foreign = labelled ? othersOf(form.digits) : form.like;
  for (const region of foreign) {
    const found = regions.includes(region) ? undefined : parsed(form.digits, region, false);
    if (found !== undefined) return found;
  }
  const abroad = labelled ? withPlus(form.digits) : undefined;
  return abroad === undefined ? undefined : parsed(abroad, undefined, true);
};

const firstOf = (digits: string, regions: readonly string[]): Numbered | undefined => {
  for (const region of regions) {
    const found = parsed(digits, region, true);
    if (found !== undefined) return found;
  }
  return undefined;
};

const parsed = (digits: string, region: string | undefined, own: boolean): Numbered | undefined => {
  const key = `${region ?? ''}${digits}`;
  const valid = known.has(key) ? known.get(key) : lookedUp(digits, region);
  if (!known.has(key)) {
    if (known.size >= knownMax) known.clear();
    known.set(key, valid);
  }
  return valid === undefined ? undefined : { ...valid, own };
};

/** Signatures repeat the same numbers, and a look into the plans takes fifty times as long as one here. */
const known = new Map<string, Omit<Numbered, 'own'> | undefined>();
const knownMax = 16_384;

const lookedUp = (
  digits: string,
  region: string | undefined,
): Omit<Numbered, 'own'> | undefined => {
  if (region !== undefined && !isSupportedCountry(region)) return undefined;
  const number = parse(digits, region);
  return number?.isValid() === true
    ? { value: number.number, service: services.has(number.getType() ?? '') }
    : undefined;
};
