import type { CorrelationRule, Rule } from '../sigma/nodes.ts';

/** What a name in a correlation stands for in events of one of its rules. */
export const fieldOf = ({ aliases }: CorrelationRule, name: string, rule: string): string =>
  aliases.get(name)?.get(rule) ?? name;

/**
 * By the id of a detection rule, the fields whose values its hits must carry for correlations. A rule that is not in it
 * is of no interest to any.
 *
 * @param rules rules before the correlations that refer to them
 */
export const correlatedFields = (
  rules: readonly Rule[],
): ReadonlyMap<string, readonly string[]> => {
  const wanted = new Map<string, Set<string>>();
  const want = (rule: string, field: string | undefined): void => {
    const fields = wanted.get(rule) ?? new Set();
    if (field !== undefined) fields.add(field);
    wanted.set(rule, fields);
  };
  // From the outermost inwards: what is asked of a correlation is asked of the event at which it holds.
  for (const rule of rules.toReversed()) {
    if (rule.kind !== 'correlation') continue;
    const passed = [...(wanted.get(rule.id) ?? [])].filter(name => !rule.groupBy.includes(name));
    for (const referred of rule.rules) {
      want(referred, undefined);
      for (const name of [...rule.groupBy, ...rule.valueFields])
        want(referred, fieldOf(rule, name, referred));
      for (const name of passed) want(referred, name);
    }
  }
  const detections = new Set(rules.filter(rule => rule.kind === 'detection').map(({ id }) => id));
  return new Map(
    [...wanted]
      .filter(([rule]) => detections.has(rule))
      .map(([rule, fields]) => [rule, [...fields]]),
  );
};
