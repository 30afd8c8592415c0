import type { CorrelationRule, Relation } from '../sigma/nodes.ts';

const compare: Readonly<Record<Relation, (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};

/** Whether what was counted fulfils the condition; of `temporal` without one: all rules matched. */
export const conditionOf = (rule: CorrelationRule): ((value: number) => boolean) => {
  const { condition, expression, rules, type } = rule;
  if (expression !== undefined) return () => true;
  if (condition.length === 0) {
    const all = type === 'temporal_ordered' ? rules.length : new Set(rules).size;
    return value => value >= all;
  }
  const asked = condition.map(each => ({ holds: compare[each.relation], than: each.value }));
  return value => asked.every(({ holds, than }) => holds(value, than));
};
