import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correlation, told } from '../../../test/support/correlations.ts';
import { type Duck, openDuck } from '../../../test/support/duck.ts';
import '../../../test/support/seed.ts';
import { correlatedFields } from '../correlation/fields.ts';
import type { Hit } from '../hit.ts';
import type {
  CorrelationRule,
  DetectionRule,
  Relation,
  Rule,
  RuleExpression,
} from '../sigma/nodes.ts';
import { correlationQuery } from './correlation-query.ts';
import { flatTable } from './flat-table.ts';
import { textLiteral } from './literal.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => {
  duck.close();
});

/** Matches events whose `what` holds its id. */
const detection = (id: string): DetectionRule => ({
  kind: 'detection',
  id,
  title: id,
  level: 'low',
  tags: [],
  falsePositives: [],
  references: [],
  place: { path: 'rules.yml', line: 1 },
  source: {},
  when: {
    is: 'field',
    field: 'what',
    compare: {
      is: 'text',
      pattern: [{ wildcard: 'many' }, id, { wildcard: 'many' }],
      cased: false,
    },
  },
  fields: [],
  filters: [],
});
const detections = ['a', 'b', 'c'].map(detection);

interface Row {
  readonly timeMs: number;
  readonly what: string;
  readonly user: string | null;
  readonly other: string | null;
  readonly size: string | null;
}

const someRow: fc.Arbitrary<Row> = fc.record({
  timeMs: fc.integer({ min: 0, max: 30 }),
  what: fc.constantFrom('a', 'b', 'c', 'ab', 'ac', 'abc', '-'),
  user: fc.constantFrom('mori', 'sato', null),
  other: fc.constantFrom('mori', 'sato', "o'hara", null),
  size: fc.constantFrom('1', '2', '3.5', '-4', '1e2', 'many', '', null),
});

const relation = fc.constantFrom<Relation>('lt', 'lte', 'gt', 'gte', 'eq', 'neq');
const conditions = fc.array(fc.record({ relation, value: fc.constantFrom(0, 1, 2, 3, 3.5) }), {
  minLength: 1,
  maxLength: 2,
});
const expressionOf = (rules: readonly string[]): fc.Arbitrary<RuleExpression> =>
  fc.letrec<{ e: RuleExpression }>(tie => ({
    e: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom(...rules).map((rule): RuleExpression => ({ is: 'rule', rule })),
      fc.record({ is: fc.constant('not'), of: tie('e') }),
      fc.record({
        is: fc.constantFrom('all', 'any'),
        of: fc.array(tie('e'), { minLength: 1, maxLength: 2 }),
      }),
    ),
  })).e;

const correlationOver = (
  id: string,
  from: readonly string[],
  names: readonly string[],
): fc.Arbitrary<CorrelationRule> =>
  fc.shuffledSubarray([...from], { minLength: 1 }).chain(rules =>
    fc
      .record({
        type: fc.constantFrom(
          ...(['event_count', 'value_count', 'value_sum', 'value_avg'] as const),
          ...(['value_percentile', 'value_median', 'temporal', 'temporal_ordered'] as const),
        ),
        groupBy: fc.subarray([...names]),
        alias: fc.option(fc.constantFrom('user', 'other')),
        timespanMs: fc.integer({ min: 1, max: 20 }),
        condition: conditions,
        hasCondition: fc.boolean(),
        expression: fc.option(expressionOf(rules)),
        percentile: fc.constantFrom(0, 10, 50, 95, 100),
        values: fc.subarray(['user', 'other', 'size'], { minLength: 1 }),
      })
      .map(given => {
        const isTemporal = given.type.startsWith('temporal');
        const expression = isTemporal ? given.expression : null;
        const isFree = isTemporal && (expression !== null || !given.hasCondition);
        const aliases = new Map(
          given.alias === null ? [] : [['who', new Map([[rules[0] ?? '', given.alias]])]],
        );
        return correlation(id, {
          type: given.type,
          rules,
          groupBy: given.groupBy,
          aliases,
          timespanMs: given.timespanMs,
          condition: isFree ? [] : given.condition,
          ...(expression === null ? {} : { expression }),
          valueFields: given.type.startsWith('value')
            ? given.type === 'value_count'
              ? given.values
              : ['size']
            : [],
          percentile: given.percentile,
        });
      }),
  );

/** One by itself, or one that refers to another as well. */
const correlations: fc.Arbitrary<readonly CorrelationRule[]> = fc.oneof(
  correlationOver('k', ['a', 'b', 'c'], ['user', 'other', 'who']).map(one => [one]),
  fc.tuple(
    correlationOver('j', ['a', 'b'], ['user', 'who']),
    correlationOver('k', ['a', 'j', 'c'], ['user', 'other', 'who']),
  ),
);

const hitsOf = (rows: readonly Row[], rules: readonly Rule[]): readonly Hit[] => {
  const fields = correlatedFields(rules);
  return rows.flatMap((row, line) =>
    detections
      .filter(({ id }) => row.what.includes(id))
      .map(({ id }) => {
        const values = (fields.get(id) ?? []).flatMap((name): readonly [string, string][] => {
          const value = new Map<string, string | null | number>(Object.entries(row)).get(name);
          return typeof value === 'string' ? [[name, value]] : [];
        });
        return {
          rule: id,
          timeMs: row.timeMs,
          component: 'dovecot',
          kind: 'login',
          source: 's',
          seq: 0,
          line,
          values: Object.fromEntries(values),
        };
      }),
  );
};

const cell = (value: string | null): string => (value === null ? 'NULL' : textLiteral(value));

const fill = async (rows: readonly Row[]): Promise<void> => {
  await duck.run(
    'CREATE OR REPLACE TABLE events (ts BIGINT, what VARCHAR, "user" VARCHAR, other VARCHAR, size VARCHAR)',
  );
  const values = rows.map(
    ({ timeMs, what, user, other, size }) =>
      `(${1_782_691_200_000 + timeMs}, ${[what, user, other, size].map(cell).join(', ')})`,
  );
  await duck.run(`INSERT INTO events VALUES ${values.join(', ')}`);
};

const timeOf = (value: unknown): number =>
  value instanceof Date ? value.getTime() - 1_782_691_200_000 : Number.NaN;

const rounded = (value: unknown): number => Math.round(Number(value) * 1e6) / 1e6;

const table = flatTable('events', 'ts');

/** What the last of some correlations comes to: time, first time, groups and value, as JSON texts. */
const asked = async (
  rows: readonly Row[],
  rules: readonly CorrelationRule[],
): Promise<readonly string[]> => {
  await fill(rows);
  const all: readonly Rule[] = [...detections, ...rules];
  const last = rules.at(-1);
  if (last === undefined) return [];
  const byId = new Map(all.map(each => [each.id, each]));
  const answer = await duck.rows(correlationQuery(last, byId, () => [{ table }]));
  return answer
    .map(row =>
      JSON.stringify([
        timeOf(row['time']),
        timeOf(row['first_time']),
        last.groupBy.map(name => row[name]),
        rounded(row['value']),
      ]),
    )
    .toSorted();
};

const streamed = (rows: readonly Row[], rules: readonly CorrelationRule[]): readonly string[] =>
  told(rules, hitsOf(rows, [...detections, ...rules]))
    .filter(({ rule }) => rule === rules.at(-1)?.id)
    .map(({ timeMs, first, group, value }) =>
      JSON.stringify([timeMs, first.timeMs, group, rounded(value)]),
    )
    .toSorted();

const at = (timeMs: number, what: string, user = 'mori'): Row => ({
  timeMs,
  what,
  user,
  other: null,
  size: null,
});

describe('a correlation in SQL', () => {
  test('holds at the events at which it holds in a stream', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someRow, { minLength: 1, maxLength: 16 }),
        correlations,
        async (rows, rules) => {
          expect(await asked(rows, rules)).toEqual(streamed(rows, rules));
        },
      ),
      { numRuns: 80 },
    );
  });

  const ordered = (given: Partial<CorrelationRule>): CorrelationRule =>
    correlation('k', {
      type: 'temporal_ordered',
      rules: ['a', 'b', 'c'],
      timespanMs: 10,
      ...given,
    });

  test.each([
    ['begins after the beginning of the window', [at(1, 'a'), at(5, 'b'), at(10, 'c')], 1],
    ['does not begin with the window', [at(0, 'a'), at(5, 'b'), at(10, 'c')], 0],
    ['is told at each event while it lies within', [at(1, 'abc'), at(3, 'a'), at(11, 'b')], 2],
    ['is not of another group', [at(1, 'a'), at(2, 'b', 'sato'), at(3, 'c')], 0],
    ['may be within one millisecond', [at(4, 'c'), at(4, 'b'), at(4, 'a')], 3],
    ['is not backwards', [at(1, 'c'), at(2, 'b'), at(3, 'a')], 0],
  ])('an order %s', async (_, rows, times) => {
    const found = await asked(rows, [ordered({})]);
    expect(found).toEqual(streamed(rows, [ordered({})]));
    expect(found).toHaveLength(times);
  });

  test('an order of those rules that an expression asks for is looked at, too', async () => {
    const rule = ordered({
      expression: {
        is: 'all',
        of: [
          { is: 'rule', rule: 'a' },
          { is: 'rule', rule: 'b' },
        ],
      },
    });
    const rows = [at(1, 'b'), at(2, 'a'), at(15, 'a'), at(16, 'b'), at(17, 'c'), at(18, 'a')];
    expect(await asked(rows, [rule])).toEqual(streamed(rows, [rule]));
    expect(await asked(rows.slice(0, 2), [rule])).toEqual([]);
    expect(await asked(rows, [rule])).toHaveLength(3);
  });

  test('rules that are not there, or an order with a rule twice, are refused', () => {
    expect(() => correlationQuery(ordered({}), new Map(), () => [{ table }])).toThrow(/not there/);
    const twice = ordered({ rules: ['a', 'b', 'a'] });
    const byId = new Map(detections.map(each => [each.id, each]));
    expect(() => correlationQuery(twice, byId, () => [{ table }])).toThrow(/twice/);
  });
});
