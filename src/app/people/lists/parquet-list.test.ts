import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test } from 'vitest';
import { openParquet } from './parquet-list.ts';
import type { Cell } from './rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = async (select: string, how: string): Promise<string> => {
  const path = join(folder, `${how.replaceAll(/\W/g, '')}.parquet`);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet, ${how})`);
  connection.closeSync();
  instance.closeSync();
  return path;
};

const rowsOf = async (path: string): Promise<readonly (readonly Cell[])[]> => {
  const list = await openParquet('list.parquet', path);
  try {
    const rows: (readonly Cell[])[] = [];
    for await (const batch of list.batches()) rows.push(...batch.rows);
    return [list.head, ...rows];
  } finally {
    await list.close();
  }
};

const select = `SELECT 'u' || i || '@example.jp' AS email, CASE WHEN i % 2 = 0 THEN '髙橋 ' || i END AS name,
  DATE '1980-01-02' + i::INT AS birth, TIMESTAMP '2024-05-01 12:00:00' AS seen, 9007199254740993 + i AS number,
  ['03-1111-000' || i, '090-1111-000' || i] AS tel, i::DOUBLE / 2 AS half, 'x'::BLOB AS bytes FROM range(3) t(i)`;

describe('a customer list in Parquet', () => {
  test.each([
    "COMPRESSION 'uncompressed'",
    "COMPRESSION 'snappy'",
    "COMPRESSION 'zstd', PARQUET_VERSION 'V2'",
    "COMPRESSION 'gzip', ROW_GROUP_SIZE 2048",
    "COMPRESSION 'brotli'",
    "COMPRESSION 'lz4_raw'",
  ])('is read as CSV would be: %s', async how => {
    expect(await rowsOf(await written(select, how))).toEqual([
      ['email', 'name', 'birth', 'seen', 'number', 'tel', 'half', 'bytes'],
      [
        'u0@example.jp',
        '髙橋 0',
        '1980-01-02',
        '2024-05-01 12:00:00',
        '9007199254740993',
        '03-1111-0000;090-1111-0000',
        '0',
        'x',
      ],
      [
        'u1@example.jp',
        undefined,
        '1980-01-03',
        '2024-05-01 12:00:00',
        '9007199254740994',
        '03-1111-0001;090-1111-0001',
        '0.5',
        'x',
      ],
      [
        'u2@example.jp',
        '髙橋 2',
        '1980-01-04',
        '2024-05-01 12:00:00',
        '9007199254740995',
        '03-1111-0002;090-1111-0002',
        '1',
        'x',
      ],
    ]);
  });

  test('comes some rows at a time, all of them', async () => {
    const path = await written(
      "SELECT 'u' || i AS email FROM range(450000) t(i)",
      'ROW_GROUP_SIZE 450000',
    );
    const rows = await rowsOf(path);
    expect(rows).toHaveLength(450_001);
    expect([rows[200_000], rows[200_001], rows[450_000]]).toEqual([
      ['u199999'],
      ['u200000'],
      ['u449999'],
    ]);
  });

  test('that is damaged is refused in one line', async () => {
    const path = await written(select, "COMPRESSION 'snappy'");
    const bytes = readFileSync(path);
    const cut = join(folder, 'cut.parquet');
    writeFileSync(cut, bytes.subarray(0, bytes.length - 40));
    await expect(rowsOf(cut)).rejects.toThrow(/^list\.parquet: cannot be read as Parquet: /);
    const pages = join(folder, 'pages.parquet');
    writeFileSync(pages, bytes.fill(0xff, 4, 200));
    await expect(rowsOf(pages)).rejects.toThrow(/^list\.parquet: cannot be read as Parquet: /);
  });
});
