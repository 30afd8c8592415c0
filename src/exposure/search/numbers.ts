import type { Candidate, DataType } from '../data-type.ts';
import { withoutNoWidth } from '../normal.ts';
import { letters } from './lexicon.ts';
import type { Places } from './pass.ts';

/** No number has more digits. */
const runMax = 24;

/** Shapes of numbers as a tree of group lengths, so that a window is left as soon as no type wants what begins so. */
export interface Shapes {
  readonly types: readonly number[];
  /** By length of the next group. */
  readonly next: readonly (Shapes | undefined)[];
}

interface ShapesDraft extends Shapes {
  readonly types: number[];
  readonly next: (ShapesDraft | undefined)[];
}

const draft = (): ShapesDraft => ({
  types: [],
  next: Array.from({ length: runMax + 1 }, () => undefined),
});

export const shapesOf = (types: readonly DataType[]): Shapes => {
  const root = draft();
  types.forEach((type, index) => {
    for (const shape of type.anchors.numbers ?? []) {
      let node = root;
      for (const length of shape) {
        const known = node.next[length] ?? draft();
        node.next[length] = known;
        node = known;
      }
      if (!node.types.includes(index)) node.types.push(index);
    }
  });
  return root;
};

const groupsMax = 10;
const wrapAfter = 30;

/** What joins two groups: a unit for numbers, `runOnly` plus a unit for runs, 0 for nothing. */
const runOnly = 0x10000;

/** What joins the group that ends at `from` to the one that begins at `to`. */
const joint = (text: string, from: number, to: number, wraps = false): number => {
  const gap = to - from;
  if (gap === 1) {
    const unit = text.charCodeAt(from);
    if (unit === 0x20 || unit === 0x2d || unit === 0x2e || unit === 0x2f) return unit;
    if (unit === 0x29 || unit === 0x28 || unit === 0x2b) return runOnly + unit;
    return unit === 0x0a && wraps && isWrapped(text, from) ? 0x0a : 0;
  }
  if (gap > 8 || gap < 1) return 0;
  return widerJoint(text, from, to, wraps);
};

const widerJoint = (text: string, from: number, to: number, wraps: boolean): number => {
  let strong = 0;
  let newlines = 0;
  let blanks = 0;
  let brackets = 0;
  for (let at = from; at < to; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x20 || unit === 0x09) blanks += unit === 0x09 ? 8 : 1;
    else if (unit === 0x0a) newlines += 1;
    else if (unit === 0x3e && newlines > 0) continue;
    else if (unit === 0x0d) continue;
    else if (unit === 0x28 || unit === 0x29 || unit === 0x2b) brackets += 1;
    else if (unit === 0x2d || unit === 0x2e || unit === 0x2f) {
      if (strong !== 0) return 0;
      strong = unit;
    } else if (unit !== 0xad) return 0;
  }
  if (newlines > 0)
    return newlines === 1 && brackets === 0 && wraps && isWrapped(text, from) ? 0x0a : 0;
  if (blanks > 2 || brackets > 2) return 0;
  if (brackets > 0) return runOnly + (strong === 0 ? 0x20 : strong);
  if (strong !== 0)
    return blanks === 0 || (blanks === 2 && strong === 0x2d) ? strong : runOnly + strong;
  return blanks === 1 ? 0x20 : runOnly + 0x20;
};

/** A line is taken for wrapped by a mail program where it is long. */
const isWrapped = (text: string, from: number): boolean => {
  for (let at = from - 1; at >= from - wrapAfter; at -= 1)
    if (at < 0 || text.charCodeAt(at) === 0x0a) return false;
  return true;
};

const isAlphanumeric = (unit: number): boolean =>
  (letters[unit] ?? 0) !== 0 || (unit >= 0x30 && unit <= 0x39);
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** Whether more stands directly before or behind, so that it is part of something longer. */
const isGlued = (text: string, from: number, to: number): boolean =>
  gluedBefore(text, from) || gluedBehind(text, to);

const gluedBefore = (text: string, from: number): boolean => {
  if (from === 0) return false;
  const unit = text.charCodeAt(from - 1);
  if (isAlphanumeric(unit) || unit === 0x5f) return true;
  if (from === 1) return false;
  const further = text.charCodeAt(from - 2);
  if (unit === 0x2e || unit === 0x3a) return isDigit(further);
  if (unit === 0x2d || unit === 0x2f || unit === 0x5c || unit === 0x40 || unit === 0x25)
    return isAlphanumeric(further) || (unit === 0x2f && (further === 0x2f || further === 0x2e));
  return false;
};

const gluedBehind = (text: string, to: number): boolean => {
  if (to >= text.length) return false;
  const unit = text.charCodeAt(to);
  if (isAlphanumeric(unit) || unit === 0x5f || unit === 0x25) return true;
  const further = to + 1 < text.length ? text.charCodeAt(to + 1) : 0;
  if (unit === 0x3a || unit === 0x2e)
    return isDigit(further) || (unit === 0x2e && isAlphanumeric(further));
  if (unit === 0x2d || unit === 0x2f || unit === 0x5c || unit === 0x40)
    return isAlphanumeric(further);
  return false;
};

/** Looks through all windows of groups; `judge` gets each that a type wants. In tables no line `wraps` into the next. */
export const numberWindows = (
  text: string,
  groups: Places,
  shapes: Shapes,
  wraps: boolean,
  judge: (types: readonly number[], candidate: Candidate) => void,
): void => {
  const count = groups.length / 2;
  for (let first = 0; first < count; first += 1) {
    const from = groups.at(first * 2);
    let node: Shapes | undefined = shapes;
    if (node.next[digitCount(text, from, groups.at(first * 2 + 1))] === undefined) continue;
    let separators = '';
    const lengths: number[] = [];
    for (let last = first; last < count && last - first < groupsMax; last += 1) {
      const groupFrom = groups.at(last * 2);
      const to = groups.at(last * 2 + 1);
      if (last > first) {
        const join = joint(text, groups.at(last * 2 - 1), groupFrom, wraps);
        if (join === 0 || join >= runOnly) break;
        separators += String.fromCharCode(join);
      }
      const length = digitCount(text, groupFrom, to);
      node = node.next[length];
      if (node === undefined) break;
      lengths.push(length);
      if (node.types.length > 0)
        judge(node.types, {
          kind: 'number',
          from,
          to,
          value: digitsOf(text, from, to),
          groups: [...lengths],
          separators,
          glued: isGlued(text, from, to),
          continued: continues(text, groups, first, last, separators),
        });
    }
  }
};

const continues = (
  text: string,
  groups: Places,
  first: number,
  last: number,
  separators: string,
): boolean => {
  if (!separators.startsWith(' ')) return false;
  const count = groups.length / 2;
  return (
    (first > 0 && joint(text, groups.at(first * 2 - 1), groups.at(first * 2)) === 0x20) ||
    (last + 1 < count && joint(text, groups.at(last * 2 + 1), groups.at(last * 2 + 2)) === 0x20)
  );
};

const digitCount = (text: string, from: number, to: number): number => {
  if (to - from > runMax * 2) return to - from;
  let count = 0;
  for (let at = from; at < to; at += 1) if (isDigit(text.charCodeAt(at))) count += 1;
  return count;
};

const digitsOf = (text: string, from: number, to: number): string => {
  const piece = text.slice(from, to);
  return /\D/.test(piece) ? withoutNoWidth(piece).replace(/\D/g, '') : piece;
};

/**
 * Hands over rows of groups: the longest that is not too long first, then shorter ones that end before a blank; where one is
 * taken (`judge` says so) the next begins behind it.
 */
export const runsOf = (
  text: string,
  groups: Places,
  [digitsMin, digitsMax]: readonly [number, number],
  wraps: boolean,
  judge: (candidate: Candidate) => boolean,
): void => {
  const count = groups.length / 2;
  let first = 0;
  while (first < count) {
    const firstTo = groups.at(first * 2 + 1);
    const isLast = first + 1 >= count;
    // Most groups are short and stand alone.
    if (
      firstTo - groups.at(first * 2) < digitsMin &&
      (isLast || joint(text, firstTo, groups.at(first * 2 + 2), wraps) === 0)
    ) {
      first += 1;
      continue;
    }
    const row = rowFrom(text, groups, first, digitsMax, wraps);
    let taken = -1;
    for (let size = row.lengths.length; size > 0 && taken < 0; size -= 1) {
      const last = first + size - 1;
      // A row may be parted at blanks and line ends only, or where it is too long.
      if (size < row.lengths.length && !parts(row.joints[size - 1] ?? 0)) continue;
      const digits = row.lengths.slice(0, size).reduce((sum, length) => sum + length, 0);
      if (digits < digitsMin) break;
      const from = groups.at(first * 2);
      const to = groups.at(last * 2 + 1);
      const candidate: Candidate = {
        kind: 'run',
        from,
        to,
        value: digitsOf(text, from, to),
        groups: row.lengths.slice(0, size),
        separators: String.fromCharCode(
          ...row.joints.slice(0, size - 1).map(join => join & 0xffff),
        ),
        glued: isGlued(text, from, to),
        continued: false,
      };
      if (judge(candidate)) taken = last;
    }
    first = taken < 0 ? nextStart(row, first) : taken + 1;
  }
};

/** `03-1234-5678/090-1234-5678` are two. */
const parts = (join: number): boolean =>
  (join & 0xffff) === 0x20 || (join & 0xffff) === 0x2f || join === 0x0a;

interface Row {
  readonly lengths: readonly number[];
  /** Behind each group. */
  readonly joints: readonly number[];
}

const rowFrom = (
  text: string,
  groups: Places,
  first: number,
  digitsMax: number,
  wraps: boolean,
): Row => {
  const count = groups.length / 2;
  const lengths: number[] = [];
  const joints: number[] = [];
  let digits = 0;
  for (let at = first; at < count && lengths.length < groupsMax; at += 1) {
    const length = digitCount(text, groups.at(at * 2), groups.at(at * 2 + 1));
    digits += length;
    if (digits > digitsMax) break;
    lengths.push(length);
    const join =
      at + 1 < count ? joint(text, groups.at(at * 2 + 1), groups.at(at * 2 + 2), wraps) : 0;
    joints.push(join);
    if (join === 0) break;
  }
  return { lengths, joints };
};

/** Behind the next blank: what begins in the middle of `1-2-3` is no number of its own. */
const nextStart = ({ joints }: Row, first: number): number => {
  const blank = joints.findIndex(join => join === 0 || parts(join));
  return first + (blank < 0 ? Math.max(1, joints.length) : blank + 1);
};
