import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { jsonSpace } from '../../src/detect/fields/json-space.ts';
import { compileMatcher } from '../../src/detect/matching/compile.ts';
import { readRules } from '../../src/detect/sigma/read-rules.ts';
import { outsideData } from '../support/outside-data.ts';

/** A Python that has `pysigma` installed. */
const python = process.env['POSTERN_PYSIGMA'];

const fields = ['a', 'b', 'src.ip', 'Threat Name', 'n'] as const;
const field = fc.constantFrom(...fields);
const pieces = [
  'foo',
  'Bar',
  'x',
  '%',
  '_',
  "'",
  '"',
  '-enc',
  ' /c',
  ' ',
  '.',
  'é',
  'É',
  '1',
  '10.0.0.7',
];
const signs = ['*', '?', '\\', '\\\\', '\\*', '\\?'];
const textOf = (all: readonly string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 4 }).map(each => each.join(''));

const oneOrMore = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | readonly T[]> =>
  fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));

const wanted = textOf([...pieces, ...signs]);
// Beside these modifiers: pySigma encodes the backslash before an escaped sign as well.
const encoded = textOf(pieces.filter(each => !/[^ -~]/.test(each)).map(each => `${each}${each}`));

const item: fc.Arbitrary<readonly [string, unknown]> = fc
  .oneof(
    fc.tuple(
      fc.tuple(
        field,
        fc.constantFrom(
          '',
          '|contains',
          '|startswith',
          '|endswith',
          '|contains|all',
          '|cased',
          '|contains|cased',
          '|neq',
          '|endswith|neq',
        ),
      ),
      oneOrMore(wanted),
    ),
    fc.tuple(
      fc.tuple(
        field,
        fc.constantFrom('|base64', '|base64offset|contains', '|wide|base64offset|contains'),
      ),
      oneOrMore(encoded),
    ),
    fc.tuple(
      fc.tuple(field, fc.constantFrom('|re', '|re|i')),
      oneOrMore(fc.constantFrom('fo+', '^x', 'b.r$', '\\d', 'x\\*', '(foo|bar)', '\\\\', "'")),
    ),
    fc.tuple(
      fc.tuple(field, fc.constant('|cidr')),
      oneOrMore(fc.constantFrom('10.0.0.0/24', '10.0.0.0/8', '2001:db8::/32', '10.0.0.7/32')),
    ),
    fc.tuple(
      fc.tuple(field, fc.constantFrom('|gt', '|gte', '|lt', '|lte', '|lt|neq')),
      oneOrMore(fc.constantFrom(0, 1, 5, 10, 1.5)),
    ),
    fc.tuple(fc.tuple(field, fc.constant('|exists')), fc.boolean()),
    fc.tuple(
      fc.tuple(field, fc.constantFrom('|fieldref', '|fieldref|contains', '|fieldref|startswith')),
      field,
    ),
    fc.tuple(
      fc.tuple(field, fc.constantFrom('', '|neq')),
      oneOrMore(fc.constantFrom(1, 1.5, true, null, '')),
    ),
  )
  .map(([[name, modifiers], value]) => [`${name}${modifiers}`, value] as const);

const items = fc
  .array(item, { minLength: 1, maxLength: 3 })
  .map(each => Object.fromEntries(each) as Readonly<Record<string, unknown>>);
const selection = fc.oneof(
  items,
  fc.array(items, { minLength: 1, maxLength: 3 }),
  fc.array(wanted, { minLength: 1, maxLength: 3 }),
);

const { condition } = fc.letrec<{ condition: string }>(tie => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'sel',
      'sel_b',
      'other',
      '1 of sel*',
      'all of sel*',
      '1 of them',
      'all of them',
    ),
    tie('condition').map(inner => `not ${inner}`),
    tie('condition').map(inner => `(${inner})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map(each => each.join(' ')),
  ),
}));

const rule = fc.tuple(selection, selection, selection, condition).map(([sel, selB, other, when]) =>
  stringify({
    title: 'of a test',
    logsource: { product: 'x' },
    detection: { sel, sel_b: selB, other, condition: when },
  }),
);

const anyValue = fc.oneof(
  { weight: 4, arbitrary: textOf([...pieces, ...signs, '\n']) },
  { weight: 1, arbitrary: encoded.map(text => Buffer.from(text).toString('base64')) },
  { weight: 1, arbitrary: encoded.map(text => Buffer.from(text, 'utf16le').toString('base64')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      1,
      0,
      10,
      1.5,
      true,
      null,
      '',
      '10.1.2.3',
      '2001:db8::1',
      '7',
      ['foo', 'x'],
    ),
  },
);
const row = fc
  .array(fc.tuple(field, anyValue), { maxLength: 5 })
  .map(each => Object.fromEntries(each) as Readonly<Record<string, unknown>>);

interface Answer {
  readonly matches?: readonly boolean[];
  readonly refused?: string;
}

/** The same values as the rule has, so that rules match now and then. */
const rowsLike = (text: string): readonly Readonly<Record<string, unknown>>[] => {
  const values = [...text.matchAll(/(?:- |: )"?([^"\n]{1,40})"?$/gm)].map(each => each[1] ?? '');
  return values.map((value, i) => ({
    [fields[i % fields.length] ?? 'a']: value,
    [fields[(i + 1) % fields.length] ?? 'b']: value.replaceAll('*', 'z').toUpperCase(),
  }));
};

describe.skipIf(python === undefined)(
  `rules as pySigma reads them, ${outsideData} (POSTERN_PYSIGMA names a Python that has pysigma)`,
  () => {
    test('match the same rows', () => {
      const cases = fc
        .sample(fc.tuple(rule, fc.array(row, { minLength: 20, maxLength: 30 })), 1_500)
        .map(([text, rows]) => ({ rule: text, rows: [...rows, ...rowsLike(text)] }));
      const run = spawnSync(python ?? '', ['test/real/pysigma/evaluate.py'], {
        input: cases.map(each => `${JSON.stringify(each)}\n`).join(''),
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const answers = run.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Answer);
      expect(answers).toHaveLength(cases.length);
      let matched = 0;
      for (const [i, each] of cases.entries()) {
        const { matches } = answers[i] ?? {};
        const [ours] = readRules([{ path: 'rule.yml', text: each.rule }]).rules;
        // A keyword of nothing but `*` is refused here, a text that is too short to be found in Base64 too.
        if (matches === undefined || ours?.kind !== 'detection') continue;
        const isMatch = compileMatcher(ours, jsonSpace);
        for (const [j, one] of each.rows.entries()) {
          matched += matches[j] === true ? 1 : 0;
          expect([each.rule, one, isMatch(one)]).toEqual([each.rule, one, matches[j]]);
        }
      }
      expect(matched).toBeGreaterThan(5_000);
    });
  },
);
