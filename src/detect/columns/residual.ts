import type { FieldValue, Scalar } from '../fields/field-space.ts';
import type { Leaf } from './leaf.ts';
import type { ColumnTest, Plan } from './plan.ts';

/** What is left of a rule for rows of one shape, once all that they have in common was looked at. */
export type Residual =
  | boolean
  /** Only the line can tell. */
  | 'line'
  | { readonly is: 'column'; readonly column: string; readonly test: ColumnTest }
  /** A field of several places, or one that has to be looked for. */
  | { readonly is: 'places'; readonly leaves: readonly Leaf[]; readonly test: ColumnTest }
  | Guarded
  | { readonly is: 'all' | 'any'; readonly of: readonly Residual[] }
  | { readonly is: 'not'; readonly of: Residual };

/** Asked only of lines in which one of some texts stands; of the others it is known. */
export interface Guarded {
  readonly is: 'signs';
  /** By their numbers. */
  readonly any: readonly number[];
  readonly otherwise: boolean;
  readonly of: Residual;
  /** Where they are names of members of a record: these, as they stand in the line. */
  readonly keys?: readonly string[];
  /** The longer the texts, the fewer lines have one. */
  readonly leastLength: number;
}

/** Puts before a question to the line what spares it. */
export type Guard = (test: ColumnTest, leaves: readonly Leaf[], asked: Residual) => Residual;

/** Where a field of a rule lies, all its places together; without a name: all texts of the event. */
export type LeavesOf = (field: string | undefined) => readonly Leaf[];

/** As `FieldSpace` has a field of several values. */
export const valueOf = (values: readonly Scalar[]): FieldValue =>
  values.length > 1 ? values : values[0];

const testResidual = (test: ColumnTest, leaves: readonly Leaf[], guard: Guard): Residual => {
  const [only] = leaves;
  if (leaves.some(leaf => leaf.is === 'line')) return guard(test, leaves, 'line');
  if (leaves.length === 1 && only?.is === 'column') {
    return { is: 'column', column: only.column, test };
  }
  const known = leaves.flatMap(leaf => (leaf.is === 'value' ? [leaf.value] : []));
  if (known.length < leaves.length) {
    const asked: Residual = { is: 'places', leaves, test };
    return costOf(asked) < 2 ? asked : guard(test, leaves, asked);
  }
  return test.matches(valueOf(known));
};

const leafCosts: Readonly<Record<Leaf['is'], number>> = {
  value: 0,
  column: 0,
  time: 0,
  text: 2,
  tokens: 3,
  record: 4,
  texts: 5,
  first: 3,
  line: 9,
};

const leafCost = (leaf: Leaf): number =>
  leaf.is === 'tokens' && leaf.isNumber ? 2.5 : leafCosts[leaf.is];

/** What asking costs at most, in no unit; from 2 on the line has to be read. */
const costOf = (part: Residual): number => {
  if (typeof part === 'boolean') return 0;
  if (part === 'line') return 9;
  switch (part.is) {
    case 'column':
      return 1;
    case 'places':
      return Math.max(1, ...part.leaves.map(leafCost));
    case 'signs':
      return costOf(part.of);
    case 'not':
      return costOf(part.of);
    case 'all':
    case 'any':
      return Math.max(0, ...part.of.map(costOf));
  }
};

/** What is known where none of the texts is there that it is guarded by. */
const usualAnswer = (part: Residual): boolean | undefined => {
  if (typeof part !== 'object') return part === 'line' ? undefined : part;
  switch (part.is) {
    case 'column':
    case 'places':
      return undefined;
    case 'signs':
      return part.otherwise;
    case 'not': {
      const of = usualAnswer(part.of);
      return of === undefined ? undefined : !of;
    }
    case 'all':
    case 'any': {
      const answers = part.of.map(usualAnswer);
      const decisive = part.is === 'any';
      if (answers.includes(decisive)) return decisive;
      return answers.includes(undefined) ? undefined : !decisive;
    }
  }
};

/** What asking costs for most lines, which do not have what they are guarded by. */
export const usualCostOf = (part: Residual): number => {
  if (typeof part !== 'object') return costOf(part);
  switch (part.is) {
    case 'column':
    case 'places':
      return costOf(part);
    case 'signs':
      return 1 + 1 / (1 + part.leastLength);
    case 'not':
      return usualCostOf(part.of);
    case 'all':
    case 'any': {
      const decisive = part.of.filter(each => usualAnswer(each) === (part.is === 'any'));
      return decisive.length > 0
        ? Math.min(...decisive.map(usualCostOf))
        : Math.max(0, ...part.of.map(usualCostOf));
    }
  }
};

const joined = (is: 'all' | 'any', parts: readonly Residual[]): Residual => {
  const open = parts.filter(part => typeof part !== 'boolean');
  const [only] = open;
  if (only === undefined) return is === 'all';
  if (open.length === 1 || open.every(part => part === 'line')) return only;
  // What columns tell comes before what costs a line.
  return { is, of: open.toSorted((a, b) => usualCostOf(a) - usualCostOf(b)) };
};

const ofSeveral = (
  is: 'all' | 'any',
  of: readonly Plan[],
  leavesOf: LeavesOf,
  guard: Guard,
): Residual => {
  const decisive = is === 'any';
  const parts: Residual[] = [];
  for (const each of of) {
    const part = residualOf(each, leavesOf, guard);
    if (part === decisive) return part;
    parts.push(part);
  }
  return joined(is, parts);
};

/** Looks at what rows of a shape have in common. */
export const residualOf = (plan: Plan, leavesOf: LeavesOf, guard: Guard): Residual => {
  switch (plan.is) {
    case 'test':
      return testResidual(plan.test, leavesOf(plan.field), guard);
    case 'line':
      return 'line';
    case 'all':
    case 'any':
      return ofSeveral(plan.is, plan.of, leavesOf, guard);
    case 'not': {
      const of = residualOf(plan.of, leavesOf, guard);
      if (typeof of === 'boolean') return !of;
      return of === 'line' ? of : { is: 'not', of };
    }
  }
};

/** All of them must hold. */
export const allResidual = (parts: readonly Residual[]): Residual =>
  parts.includes(false) ? false : joined('all', parts);

/** One of them is enough. */
export const anyResidual = (parts: readonly Residual[]): Residual =>
  parts.includes(true) ? true : joined('any', parts);

/** The same, but for some of its parts. */
const replaced = (residual: Residual, by: (part: Residual) => Residual | undefined): Residual => {
  const other = by(residual);
  if (other !== undefined) return other;
  if (typeof residual !== 'object') return residual;
  switch (residual.is) {
    case 'column':
    case 'places':
      return residual;
    case 'signs':
      return { ...residual, of: replaced(residual.of, by) };
    case 'not': {
      const of = replaced(residual.of, by);
      if (typeof of === 'boolean') return !of;
      return of === 'line' ? of : { is: 'not', of };
    }
    case 'all':
    case 'any': {
      const parts = residual.of.map(each => replaced(each, by));
      return residual.is === 'all' ? allResidual(parts) : anyResidual(parts);
    }
  }
};

/** The same, but that nothing is asked of the line piece by piece: for rows whose event is put together anyhow. */
export const byWholeEvent = (residual: Residual): Residual =>
  replaced(residual, part =>
    typeof part === 'object' && part.is === 'places' && costOf(part) >= 2 ? 'line' : undefined,
  );

/** The same of lines that have none of the names by which records are guarded. */
export const withoutKeys = (residual: Residual): Residual =>
  replaced(residual, part =>
    typeof part === 'object' && part.is === 'signs' && part.keys !== undefined
      ? part.otherwise
      : undefined,
  );

/** All guards in it. */
export const guardsOf = (residual: Residual): readonly Guarded[] => {
  if (typeof residual !== 'object') return [];
  switch (residual.is) {
    case 'column':
    case 'places':
      return [];
    case 'signs':
      return [residual, ...guardsOf(residual.of)];
    case 'not':
      return guardsOf(residual.of);
    case 'all':
    case 'any':
      return residual.of.flatMap(guardsOf);
  }
};
