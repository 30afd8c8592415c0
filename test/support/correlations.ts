import { Correlator } from '../../src/detect/correlation/correlator.ts';
import type { CorrelationHit, Hit } from '../../src/detect/hit.ts';
import type { CorrelationRule } from '../../src/detect/sigma/nodes.ts';

/** A correlation over a minute by user, but for what is given. */
export const correlation = (
  id: string,
  given: Partial<CorrelationRule> & Pick<CorrelationRule, 'type' | 'rules'>,
): CorrelationRule => ({
  kind: 'correlation',
  id,
  title: id,
  level: 'medium',
  tags: [],
  falsePositives: [],
  references: [],
  place: { path: 'rules.yml', line: 1 },
  groupBy: ['user'],
  aliases: new Map(),
  timespanMs: 60_000,
  condition: [],
  valueFields: [],
  generate: false,
  ...given,
});

/** What it comes to when all is there at once. */
export const told = (
  rules: readonly CorrelationRule[],
  hits: readonly Hit[],
): readonly CorrelationHit[] => {
  const correlator = new Correlator(rules);
  for (const each of hits) correlator.add(each);
  return correlator.advance(Number.POSITIVE_INFINITY);
};
