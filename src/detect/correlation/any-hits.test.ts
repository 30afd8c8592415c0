import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { correlation, told } from '../../../test/support/correlations.ts';
import { plainCorrelation } from '../../../test/support/plain-correlation.ts';
import type { CorrelationHit, Hit } from '../hit.ts';
import type { CorrelationRule, Relation, RuleExpression } from '../sigma/nodes.ts';
import { Correlator, correlatorLimits } from './correlator.ts';
import type { SavedCorrelations } from './saved.ts';

/** As results are compared: where, and what was counted. */
const resultOf = (found: readonly CorrelationHit[]): ReadonlyMap<string, number> =>
  new Map(
    found.map(({ rule, group, last: { source, seq, line }, value }) => [
      `${rule} ${JSON.stringify(group)} ${source}/${seq}/${line}`,
      value,
    ]),
  );

const relation = fc.constantFrom<Relation>('lt', 'lte', 'gt', 'gte', 'eq', 'neq');
const growing = fc.constantFrom<Relation>('gt', 'gte');

const expressions: fc.Arbitrary<RuleExpression> = fc.letrec<{ node: RuleExpression }>(tie => ({
  node: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('a', 'b', 'c').map((rule): RuleExpression => ({ is: 'rule', rule })),
    fc
      .array(tie('node'), { minLength: 1, maxLength: 3 })
      .map((of): RuleExpression => ({ is: 'all', of })),
    fc
      .array(tie('node'), { minLength: 1, maxLength: 3 })
      .map((of): RuleExpression => ({ is: 'any', of })),
    tie('node').map((of): RuleExpression => ({ is: 'not', of })),
  ),
})).node;

/** An inner correlation of any type, and one around it. */
const rulesWith = (
  relations: fc.Arbitrary<Relation>,
  isGrowing: boolean,
): fc.Arbitrary<readonly CorrelationRule[]> => {
  const condition = fc.record({ relation: relations, value: fc.integer({ min: 1, max: 4 }) });
  const timespanMs = fc.integer({ min: 1, max: 12 });
  const groupBy = fc.constantFrom<readonly string[]>([], ['user'], ['user', 'address'], ['who']);
  const rules = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 });
  const type = isGrowing
    ? fc.constantFrom<CorrelationRule['type']>(
        'event_count',
        'value_count',
        'temporal',
        'temporal_ordered',
      )
    : fc.constantFrom<CorrelationRule['type']>(
        'event_count',
        'value_count',
        'value_sum',
        'value_avg',
        'value_percentile',
        'value_median',
        'temporal',
        'temporal_ordered',
      );
  return fc
    .record({
      type,
      rules,
      groupBy,
      timespanMs,
      condition,
      outerCondition: condition,
      outerSpanMs: timespanMs,
      expression: fc.option(expressions, { nil: undefined }),
      isBare: fc.boolean(),
      isOrdered: fc.boolean(),
      percentile: fc.constantFrom(0, 10, 50, 99, 100),
    })
    .map(drawn => {
      const isTemporal = drawn.type.startsWith('temporal');
      const inner = correlation('inner', {
        type: drawn.type,
        rules: drawn.rules,
        groupBy: drawn.groupBy,
        aliases: new Map([
          [
            'who',
            new Map([
              ['a', 'user'],
              ['b', 'address'],
              ['c', 'user'],
            ]),
          ],
        ]),
        timespanMs: drawn.timespanMs,
        condition: isTemporal && drawn.isBare ? [] : [drawn.condition],
        valueFields: isTemporal || drawn.type === 'event_count' ? [] : ['bytes'],
        percentile: drawn.percentile,
        ...(isTemporal && !isGrowing && drawn.expression !== undefined
          ? { expression: drawn.expression }
          : {}),
      });
      const outer = correlation('outer', {
        type: drawn.isOrdered ? 'temporal_ordered' : 'event_count',
        rules: ['inner', 'b'],
        groupBy: drawn.groupBy.includes('who') ? ['address'] : ['user'],
        timespanMs: drawn.outerSpanMs,
        condition: drawn.isOrdered ? [] : [drawn.outerCondition],
      });
      return [inner, outer];
    });
};

const someHits: fc.Arbitrary<readonly Hit[]> = fc
  .array(
    fc.record({
      rule: fc.constantFrom('a', 'b', 'c'),
      timeMs: fc.integer({ min: 1, max: 40 }),
      user: fc.constantFrom('mori', 'ueda', undefined),
      address: fc.constantFrom('192.0.2.1', 'mori'),
      bytes: fc.constantFrom<string | string[] | undefined>(
        '1',
        '2',
        '0.25',
        'x',
        ['2', '3'],
        undefined,
      ),
      source: fc.constantFrom('mail.log', 'web.log'),
      isBoth: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map(drawn =>
    drawn.flatMap(({ rule, timeMs, source, isBoth, ...values }, i) => {
      const given = Object.entries(values).filter(([, value]) => value !== undefined);
      const one: Hit = {
        rule,
        timeMs,
        source,
        seq: 0,
        line: i + 1,
        component: 'dovecot',
        kind: 'login',
        values: Object.fromEntries(given) as Record<string, string>,
      };
      return isBoth ? [one, { ...one, rule: rule === 'a' ? 'b' : 'a' }] : [one];
    }),
  );

/** Decides how hits come in: how many at once, and whether it is stopped and another goes on from what it saved. */
const pieces = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 8 }), isStopped: fc.boolean() }),
  {
    minLength: 1,
  },
);

/** Goes through hits piece by piece; `toMs` says up to when all is there once a piece is. */
const piecewise = (
  rules: readonly CorrelationRule[],
  hits: readonly Hit[],
  cuts: readonly { readonly size: number; readonly isStopped: boolean }[],
  toMs: (rest: readonly Hit[]) => number,
): readonly CorrelationHit[] => {
  const found: CorrelationHit[] = [];
  let saved: SavedCorrelations[] = [];
  let correlator = new Correlator(rules, { ...correlatorLimits, latenessMs: 1000 });
  for (let at = 0, turn = 0; at < hits.length; turn += 1) {
    const cut = cuts[turn % cuts.length] ?? { size: 1, isStopped: false };
    for (const each of hits.slice(at, at + cut.size)) correlator.add(each);
    at += cut.size;
    found.push(...correlator.advance(toMs(hits.slice(at))));
    const more = correlator.saveSince();
    saved = more === undefined ? [correlator.save()] : [...saved, more];
    if (!cut.isStopped) continue;
    const kept = JSON.parse(JSON.stringify(saved)) as SavedCorrelations[];
    correlator = new Correlator(rules, { ...correlatorLimits, latenessMs: 1000 });
    correlator.restore(kept);
    // Whoever goes on writes everything anew now and then.
    if (turn % 2 === 0) saved = [correlator.save()];
  }
  return [...found, ...correlator.advance(Number.POSITIVE_INFINITY)];
};

describe('what is told is what asking each event about all others tells', () => {
  test('when all is there at once', () => {
    fc.assert(
      fc.property(rulesWith(relation, false), someHits, (rules, hits) => {
        expect(resultOf(told(rules, hits))).toEqual(plainCorrelation(rules, hits));
      }),
      { numRuns: 400 },
    );
  });

  test('when hits come in the order of their times, in pieces, with stops between', () => {
    fc.assert(
      fc.property(rulesWith(relation, false), someHits, pieces, (rules, drawn, cuts) => {
        const hits = drawn.toSorted((a, b) => a.timeMs - b.timeMs);
        const found = piecewise(rules, hits, cuts, ([next]) => (next?.timeMs ?? 1000) - 1);
        expect(found.length).toBe(resultOf(found).size);
        expect(resultOf(found)).toEqual(plainCorrelation(rules, hits));
      }),
      { numRuns: 400 },
    );
  });

  test('when hits come in any order, where more of them cannot undo it', () => {
    fc.assert(
      fc.property(
        rulesWith(growing, true),
        someHits,
        pieces,
        fc.integer({ min: 0, max: 40 }),
        (rules, hits, cuts, ms) => {
          const found = piecewise(rules, hits, cuts, () => ms);
          expect(found.length).toBe(resultOf(found).size);
          expect(new Set(resultOf(found).keys())).toEqual(
            new Set(plainCorrelation(rules, hits).keys()),
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});
