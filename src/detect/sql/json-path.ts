import { nameKeys, valueKeys } from '../fields/json-values.ts';
import type { SqlField } from './field.ts';
import type { Names } from './let.ts';
import { textLiteral } from './literal.ts';

/** RFC 6901: one key, whatever is in it. */
const pointer = (key: string): string =>
  textLiteral(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);

const pointers = (keys: readonly string[]): string => `[${keys.map(pointer).join(', ')}]`;

const there = (list: string, names: Names): string => {
  const v = names.next('j');
  return `list_filter(${list}, lambda ${v}: ${v} IS NOT NULL)`;
};

/** Elements of the lists among some values, and of the lists in these. */
const elements = (values: string, isOnlyLists: boolean, names: Names): string => {
  const once = (list: string, others: (v: string) => string): string => {
    const v = names.next('j');
    return `flatten(list_transform(${list}, lambda ${v}: CASE json_type(${v}) WHEN 'ARRAY' THEN json_extract(${v}, '$[*]') ELSE ${others(v)} END))`;
  };
  return once(
    once(values, v => (isOnlyLists ? '[]::JSON[]' : `[${v}]`)),
    v => `[${v}]`,
  );
};

const members = (values: string, key: string, names: Names): string => {
  const v = names.next('j');
  return there(
    `list_transform(${values}, lambda ${v}: json_extract(${v}, ${pointer(key)}))`,
    names,
  );
};

/** `{ "Name": "ForwardTo", "Value": "…" }` in a list: the step is the name. */
const named = (values: string, step: string, names: Names): string => {
  const v = names.next('j');
  const f = names.next('j');
  const isIt = `json_type(${f}) = 'OBJECT' AND NOT json_exists(${f}, ${pointer(step)})
    AND list_contains(json_extract_string(${f}, ${pointers(nameKeys)}), ${textLiteral(step)})`;
  const filtered = `list_filter(${elements(values, true, names)}, lambda ${f}: ${isIt})`;
  return there(
    `flatten(list_transform(${filtered}, lambda ${v}: json_extract(${v}, ${pointers(valueKeys)})))`,
    names,
  );
};

/** Of XML that was made into JSON the text of the element, else an object as its own JSON. */
const text = (value: string): string =>
  `CASE json_type(${value}) WHEN 'OBJECT' THEN
    CASE WHEN json_type(json_extract(${value}, '/#text')) IN ('VARCHAR', 'UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE')
    THEN json_extract_string(${value}, '/#text') ELSE CAST(${value} AS VARCHAR) END
    ELSE json_extract_string(${value}, '$') END`;

/** Elements of XML without a name, of which there are several, are a list. */
const unnamed = (values: string, names: Names): string => {
  const v = names.next('j');
  return `list_transform(${values}, lambda ${v}: CASE json_type(json_extract(${v}, '/#text')) WHEN 'ARRAY' THEN json_extract(${v}, '/#text') ELSE ${v} END)`;
};

/** Values of JSON as texts, of lists any element. */
export const jsonTexts = (values: string, names: Names): string => {
  const v = names.next('j');
  return `list_transform(${elements(unnamed(values, names), false, names)}, lambda ${v}: ${text(v)})`;
};

/** Longer ones are cut nowhere else than at their dots, as `fields/json-values.ts` has it. */
const cutsMax = 8;

/** What stands at each step of a path: the next says it several times, so each has a name. */
const reached = (
  before: readonly string[],
  steps: readonly string[],
  names: Names,
  use: (last: string) => string,
): string => {
  const to = before.length;
  if (to > steps.length) return use(before.at(-1) ?? '[]');
  const mayCut = steps.length <= cutsMax;
  const found = before.flatMap((values, from) => {
    if (!mayCut && from < to - 1) return [];
    const all = from === 0 ? values : elements(values, false, names);
    const here = members(all, steps.slice(from, to).join('.'), names);
    return from === to - 1 && from > 0 ? [here, named(values, steps[from] ?? '', names)] : [here];
  });
  const list = found.length === 1 ? (found[0] ?? '') : `list_concat(${found.join(', ')})`;
  return names.let(list, values => reached([...before, values], steps, names, use));
};

/**
 * What stands at a path of a JSON document: the key as it stands, dots included, else step by step; of lists any
 * element, of lists of `{ Name, Value }` the value by its name.
 *
 * @param root an expression of type JSON; NULL: there is no document
 */
export const jsonField = (root: string, path: string, names: Names): SqlField => {
  const steps = path.split('.');
  const begin = `CASE WHEN ${root} IS NULL THEN []::JSON[] ELSE [${root}] END`;
  const walked = names.let(begin, document =>
    reached([document], steps, names, last => jsonTexts(last, names)),
  );
  const exists = names.let(begin, document =>
    reached([document], steps, names, last => `len(${last}) > 0`),
  );
  if (steps.length === 1) return { is: 'many', texts: walked, exists };
  const whole = `json_extract(${root}, ${pointer(path)})`;
  const isScalar = `coalesce(json_type(${whole}) NOT IN ('ARRAY', 'OBJECT'), false)`;
  return {
    is: 'many',
    texts: `CASE WHEN ${isScalar} THEN [json_extract_string(${whole}, '$')] ELSE ${walked} END`,
    exists: `(${isScalar} OR ${exists})`,
  };
};

/** All texts, numbers and truths of a document, a VARCHAR[]. */
export const jsonAtoms = (root: string): string =>
  `coalesce((SELECT list(json_extract_string(atom, '$')) FROM json_tree(${root}) WHERE atom IS NOT NULL), []::VARCHAR[])`;
