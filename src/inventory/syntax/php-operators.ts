import type { Place } from '../../core/place.ts';
import {
  type PhpArray,
  type PhpValue,
  phpString,
  phpText,
  phpTruth,
  phpUnknown,
  sameValue,
  undecided,
} from './php-values.ts';

const bool = (yes: boolean | undefined, at: Place, why: string): PhpValue =>
  yes === undefined ? phpUnknown(why, at) : { is: 'bool', yes, at };

const whyOf = (...values: readonly PhpValue[]): string =>
  values.find(each => each.is === 'unknown')?.why ?? 'it is worked out when PHP runs';

const shapeOf = (value: PhpValue): string =>
  phpText(value) ?? (value.is === 'unknown' ? (value.shape ?? undecided) : undecided);

/** Puts texts together; what is not decided shows as a gap in the shape. */
export const joinTexts = (parts: readonly PhpValue[], at: Place): PhpValue => {
  const shape = parts.map(shapeOf).join('');
  const open = parts.find(part => phpText(part) === undefined);
  if (open === undefined) return phpString(shape, at);
  return { ...phpUnknown(whyOf(open), at), shape: shape.slice(0, 4_000) };
};

const numeric = (value: PhpValue): number | undefined => {
  if (value.is === 'number') return value.number;
  if (value.is === 'string' && /^\s*[-+]?\d{1,15}(?:\.\d{1,10})?\s*$/.test(value.text)) {
    return Number(value.text);
  }
  return undefined;
};

/** `==`; undefined where versions of PHP differ, or a side is not decided. */
export const looselyEqual = (a: PhpValue, b: PhpValue): boolean | undefined => {
  if (a.is === 'unknown' || b.is === 'unknown') return undefined;
  if (a.is === 'bool' || b.is === 'bool' || a.is === 'null' || b.is === 'null') {
    if (a.is === 'string' && b.is === 'null') return a.text === '';
    if (b.is === 'string' && a.is === 'null') return b.text === '';
    const one = phpTruth(a);
    const two = phpTruth(b);
    return one === undefined || two === undefined ? undefined : one === two;
  }
  if (a.is === 'array' || b.is === 'array') {
    if (a.is !== b.is) return false;
    return sameValue(a, b) ? true : undefined;
  }
  const one = numeric(a);
  const two = numeric(b);
  if (one !== undefined && two !== undefined) return one === two;
  // `0 == "a"` was true before PHP 8.
  if (a.is !== b.is) return undefined;
  return phpText(a) === phpText(b);
};

/** `===`; undefined when a side is not decided. */
export const identical = (a: PhpValue, b: PhpValue): boolean | undefined => {
  if (a.is === 'unknown' || b.is === 'unknown') return undefined;
  if (a.is !== b.is) return false;
  if (sameValue(a, b)) return true;
  return a.is === 'array' ? undefined : false;
};

const not = (yes: boolean | undefined): boolean | undefined => (yes === undefined ? yes : !yes);

const compared = (type: string, a: PhpValue, b: PhpValue): boolean | undefined => {
  const one = numeric(a);
  const two = numeric(b);
  if (one === undefined || two === undefined) return undefined;
  switch (type) {
    case '<':
      return one < two;
    case '>':
      return one > two;
    case '<=':
      return one <= two;
    default:
      return one >= two;
  }
};

const counted = (type: string, a: PhpValue, b: PhpValue, at: Place): PhpValue => {
  const one = numeric(a);
  const two = numeric(b);
  if (one === undefined || two === undefined) return phpUnknown(whyOf(a, b), at);
  const number = (value: number): PhpValue =>
    Number.isFinite(value)
      ? { is: 'number', number: value, at }
      : phpUnknown('it is worked out when PHP runs', at);
  switch (type) {
    case '+':
      return number(one + two);
    case '-':
      return number(one - two);
    case '*':
      return number(one * two);
    case '/':
      return number(one / two);
    case '%':
      return number(Math.trunc(one) % Math.trunc(two));
    case '|':
      return number(one | two);
    case '&':
      return number(one & two);
    default:
      return phpUnknown('it is worked out when PHP runs', at);
  }
};

/** `a + b` of arrays: keys of the left one stand. */
const union = (a: PhpArray, b: PhpArray): PhpArray => {
  const entries = new Map(b.entries);
  for (const [key, entry] of a.entries) {
    const other = b.entries.get(key);
    const settled =
      entry.maybe === undefined || other === undefined
        ? entry
        : { value: phpUnknown(entry.maybe, entry.value.at, [entry.value, other.value]) };
    entries.set(key, settled);
  }
  // A key that the left one may hold, unseen, hides the right one's.
  if (a.more !== undefined) {
    for (const [key, { value }] of b.entries) {
      if (!a.entries.has(key)) entries.set(key, { value: phpUnknown(a.more, value.at, [value]) });
    }
  }
  const more = a.more ?? b.more;
  return {
    is: 'array',
    entries: new Map([
      ...[...a.entries.keys()].flatMap(key => {
        const entry = entries.get(key);
        return entry === undefined ? [] : ([[key, entry]] as const);
      }),
      ...[...entries].filter(([key]) => !a.entries.has(key)),
    ]),
    next: Math.max(a.next, b.next),
    at: a.at,
    ...(more === undefined ? {} : { more }),
  };
};

/** A binary operator other than those that may skip their right side. */
export const operate = (type: string, a: PhpValue, b: PhpValue, at: Place): PhpValue => {
  const why = whyOf(a, b);
  switch (type) {
    case '.':
      return joinTexts([a, b], at);
    case '==':
      return bool(looselyEqual(a, b), at, why);
    case '!=':
    case '<>':
      return bool(not(looselyEqual(a, b)), at, why);
    case '===':
      return bool(identical(a, b), at, why);
    case '!==':
      return bool(not(identical(a, b)), at, why);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return bool(compared(type, a, b), at, why);
    case '+':
      if (a.is === 'array' && b.is === 'array') return union(a, b);
      if (a.is === 'array' && b.is === 'unknown') {
        return { ...a, more: a.more ?? b.why };
      }
      return counted(type, a, b, at);
    default:
      return counted(type, a, b, at);
  }
};
