import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RecordTable, recordTable } from './record-table.ts';
import { openToKeep } from './sqlite.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-records-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const key = (n: number): Buffer => Buffer.from(String(n).padStart(16, '0'));
const keys = (from: number, to: number): readonly Buffer[] =>
  Array.from({ length: to - from }, (_, i) => key(from + i));

test('keys are remembered up to a bound, those of the newest segments the longest', () => {
  const database = openToKeep(join(base, 'state.sqlite'));
  database.exec(
    `${recordTable} CREATE TABLE segment (source TEXT, seq INTEGER, leaf INTEGER); INSERT INTO segment VALUES ('a', 1, 7), ('a', 2, 9)`,
  );
  const table = new RecordTable(database, 100);
  table.add(5, keys(0, 60));
  table.add(7, keys(50, 90));
  expect([table.has(key(0)), table.has(key(89)), table.has(key(90))]).toEqual([true, true, false]);
  table.add(9, keys(90, 120));
  // 120 are too many: the oldest segment's go, all of them.
  expect([table.has(key(59)), table.has(key(60)), table.has(key(119))]).toEqual([
    false,
    true,
    true,
  ]);
  table.drop('a', 1, 1);
  expect([table.has(key(60)), table.has(key(119))]).toEqual([false, true]);
  database.close();
});
