import { RE2JS } from 're2js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Duck, openDuck } from '../../../test/support/duck.ts';
import { textLiteral } from './literal.ts';
import { regexCondition } from './regex-condition.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => {
  duck.close();
});

const texts = ['', 'a', 'ab', 'ba', 'b\na', '\n', 'é', 'k', 'K', '\\', '%_x', 'a_b'];

// Each of these DuckDB answers wrongly by itself, or might.
test.each([
  'k^',
  String.raw`\A(?:)`,
  String.raw`(?:)\z`,
  '(?:)a',
  '^^(?:)',
  '$a',
  String.raw`\zb`,
  String.raw`\\\A(?s)`,
  '^a',
  'a$',
  '^ab$',
  'a',
  'a_b',
  '%',
  '.*a',
  '(?i)^K',
  '',
  '^',
  'a|',
  'a|^b',
  'b\na',
])('the pattern %j finds in SQL what it finds in a matcher', async source => {
  const rows = await duck.rows(
    `SELECT x, ${regexCondition('x', { is: 'regex', source, flags: [] })} AS found
     FROM (SELECT unnest([${texts.map(textLiteral).join(', ')}]) AS x)`,
  );
  const regex = RE2JS.compile(source);
  expect(rows.map(row => [row['x'], row['found']])).toEqual(
    texts.map(text => [text, regex.test(text)]),
  );
});
