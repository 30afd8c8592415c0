import { bounded } from './bounded.ts';
import type { Reference } from './correlation.ts';
import { readSelections } from './detection.ts';
import { entry, optionalMap, scalars } from './entries.ts';
import { type Head, readLogSource } from './head.ts';
import { Mistake } from './mistake.ts';
import type { LogSource, Node } from './nodes.ts';
import type { Placeholders } from './placeholders.ts';
import { readRuleCondition } from './rule-condition.ts';
import type { MapTree } from './yaml-tree.ts';

/** A condition that rules get in addition to their own: `not selection` takes out what the selection finds. */
export interface Filter {
  readonly head: Head;
  readonly at: number;
  readonly source: LogSource;
  /** Undefined: every rule of the log source. */
  readonly rules: readonly Reference[] | undefined;
  readonly when: Node;
}

export const readFilter = (map: MapTree, head: Head, placeholders: Placeholders): Filter => {
  const filter = optionalMap(map, 'filter');
  if (filter === undefined) throw new Mistake('the filter is empty', map.at);
  const selections = readSelections(filter, placeholders, ['rules']);
  const condition = entry(filter, 'condition');
  if (condition?.is !== 'scalar') {
    throw new Mistake('a filter has one condition', condition?.at ?? filter.at);
  }
  return {
    head,
    at: map.at,
    // Which rules it is for, it says itself.
    source: entry(map, 'logsource') === undefined ? {} : readLogSource(map),
    rules: readRules(filter),
    when: bounded(readRuleCondition(condition, selections), condition.at),
  };
};

const readRules = (filter: MapTree): readonly Reference[] | undefined => {
  const written = entry(filter, 'rules');
  if (written === undefined) {
    // What takes out the findings of every rule must have said so.
    throw new Mistake("a filter names its rules, or 'any'", filter.at);
  }
  const rules = scalars(filter, 'rules').map(each => ({ to: each.source, at: each.at }));
  const every = written.is === 'scalar' && /^(?:any|all)$/i.test(written.source);
  return every || rules.length === 0 ? undefined : rules;
};
