import type { FieldValue, Scalar } from './field-space.ts';

/** Lists within lists that are looked into; deeper ones were made to hurt. */
const depthMax = 32;
/** Keys with dots in them are looked for in names of at most so many steps: each may be cut anywhere. */
const cutsMax = 8;

type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How lists of settings call the name of one, and its value: Microsoft 365, Google Workspace, Windows event logs. */
export const nameKeys: readonly string[] = ['Name', 'name', 'Key', 'key', '@Name', 'displayName'];
export const valueKeys: readonly string[] = [
  'Value',
  'value',
  'NewValue',
  'newValue',
  'boolValue',
  'intValue',
  'multiValue',
  '#text',
];

/**
 * What stands at a path of a JSON document: of lists any element, of lists of `{ Name, Value }` the value by its name,
 * an object as its own JSON text. A key that has dots itself is found as well.
 */
export const valueAt = (root: unknown, path: string): FieldValue => {
  if (isMembers(root) && Object.hasOwn(root, path)) {
    const value = root[path];
    if (typeof value !== 'object' || value === null) return scalarOf(value);
  }
  const steps = path.split('.');
  const found: Found = { values: [], isThere: false };
  collect(root, { steps, mayCut: steps.length <= cutsMax }, 0, 0, found);
  if (!found.isThere) return undefined;
  return found.values.length === 1 ? found.values[0] : found.values;
};

interface Wanted {
  readonly steps: readonly string[];
  readonly mayCut: boolean;
}

interface Found {
  readonly values: Scalar[];
  /** Also where there is a list with nothing in it. */
  isThere: boolean;
}

const collect = (
  value: unknown,
  wanted: Wanted,
  from: number,
  depth: number,
  found: Found,
): void => {
  if (Array.isArray(value)) {
    if (from === wanted.steps.length) found.isThere = true;
    if (depth >= depthMax) return;
    for (const element of value) {
      collect(element, wanted, from, depth + 1, found);
      if (from < wanted.steps.length) collectNamed(element, wanted, from, depth + 1, found);
    }
    return;
  }
  if (from === wanted.steps.length) {
    found.isThere = true;
    found.values.push(scalarOf(value));
  } else if (isMembers(value)) collectKeys(value, wanted, from, depth, found);
};

/** At the end of a path, elements of XML without a name, of which there are several, are a list. */
const collectAt = (
  value: unknown,
  wanted: Wanted,
  from: number,
  depth: number,
  found: Found,
): void => {
  const text = from === wanted.steps.length && isMembers(value) ? value['#text'] : undefined;
  collect(Array.isArray(text) ? text : value, wanted, from, depth, found);
};

const collectKeys = (
  members: Members,
  wanted: Wanted,
  from: number,
  depth: number,
  found: Found,
): void => {
  let key = '';
  for (let to = from; to < wanted.steps.length; to++) {
    key = to === from ? (wanted.steps[to] ?? '') : `${key}.${wanted.steps[to] ?? ''}`;
    if (Object.hasOwn(members, key)) collectAt(members[key], wanted, to + 1, depth, found);
    if (!wanted.mayCut) return;
  }
};

/** `{ "Name": "ForwardTo", "Value": "…" }`: the next step is the name. */
const collectNamed = (
  element: unknown,
  wanted: Wanted,
  from: number,
  depth: number,
  found: Found,
): void => {
  if (!isMembers(element)) return;
  const step = wanted.steps[from] ?? '';
  if (Object.hasOwn(element, step)) return;
  if (!nameKeys.some(key => element[key] === step)) return;
  for (const key of valueKeys) {
    if (Object.hasOwn(element, key)) collectAt(element[key], wanted, from + 1, depth, found);
  }
};

const scalarOf = (value: unknown): Scalar => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return isMembers(value) ? objectText(value) : null;
};

/** Of XML that was made into JSON the text of the element, else the object as it would be written. */
const objectText = (members: Members): Scalar => {
  const text = members['#text'];
  if (typeof text === 'string' || typeof text === 'number') return text;
  try {
    return JSON.stringify(members);
  } catch {
    // Too deep to be written.
    return '';
  }
};

/** All texts, numbers and booleans of a document, as texts, however deep. */
export const textsOf = (root: unknown): readonly string[] => {
  const texts: string[] = [];
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'number' || typeof value === 'boolean') texts.push(String(value));
    else if (typeof value === 'object' && value !== null) {
      for (const member of Object.values(value)) waiting.push(member);
    }
  }
  return texts;
};
