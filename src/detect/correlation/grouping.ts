import type { Hit } from '../hit.ts';
import type { CorrelationRule } from '../sigma/nodes.ts';
import type { Entry } from './entry.ts';
import { fieldOf } from './fields.ts';
import { numberOf } from './numbers.ts';

/** How many values of one field, and how many combinations of several, are looked at. */
export const valuesMax = 100;

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

/** To which groups a hit belongs: several where a field has several values; null where it has none. */
export const groupsOf = (
  rule: CorrelationRule,
  hit: Hit,
): readonly (readonly (string | null)[])[] => {
  const lists = rule.groupBy.map((name): readonly (string | null)[] => {
    const values = valuesOf(hit, fieldOf(rule, name, hit.rule));
    return values.length === 0 ? [null] : values;
  });
  return lists.every(list => list.length === 1)
    ? [lists.map(list => list[0] ?? null)]
    : combinations(lists);
};

/** The same for the same values, another for others. */
export const keyOf = (group: readonly (string | null)[]): string => {
  const [only] = group;
  if (group.length === 0) return '';
  return group.length === 1 && only !== undefined
    ? only === null
      ? '-'
      : `+${only}`
    : JSON.stringify(group);
};

const none: readonly never[] = [];

/** What a hit gives to count. */
export const countedOf = (rule: CorrelationRule, hit: Hit): Pick<Entry, 'texts' | 'numbers'> => {
  if (rule.valueFields.length === 0) return { texts: none, numbers: none };
  const lists = rule.valueFields.map(name => valuesOf(hit, fieldOf(rule, name, hit.rule)));
  // An event that lacks one of the fields has no combination.
  if (rule.type === 'value_count')
    return { texts: combinations(lists).map(values => keyOf(values)), numbers: none };
  const numbers = lists
    .flat()
    .map(numberOf)
    .filter(number => number !== undefined);
  return { texts: none, numbers };
};
