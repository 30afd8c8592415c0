import { containers, convertedRoots, mayBeSpaced, otherNames } from '../fields/converted-names.ts';
import type { SqlField, SqlTable } from './field.ts';
import { jsonAtoms, jsonField, jsonTexts } from './json-path.ts';
import type { Names } from './let.ts';
import { textLiteral } from './literal.ts';
import { timeMsIn } from './time-condition.ts';

const pointerList = (paths: readonly (readonly string[])[]): string =>
  `[${paths.map(steps => textLiteral(`/${steps.join('/')}`)).join(', ')}]`;

/** An event and whatever in it holds fields as well, of documents that were converted. */
const placesIn = (document: string): string =>
  `list_concat([${document}], json_extract(${document}, ${pointerList(containers)}), json_extract(${document}, '$.Event.UserData.*'))`;

/** The event itself, of a hit that was exported from a search. */
const wrappedIn = (document: string): string =>
  `CASE WHEN json_type(${document}, '/_source') = 'OBJECT' THEN json_extract(${document}, '/_source')
    WHEN json_type(${document}, '/result') = 'OBJECT' AND json_exists(${document}, '/preview') THEN json_extract(${document}, '/result') END`;

/** Whether an event has one of the keys without which none of the places is there. */
const isConverted = (document: string): string => {
  const keys = [...convertedRoots, '_source', 'preview'].map(key => [key]);
  return `len(list_filter(json_extract(${document}, ${pointerList(keys)}), lambda k: k IS NOT NULL)) > 0`;
};

/** What stands there as it is called; of a document that was converted, what the first place has that has it. */
const fieldOf = (name: string, names: Names): SqlField => {
  const direct = jsonField('event.json', name, names);
  const texts = direct.is === 'many' ? direct.texts : `[${direct.text}]`;
  const converted = convertedField(name, names);
  return {
    is: 'many',
    texts: `CASE WHEN len(event.places) = 0 THEN ${texts} ELSE ${converted.texts} END`,
    exists: `CASE WHEN len(event.places) = 0 THEN ${direct.exists} ELSE ${converted.exists} END`,
  };
};

type Many = Extract<SqlField, { is: 'many' }>;

/** By another name, where no place has it by the first. */
const convertedField = (name: string, names: Names): Many => {
  const found: string[] = [];
  const texts: string[] = [];
  for (const each of [name, ...otherNames(name)]) {
    const p = names.next('p');
    const q = names.next('p');
    const places = `list_filter(event.places, lambda ${p}: ${jsonField(p, each, names).exists})`;
    const field = jsonField(q, each, names);
    const list = field.is === 'many' ? field.texts : `[${field.text}]`;
    found.push(`len(${places}) > 0`);
    texts.push(`list_transform(${places}[1:1], lambda ${q}: ${list})`);
  }
  if (mayBeSpaced(name)) {
    const values = spacedValues(name, names);
    found.push(`len(${values}) > 0`);
    const v = names.next('j');
    texts.push(`list_transform(${values}[1:1], lambda ${v}: ${jsonTexts(`[${v}]`, names)})`);
  }
  const all = texts.length === 1 ? texts[0] : `list_concat(${texts.join(', ')})`;
  return {
    is: 'many',
    texts: `coalesce(${all}[1], []::VARCHAR[])`,
    exists: `(${found.join(' OR ')})`,
  };
};

/** What stands under keys that have blanks where Sigma has none, a JSON[]. */
const spacedValues = (name: string, names: Names): string => {
  const p = names.next('p');
  const k = names.next('k');
  const keys = `list_filter(json_keys(${p}), lambda ${k}: contains(${k}, ' ') AND replace(${k}, ' ', '') = ${textLiteral(name)})`;
  const key = names.next('k');
  const pointer = `'/' || replace(replace(${key}, '~', '~0'), '/', '~1')`;
  return `flatten(list_transform(event.places, lambda ${p}: list_transform(${keys}, lambda ${key}: json_extract(${p}, ${pointer}))))`;
};

/**
 * Rows with one column `json`: records as they were written, whose fields are called as the rule calls them, or as
 * `fields/converted-names.ts` has it.
 *
 * @param source what stands behind FROM
 * @param time the field that says when
 */
export const jsonTable = (source: string, time: string): SqlTable => ({
  from: () => `(
  SELECT json, CASE WHEN NOT ${isConverted('json')} THEN []::JSON[] ELSE list_filter(
    list_concat(${placesIn('json')}, flatten(list_transform([${wrappedIn('json')}], lambda w: ${placesIn('w')}))),
    lambda p: json_type(p) = 'OBJECT') END AS places
  FROM ${source}
) AS event`,
  field: fieldOf,
  texts: () => jsonAtoms('event.json'),
  timeMs: (names: Names) => {
    const field = fieldOf(time, names);
    return field.is === 'many' ? timeMsIn(`(${field.texts})[1]`, names) : 'NULL::BIGINT';
  },
  shown: 'event.json',
});
