import type { CorrelationDraft, Reference } from './correlation.ts';
import type { Filter } from './filter.ts';
import { type Head, isWithin, levels } from './head.ts';
import { allOf } from './joined-nodes.ts';
import { Mistake, shown } from './mistake.ts';
import type { CorrelationRule, DetectionRule, Rule, RuleExpression } from './nodes.ts';

/** Rules by name, by id and, where they have no name, by title, as references know them. */
export class RuleNames<T extends Pick<Head, 'id' | 'name' | 'title'>> {
  private readonly byId = new Map<string, T>();
  private readonly byName = new Map<string, T | 'several'>();
  private readonly byTitle = new Map<string, T | 'several'>();

  has(id: string): boolean {
    return this.byId.has(id);
  }

  /** The rule that has the id already; it stays. */
  add(rule: T): T | undefined {
    const other = this.byId.get(rule.id);
    if (other !== undefined) return other;
    this.byId.set(rule.id, rule);
    const { name, title } = rule;
    if (name !== undefined) this.byName.set(name, this.byName.has(name) ? 'several' : rule);
    this.byTitle.set(title, this.byTitle.has(title) ? 'several' : rule);
    return undefined;
  }

  knows(to: string): T | 'several' | undefined {
    return (
      this.byName.get(to) ?? this.byId.get(to.trim().toLowerCase()) ?? this.byTitle.get(to.trim())
    );
  }

  find({ to, at }: Reference): T {
    const rule = this.knows(to);
    if (rule === 'several') throw new Mistake(`several rules are called ${shown(to)}`, at);
    if (rule === undefined) {
      throw new Mistake(`no rule has the name or id ${shown(to)}, or it could not be read`, at);
    }
    return rule;
  }
}

/** The rule with a filter in its condition. */
export const filtered = (rule: DetectionRule, filter: Filter): DetectionRule =>
  Object.freeze({
    ...rule,
    when: allOf([rule.when, filter.when]),
    filters: Object.freeze([...rule.filters, filter.head.id]),
  });

export const applies = (filter: Filter, rule: DetectionRule): boolean =>
  isWithin(rule.source, filter.source);

/** A correlation, its references looked up among rules that are complete. */
export const resolved = (draft: CorrelationDraft, names: RuleNames<Rule>): CorrelationRule => {
  const { head, expression, percentile } = draft;
  const rules = draft.rules.map(each => names.find(each));
  for (const [index, rule] of rules.entries()) {
    const again = rules.indexOf(rule) !== index;
    if (again)
      throw new Mistake(`'rules' names ${shown(rule.title)} twice`, draft.rules[index]?.at);
  }
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  for (const [alias, fields] of draft.aliases) {
    const byRule = new Map(fields.map(({ rule, field }) => [names.find(rule).id, field]));
    aliases.set(alias, byRule);
  }
  const level = head.level ?? highest(rules);
  return Object.freeze({
    ...head,
    level,
    kind: 'correlation',
    type: draft.type,
    rules: Object.freeze(rules.map(rule => rule.id)),
    groupBy: Object.freeze(draft.groupBy),
    aliases,
    timespanMs: draft.timespanMs,
    condition: draft.condition,
    ...(expression !== undefined && {
      expression: byIds(expression, name => names.find({ to: name, at: draft.at }).id),
    }),
    valueFields: Object.freeze(draft.valueFields),
    ...(percentile !== undefined && { percentile }),
    generate: draft.generate,
  });
};

const highest = (rules: readonly Rule[]): Rule['level'] =>
  levels.findLast(level => rules.some(rule => rule.level === level)) ?? 'medium';

const byIds = (expression: RuleExpression, idOf: (name: string) => string): RuleExpression => {
  switch (expression.is) {
    case 'rule':
      return Object.freeze({ is: 'rule', rule: idOf(expression.rule) });
    case 'not':
      return Object.freeze({ is: 'not', of: byIds(expression.of, idOf) });
    case 'all':
    case 'any':
      return Object.freeze({
        is: expression.is,
        of: Object.freeze(expression.of.map(each => byIds(each, idOf))),
      });
  }
};
