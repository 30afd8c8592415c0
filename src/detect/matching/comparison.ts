import type { Scalar } from '../fields/field-space.ts';
import type { Comparison, Relation } from '../sigma/nodes.ts';
import type { Cell } from './cell.ts';
import { networkTest } from './network.ts';
import { regexTest } from './regex.ts';
import { numberOf, timeOf, timePart } from './scalar.ts';
import { shapeOf, shapeTest } from './text-test.ts';

/** Whether it holds for the event that is looked at. */
export type Check = () => boolean;

/** What compares one field with what stands in a rule; `other` gives the cell of another field. */
export const fieldCheck = <E>(
  cell: Cell<E>,
  compare: Comparison,
  other: (field: string) => Cell<E> | undefined,
): Check => {
  switch (compare.is) {
    case 'text': {
      const test = shapeTest(shapeOf(compare.pattern, compare.cased));
      return compare.cased ? () => cell.anyText(test) : () => cell.anyFolded(test);
    }
    case 'regex': {
      const test = regexTest(compare.source, compare.flags);
      return () => cell.anyText(test);
    }
    case 'cidr': {
      const test = networkTest(compare.network);
      return () => cell.anyText(test);
    }
    case 'null':
      return () => cell.isNull;
    case 'exists':
      return () => cell.isThere === compare.wanted;
    case 'field':
      return otherFieldCheck(cell, compare, other(compare.field));
    case 'number':
    case 'boolean':
    case 'time': {
      const test = valueTest(compare);
      return () => cell.anyValue(test);
    }
  }
};

/** Of a field that no event has. */
export const absentCheck = (compare: Comparison): boolean =>
  compare.is === 'null' || (compare.is === 'exists' && !compare.wanted);

/** Comparisons of values, not of texts. */
const valueTest = (
  compare: Extract<Comparison, { is: 'number' | 'boolean' | 'time' }>,
): ((value: Scalar) => boolean) => {
  switch (compare.is) {
    case 'boolean':
      return booleanTest(compare.value);
    case 'number':
      return value => {
        const number = numberOf(value);
        // Whatever is no number is another thing than a number.
        if (number === undefined) return compare.relation === 'neq';
        return holds(number, compare.relation, compare.value);
      };
    case 'time':
      return value => {
        const time = timeOf(value);
        if (time === undefined) return compare.relation === 'neq';
        return holds(timePart(time, compare.part), compare.relation, compare.value);
      };
  }
};

const booleanTest = (wanted: boolean): ((value: Scalar) => boolean) => {
  const word = String(wanted);
  return value =>
    value === wanted ||
    (typeof value === 'string' && value.length === word.length && value.toLowerCase() === word);
};

const holds = (number: number, relation: Relation, value: number): boolean => {
  switch (relation) {
    case 'lt':
      return number < value;
    case 'lte':
      return number <= value;
    case 'gt':
      return number > value;
    case 'gte':
      return number >= value;
    case 'eq':
      return number === value;
    case 'neq':
      return number !== value;
  }
};

const otherFieldCheck = <E>(
  cell: Cell<E>,
  compare: Extract<Comparison, { is: 'field' }>,
  other: Cell<E> | undefined,
): Check => {
  if (other === undefined) return () => false;
  const fits = {
    whole: (text: string, part: string) => text === part,
    within: (text: string, part: string) => text.includes(part),
    start: (text: string, part: string) => text.startsWith(part),
    end: (text: string, part: string) => text.endsWith(part),
  }[compare.where];
  return compare.cased
    ? () => cell.anyText(text => other.anyText(part => fits(text, part)))
    : () => cell.anyFolded(text => other.anyFolded(part => fits(text, part)));
};
