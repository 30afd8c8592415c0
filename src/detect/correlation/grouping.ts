import type { Hit } from '../hit.ts';
import type { CorrelationRule } from '../sigma/nodes.ts';
import type { Counted } from './entry.ts';
import { fieldOf } from './fields.ts';
import { numberOf } from './numbers.ts';

/** How many values of one field, and how many combinations of several, are looked at. */
const valuesMax = 100;

const valuesOf = (hit: Hit, field: string): readonly string[] => {
  const value = hit.values?.[field];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : [...new Set(value)].slice(0, valuesMax);
};

/** All combinations of one value of each. */
const combinations = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] => {
  let found: readonly (readonly T[])[] = [[]];
  for (const list of lists)
    found = found.flatMap(begun => list.map(value => [...begun, value])).slice(0, valuesMax);
  return found;
};

type Group = readonly (string | null)[];

/** To which groups a hit belongs: several where a field has several values; null where it has none. */
export const groupsOf = (rule: CorrelationRule, hit: Hit): readonly Group[] => {
  const group: (string | null)[] = [];
  for (const name of rule.groupBy) {
    const value = hit.values?.[fieldOf(rule, name, hit.rule)] ?? null;
    if (typeof value === 'object' && value !== null) return severalGroups(rule, hit);
    group.push(value);
  }
  return [group];
};

const severalGroups = (rule: CorrelationRule, hit: Hit): readonly Group[] =>
  combinations(
    rule.groupBy.map((name): Group => {
      const values = valuesOf(hit, fieldOf(rule, name, hit.rule));
      return values.length === 0 ? [null] : values;
    }),
  );

/** The same for the same values, another for others. */
export const keyOf = (group: Group): string => {
  if (group.length === 0) return '';
  const [only] = group;
  // No text of a log begins with a NUL that is written as it is: a group of nothing is not one of a text.
  if (group.length === 1) return only === null || only === undefined ? '\0' : only;
  return JSON.stringify(group);
};

const singleOf = (hit: Hit, field: string): string | undefined => {
  const value = hit.values?.[field];
  return typeof value === 'string' ? value : undefined;
};

/** What a hit gives to count. */
export const countedOf = (rule: CorrelationRule, hit: Hit): Counted => {
  const [field, ...others] = rule.valueFields;
  if (field === undefined) return undefined;
  const isNumber = rule.type !== 'value_count';
  if (others.length === 0) {
    const single = singleOf(hit, fieldOf(rule, field, hit.rule));
    if (single !== undefined) return isNumber ? numberOf(single) : single;
  }
  const lists = rule.valueFields.map(name => valuesOf(hit, fieldOf(rule, name, hit.rule)));
  if (isNumber) {
    return lists
      .flat()
      .map(numberOf)
      .filter(number => number !== undefined);
  }
  // An event that lacks one of the fields has no combination.
  return combinations(lists).map(keyOf);
};
