import fc from 'fast-check';
import type { Comparison, Node, Pattern, Relation } from '../../src/detect/sigma/nodes.ts';

/** Letters that databases, patterns and terminals have opinions about. */
const letters = [
  'a',
  'b',
  'A',
  'B',
  'é',
  'É',
  'İ',
  'i',
  'Σ',
  'ς',
  'σ',
  'ß',
  'K',
  '😀',
  '%',
  '_',
  '\\',
  "'",
  '"',
  '*',
  '?',
  '.',
  '\n',
  '\0',
  '-',
  '/',
  '(',
  '[',
  '{',
  '$',
  '^',
  '|',
  ' ',
  ';',
  '\u202e',
];
/** Texts that are numbers, and texts that some take for numbers. */
export const numberTexts: readonly string[] = [
  '0',
  '1',
  '12',
  '-1',
  '1.5',
  '1e3',
  '.5',
  '1.',
  '+7',
  '0x10',
  ' 1',
  '1_0',
  '1e999',
];
export const addressTexts: readonly string[] = [
  '192.0.2.1',
  '192.0.2.130',
  '203.0.113.9',
  '192.0.2.01',
  '192.0.2.256',
  '192.0.2',
  '::1',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:1',
  '2001:db8:1::',
  '::ffff:192.0.2.1',
  '::ffff:c000:201',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '1::2::3',
  '::',
  ':1',
  'fe80::1%eth0',
  '2001:db8::192.0.2.1',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7',
  '12345::',
  '::192.0.2.256',
  '1:2:3:4:5:6:7::8',
  '1:2:3:4:5:6::8',
  '1:2:3:4:5:6:192.0.2.1',
  '::FFFF:192.0.2.1',
  '0:0:0:0:0:ffff:c000:0201',
];
export const timeTexts: readonly string[] = [
  '2026-11-26',
  '2026-11-26T10:47:12Z',
  '2026-11-26 10:47',
  '2026-12-31T23:30:00.5-01:00',
  '2027-01-01T00:30:00+0900',
  '2026-02-30T00:00:00Z',
  '2026-11-26T24:00:00Z',
  '1782691200',
  '1782691200123',
  '1782691200123456',
  '0001-01-01',
  '1969-12-31T23:59:59,999Z',
  '2024-02-29t01:02:03z',
  '2026-11-26-09',
  '2026-1-1',
  '-86400',
];
export const networks: readonly string[] = [
  '192.0.2.0/24',
  '192.0.2.128/25',
  '0.0.0.0/0',
  '203.0.113.9/32',
  '2001:db8::/32',
  '::/0',
  '::ffff:192.0.2.0/120',
  '::1/128',
  '2001:db8:1::/48',
  '::/8',
  '1:2:3:4::/61',
  '::/95',
];
const relations: readonly Relation[] = ['lt', 'lte', 'gt', 'gte', 'eq', 'neq'];

export const fieldNames: readonly string[] = [
  'a',
  'Threat Name',
  'x.y',
  `q"u'o`,
  'n',
  'f',
  't',
  'gone',
];

const piece = fc
  .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 3 })
  .map(each => each.join(''));

export const someText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(fc.constantFrom(...letters), { maxLength: 5 }).map(each => each.join('')),
  },
  { weight: 2, arbitrary: fc.constantFrom(...numberTexts) },
  { weight: 2, arbitrary: fc.constantFrom(...addressTexts) },
  { weight: 2, arbitrary: fc.constantFrom(...timeTexts) },
  { weight: 1, arbitrary: fc.constantFrom('true', 'FALSE', 'True', 'null', '') },
);

const pattern: fc.Arbitrary<Pattern> = fc.oneof(
  someText.map(text => (text === '' ? [] : [text])),
  fc.array(
    fc.oneof(piece, fc.constantFrom<Pattern[number]>({ wildcard: 'one' }, { wildcard: 'many' })),
    { maxLength: 5 },
  ),
  piece.map((text): Pattern => [{ wildcard: 'many' }, text, { wildcard: 'many' }]),
);

const text: fc.Arbitrary<Comparison> = fc.record({
  is: fc.constant('text'),
  pattern,
  cased: fc.boolean(),
});

const regex: fc.Arbitrary<Comparison> = fc.record({
  is: fc.constant('regex'),
  source: fc.constantFrom(
    'a',
    '^a',
    'b$',
    'a.b',
    '[^a]',
    '(a|b)+',
    'a{2,3}',
    '\\d+',
    '\\bA',
    '(?i)é',
    "'",
    '\\x00',
    '(?<n>a)',
    '(?P<n>b)',
    '\\pL',
    '[%_]',
    '\\\\',
    '.*.*.*a',
    'σ',
    '^$',
    '\\A\\z',
    '(?s).',
    '\\Q*\\E',
  ),
  flags: fc.subarray(['i', 'm', 's'] as const),
});

const otherOver = (names: readonly string[]): fc.Arbitrary<Comparison> =>
  fc.oneof(
    fc.record({
      is: fc.constant('cidr'),
      network: fc.constantFrom(...networks),
    }),
    fc.record({
      is: fc.constant('number'),
      relation: fc.constantFrom(...relations),
      value: fc.constantFrom(0, 1, -1, 1.5, 12, 1000, 1e300),
    }),
    fc.record({ is: fc.constant('boolean'), value: fc.boolean() }),
    fc.constant({ is: 'null' }),
    fc.record({ is: fc.constant('exists'), wanted: fc.boolean() }),
    fc.record({
      is: fc.constant('field'),
      field: fc.constantFrom(...names),
      where: fc.constantFrom('whole', 'within', 'start', 'end'),
      cased: fc.boolean(),
    }),
    fc.record({
      is: fc.constant('time'),
      part: fc.constantFrom('minute', 'hour', 'day', 'week', 'month', 'year'),
      relation: fc.constantFrom(...relations),
      value: fc.constantFrom(0, 1, 10, 12, 26, 30, 47, 48, 53, 2026),
    }),
  );

const compareOver = (names: readonly string[]): fc.Arbitrary<Comparison> =>
  fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 1, arbitrary: regex },
    { weight: 5, arbitrary: otherOver(names) },
  );

const keyword: fc.Arbitrary<Node> = pattern.map(pieces => ({
  is: 'keyword',
  compare: {
    is: 'text',
    pattern: [{ wildcard: 'many' }, ...pieces, { wildcard: 'many' }],
    cased: false,
  },
}));

/** A list of values of one field, short or long. */
const listOver = (names: readonly string[]): fc.Arbitrary<Node> =>
  fc
    .tuple(fc.constantFrom(...names), fc.array(text, { minLength: 1, maxLength: 70 }))
    .map(([field, all]) => ({
      is: 'any',
      of: all.map(each => ({ is: 'field', field, compare: each })),
    }));

/** Conditions of any shape over some fields. */
export const someNodeOver = (names: readonly string[]): fc.Arbitrary<Node> =>
  fc.letrec<{ node: Node }>(tie => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      {
        weight: 6,
        arbitrary: fc.record({
          is: fc.constant('field'),
          field: fc.constantFrom(...names),
          compare: compareOver(names),
        }),
      },
      { weight: 1, arbitrary: listOver(names) },
      { weight: 1, arbitrary: keyword },
      { weight: 2, arbitrary: fc.record({ is: fc.constant('not'), of: tie('node') }) },
      {
        weight: 2,
        arbitrary: fc.record({
          is: fc.constant('all'),
          of: fc.array(tie('node'), { maxLength: 3 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          is: fc.constant('any'),
          of: fc.array(tie('node'), { maxLength: 3 }),
        }),
      },
    ),
  })).node;
