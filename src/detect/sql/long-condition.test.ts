import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Duck, openDuck } from '../../../test/support/duck.ts';
import { detectionRules, ruleOf } from '../../../test/support/sigma-nodes.ts';
import { compileMatcher } from '../matching/compile.ts';
import type { Node } from '../sigma/nodes.ts';
import { flatTable } from './flat-table.ts';
import { Names } from './let.ts';
import { ConditionWriter } from './node-condition.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
  await duck.run(`CREATE TABLE events (a VARCHAR, b VARCHAR)`);
  await duck.run(
    `INSERT INTO events VALUES ('v7', 'w7'), ('v7', 'w8'), ('7', NULL), ('7.0', 'x'), (NULL, NULL)`,
  );
});
afterAll(() => {
  duck.close();
});

const conditionOf = (detection: string): Node => {
  const [rule] = detectionRules(ruleOf(detection));
  if (rule === undefined) throw new Error('no rule');
  return rule.when;
};

/** Which rows fulfil a condition in SQL, and which in a matcher. */
const bothOf = async (when: Node): Promise<readonly [string, string]> => {
  const condition = new ConditionWriter(flatTable('events', 'time'), new Names()).write(when);
  const rows = await duck.rows(`SELECT *, ${condition} AS holds FROM events AS event`);
  const matcher = compileMatcher<Record<string, unknown>>(
    { when },
    {
      getter: field => event => {
        const value = event[field];
        return typeof value === 'string' ? value : undefined;
      },
      texts: event => Object.values(event).filter(value => typeof value === 'string'),
      timeMs: () => Number.NaN,
    },
  );
  const say = (holds: (row: Record<string, unknown>) => boolean): string =>
    rows.map(row => (holds(row) ? 'x' : '-')).join('');
  return [say(row => row['holds'] === true), say(matcher)];
};

const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

// By OR, DuckDB takes minutes to plan a few thousand of them.
test('thousands of alternatives are planned as fast as they are read', async () => {
  const maps = many(1_200, at => `    - a: v${at}\n      b: w${at}`);
  expect(await bothOf(conditionOf(`  s:\n${maps}\n  condition: s`))).toEqual(['x----', 'x----']);
  expect(await bothOf(conditionOf(`  s:\n${maps}\n  condition: not s`))).toEqual([
    '-xxxx',
    '-xxxx',
  ]);
});

test('thousands of numbers are one list', async () => {
  const numbers = many(5_000, at => `      - ${at}`);
  const when = conditionOf(`  s:\n    a:\n${numbers}\n  condition: s`);
  expect(await bothOf(when)).toEqual(['--xx-', '--xx-']);
  const negated = conditionOf(`  s:\n    a:\n${numbers}\n  condition: not s`);
  expect(await bothOf(negated)).toEqual(['xx--x', 'xx--x']);
});

test('a condition that is nested deep is a query, or said to be none', async () => {
  const names = '  a:\n    a: v7\n  b:\n    b: w8\n  c:\n    a: x\n  condition: ';
  const deep = (times: number): Node =>
    conditionOf(`${names}${'a and (b or not ('.repeat(times)}c${'))'.repeat(times)}`);
  expect(await bothOf(deep(200))).toEqual(['-x---', '-x---']);
  await expect(bothOf(deep(390))).rejects.toThrow('nested more than 700 deep');
});
