import { describe, expect, it } from 'vitest';
import { sayNode, sayProblem } from '../../../test/support/sigma-nodes.ts';
import type { CorrelationRule, DetectionRule } from './nodes.ts';
import { readRules } from './read-rules.ts';

const base = ['one', 'two', 'three']
  .map(
    name =>
      `title: Rule ${name}\nid: id-${name}\nname: ${name}\nlevel: low\nlogsource:\n  category: c\n  product: p\ndetection:\n  sel:\n    F: ${name}\n  condition: sel\n`,
  )
  .join('---\n');

const read = (...documents: readonly string[]): ReturnType<typeof readRules> =>
  readRules([{ path: 'a.yml', text: [base, ...documents].join('---\n') }]);

const correlation = (body: string, head = 'title: C\nid: id-c'): string =>
  `${head}\ncorrelation:\n${body
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')}\n`;

const correlationsOf = (...documents: readonly string[]): readonly CorrelationRule[] =>
  read(...documents).rules.filter(rule => rule.kind === 'correlation');
const detectionsOf = (...documents: readonly string[]): readonly DetectionRule[] =>
  read(...documents).rules.filter(rule => rule.kind === 'detection');
const problemsOf = (...documents: readonly string[]): readonly string[] =>
  read(...documents).problems.map(sayProblem);

const counted = 'type: event_count\nrules: [one]\ntimespan: 5m\ncondition:\n  gte: 10';

describe('a correlation', () => {
  it('counts events', () => {
    const [rule] = correlationsOf(
      correlation(
        `${counted}\ngroup-by:\n  - user\n  - from.ip`,
        'title: C\nid: id-c\nlevel: high\ntags: [a.b]',
      ),
    );
    expect(rule).toMatchObject({
      kind: 'correlation',
      id: 'id-c',
      level: 'high',
      tags: ['a.b'],
      type: 'event_count',
      rules: ['id-one'],
      groupBy: ['user', 'from.ip'],
      timespanMs: 300_000,
      condition: [{ relation: 'gte', value: 10 }],
      valueFields: [],
      generate: false,
    });
    expect(rule).not.toHaveProperty('expression');
    expect(rule).not.toHaveProperty('percentile');
  });

  it.each([
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1M', 2_629_746_000],
    ['1y', 31_556_952_000],
  ])('within %s', (timespan, ms) => {
    const [rule] = correlationsOf(correlation(counted.replace('5m', timespan)));
    expect(rule?.timespanMs).toBe(ms);
    const before = counted.replace('timespan: 5m', `timeframe: ${timespan}`);
    expect(correlationsOf(correlation(before))[0]?.timespanMs).toBe(ms);
  });

  it.each(['', '0s', '5', 'm', '5 m', '5x', '-5m', '1.5h', '1h30m', '999999999999y', '5H'])(
    'is wrong within "%s"',
    timespan => {
      expect(problemsOf(correlation(counted.replace('5m', timespan)))[0]).toContain('timespan');
    },
  );

  it.each([
    ['value_count', 'field: user\n  gte: 5', ['user']],
    ['value_count', 'field: [user, from.ip]\n  gte: 5', ['user', 'from.ip']],
    ['value_count', 'gte: 5\nfield: user\nwindow: sliding', ['user']],
    ['value_sum', 'field: bytes\n  gt: 1e6', ['bytes']],
    ['value_avg', 'field: bytes\n  lt: 0.5', ['bytes']],
    ['value_median', 'field: bytes\n  gt: 5', ['bytes']],
    ['value_percentile', 'field: bytes\n  percentile: 95\n  gt: 5', ['bytes']],
  ])('measures values: %s, %s', (type, condition, fields) => {
    const [rule] = correlationsOf(
      correlation(`type: ${type}\nrules: [one]\ntimespan: 5m\ncondition:\n  ${condition}`),
    );
    expect(rule).toMatchObject({ type, valueFields: fields });
    expect(rule?.percentile).toBe(type === 'value_percentile' ? 95 : undefined);
  });

  it('may have two bounds', () => {
    const [rule] = correlationsOf(correlation(`${counted}\n  lt: 20`));
    expect(rule?.condition).toEqual([
      { relation: 'gte', value: 10 },
      { relation: 'lt', value: 20 },
    ]);
  });

  it('may look for one rule after another, and needs no condition for it', () => {
    for (const type of ['temporal', 'temporal_ordered']) {
      const [rule] = correlationsOf(
        correlation(`type: ${type}\nrules: [one, id-two]\ngroup-by: user\ntimespan: 1h`),
      );
      expect(rule).toMatchObject({
        type,
        rules: ['id-one', 'id-two'],
        groupBy: ['user'],
        condition: [],
      });
    }
  });

  it('may say by names which rules must have matched', () => {
    const [rule] = correlationsOf(
      correlation('type: temporal\ntimespan: 1h\ncondition: one and (two or not three)'),
    );
    expect(rule?.rules).toEqual(['id-one', 'id-two', 'id-three']);
    expect(rule?.expression).toEqual({
      is: 'all',
      of: [
        { is: 'rule', rule: 'id-one' },
        {
          is: 'any',
          of: [
            { is: 'rule', rule: 'id-two' },
            { is: 'not', of: { is: 'rule', rule: 'id-three' } },
          ],
        },
      ],
    });
    const [old] = correlationsOf(
      correlation(
        'type: temporal_ordered_extended\nrules: [one, two]\ntimespan: 1h\ncondition: one and two',
      ),
    );
    expect(old).toMatchObject({ type: 'temporal_ordered', rules: ['id-one', 'id-two'] });
  });

  it('knows fields by aliases', () => {
    const [rule] = correlationsOf(
      correlation(
        'type: temporal\nrules: [one, two]\ntimespan: 1h\ngroup-by: [who]\naliases:\n  who:\n    one: user\n    id-two: actor.name',
      ),
    );
    expect(rule?.aliases.get('who')).toEqual(
      new Map([
        ['id-one', 'user'],
        ['id-two', 'actor.name'],
      ]),
    );
  });

  it('has the highest level of its rules where it says none', () => {
    expect(correlationsOf(correlation(counted))[0]?.level).toBe('low');
  });

  it('says whether its rules make alerts of their own', () => {
    expect(correlationsOf(correlation(`${counted}\ngenerate: true`))[0]?.generate).toBe(true);
    const outside = correlation(counted, 'title: C\ngenerate: true');
    expect(correlationsOf(outside)[0]?.generate).toBe(true);
  });

  it('may be about other correlations, wherever these stand', () => {
    const inner = correlation(counted, 'title: Inner\nname: inner');
    const outer = correlation(
      'type: temporal\nrules: [inner, two]\ntimespan: 1h',
      'title: Outer\nname: outer',
    );
    const most = correlation('type: temporal\nrules: [outer, inner]\ntimespan: 1h', 'title: Most');
    expect(correlationsOf(most, outer, inner).map(rule => rule.title)).toEqual([
      'Inner',
      'Outer',
      'Most',
    ]);
    expect(problemsOf(most, outer, inner)).toEqual([]);
  });

  it('may stand in another file than its rules', () => {
    const set = readRules([
      { path: 'c.yml', text: correlation(counted) },
      { path: 'a.yml', text: base },
    ]);
    expect(set.problems).toEqual([]);
    expect(set.rules.map(rule => rule.id)).toEqual(['id-one', 'id-two', 'id-three', 'id-c']);
  });
});

describe('a wrong correlation', () => {
  it.each([
    ['type: sum\nrules: [one]\ntimespan: 5m', "'type' is event_count, value_count"],
    ['rules: [one]\ntimespan: 5m', 'has no type'],
    [`${counted}\ngroup_by: [user]`, "'group_by' is not known in a correlation"],
    [`${counted}\nwindow: session`, "'window' is not known in a correlation"],
    [counted.replace('[one]', '[]'), 'names no rules'],
    [counted.replace('[one]', '[four]'), "no rule has the name or id 'four'"],
    [counted.replace('[one]', '[one, one]'), "'rules' names 'one' twice"],
    [counted.replace('[one]', '[one, id-one]'), "'rules' names 'Rule one' twice"],
    [counted.replace('[one]', '{a: b}'), "'rules' is a list of texts"],
    ['type: event_count\nrules: [one]\ntimespan: 5m', 'has a condition'],
    ['type: event_count\nrules: [one]\ntimespan: 5m\ncondition: one', 'is a map'],
    ['type: temporal\nrules: [one]\ntimespan: 5m\ncondition: [one]', 'is a map'],
    [`${counted}\n  near: 5`, "'near' is not known"],
    [counted.replace('gte: 10', 'field: user'), 'says none of lt, lte'],
    [counted.replace('10', 'ten'), "'gte' is a number"],
    [counted.replace('10', 'true'), "'gte' is a number"],
    [counted.replace('event_count', 'value_count'), 'has a field in its condition'],
    [
      'type: value_sum\nrules: [one]\ntimespan: 5m\ncondition:\n  field: [a, b]\n  gt: 1',
      'has one field',
    ],
    [
      'type: value_percentile\nrules: [one]\ntimespan: 5m\ncondition:\n  field: a\n  gt: 1',
      'which percentile',
    ],
    [
      'type: value_percentile\nrules: [one]\ntimespan: 5m\ncondition:\n  field: a\n  percentile: 101\n  gt: 1',
      'from 0 to 100',
    ],
    [`${counted}\ngenerate: maybe`, "'generate' is true or false"],
    [`${counted}\naliases: [a]`, "'aliases' is a map"],
    [`${counted}\naliases:\n  a: b`, "the alias 'a' is a map"],
    [`${counted}\naliases:\n  a:\n    four: b`, "no rule has the name or id 'four'"],
    [`${counted}\naliases:\n  a:\n    one:`, "names no field of 'one'"],
    [
      'type: temporal\nrules: [one]\ntimespan: 5m\ncondition: one and two',
      "names 'two', which 'rules' does not",
    ],
    ['type: temporal\ntimespan: 5m\ncondition: one and', 'something is missing'],
    [
      `type: temporal\ntimespan: 5m\ncondition: ${'('.repeat(200)}one${')'.repeat(200)}`,
      'more than 100 brackets in each other',
    ],
  ])('%s', (body, why) => {
    const problems = problemsOf(correlation(body));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(why);
    expect(problems[0]).toMatch(/^a\.yml:(?:3[4-9]|4\d):\d+: /);
    expect(correlationsOf(correlation(body))).toEqual([]);
  });

  it('leads back to itself', () => {
    const loop = (name: string, to: string): string =>
      correlation(counted.replace('[one]', `[${to}]`), `title: ${name}\nname: ${name}`);
    expect(problemsOf(loop('x', 'x'))[0]).toContain('leads back to itself');
    const both = read(loop('x', 'y'), loop('y', 'x'), loop('z', 'x'), loop('fine', 'one'));
    expect(both.problems.map(each => each.rule)).toEqual(['x', 'y', 'z']);
    expect(both.rules.map(each => each.title)).toContain('fine');
  });

  it('refers to a name that several rules have', () => {
    const twin = base.slice(0, base.indexOf('---')).replace('id-one', 'id-twin');
    expect(problemsOf(twin, correlation(counted))[0]).toContain("several rules are called 'one'");
    expect(problemsOf(twin, correlation(counted.replace('[one]', '[id-one]')))).toEqual([]);
  });
});

describe('a filter', () => {
  const filter = (body: string, source = 'product: p'): string =>
    `title: Ours\nid: id-f\nlogsource:\n  ${source}\nfilter:\n${body
      .split('\n')
      .map(line => `  ${line}`)
      .join('\n')}\n`;
  const ours = 'selection:\n  User|startswith: adm_\ncondition: not selection';
  const said = (...documents: readonly string[]): readonly string[] =>
    detectionsOf(...documents).map(rule => `${sayNode(rule.when)} ${rule.filters.join()}`);

  it('is one more condition of the rules that it names', () => {
    expect(said(filter(`rules:\n  - id-one\n  - two\n${ours}`))).toEqual([
      '(F "one" & !User "adm_" *) id-f',
      '(F "two" & !User "adm_" *) id-f',
      'F "three" ',
    ]);
  });

  it.each(['any', 'all', 'ANY', '[]'])(
    'is for every rule of its log source where it says %s',
    every => {
      expect(said(filter(`rules: ${every}\n${ours}`))).toEqual(
        ['one', 'two', 'three'].map(name => `(F "${name}" & !User "adm_" *) id-f`),
      );
      const narrow = filter(`rules: ${every}\n${ours}`, 'service: s');
      expect(said(narrow)).toEqual(['F "one" ', 'F "two" ', 'F "three" ']);
      expect(problemsOf(narrow)).toEqual([]);
    },
  );

  it('may name one rule by itself, and be for wider sources than its rules', () => {
    expect(said(filter(`rules: one\n${ours}`, 'category: c'))[0]).toContain('adm_');
    expect(said(filter(`rules: one\n${ours}`, 'category: other'))[0]).not.toContain('adm_');
  });

  it('says so where it cannot do what it says', () => {
    expect(problemsOf(filter(`rules: [one, four]\n${ours}`))[0]).toContain("'four'");
    expect(said(filter(`rules: [one, four]\n${ours}`))[0]).toContain('adm_');
    expect(problemsOf(filter(`rules: [one]\n${ours}`, 'category: other'))[0]).toContain(
      "is not for the log source of 'Rule one'",
    );
  });

  it('is applied beside others', () => {
    const other = filter(`rules: any\n${ours.replace('adm_', 'svc_')}`).replace('id-f', 'id-g');
    expect(said(filter(`rules: any\n${ours}`), other)[0]).toBe(
      '((F "one" & !User "adm_" *) & !User "svc_" *) id-f,id-g',
    );
  });

  it('leaves correlations alone, and what these count is what is left', () => {
    const documents = [filter(`rules: any\n${ours}`), correlation(counted)];
    expect(problemsOf(...documents)).toEqual([]);
    expect(correlationsOf(...documents)).toHaveLength(1);
  });

  it.each([
    [ours, "names its rules, or 'any'"],
    ['rules: any\ncondition: not selection', 'no search identifier'],
    ['rules: any\nselection:\n  F: a', 'a filter has one condition'],
    ['rules: any\nselection:\n  F: a\ncondition: [selection]', 'a filter has one condition'],
    ['rules: any\nselection:\n  F|x: a\ncondition: selection', "unknown modifier 'x'"],
    ['rules: any\nselection:\n  F: a\ncondition: not rules', "names 'rules', which no"],
  ])('is wrong: %s', (body, why) => {
    expect(problemsOf(filter(body))).toEqual([expect.stringContaining(why)]);
    expect(said(filter(body))[0]).toBe('F "one" ');
  });

  it('needs no log source, and may know its rules by their titles', () => {
    const wide = filter(`rules: ['Rule two']\n${ours}`).replace('logsource:\n  product: p\n', '');
    expect(problemsOf(wide)).toEqual([]);
    expect(said(wide)[1]).toContain('adm_');
    const empty = filter(`rules: any\n${ours}`).replace('  product: p', '  x: y');
    expect(problemsOf(empty)).toEqual([expect.stringContaining('the logsource names no category')]);
  });
});
