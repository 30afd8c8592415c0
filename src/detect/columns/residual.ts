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
  | { readonly is: 'all' | 'any'; readonly of: readonly Residual[] }
  | { readonly is: 'not'; readonly of: Residual };

/** Where a field of a rule lies, all its places together; without a name: all texts of the event. */
export type LeavesOf = (field: string | undefined) => readonly Leaf[];

/** As `FieldSpace` has a field of several values. */
export const valueOf = (values: readonly Scalar[]): FieldValue =>
  values.length > 1 ? values : values[0];

const testResidual = (test: ColumnTest, leaves: readonly Leaf[]): Residual => {
  const [only] = leaves;
  if (leaves.some(leaf => leaf.is === 'line')) return 'line';
  if (leaves.length === 1 && only?.is === 'column') {
    return { is: 'column', column: only.column, test };
  }
  const known = leaves.flatMap(leaf => (leaf.is === 'value' ? [leaf.value] : []));
  if (known.length < leaves.length) return { is: 'places', leaves, test };
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

/** What asking costs at most, in no unit; from 2 on the line has to be read. */
export const costOf = (part: Residual): number => {
  if (typeof part === 'boolean') return 0;
  if (part === 'line') return 9;
  switch (part.is) {
    case 'column':
      return 1;
    case 'places':
      return Math.max(1, ...part.leaves.map(({ is }) => leafCosts[is]));
    case 'not':
      return costOf(part.of);
    case 'all':
    case 'any':
      return Math.max(0, ...part.of.map(costOf));
  }
};

const joined = (is: 'all' | 'any', parts: readonly Residual[]): Residual => {
  const open = parts.filter(part => typeof part !== 'boolean');
  const [only] = open;
  if (only === undefined) return is === 'all';
  if (open.length === 1 || open.every(part => part === 'line')) return only;
  // What columns tell comes before what costs a line.
  return { is, of: open.toSorted((a, b) => costOf(a) - costOf(b)) };
};

const ofSeveral = (is: 'all' | 'any', of: readonly Plan[], leavesOf: LeavesOf): Residual => {
  const decisive = is === 'any';
  const parts: Residual[] = [];
  for (const each of of) {
    const part = residualOf(each, leavesOf);
    if (part === decisive) return part;
    parts.push(part);
  }
  return joined(is, parts);
};

/** Looks at what rows of a shape have in common. */
export const residualOf = (plan: Plan, leavesOf: LeavesOf): Residual => {
  switch (plan.is) {
    case 'test':
      return testResidual(plan.test, leavesOf(plan.field));
    case 'line':
      return 'line';
    case 'all':
    case 'any':
      return ofSeveral(plan.is, plan.of, leavesOf);
    case 'not': {
      const of = residualOf(plan.of, leavesOf);
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

/** The same, but that nothing is asked of the line piece by piece: for rows whose event is put together anyhow. */
export const byWholeEvent = (residual: Residual): Residual => {
  if (costOf(residual) < 2 || typeof residual !== 'object') return residual;
  switch (residual.is) {
    case 'column':
    case 'places':
      return 'line';
    case 'not': {
      const of = byWholeEvent(residual.of);
      return of === 'line' ? of : { is: 'not', of };
    }
    case 'all':
    case 'any':
      return joined(residual.is, residual.of.map(byWholeEvent));
  }
};
