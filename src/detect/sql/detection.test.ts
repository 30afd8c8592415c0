import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addressTexts,
  fieldNames,
  networks,
  numberTexts,
  someNodeOver,
  someText,
  timeTexts,
} from '../../../test/support/arbitrary-rules.ts';
import { type Duck, openDuck } from '../../../test/support/duck.ts';
import '../../../test/support/seed.ts';
import type { FieldSpace, Scalar } from '../fields/field-space.ts';
import { compileMatcher } from '../matching/compile.ts';
import { networkTest } from '../matching/network.ts';
import { numberOf, timeOf } from '../matching/scalar.ts';
import { fieldsOf } from '../sigma/fields-of.ts';
import type { Node } from '../sigma/nodes.ts';
import { flatTable } from './flat-table.ts';
import { Names } from './let.ts';
import { identifier, textLiteral } from './literal.ts';
import { networksCondition } from './network-condition.ts';
import { ConditionWriter } from './node-condition.ts';
import { numberIn } from './number-condition.ts';
import { timeMsIn } from './time-condition.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => {
  duck.close();
});

type Row = Readonly<Record<string, Scalar>>;

/** Columns of a table cannot tell what is not there from what is null. */
const rowSpace: FieldSpace<Row> = {
  getter: field => row => row[field] ?? undefined,
  texts: row =>
    Object.values(row)
      .filter(value => value !== null)
      .map(String),
  timeMs: () => Number.NaN,
};

const types: Readonly<Record<string, string>> = { n: 'BIGINT', f: 'DOUBLE', t: 'BOOLEAN' };
const columns = fieldNames.filter(name => name !== 'gone');

const someRow: fc.Arbitrary<Row> = fc
  .tuple(
    ...columns.map((name): fc.Arbitrary<Scalar> => {
      if (name === 'n') return fc.option(fc.constantFrom(0, 1, 12, -1, 1000, 1_782_691_200));
      if (name === 'f') return fc.option(fc.constantFrom(0.5, 1.5, -0.25));
      if (name === 't') return fc.option(fc.boolean());
      return fc.option(someText, { freq: 6 });
    }),
  )
  .map(values => Object.fromEntries(columns.map((name, at) => [name, values[at] ?? null])));

const valueSql = (value: Scalar): string =>
  value === null ? 'NULL' : typeof value === 'string' ? textLiteral(value) : String(value);

const fill = async (rows: readonly Row[]): Promise<void> => {
  const declared = columns.map(name => `${identifier(name)} ${types[name] ?? 'VARCHAR'}`);
  const values = rows.map(
    row => `(${columns.map(name => valueSql(row[name] ?? null)).join(', ')})`,
  );
  await duck.run(`CREATE OR REPLACE TABLE events (${declared.join(', ')})`);
  await duck.run(`INSERT INTO events VALUES ${values.join(', ')}`);
};

const table = flatTable('events', 'time');

/** By row, which conditions hold. */
const asked = async (nodes: readonly Node[]): Promise<readonly (readonly boolean[])[]> => {
  const names = new Names();
  const conditions = nodes.map(
    (node, at) => `coalesce(${new ConditionWriter(table, names).write(node)}, false) AS c${at}`,
  );
  const fields = [...new Set(nodes.flatMap(node => [...fieldsOf(node)]))];
  const rows = await duck.rows(`SELECT ${conditions.join(', ')} FROM ${table.from(fields)}`);
  return rows.map(row => nodes.map((_, at) => row[`c${at}`] === true));
};

describe('a condition in SQL', () => {
  test('holds for the rows that its matcher takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someRow, { minLength: 1, maxLength: 12 }),
        fc.array(someNodeOver(fieldNames), { minLength: 12, maxLength: 12 }),
        async (rows, nodes) => {
          await fill(rows);
          const matchers = nodes.map(when => compileMatcher({ when }, rowSpace));
          expect(await asked(nodes)).toEqual(
            rows.map(row => matchers.map(matches => matches(row))),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** What an expression over the text `x` comes to for each of some texts. */
const over = async (texts: readonly string[], sql: string): Promise<readonly unknown[]> => {
  const list = texts.map(textLiteral).join(', ');
  const rows = await duck.rows(`SELECT (${sql}) AS value FROM (SELECT unnest([${list}]) AS x)`);
  return rows.map(({ value }) => value);
};

describe('texts in SQL', () => {
  test('are addresses of networks as they are in matchers', async () => {
    for (const network of networks)
      expect({
        network,
        within: (await over(addressTexts, networksCondition('x', [network], new Names()))).map(
          each => each === true,
        ),
      }).toEqual({ network, within: addressTexts.map(networkTest(network)) });
  });

  test('are times as they are in matchers', async () => {
    const texts = [...timeTexts, ...numberTexts, ...addressTexts];
    const answers = await over(texts, `(${timeMsIn('x', new Names())})::DOUBLE`);
    expect(texts.map((text, at) => [text, answers[at]])).toEqual(
      texts.map(text => [text, timeOf(text) ?? null]),
    );
  });

  test('are numbers as they are in matchers', async () => {
    const texts = [...timeTexts, ...numberTexts, '1e308', '-1e308', '1'.repeat(300)];
    const answers = await over(
      texts,
      `CASE WHEN isfinite(${numberIn('x')}) THEN ${numberIn('x')} END`,
    );
    expect(texts.map((text, at) => [text, answers[at]])).toEqual(
      texts.map(text => [text, numberOf(text) ?? null]),
    );
  });

  test.each([
    "'",
    "''; DROP TABLE events; --",
    'a\\b',
    '%_',
    '\0',
    '\0\0a\0',
    '\r\n',
    '\u202e',
    '😀',
    '',
  ])('come back from a literal: %j', async text => {
    expect(await duck.rows(`SELECT ${textLiteral(text)} AS x`)).toEqual([{ x: text }]);
    expect(textLiteral(text)).toMatch(/^[ -~😀]*$/u);
  });

  test.each(['', '\0', 'a\nb', '\u001b[2J', 'a\u202eb', '\ud800'])('name no column: %j', name => {
    expect(identifier(name)).toBeUndefined();
  });
});
