import type { Comparison, Node } from '../sigma/nodes.ts';

/** What may become of a condition: both may be true of it. */
export interface Chance {
  readonly holds: boolean;
  readonly fails: boolean;
}

const either: Chance = { holds: true, fails: true };
const never: Chance = { holds: false, fails: true };
const always: Chance = { holds: true, fails: false };

/** Of a field that is in no event. */
const ofAbsent = (compare: Comparison): Chance => {
  if (compare.is === 'null') return always;
  return compare.is === 'exists' && !compare.wanted ? always : never;
};

/** What a field and a comparison may come to; undefined: no event has such a field. */
export type FieldChance = (field: string, compare: Comparison) => Chance | undefined;

/**
 * Whether a condition can hold, by what is known of its fields. What hangs together (two fields that never are in one
 * event) is not seen: it says that a rule cannot hold only where that is so.
 */
export const chanceOf = (node: Node, ofField: FieldChance): Chance => {
  switch (node.is) {
    case 'field':
      return ofField(node.field, node.compare) ?? ofAbsent(node.compare);
    case 'keyword':
      return either;
    case 'not': {
      const { holds, fails } = chanceOf(node.of, ofField);
      return { holds: fails, fails: holds };
    }
    case 'all': {
      const of = node.of.map(each => chanceOf(each, ofField));
      return { holds: of.every(({ holds }) => holds), fails: of.some(({ fails }) => fails) };
    }
    case 'any': {
      const of = node.of.map(each => chanceOf(each, ofField));
      return { holds: of.some(({ holds }) => holds), fails: of.every(({ fails }) => fails) };
    }
  }
};
