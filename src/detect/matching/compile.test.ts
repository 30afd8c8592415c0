import { describe, expect, test } from 'vitest';
import { type JsonEvent, jsonSpace } from '../fields/json-space.ts';
import type { Comparison, Node, Pattern } from '../sigma/nodes.ts';
import { compileMatcher } from './compile.ts';

const any = { wildcard: 'many' } as const;
const one = { wildcard: 'one' } as const;

const matches = (node: Node, event: JsonEvent): boolean =>
  compileMatcher({ when: node }, jsonSpace)(event);

const is = (compare: Comparison, value: unknown): boolean =>
  matches({ is: 'field', field: 'f', compare }, { f: value });

const text = (pattern: Pattern, cased = false): Comparison => ({ is: 'text', pattern, cased });

describe('a text', () => {
  test.each<[pattern: Pattern, value: unknown, answer: boolean]>([
    [['Abc'], 'aBC', true],
    [['abc'], 'abcd', false],
    [[], '', true],
    [[], null, false],
    [[], 'x', false],
    [['4625'], 4_625, true],
    [['true'], true, true],
    [['a', any], 'Abc', true],
    [['a', any], 'bca', false],
    [[any, 'c'], 'abC', true],
    [[any, 'B', any], 'abc', true],
    [[any, 'x', any], 'abc', false],
    [[any], '', true],
    [[any], null, false],
    [['a', any, 'c', any, 'e'], 'ab\ncd\ne', true],
    [['ab', any, 'bc'], 'abc', false],
    [['ab', any, 'bc'], 'abbc', true],
    [[any, 'ab', any, 'ab', any], 'xaby', false],
    [[any, 'ab', any, 'ab', any], 'xabab', true],
    [['a', any, 'b', any, 'b'], 'ab', false],
    [['a', one, 'c'], 'a\nc', true],
    [['a', one, 'c'], 'ac', false],
    [['a', one, 'c'], 'abbc', false],
    [['a', one, 'c'], 'a\u{1f600}C', true],
    [['a.+[c\\', one, any], 'A.+[C\\xyz', true],
    [['a.+[c\\', one, any], 'abbc\\xyz', false],
    [['a\0b', one], 'A\0bx', true],
    [["%_'"], "%_'", true],
    [['ΌΔΟΣ'], 'όδοσ', true],
    [['x'], ['a', 'X'], true],
    [['x'], [], false],
    [['x'], undefined, false],
  ])('%j and %j: %j', (pattern, value, answer) => {
    expect(is(text(pattern), value)).toBe(answer);
  });

  test('with case', () => {
    expect(is(text(['Abc'], true), 'Abc')).toBe(true);
    expect(is(text(['Abc'], true), 'abc')).toBe(false);
    expect(is(text([any, 'B', one], true), 'aBc')).toBe(true);
    expect(is(text([any, 'B', one], true), 'abc')).toBe(false);
  });
});

test.each<[source: string, flags: readonly ('i' | 'm' | 's')[], value: unknown, answer: boolean]>([
  ['b+', [], 'abbc', true],
  ['B', [], 'abc', false],
  ['B', ['i'], 'abc', true],
  ['(?i)B', [], 'abc', true],
  ['^b$', [], 'a\nb', false],
  ['^b$', ['m'], 'a\nb', true],
  ['a.b', [], 'a\nb', false],
  ['a.b', ['s'], 'a\nb', true],
  ['^4\\d{3}$', [], 4_625, true],
  ['(a+)+$', [], `${'a'.repeat(100_000)}b`, false],
  ['^.$', [], '\u{1f600}', true],
])('/%s/%j and %j: %j', (source, flags, value, answer) => {
  expect(is({ is: 'regex', source, flags }, value)).toBe(answer);
});

test.each<[network: string, value: unknown, answer: boolean]>([
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.77/24', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1/32', '192.0.2.2', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['224.0.0.0/3', '255.0.0.1', true],
  ['192.0.2.0/24', '::ffff:192.0.2.9', true],
  ['::ffff:192.0.2.0/120', '192.0.2.9', true],
  ['192.0.2.0/24', '192.0.2.09', false],
  ['192.0.2.0/24', '192.0.2', false],
  ['192.0.2.0/24', '192.0.2.1:25', false],
  ['192.0.2.0/24', 'x', false],
  ['2001:db8::/32', '2001:DB8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['2001:db8::/32', '192.0.2.1', false],
  ['fe80::/10', 'febf::1', true],
  ['::1/128', '0:0:0:0:0:0:0:1', true],
  ['::/0', '2001:db8::1', true],
  ['2001:db8::/32', '2001:db8:::1', false],
  ['2001:db8::/32', '2001:db8::1%eth0', false],
])('%s and %j: %j', (network, value, answer) => {
  expect(is({ is: 'cidr', network }, value)).toBe(answer);
});

test.each<[relation: 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq', value: unknown, answer: boolean]>([
  ['eq', 5, true],
  ['eq', '5', true],
  ['eq', '5.0', true],
  ['eq', ' 5', false],
  ['eq', '0x5', false],
  ['eq', '', false],
  ['eq', null, false],
  ['eq', true, false],
  ['eq', [1, '5'], true],
  ['gt', 6, true],
  ['gt', 5, false],
  ['gte', '5', true],
  ['lt', -1, true],
  ['lt', 'a', false],
  ['lte', '5e0', true],
  ['neq', 6, true],
  ['neq', 5, false],
  ['neq', 'a', true],
  ['neq', null, false],
])('%s 5 and %j: %j', (relation, value, answer) => {
  expect(is({ is: 'number', relation, value: 5 }, value)).toBe(answer);
});

test.each<[wanted: boolean, value: unknown, answer: boolean]>([
  [true, true, true],
  [true, 'TRUE', true],
  [true, 1, false],
  [true, false, false],
  [false, 'false', true],
  [false, null, false],
])('the boolean %j and %j: %j', (wanted, value, answer) => {
  expect(is({ is: 'boolean', value: wanted }, value)).toBe(answer);
});

describe('what is not there', () => {
  test.each<[event: JsonEvent, isNull: boolean, exists: boolean]>([
    [{}, true, false],
    [{ f: null }, true, true],
    [{ f: '' }, false, true],
    [{ f: [] }, true, true],
    [{ f: ['x', null] }, true, true],
    [{ f: 0 }, false, true],
    [{ f: false }, false, true],
    [{ f: {} }, false, true],
  ])('in %j', (event, isNull, exists) => {
    const node = (compare: Comparison): Node => ({ is: 'field', field: 'f', compare });
    expect(matches(node({ is: 'null' }), event)).toBe(isNull);
    expect(matches(node({ is: 'exists', wanted: true }), event)).toBe(exists);
    expect(matches(node({ is: 'exists', wanted: false }), event)).toBe(!exists);
  });

  test('in no event of its kind', () => {
    const none = { ...jsonSpace, getter: () => undefined };
    const answer = (compare: Comparison): boolean =>
      compileMatcher({ when: { is: 'field', field: 'f', compare } }, none)({ f: 'x' });
    expect(answer({ is: 'null' })).toBe(true);
    expect(answer({ is: 'exists', wanted: false })).toBe(true);
    expect(answer({ is: 'exists', wanted: true })).toBe(false);
    expect(answer(text([any]))).toBe(false);
    expect(
      compileMatcher(
        { when: { is: 'not', of: { is: 'field', field: 'f', compare: text(['x']) } } },
        none,
      )({}),
    ).toBe(true);
  });
});

test.each<
  [
    where: 'whole' | 'within' | 'start' | 'end',
    cased: boolean,
    f: unknown,
    g: unknown,
    answer: boolean,
  ]
>([
  ['whole', false, 'Abc', 'aBC', true],
  ['whole', true, 'Abc', 'aBC', false],
  ['within', false, 'xABCx', 'abc', true],
  ['start', false, 'ABCx', 'abc', true],
  ['start', false, 'xABC', 'abc', false],
  ['end', true, 'xabc', 'abc', true],
  ['whole', false, 5, '5', true],
  ['whole', false, ['a', 'b'], ['c', 'B'], true],
  ['whole', false, null, null, false],
  ['whole', false, 'a', undefined, false],
])('the other field, %s, case %j: %j and %j: %j', (where, cased, f, g, answer) => {
  const compare: Comparison = { is: 'field', field: 'g', where, cased };
  expect(matches({ is: 'field', field: 'f', compare }, { f, g })).toBe(answer);
});

test.each<
  [part: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year', value: unknown, number: number]
>([
  ['minute', '2026-06-29T01:02:03Z', 2],
  ['hour', '2026-06-29 23:02:03.123456', 23],
  ['hour', '2026-06-29T01:02:03+09:00', 16],
  ['day', '2026-06-29T01:02:03+09:00', 28],
  ['day', '2026-06-29', 29],
  ['month', '2026-06-29', 6],
  ['year', '2026-06-29', 2026],
  ['week', '2026-01-01', 1],
  ['week', '2027-01-01', 53],
  ['week', '2026-06-29', 27],
  ['hour', 1_782_691_200, 0],
  ['hour', 1_782_691_200_000, 0],
  ['hour', '1782694800', 1],
  ['hour', 1_782_691_200_000_000, 0],
])('the %s of %j is %j', (part, value, number) => {
  expect(is({ is: 'time', part, relation: 'eq', value: number }, value)).toBe(true);
  expect(is({ is: 'time', part, relation: 'gt', value: number }, value)).toBe(false);
  expect(is({ is: 'time', part, relation: 'gte', value: number }, value)).toBe(true);
});

test.each(['', 'noon', '2026-02-30', '2026-06-29T25:00:00', '2026-13-01', null, true])(
  'no time is %j',
  value => {
    expect(is({ is: 'time', part: 'year', relation: 'gt', value: 0 }, value)).toBe(false);
  },
);

describe('keywords', () => {
  const keyword = (pattern: Pattern): Node => ({ is: 'keyword', compare: text(pattern) });

  test('stand in any text, however deep', () => {
    const event = { a: { b: ['x', { c: 'has the Word here' }] }, n: 42 };
    expect(matches(keyword([any, 'word', any]), event)).toBe(true);
    expect(matches(keyword(['word']), event)).toBe(false);
    expect(matches(keyword([any, '42', any]), event)).toBe(true);
    expect(matches(keyword([any, 'absent', any]), event)).toBe(false);
  });

  test('may be many', () => {
    const of = Array.from({ length: 50 }, (_, index) => keyword([any, `word${index}`, any]));
    expect(matches({ is: 'any', of }, { a: 'xWORD49x' })).toBe(true);
    expect(matches({ is: 'all', of }, { a: 'xWORD49x' })).toBe(false);
  });

  test('may be regular expressions', () => {
    const compare: Comparison = { is: 'regex', source: '^b', flags: [] };
    expect(matches({ is: 'keyword', compare }, { a: ['a', 'bc'] })).toBe(true);
  });
});

describe('conditions', () => {
  const f = (value: string): Node => ({ is: 'field', field: 'f', compare: text([value]) });

  test('of nothing', () => {
    expect(matches({ is: 'all', of: [] }, {})).toBe(true);
    expect(matches({ is: 'any', of: [] }, {})).toBe(false);
  });

  test('nested deep', () => {
    let node = f('x');
    for (let depth = 0; depth < 1_000; depth++) {
      node =
        depth % 2 === 0 ? { is: 'all', of: [node, f('x')] } : { is: 'any', of: [node, f('y')] };
    }
    expect(matches(node, { f: 'x' })).toBe(true);
    expect(matches(node, { f: 'z' })).toBe(false);
  });

  test('of a field with several values: not means none of them', () => {
    expect(matches({ is: 'not', of: f('x') }, { f: ['x', 'y'] })).toBe(false);
    expect(matches({ is: 'not', of: f('z') }, { f: ['x', 'y'] })).toBe(true);
    expect(matches({ is: 'all', of: [f('x'), f('y')] }, { f: ['x', 'y'] })).toBe(true);
  });
});

test('a list of thousands of texts of all forms', () => {
  const of: Node[] = Array.from({ length: 4_000 }, (_, index) => {
    const name = `name-${index}.example`;
    const pattern = [[name], [name, any], [any, name], [any, name, any]][index % 4] ?? [];
    return { is: 'field', field: 'f', compare: text(pattern) };
  });
  const matcher = compileMatcher({ when: { is: 'any', of } }, jsonSpace);
  expect(matcher({ f: 'NAME-3996.example' })).toBe(true);
  expect(matcher({ f: 'xNAME-3996.example' })).toBe(false);
  expect(matcher({ f: 'name-1.example.test' })).toBe(true);
  expect(matcher({ f: 'xname-1.example.test' })).toBe(false);
  expect(matcher({ f: 'xname-2.example' })).toBe(true);
  expect(matcher({ f: 'xname-2.examplex' })).toBe(false);
  expect(matcher({ f: 'xname-3999.examplex' })).toBe(true);
  expect(matcher({ f: 'xname-4000.examplex' })).toBe(false);
});

test('a list of thousands of patterns with wildcards within', () => {
  const of: Node[] = Array.from({ length: 4_000 }, (_, index) => {
    const name = `name-${index}.example`;
    const pattern = [
      ['a', any, name],
      ['A', one, name, any],
      [one, one],
      [any, name, one],
    ][index % 4];
    return { is: 'field', field: 'f', compare: text(pattern ?? []) };
  });
  const matcher = compileMatcher({ when: { is: 'any', of } }, jsonSpace);
  expect(matcher({ f: 'axxNAME-3996.example' })).toBe(true);
  expect(matcher({ f: 'bxxNAME-3996.example' })).toBe(false);
  expect(matcher({ f: 'axname-1.examplexx' })).toBe(true);
  expect(matcher({ f: 'axxname-1.examplexx' })).toBe(false);
  expect(matcher({ f: 'xx' })).toBe(true);
  expect(matcher({ f: 'xname-3999.examplex' })).toBe(true);
  expect(matcher({ f: 'xname-3999.example' })).toBe(false);
});

test('long texts in long texts take no time', () => {
  const part = `${'a'.repeat(50_000)}b`;
  const node: Node = { is: 'field', field: 'f', compare: text([any, part, any]) };
  expect(matches(node, { f: 'a'.repeat(2_000_000) })).toBe(false);
  expect(matches(node, { f: 'a'.repeat(2_000_000) + part })).toBe(true);
});
