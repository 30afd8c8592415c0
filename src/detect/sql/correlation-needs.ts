import { fieldOf } from '../correlation/fields.ts';
import type { CorrelationRule, Rule } from '../sigma/nodes.ts';
import { CannotSay } from './cannot-say.ts';

/** What a correlation rests on. */
export interface Needed {
  /** Rules before the correlations that refer to them; the correlation itself is the last. */
  readonly rules: readonly Rule[];
  /** By id of a rule, the fields that its hits must show. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** @throws CannotSay where a rule is not there */
export const neededBy = (asked: CorrelationRule, rules: ReadonlyMap<string, Rule>): Needed => {
  const ordered: Rule[] = [];
  const seen = new Set<string>();
  // None leads back to itself, the reader sees to that; so the order of the whole set is one that serves.
  const visit = (rule: Rule): void => {
    if (seen.has(rule.id)) return;
    seen.add(rule.id);
    for (const id of rule.kind === 'correlation' ? rule.rules : []) {
      const referred = rules.get(id);
      if (referred === undefined) throw new CannotSay(`it refers to ${id}, which is not there`);
      visit(referred);
    }
    ordered.push(rule);
  };
  visit(asked);
  const fields = new Map<string, Set<string>>(ordered.map(({ id }) => [id, new Set()]));
  for (const rule of ordered.toReversed()) {
    if (rule.kind !== 'correlation') continue;
    const passed = [...(fields.get(rule.id) ?? [])].filter(name => !rule.groupBy.includes(name));
    for (const id of rule.rules) {
      for (const name of [...rule.groupBy, ...rule.valueFields])
        fields.get(id)?.add(fieldOf(rule, name, id));
      for (const name of passed) fields.get(id)?.add(name);
    }
  }
  return { rules: ordered, fields: new Map([...fields].map(([id, names]) => [id, [...names]])) };
};
