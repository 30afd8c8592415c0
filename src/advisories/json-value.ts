/**
 * Careful hands for JSON that somebody else wrote. By hand and not by a schema: a feed reads hundreds of
 * thousands of records, and takes what it understands of each.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

const nothing: readonly unknown[] = [];

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectIn = (value: JsonObject, name: string): JsonObject | undefined => {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(member) ? member : undefined;
};

/** Empty where there is none. Longer lists are cut: compare with `listMax` where that must be told. */
export const listIn = (value: JsonObject, name: string, max = 100_000): readonly unknown[] => {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  if (!Array.isArray(member)) return nothing;
  return member.length > max ? member.slice(0, max) : member;
};

/** The objects of a list; what else stands in it is left out. */
export const objectsIn = (value: JsonObject, name: string, max?: number): readonly JsonObject[] =>
  listIn(value, name, max).filter(isObject);

/** A text that says something, without blanks around it. Longer than `max` is none: half a name is another name. */
export const textIn = (value: JsonObject, name: string, max = 2_048): string | undefined => {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof member !== 'string' || member.length > max) return undefined;
  const text = member.trim();
  return text === '' ? undefined : text;
};

/** The texts of a list. */
export const textsIn = (value: JsonObject, name: string, max = 1_000): readonly string[] =>
  listIn(value, name, max).filter(
    (text): text is string => typeof text === 'string' && text !== '' && text.length <= 2_048,
  );

export const numberIn = (value: JsonObject, name: string): number | undefined => {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof member === 'number' && Number.isFinite(member) ? member : undefined;
};

/** A sentence for people: one line, printable, cut to a length. */
export const oneLine = (text: string, max = 300): string => {
  const line = text
    .slice(0, max * 4)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).trimEnd()}…`;
};

/** A sentence of the record, as `oneLine` makes it; a long one is cut, not dropped. */
export const sentenceIn = (value: JsonObject, name: string, max = 300): string | undefined => {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof member !== 'string') return undefined;
  const line = oneLine(member, max);
  return line === '' ? undefined : line;
};

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const timePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(\.\d{1,9})?)?(Z|z|[+-]\d\d:?\d\d)?)?$/;

/**
 * A day or a time of RFC 3339, as it stands but for its spelling; a time without a zone is UTC. Undefined
 * for what is neither: a date that does not exist must not start a clock.
 */
export const timeOf = (text: string): string | undefined => {
  const match = timePattern.exec(text.slice(0, 64).trim());
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour, minute = '', second = '00', rest = ''] = match;
  const zone = (match[8] ?? 'Z').toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const days = daysOfMonth[Number(month) - 1] ?? 0;
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const real = Number(day) >= 1 && Number(day) <= (month === '02' && !leap ? 28 : days);
  if (!real || Number(year) < 1970) return undefined;
  const date = `${year}-${month}-${day}`;
  return hour === undefined ? date : `${date}T${hour}:${minute}:${second}${rest}${zone}`;
};

export const timeIn = (value: JsonObject, name: string): string | undefined => {
  const text = textIn(value, name, 64);
  return text === undefined ? undefined : timeOf(text);
};

const referencesMax = 10;

/** Addresses to read more at: web addresses only, https first, each once, at most ten. */
export const addressesOf = (candidates: Iterable<string | undefined>): readonly string[] => {
  const found = new Set<string>();
  let seen = 0;
  for (const candidate of candidates) {
    seen += 1;
    if (seen > 1_000) break;
    if (candidate === undefined || candidate.length > 1_000) continue;
    // Nothing with a user in it, and nothing that a terminal or a page could trip over.
    if (/^https?:\/\/[^\s"'<>\\`@\p{C}/]+(?:\/[^\s"'<>\\`\p{C}]*)?$/u.test(candidate))
      found.add(candidate);
  }
  const all = [...found];
  const secure = all.filter(address => address.startsWith('https:'));
  const plain = all.filter(address => !address.startsWith('https:'));
  return [...secure, ...plain].slice(0, referencesMax);
};

/**
 * The name of a flaw as others write it: CVE and GHSA in their own spelling. Undefined for what is no
 * name: blanks in it, or longer than any.
 */
export const flawOf = (text: string): string | undefined => {
  const name = text.length > 200 ? '' : text.trim();
  if (/^cve-\d{4}-\d{4,19}$/i.test(name)) return name.toUpperCase();
  if (/^ghsa(?:-[0-9a-z]{4}){3}$/i.test(name)) return `GHSA${name.slice(4).toLowerCase()}`;
  return /^[A-Za-z0-9][\w.:+/()@~-]*$/.test(name) && name.length <= 120 ? name : undefined;
};
