import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { ColumnFile } from './column-file.ts';
import type { DenseColumnData } from './dense-column.ts';
import { ParquetWriter } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'columns-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a.parquet');

const written = (groups: readonly (readonly DenseColumnData[])[]): Buffer => {
  const writer = new ParquetWriter({ metadata: { a: 'b' }, createdBy: 'test', level: 1 });
  const parts = groups.map(columns => writer.group(columns[0]?.values.length ?? 0, columns));
  return Buffer.concat([...parts, writer.end()]);
};

const anyWay = fc.constantFrom('deltas' as const, 'plain' as const, 'few' as const);
const anyColumn = (rows: number): fc.Arbitrary<DenseColumnData> =>
  fc
    .record({
      dense: fc.constantFrom('uint32' as const, 'int64' as const),
      as: anyWay,
      packed: fc.boolean(),
      few: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ dense, as, packed, few, seed }) => {
      // Differences between neighbours that are kept as deltas stay below 2^51.
      const most = dense === 'uint32' ? 2 ** 32 : 2 ** 50;
      const values = Float64Array.from({ length: rows }, (_, i) => {
        const random = Math.abs(Math.sin(seed + (few ? i % 7 : i)) * 1e4) % 1;
        return Math.floor(random * most);
      });
      const column = { name: 'n', as, packed };
      return dense === 'uint32'
        ? { ...column, dense, values: Uint32Array.from(values) }
        : { ...column, dense, values };
    });

describe('dense columns', () => {
  test('come back as they were, group by group, by every encoding', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 900 }).chain(anyColumn), { minLength: 1, maxLength: 3 }),
        columns => {
          const [first] = columns;
          if (first === undefined) return;
          const alike = columns.map(each => ({ ...each, dense: first.dense }));
          const fitting = alike.map(
            (each): DenseColumnData =>
              each.dense === 'uint32'
                ? { ...each, values: Uint32Array.from(each.values, value => value % 2 ** 32) }
                : each,
          );
          writeFileSync(path, written(fitting.map(each => [each])));
          const file = new ColumnFile(path);
          expect(file.groups.map(({ rows }) => rows)).toEqual(
            fitting.map(({ values }) => values.length),
          );
          for (const [i, group] of file.groups.entries()) {
            const values = [...(fitting[i]?.values ?? [])];
            expect([...file.numbers(group, 'n')]).toEqual(values);
            const words = new Uint32Array(group.rows);
            expect([...file.words(group, 'n', words)]).toEqual(
              values.map(value => value % 2 ** 32),
            );
            const least = Math.min(...values);
            expect(file.mayHold(group, 'n', least, least)).toBe(true);
            expect(file.mayHold(group, 'n', Math.max(...values) + 1, 2 ** 53)).toBe(false);
          }
          file.close();
        },
      ),
      { numRuns: 120 },
    );
  });

  test('that are damaged are refused, or read as they were', () => {
    const columns: readonly DenseColumnData[] = [
      { name: 'a', dense: 'uint32', as: 'plain', packed: false, values: Uint32Array.of(9, 1, 4) },
      { name: 'b', dense: 'int64', as: 'few', values: Float64Array.of(7, 2 ** 40, 7) },
      { name: 'c', dense: 'int64', as: 'deltas', values: Float64Array.of(1, 2, 2 ** 45) },
    ];
    const good = written([columns]);
    const readAll = (bytes: Buffer): unknown => {
      writeFileSync(path, bytes);
      const file = new ColumnFile(path);
      try {
        return file.groups.map(group =>
          ['a', 'b', 'c'].map(name => [...file.numbers(group, name)]),
        );
      } finally {
        file.close();
      }
    };
    expect(readAll(good)).toEqual([columns.map(({ values }) => [...values])]);
    let refused = 0;
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 0x41;
      try {
        readAll(bad);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RangeError);
        refused += 1;
      }
    }
    expect(refused / good.length).toBeGreaterThan(0.3);
    expect(() => readAll(good.subarray(0, good.length - 3))).toThrow(RangeError);
  });
});
