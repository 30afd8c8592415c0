import { Fields, parsedJson } from './fields.ts';

/**
 * A record of Entra's logs, as Graph gives it or as a diagnostic setting writes it (its fields in `properties`
 * then, beside those of every Azure log). Undefined for broken text.
 */
export interface EntraRecord {
  readonly inner: Fields;
  /** Fields beside `properties`; the record itself where it has none. */
  readonly outer: Fields;
}

export const entraRecord = (text: string): EntraRecord | undefined => {
  const value = parsedJson(text.endsWith(',') ? text.slice(0, -1) : text);
  const outer = Fields.of(Array.isArray(value) && value.length === 1 ? value[0] : value);
  if (outer === undefined) return undefined;
  // Wazuh puts the record into one of its own.
  const carried = outer.object('ms-graph');
  if (carried !== undefined) return { inner: carried, outer: carried };
  const inner = outer.object('properties');
  return { inner: inner ?? outer, outer };
};

/** Of both places, the record's own first. */
export const either = (
  { inner, outer }: EntraRecord,
  ...names: readonly string[]
): string | undefined => inner.text(...names) ?? outer.text(...names);

/** Errors of sign-ins that stopped to ask for something more: neither let in nor turned away. */
export const interruptions: ReadonlySet<string> = new Set([
  '16000',
  '16001',
  '50055',
  '50058',
  '50072',
  '50074',
  '50076',
  '50079',
  '50097',
  '50125',
  '50127',
  '50129',
  '50140',
  '50143',
  '50144',
  '50158',
  '50199',
  '50203',
  '51006',
  '65001',
  '65004',
  '70044',
]);
