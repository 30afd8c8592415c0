import type { Place } from '../../core/place.ts';

/** A value of a PHP configuration, as far as its text decides it. */
export type PhpValue = PhpString | PhpNumber | PhpBool | PhpNull | PhpArray | PhpUnknown;

interface PhpString {
  readonly is: 'string';
  readonly text: string;
  readonly at: Place;
}

interface PhpNumber {
  readonly is: 'number';
  readonly number: number;
  readonly at: Place;
}

interface PhpBool {
  readonly is: 'bool';
  readonly yes: boolean;
  readonly at: Place;
}

interface PhpNull {
  readonly is: 'null';
  readonly at: Place;
}

export type PhpKey = string | number;

export interface PhpEntry {
  readonly value: PhpValue;
  /** Why it may not be there: it is set under a condition that the text does not decide. */
  readonly maybe?: string;
}

export interface PhpArray {
  readonly is: 'array';
  readonly entries: ReadonlyMap<PhpKey, PhpEntry>;
  /** The key that the next `[]` takes. */
  readonly next: number;
  /** Why there may be entries that are not listed here. */
  readonly more?: string;
  /** Why numbered entries may have other numbers: what stands before them may not be there. */
  readonly shifted?: string;
  readonly at: Place;
}

/** Decided only when the program runs; `candidates` are the values that its text mentions. */
export interface PhpUnknown {
  readonly is: 'unknown';
  readonly why: string;
  readonly candidates: readonly PhpValue[];
  /** Of a text that is decided in part: the text, with `…` for what is not. */
  readonly shape?: string;
  readonly at: Place;
}

/** Stands in a `shape` for what is not decided. */
export const undecided = '…';

const entriesMax = 3_000;
const candidatesMax = 12;
const depthMax = 40;
const textMax = 100_000;

export const phpUnknown = (
  why: string,
  at: Place,
  candidates: readonly PhpValue[] = [],
): PhpUnknown => ({
  is: 'unknown',
  why: why.slice(0, 500),
  at,
  candidates: candidates
    .flatMap(each => (each.is === 'unknown' ? each.candidates : [each]))
    .filter((each, i, all) => all.findIndex(other => sameValue(other, each)) === i)
    .slice(0, candidatesMax),
});

export const phpString = (text: string, at: Place): PhpValue =>
  text.length > textMax
    ? phpUnknown(`a text of more than ${textMax} characters`, at)
    : { is: 'string', text, at };

export const emptyArray = (at: Place): PhpArray => ({
  is: 'array',
  entries: new Map(),
  next: 0,
  at,
});

/** `"8"` and `8` are one key; `"08"` is another (PHP manual, arrays). */
export const keyOf = (value: PhpValue): PhpKey | undefined => {
  switch (value.is) {
    case 'string':
      return /^(?:0|-?[1-9]\d{0,14})$/.test(value.text) ? Number(value.text) : value.text;
    case 'number':
      return Math.trunc(value.number);
    case 'bool':
      return value.yes ? 1 : 0;
    case 'null':
      return '';
    case 'array':
    case 'unknown':
      return undefined;
  }
};

export const withEntry = (array: PhpArray, key: PhpKey, entry: PhpEntry): PhpArray => {
  if (array.entries.size >= entriesMax && !array.entries.has(key)) {
    return { ...array, more: `it holds more than ${entriesMax} entries` };
  }
  const entries = new Map(array.entries).set(key, entry);
  const next = typeof key === 'number' && key >= array.next ? key + 1 : array.next;
  return { ...array, entries, next };
};

/** Appends as `[]` does. */
export const withPushed = (array: PhpArray, entry: PhpEntry): PhpArray => {
  const pushed = withEntry(array, array.next, entry);
  const shifted = array.shifted ?? entry.maybe ?? array.more;
  return shifted === undefined ? pushed : { ...pushed, shifted };
};

/** Something undecided may have replaced any entry, or added some. */
export const loosened = (array: PhpArray, why: string): PhpArray => ({
  ...array,
  more: array.more ?? why,
  entries: new Map(
    [...array.entries].map(([key, entry]) => [
      key,
      { ...entry, value: phpUnknown(why, entry.value.at, [entry.value]) },
    ]),
  ),
});

/** What is left of an unknown value as an array that is written into. */
export const asArray = (value: PhpValue | undefined, at: Place): PhpArray | undefined => {
  if (value === undefined || value.is === 'null') return emptyArray(at);
  if (value.is === 'array') return value;
  if (value.is !== 'unknown') return undefined;
  const known = value.candidates.find(each => each.is === 'array');
  return known?.is === 'array'
    ? loosened(known, value.why)
    : { ...emptyArray(at), more: value.why };
};

export const sameValue = (a: PhpValue, b: PhpValue, depth = 0): boolean => {
  if (a === b) return true;
  if (depth > depthMax || a.is !== b.is) return false;
  switch (a.is) {
    case 'string':
      return b.is === 'string' && a.text === b.text;
    case 'number':
      return b.is === 'number' && a.number === b.number;
    case 'bool':
      return b.is === 'bool' && a.yes === b.yes;
    case 'null':
      return true;
    case 'unknown':
      return false;
    case 'array':
      return (
        b.is === 'array' &&
        a.more === b.more &&
        a.shifted === b.shifted &&
        a.next === b.next &&
        a.entries.size === b.entries.size &&
        [...a.entries].every(([key, entry]) => {
          const other = b.entries.get(key);
          return (
            other !== undefined &&
            other.maybe === entry.maybe &&
            sameValue(entry.value, other.value, depth + 1)
          );
        })
      );
  }
};

/**
 * What a variable holds after one of two ways was taken, nobody knows which.
 *
 * @param repeats the ways are rounds of a loop: arrays may have grown further.
 */
export const joinValues = (
  a: PhpValue | undefined,
  b: PhpValue | undefined,
  why: string,
  repeats = false,
  depth = 0,
): PhpValue | undefined => {
  if (a === undefined && b === undefined) return undefined;
  if (a !== undefined && b !== undefined && sameValue(a, b)) return a;
  const some = b ?? a;
  if (some === undefined) return undefined;
  const left = a?.is === 'array' ? a : a === undefined ? emptyArray(some.at) : undefined;
  const right = b?.is === 'array' ? b : b === undefined ? emptyArray(some.at) : undefined;
  if (some.is !== 'array' || left === undefined || right === undefined || depth > depthMax) {
    return phpUnknown(
      why,
      some.at,
      [a, b].filter(each => each !== undefined),
    );
  }
  const entries = new Map<PhpKey, PhpEntry>();
  for (const key of new Set([...left.entries.keys(), ...right.entries.keys()])) {
    const one = left.entries.get(key);
    const two = right.entries.get(key);
    const value = joinValues(
      one?.value ?? two?.value,
      two?.value ?? one?.value,
      why,
      repeats,
      depth + 1,
    );
    const maybe =
      one?.maybe ?? two?.maybe ?? (one === undefined || two === undefined ? why : undefined);
    if (value !== undefined) {
      entries.set(key, { value, ...(maybe === undefined ? {} : { maybe }) });
    }
  }
  const grew = repeats && (entries.size > left.entries.size || entries.size > right.entries.size);
  const more = left.more ?? right.more ?? (grew ? why : undefined);
  const shifted = left.shifted ?? right.shifted ?? (left.next === right.next ? undefined : why);
  return {
    is: 'array',
    entries,
    next: Math.max(left.next, right.next),
    at: some.at,
    ...(more === undefined ? {} : { more }),
    ...(shifted === undefined ? {} : { shifted }),
  };
};

/** Whether PHP takes it for true; undefined when that is not decided. */
export const phpTruth = (value: PhpValue | undefined): boolean | undefined => {
  if (value === undefined) return false;
  switch (value.is) {
    case 'string':
      return value.text !== '' && value.text !== '0';
    case 'number':
      return value.number !== 0;
    case 'bool':
      return value.yes;
    case 'null':
      return false;
    case 'unknown':
      return undefined;
    case 'array': {
      if ([...value.entries.values()].some(({ maybe }) => maybe === undefined)) return true;
      return value.entries.size === 0 && value.more === undefined ? false : undefined;
    }
  }
};

/** As PHP writes it into a text; undefined when it is not decided. */
export const phpText = (value: PhpValue | undefined): string | undefined => {
  switch (value?.is) {
    case 'string':
      return value.text;
    case 'number':
      return String(value.number);
    case 'bool':
      return value.yes ? '1' : '';
    case 'null':
      return '';
    case 'array':
    case 'unknown':
    case undefined:
      return undefined;
  }
};

/** The value below these keys. Absent: undefined; absent or not, nobody knows: unknown. */
export const phpAt = (
  value: PhpValue | undefined,
  ...keys: readonly PhpKey[]
): PhpValue | undefined => {
  let here = value;
  for (const key of keys) {
    if (here === undefined) return undefined;
    if (here.is === 'unknown') {
      const below = here.candidates.flatMap(each => phpAt(each, key) ?? []);
      here = phpUnknown(here.why, below[0]?.at ?? here.at, below);
      continue;
    }
    if (here.is !== 'array') return undefined;
    const entry: PhpEntry | undefined = here.entries.get(key);
    if (typeof key === 'number' && here.shifted !== undefined) {
      const numbered = [...here.entries].filter(([each]) => typeof each === 'number');
      here = phpUnknown(
        here.shifted,
        here.at,
        numbered.map(([, each]) => each.value),
      );
    } else if (entry === undefined) {
      if (here.more === undefined) return undefined;
      here = phpUnknown(here.more, here.at);
    } else if (entry.maybe === undefined) here = entry.value;
    else here = phpUnknown(entry.maybe, entry.value.at, [entry.value]);
  }
  return here;
};

export interface PhpItem {
  readonly key: PhpKey;
  readonly value: PhpValue;
  /** Why it may not be there. */
  readonly maybe?: string;
}

/** Everything that is or may be in a list, and why the list may be longer. */
export const phpItems = (
  value: PhpValue | undefined,
): { readonly items: readonly PhpItem[]; readonly more?: string } => {
  if (value === undefined) return { items: [] };
  if (value.is === 'array') {
    const items = [...value.entries].flatMap(([key, { value: item, maybe }]): PhpItem[] => {
      if (item.is !== 'unknown')
        return [{ key, value: item, ...(maybe === undefined ? {} : { maybe }) }];
      if (item.candidates.length === 0) return [{ key, value: item, maybe: maybe ?? item.why }];
      return item.candidates.map(each => ({ key, value: each, maybe: maybe ?? item.why }));
    });
    return { items, ...(value.more === undefined ? {} : { more: value.more }) };
  }
  if (value.is === 'unknown') {
    const items = value.candidates
      .filter(each => each.is === 'array')
      .flatMap(each => phpItems(each).items)
      .map(each => ({ ...each, maybe: each.maybe ?? value.why }));
    return { items, more: value.why };
  }
  return { items: [] };
};
