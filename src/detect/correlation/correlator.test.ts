import { describe, expect, test } from 'vitest';
import { correlation, told } from '../../../test/support/correlations.ts';
import type { CorrelationHit, Hit } from '../hit.ts';
import type { CorrelationRule, DetectionRule, RuleExpression } from '../sigma/nodes.ts';
import { Correlator } from './correlator.ts';
import { correlatedFields } from './fields.ts';

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
  when: { is: 'all', of: [] },
  fields: [],
  filters: [],
});

let lines = 0;
const hit = (rule: string, timeMs: number, values: Hit['values'] = { user: 'mori' }): Hit => ({
  rule,
  timeMs,
  values: values ?? {},
  component: 'dovecot',
  kind: 'login',
  source: 'mail.log',
  seq: 0,
  line: ++lines,
});

const gte = (value: number): CorrelationRule['condition'] => [{ relation: 'gte', value }];

const timesOf = (found: readonly CorrelationHit[]): readonly number[] =>
  found.map(({ timeMs }) => timeMs);

describe('a window slides', () => {
  const many = correlation('many', { type: 'event_count', rules: ['a'], condition: gte(3) });

  test('so that a burst across any boundary is one', () => {
    expect(
      timesOf(
        told(
          [many],
          [59_000, 60_000, 61_000].map(ms => hit('a', ms)),
        ),
      ),
    ).toEqual([61_000]);
  });

  test('and what is as old as the time span is out of it', () => {
    expect(
      told(
        [many],
        [0, 30_000, 60_000].map(ms => hit('a', ms)),
      ),
    ).toEqual([]);
    expect(
      timesOf(
        told(
          [many],
          [1, 30_000, 60_000].map(ms => hit('a', ms)),
        ),
      ),
    ).toEqual([60_000]);
  });

  test('and holds at every event from the one on that fulfils it', () => {
    const found = told(
      [many],
      [1, 2, 3, 4].map(ms => hit('a', ms)),
    );
    expect(found.map(({ timeMs, value, hits, group }) => ({ timeMs, value, hits, group }))).toEqual(
      [
        { timeMs: 3, value: 3, hits: 3, group: ['mori'] },
        { timeMs: 4, value: 4, hits: 4, group: ['mori'] },
      ],
    );
    expect(found[1]).toMatchObject({ first: { timeMs: 1 }, last: { timeMs: 4 } });
  });

  test('over each group by itself, those that lack the field being one', () => {
    const of = (user: string | undefined, ms: number): Hit =>
      hit('a', ms, user === undefined ? {} : { user });
    const found = told(
      [many],
      [
        of('mori', 1),
        of('ueda', 2),
        of(undefined, 3),
        of(undefined, 4),
        of('mori', 5),
        of(undefined, 6),
      ],
    );
    expect(found).toMatchObject([{ timeMs: 6, group: [null] }]);
  });

  test('and all hits of one millisecond count at each of them', () => {
    expect(
      told(
        [many],
        [5, 5, 5].map(ms => hit('a', ms)),
      ),
    ).toMatchObject([{ value: 3 }, { value: 3 }, { value: 3 }]);
  });
});

test('an event with several values of a field is in several groups, and each value counts', () => {
  const rule = correlation('many', {
    type: 'value_count',
    rules: ['a'],
    valueFields: ['message'],
    condition: gte(3),
  });
  const found = told(
    [rule],
    [
      hit('a', 1, { user: ['mori', 'ueda'], message: ['1', '2'] }),
      hit('a', 2, { user: 'ueda', message: ['2', '3'] }),
    ],
  );
  expect(found).toMatchObject([{ group: ['ueda'], value: 3, timeMs: 2 }]);
});

test('of combinations of values, those are not counted that lack one', () => {
  const rule = correlation('pairs', {
    type: 'value_count',
    rules: ['a'],
    groupBy: [],
    valueFields: ['user', 'address'],
    condition: gte(2),
  });
  const pair = (ms: number, user: string, address?: string): Hit =>
    hit('a', ms, address === undefined ? { user } : { user, address });
  expect(
    told([rule], [pair(1, 'mori', '192.0.2.1'), pair(2, 'ueda'), pair(3, 'mori', '192.0.2.1')]),
  ).toEqual([]);
  expect(
    timesOf(told([rule], [pair(1, 'mori', '192.0.2.1'), pair(2, 'mori', '192.0.2.2')])),
  ).toEqual([2]);
});

describe('an order', () => {
  const inOrder = correlation('in-order', { type: 'temporal_ordered', rules: ['a', 'b', 'c'] });
  const at = (text: string): readonly Hit[] =>
    text.split('').map((rule, i) => hit(rule, 1000 * (i + 1)));

  test.each([
    ['abc', [3000]],
    ['cba', []],
    ['acbc', [4000]],
    ['abca', [3000, 4000]],
  ])('of %s holds at %j', (text, times) => {
    expect(timesOf(told([inOrder], at(text)))).toEqual(times);
  });

  test('may leave some out where fewer are asked for', () => {
    const two = correlation('two', { ...inOrder, condition: gte(2) });
    expect(timesOf(told([two], at('bc')))).toEqual([2000]);
    expect(told([two], at('cb'))).toEqual([]);
  });

  test('may name a rule twice, which then must match twice', () => {
    const twice = correlation('twice', { type: 'temporal_ordered', rules: ['a', 'b', 'a'] });
    expect(told([twice], at('ab'))).toEqual([]);
    expect(timesOf(told([twice], at('aba')))).toEqual([3000]);
  });

  test('of too many rules is refused, not watched for in part', () => {
    const rules = Array.from({ length: 65 }, (_, i) => `rule-${i}`);
    const { limits } = new Correlator([correlation('long', { type: 'temporal_ordered', rules })]);
    expect(limits).toEqual([
      'the correlation long is not watched for: it puts 65 rules in an order; at most 64 are watched',
    ]);
  });
});

test('a condition of names asks for what must and must not have matched', () => {
  const expression: RuleExpression = {
    is: 'all',
    of: [
      { is: 'rule', rule: 'a' },
      { is: 'not', of: { is: 'rule', rule: 'b' } },
    ],
  };
  const rule = correlation('without', { type: 'temporal', rules: ['a', 'b'], expression });
  expect(timesOf(told([rule], [hit('a', 1), hit('b', 2), hit('a', 3), hit('a', 60_002)]))).toEqual([
    1, 60_002,
  ]);
});

test('aliases join events that name the same thing differently', () => {
  const rule = correlation('joined', {
    type: 'temporal',
    rules: ['error', 'connection'],
    groupBy: ['inner'],
    aliases: new Map([
      [
        'inner',
        new Map([
          ['error', 'to.ip'],
          ['connection', 'from.ip'],
        ]),
      ],
    ]),
  });
  const found = told(
    [rule],
    [
      hit('error', 1, { 'to.ip': '192.0.2.1', 'from.ip': '192.0.2.9' }),
      hit('connection', 2, { 'from.ip': '192.0.2.9' }),
      hit('connection', 3, { 'from.ip': '192.0.2.1' }),
    ],
  );
  expect(found).toMatchObject([{ timeMs: 3, group: ['192.0.2.1'] }]);
});

describe('a correlation of a correlation', () => {
  const failed = correlation('many-failed', {
    type: 'event_count',
    rules: ['failed'],
    groupBy: ['address'],
    condition: gte(2),
  });
  const outer = correlation('then-in', { type: 'temporal_ordered', rules: ['many-failed', 'in'] });

  test('groups by fields of the event at which the inner one held', () => {
    const of = (rule: string, ms: number, user: string): Hit =>
      hit(rule, ms, { user, address: '192.0.2.1' });
    const hits = [
      of('failed', 1, 'mori'),
      of('failed', 2, 'ueda'),
      of('in', 3, 'mori'),
      of('in', 4, 'ueda'),
    ];
    expect(told([failed, outer], hits).map(({ rule, timeMs }) => [rule, timeMs])).toEqual([
      ['many-failed', 2],
      ['then-in', 4],
    ]);
  });

  test('says which fields the hits need', () => {
    expect(
      correlatedFields([detection('failed'), detection('in'), detection('other'), failed, outer]),
    ).toEqual(
      new Map([
        ['failed', ['address', 'user']],
        ['in', ['user']],
      ]),
    );
  });
});

describe('sums', () => {
  const sum = correlation('sum', {
    type: 'value_sum',
    rules: ['a'],
    valueFields: ['bytes'],
    condition: [{ relation: 'eq', value: 0.1 }],
  });
  const of = (ms: number, bytes: string): Hit => hit('a', ms, { user: 'mori', bytes });

  test('are exact, whatever went through the window before', () => {
    const found = told([sum], [of(1, '1e100'), of(2, '0.3'), of(60_002, '0.1')]);
    expect(timesOf(found)).toEqual([60_002]);
  });

  test.each(['', 'much', '0x10', 'Infinity', 'NaN', ' 1', '1e999'])('%j is no number', bytes => {
    expect(timesOf(told([sum], [of(1, bytes), of(2, '0.1')]))).toEqual([2]);
  });

  test('of nothing fulfil no condition', () => {
    const below = correlation('below', { ...sum, condition: [{ relation: 'lt', value: 10 }] });
    expect(told([below], [of(1, 'much')])).toEqual([]);
  });
});

test('of more hits than it may hold, the oldest go, and it says so', () => {
  const many = correlation('many', { type: 'event_count', rules: ['a'], condition: gte(15) });
  const correlator = new Correlator([many], { hitsMax: 10, latenessMs: 1000 });
  const found = Array.from({ length: 40 }, (_, i) => {
    correlator.add(hit('a', i + 1));
    return correlator.advance(i + 1);
  }).flat();
  expect(found).toEqual([]);
  expect(correlator.limits).toEqual([
    expect.stringMatching(
      /^the correlation many may have missed something: \d+ hits were let go before its time of 60 s was over/,
    ),
  ]);
  expect(correlator.save().hits.length).toBeLessThanOrEqual(10);
});

test('of hits that are over no more is held than lateness asks for, and nothing is said', () => {
  const many = correlation('many', { type: 'event_count', rules: ['a'], condition: gte(15) });
  const correlator = new Correlator([many], { hitsMax: 1000, latenessMs: 60_000 });
  for (let i = 0; i < 5000; i += 1) {
    correlator.add(hit('a', i * 10_000, { user: `user-${i}` }));
    correlator.advance(i * 10_000);
  }
  expect(correlator.save().hits.length).toBeLessThanOrEqual(14);
  expect(correlator.limits).toEqual([]);
});

test('hits of a clock that runs ahead do not pile up', () => {
  const many = correlation('many', { type: 'event_count', rules: ['a'], condition: gte(15) });
  const correlator = new Correlator([many], { hitsMax: 10, latenessMs: 1000 });
  for (let i = 0; i < 100; i += 1) correlator.add(hit('a', 4e12 + i));
  correlator.advance(1000);
  expect(correlator.save().hits.length).toBeLessThanOrEqual(10);
  expect(correlator.limits).toHaveLength(1);
});
