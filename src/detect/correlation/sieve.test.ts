import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import type { Hit } from '../hit.ts';
import { HitBatch } from '../hit-batch.ts';
import { packHits } from '../hit-packer.ts';
import type { CorrelationRule, Rule } from '../sigma/nodes.ts';
import { Correlator } from './correlator.ts';
import { HitSieve } from './sieve.ts';

const head = (id: string) => ({
  id,
  title: id,
  level: 'low' as const,
  tags: [],
  falsePositives: [],
  references: [],
  place: { path: 'test', line: 1 },
});

const detections: readonly Rule[] = ['a', 'b'].map(id => ({
  ...head(id),
  kind: 'detection',
  source: {},
  when: { is: 'all', of: [] },
  fields: [],
  filters: [],
}));

const correlation = (
  id: string,
  type: CorrelationRule['type'],
  rules: readonly string[],
  least: number,
  timespanMs: number,
): CorrelationRule => ({
  ...head(id),
  kind: 'correlation',
  type,
  rules,
  groupBy: ['user'],
  aliases: new Map(),
  timespanMs,
  condition: type.startsWith('temporal') ? [] : [{ relation: 'gte', value: least }],
  valueFields: type === 'value_count' ? ['ip'] : [],
  generate: false,
});

const sieved: readonly Rule[] = [
  ...detections,
  correlation('many', 'event_count', ['a'], 3, 1_000),
  correlation('several', 'value_count', ['a', 'b'], 4, 3_000),
  correlation('both', 'temporal', ['b', 'a'], 2, 500),
  correlation('spray', 'event_count', ['b'], 4, 1_500),
  correlation('then', 'temporal_ordered', ['spray', 'a'], 0, 700),
  correlation('twice', 'temporal', ['spray', 'several', 'a'], 0, 4_000),
];

/** With one that a few hits will do for, so that nothing of `b` is held back. */
const mixed: readonly Rule[] = [...sieved, correlation('few', 'event_count', ['b'], 2, 800)];

const hit = fc.record({
  rule: fc.constantFrom('a', 'b'),
  timeMs: fc.nat(30_000),
  user: fc.constantFrom('u', 'v', 'w'),
  ip: fc.oneof(fc.constantFrom('1', '2', '3', '4', '5'), fc.constant(['6', '7', '8'])),
});

test.each([
  ['sieved', sieved],
  ['mixed', mixed],
])('what a sieve lets through comes to the same, however hits come (%s)', (_, rules) => {
  fc.assert(
    fc.property(fc.array(hit, { maxLength: 120 }), fc.integer({ min: 1, max: 30 }), (all, cut) => {
      const hits = all
        .toSorted((a, b) => a.timeMs - b.timeMs)
        .map(
          ({ rule, timeMs, user, ip }, line): Hit => ({
            rule,
            source: 's',
            seq: 1,
            line,
            timeMs,
            component: 'c',
            kind: 'login',
            values: { user, ip },
          }),
        );
      const plain = new Correlator(rules);
      for (const each of hits) plain.add(each);
      const expected = plain.advance(Number.POSITIVE_INFINITY);
      const correlator = new Correlator(rules);
      const sieve = new HitSieve(rules, each => correlator.add(each));
      const found = hits.flatMap((_, i) => {
        const next = hits[i + 1];
        if (next !== undefined && i % cut !== 0) return [];
        // All since the last cut.
        const batch = hits.slice(Math.max(0, Math.floor((i - 1) / cut) * cut + 1), i + 1);
        sieve.add(new HitBatch(packHits('s', 1, batch)));
        return next === undefined ? [] : correlator.advance(sieve.settle(next.timeMs) - 1);
      });
      sieve.flush();
      found.push(...correlator.advance(Number.POSITIVE_INFINITY));
      const inOrder = (of: typeof expected): readonly string[] =>
        of.map(each => JSON.stringify(each)).toSorted();
      expect(inOrder(found)).toEqual(inOrder(expected));
    }),
    { numRuns: 300 },
  );
});
