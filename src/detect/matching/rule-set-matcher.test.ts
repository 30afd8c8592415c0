import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonEvent, jsonSpace } from '../fields/json-space.ts';
import type { Comparison, DetectionRule, Node, PatternPiece } from '../sigma/nodes.ts';
import { fold } from './fold.ts';
import { regexTest } from './regex.ts';
import { literalsOf } from './regex-literals.ts';
import { askAll } from './rule-set-matcher.ts';

const ruleOf = (when: Node, index = 0): DetectionRule => ({
  kind: 'detection',
  id: `rule-${index}`,
  title: '',
  level: 'low',
  tags: [],
  falsePositives: [],
  references: [],
  place: { path: 'r.yml', line: 1 },
  source: {},
  when,
  fields: [],
  filters: [],
});

const letters = fc.string({
  unit: fc.constantFrom('a', 'B', 'ſ', 's', 'K', 'Σ', '.'),
  maxLength: 5,
});
const pieces: fc.Arbitrary<readonly PatternPiece[]> = fc.array(
  fc.oneof(letters, fc.constantFrom({ wildcard: 'many' } as const, { wildcard: 'one' } as const)),
  { maxLength: 5 },
);
const comparisons: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({ is: fc.constant('text' as const), pattern: pieces, cased: fc.boolean() }),
  fc.record({
    is: fc.constant('regex' as const),
    source: fc.constantFrom(
      'a+B',
      '^(?:aB|sK)',
      'a|B',
      'aBs?K',
      '[aB]{2}K',
      'ssK',
      'aaa(BBB|sss)+',
    ),
    flags: fc.constantFrom<readonly 'i'[]>([], ['i']),
  }),
  fc.record({
    is: fc.constant('number' as const),
    relation: fc.constantFrom('eq' as const, 'lt' as const, 'neq' as const),
    value: fc.integer({ min: 0, max: 3 }),
  }),
  fc.constant({ is: 'null' as const }),
  fc.record({ is: fc.constant('exists' as const), wanted: fc.boolean() }),
);
const fields = fc.constantFrom('f', 'g', 'h');
const { node: nodes } = fc.letrec<{ node: Node }>(tie => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.record({ is: fc.constant('field' as const), field: fields, compare: comparisons }),
    fc.record({ is: fc.constant('not' as const), of: tie('node') }),
    fc.record({
      is: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('node'), { maxLength: 4 }),
    }),
  ),
}));
const values = fc.oneof(letters, fc.integer({ min: 0, max: 3 }), fc.constantFrom(null, '2'));
const events: fc.Arbitrary<JsonEvent> = fc.dictionary(
  fields,
  fc.oneof(values, fc.array(values, { maxLength: 3 })),
);

/** The plainest way to tell, of one letter after the other. */
const fits = (pattern: readonly PatternPiece[], text: readonly string[]): boolean => {
  const [piece, ...rest] = pattern;
  if (piece === undefined) return text.length === 0;
  if (typeof piece === 'string') {
    const own = Array.from(piece);
    return own.every((letter, at) => text[at] === letter) && fits(rest, text.slice(own.length));
  }
  if (piece.wildcard === 'one') return text.length > 0 && fits(rest, text.slice(1));
  return text.some((_, at) => fits(rest, text.slice(at))) || fits(rest, []);
};

const plainly = (node: Node, event: JsonEvent): boolean => {
  if (node.is === 'not') return !plainly(node.of, event);
  if (node.is === 'all') return node.of.every(part => plainly(part, event));
  if (node.is === 'any') return node.of.some(part => plainly(part, event));
  const { compare } = node;
  const value = node.is === 'field' ? event[node.field] : undefined;
  const all: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const texts = all.filter(each => each !== null).map(String);
  switch (compare.is) {
    case 'null':
      return all.length === 0 || all.includes(null);
    case 'exists':
      return (value !== undefined) === compare.wanted;
    case 'text': {
      const as = compare.cased ? (text: string) => text : fold;
      const pattern = compare.pattern.map(piece => (typeof piece === 'string' ? as(piece) : piece));
      return texts.some(text => fits(pattern, Array.from(as(text))));
    }
    case 'regex':
      return texts.some(text => regexTest(compare.source, compare.flags)(text));
    case 'number':
      return texts.some(text => {
        const isNumber = /^\d+$/.test(text);
        if (compare.relation === 'neq') return !isNumber || Number(text) !== compare.value;
        if (compare.relation === 'lt') return isNumber && Number(text) < compare.value;
        return isNumber && Number(text) === compare.value;
      });
    case 'boolean':
    case 'cidr':
    case 'field':
    case 'time':
      throw new Error(compare.is);
  }
};

describe('many rules at once', () => {
  test('are those that hold one by one, and in their order', () => {
    fc.assert(
      fc.property(
        fc.array(nodes, { minLength: 1, maxLength: 8 }),
        fc.array(events, { minLength: 1, maxLength: 8 }),
        (conditions, all) => {
          const matcher = askAll(conditions.map(ruleOf), jsonSpace);
          for (const event of all) {
            const expected = conditions.flatMap((condition, index) =>
              plainly(condition, event) ? [`rule-${index}`] : [],
            );
            expect(matcher.match(event).map(({ id }) => id)).toEqual(expected);
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

describe('texts that a regular expression needs', () => {
  test.each<[source: string, flags: readonly string[], literals: readonly string[] | undefined]>([
    ['powershell', [], ['powershell']],
    ['PowerHell', ['i'], ['powerhell']],
    ['powershell', ['i'], ['power']],
    ['(?i)powershell', [], ['power']],
    ['abc?defg', [], ['defg']],
    ['abcx*', [], ['abc']],
    ['abcx{0,2}y', [], ['abc']],
    ['abx{0', [], ['abx{0']],
    ['abc+def', [], ['abc']],
    ['(?:foo|bars)/x', [], ['foo', 'bars']],
    ['(foo|bar)?', [], undefined],
    ['foo|b', [], undefined],
    ['foo|barn|', [], undefined],
    ['foo\\.bar', [], ['foo.bar']],
    ['\\dfoo\\x{41}bar9', [], ['bar9']],
    ['[abc]foo[]x]y', [], ['foo']],
    ['[[:alpha:]foo]+', [], undefined],
    ['(?P<name>foo)', [], ['foo']],
    ['\\Qa.b\\E', [], undefined],
    ['a.b.c', [], undefined],
    ['\\pLfoo\\p{Greek}', [], ['foo']],
    ['((((deep))))', [], ['deep']],
  ])('%s %j: %j', (source, flags, literals) => {
    expect(literalsOf(source, flags)).toEqual(literals);
  });

  const { regex: regexes } = fc.letrec<{ regex: string }>(tie => ({
    regex: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('abc', 'sK', 'a.b', '[ab]c', '\\.', 'x', '\\d', 'Σs', '\\x61', 'a\\b'),
      fc.tuple(tie('regex'), tie('regex')).map(([a, b]) => a + b),
      fc.tuple(tie('regex'), tie('regex')).map(([a, b]) => `(?:${a}|${b})`),
      fc
        .tuple(tie('regex'), fc.constantFrom('?', '*', '+', '{0,2}', '{2}'))
        .map(([a, b]) => `(${a})${b}`),
      fc.tuple(tie('regex'), fc.constantFrom('?', '*', '+')).map(([a, b]) => `${a}${b}`),
    ),
  }));

  test.each([
    ['^.{3}.{2}', 'ab😀de', true],
    ['^.{3}.{2}', 'abcd', false],
    ['.{2}?', 'ab', true],
    ['.{3}|a', 'a', true],
  ])('%s in %s: %s', (source, text, fits) => {
    expect(regexTest(source, [])(text)).toBe(fits);
  });

  test('are there wherever it fits', () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 's', 'S', 'ſ', 'k', 'K', 'σ', 'Σ', 'x', '.', '1'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        regexes,
        fc.boolean(),
        fc.array(texts, { maxLength: 20 }),
        (source, isFolded, all) => {
          const flags: readonly 'i'[] = isFolded ? ['i'] : [];
          const [plain, withLongS] = [false, true].map(knows => literalsOf(source, flags, knows));
          let test: (text: string) => boolean;
          try {
            test = regexTest(source, flags);
          } catch {
            return;
          }
          for (const text of all) {
            if (!test(text)) continue;
            const folded = fold(text);
            const short = folded.replaceAll('ſ', 's');
            expect(plain?.some(each => folded.includes(each)) ?? true).toBe(true);
            expect(withLongS?.some(each => short.includes(each)) ?? true).toBe(true);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
