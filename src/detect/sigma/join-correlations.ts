import type { CorrelationDraft } from './correlation.ts';
import { Mistake, shown } from './mistake.ts';
import type { DetectionRule, Rule } from './nodes.ts';
import type { Read } from './read-file.ts';
import { RuleNames, resolved } from './resolve.ts';

type Waiting = Read<CorrelationDraft>;

/**
 * Correlations behind all that they refer to. Those that lead back to themselves are problems, and so are those that
 * refer to one that is.
 */
export const joinCorrelations = (
  rules: readonly DetectionRule[],
  correlations: readonly Waiting[],
): readonly Rule[] => {
  const heads = new RuleNames<Pick<CorrelationDraft['head'], 'id' | 'name' | 'title'>>();
  for (const rule of rules) heads.add(rule);
  for (const { draft } of correlations) heads.add(draft.head);

  const byId = new Map(correlations.map(each => [each.draft.head.id, each]));
  const missing = new Map<Waiting, number>();
  const dependents = new Map<string, Waiting[]>();
  const ready: Waiting[] = [];
  for (const each of correlations) {
    const { draft, file, document } = each;
    const found = file.attempt(document, () => draft.rules.map(rule => heads.find(rule).id));
    if (found === undefined) continue;
    const before = found.filter(id => byId.has(id));
    missing.set(each, before.length);
    for (const id of before) {
      const others = dependents.get(id);
      if (others === undefined) dependents.set(id, [each]);
      else others.push(each);
    }
    if (before.length === 0) ready.push(each);
  }

  const names = new RuleNames<Rule>();
  for (const rule of rules) names.add(rule);
  const out: Rule[] = [];
  for (const each of ready) {
    const { draft, file, document } = each;
    missing.delete(each);
    const rule = file.attempt(document, () => resolved(draft, names));
    if (rule === undefined) continue;
    names.add(rule);
    out.push(rule);
    for (const next of dependents.get(rule.id) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  for (const { draft, file, document } of missing.keys()) {
    const first = draft.rules.find(rule => names.knows(rule.to) === undefined);
    const why = `the correlation leads back to itself, or to one that could not be read, through ${shown(first?.to ?? '')}`;
    file.report(new Mistake(why, first?.at ?? draft.at), document);
  }
  return out;
};
