import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { someNodeOver, someText } from '../../../test/support/arbitrary-rules.ts';
import { type Duck, openDuck } from '../../../test/support/duck.ts';
import '../../../test/support/seed.ts';
import { jsonSpace } from '../fields/json-space.ts';
import { compileMatcher } from '../matching/compile.ts';
import type { Node } from '../sigma/nodes.ts';
import { jsonTable } from './json-table.ts';
import { Names } from './let.ts';
import { textLiteral } from './literal.ts';
import { ConditionWriter } from './node-condition.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => {
  duck.close();
});

const fields = [
  'a',
  'ab',
  'Image',
  'Provider_Name',
  'a.b',
  'a.b.c',
  'q"/~',
  'a b',
  'b.c',
  'gone',
  '',
  '*',
  '.',
];

/** Documents with the keys that `fields` speak of, lists, and lists of names and values among them. */
const someValue = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: someText },
    { weight: 1, arbitrary: fc.constantFrom(null, true, false, 0, 1, -1, 12, 1.5) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    {
      weight: 2,
      arbitrary: fc.record({
        Name: fc.constantFrom('b', 'c', 'a'),
        Value: tie('value'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.dictionary(
        fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c', 'a.b.c', 'q"/~', 'a b', '', '*', '#text'),
        tie('value'),
        { maxKeys: 3 },
      ),
    },
  ),
}));
const somePart = fc.dictionary(
  fc.constantFrom('a', 'b', 'a.b', 'b.c', 'a.b.c', 'q"/~', 'a b', '', '*'),
  someValue.value,
  { maxKeys: 5 },
);

/** As converters and exports of searches have it. */
const someConverted = fc.tuple(somePart, somePart, someText).chain(([one, other, text]) =>
  fc.constantFrom<Record<string, unknown>>(
    {
      Event: {
        System: { ...other, Provider: { '#attributes': { Name: text } } },
        EventData: { ...one, Image: text },
      },
    },
    { Event: { System: other, UserData: { Cleared: one, Other: other }, EventData: null } },
    { EventData: { ...one, NewProcessName: text }, System: other },
    { ...other, winlog: { event_data: one, provider_name: text } },
    { _id: text, _source: { ...other, winlog: { event_data: one, provider_name: text } } },
    { preview: false, result: { ...one, System: { Provider_Name: text } } },
    { result: one, ...other },
  ),
);
const someDocument = fc.oneof(
  { weight: 2, arbitrary: somePart },
  { weight: 1, arbitrary: someConverted },
);

const table = jsonTable('events', 'time');

const asked = async (nodes: readonly Node[]): Promise<readonly (readonly boolean[])[]> => {
  const names = new Names();
  const conditions = nodes.map(
    (node, at) => `coalesce(${new ConditionWriter(table, names).write(node)}, false) AS c${at}`,
  );
  const rows = await duck.rows(`SELECT ${conditions.join(', ')} FROM ${table.from([])}`);
  return rows.map(row => nodes.map((_, at) => row[`c${at}`] === true));
};

describe('a condition over JSON', () => {
  test('holds for the documents that its matcher takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someDocument, { minLength: 1, maxLength: 8 }),
        fc.array(someNodeOver(fields), { minLength: 4, maxLength: 4 }),
        async (documents, nodes) => {
          const rows = documents.map(each => `(${textLiteral(JSON.stringify(each))}::JSON)`);
          await duck.run('CREATE OR REPLACE TABLE events (json JSON)');
          await duck.run(`INSERT INTO events VALUES ${rows.join(', ')}`);
          const matchers = nodes.map(when => compileMatcher({ when }, jsonSpace));
          expect(await asked(nodes)).toEqual(
            documents.map(each => matchers.map(matches => matches(each))),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});
