import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { writeParquet } from '../../src/store/parquet/write.ts';

const rows = 1_000;

test('files of rows are Parquet, as DuckDB reads it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-parquet-'));
  const path = join(folder, 'rows.parquet');
  const names = Array.from({ length: 400 }, (_, i) => `person${i}@example.jp`);
  try {
    const file = writeParquet({
      rows,
      columns: [
        {
          name: 'time',
          kind: 'time',
          values: Float64Array.from({ length: rows }, (_, i) =>
            i % 10 === 9 ? Number.NaN : 1_782_691_200_000 + i * 250,
          ),
        },
        {
          name: 'user',
          dictionary: names,
          codes: Int32Array.from({ length: rows }, (_, i) => i % 400),
        },
        { name: 'kind', dictionary: ['login'], codes: new Int32Array(rows) },
        { name: 'actor', dictionary: [], codes: new Int32Array(rows).fill(-1) },
        { name: 'line', kind: 'int32', values: Int32Array.from({ length: rows }, (_, i) => i * 3) },
        {
          name: 'sequence',
          kind: 'int64',
          values: Float64Array.from({ length: rows }, (_, i) => 2 ** 40 - i),
        },
      ],
      metadata: {},
      createdBy: 'postern',
      level: 3,
    });
    writeFileSync(path, file);
    const database = await DuckDBInstance.create(':memory:');
    const connection = await database.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const answer = await connection.runAndReadAll(
      `SELECT count(*)::INT AS n, count(time)::INT AS times, max(time)::VARCHAR AS last, count(DISTINCT "user")::INT AS users,
         min(kind) AS kind, count(actor)::INT AS actors, sum(line)::INT AS lines, min(sequence)::VARCHAR AS least,
         count(*) FILTER (WHERE "user" = 'person399@example.jp')::INT AS mine
       FROM read_parquet($path)`,
      { path },
    );
    expect(answer.getRowObjects()).toEqual([
      {
        n: rows,
        times: 900,
        last: '2026-06-29 00:04:09.5+00',
        users: 400,
        kind: 'login',
        actors: 0,
        lines: 1_498_500,
        least: String(2 ** 40 - 999),
        mine: 2,
      },
    ]);
    connection.closeSync();
    database.closeSync();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
