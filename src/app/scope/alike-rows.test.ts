import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { AlikeRows } from './alike-rows.ts';
import type { RowColumns, TextOf } from './asked-rows.ts';

const columnNames = [
  'kind',
  'outcome',
  'component',
  'app',
  'user',
  'actor',
  'address',
  'service',
  'folder',
  'rest',
] as const;

const columnOf = (codes: readonly number[], count: number): TextOf => ({
  count,
  code: row => codes[row] ?? -1,
  all: () => (count === 0 ? undefined : Int32Array.from(codes)),
  text: code => (code < 0 ? undefined : String(code)),
  apply: () => undefined,
});

/** Columns of few texts, or of so many that their codes do not fit into one number. */
const anyColumns = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom(2, 2 ** 20))
  .chain(([rows, count]) =>
    fc.record({
      count: fc.constant(count),
      codes: fc.array(
        fc.array(fc.integer({ min: -1, max: 1 }), { minLength: rows, maxLength: rows }),
        { minLength: columnNames.length, maxLength: columnNames.length },
      ),
    }),
  );

test('rows are together that differ in their users alone, but none that names somebody with one that does not', () => {
  fc.assert(
    fc.property(anyColumns, ({ count, codes }) => {
      const columns = Object.fromEntries(
        columnNames.map((name, i) => [name, columnOf(codes[i] ?? [], count)]),
      ) as unknown as RowColumns;
      const rows = codes[0]?.length ?? 0;
      const keyOf = (row: number): string =>
        columnNames
          .filter(name => name !== 'rest')
          .map(name => (name === 'user' ? columns.user.code(row) < 0 : columns[name].code(row)))
          .join();
      const expected = new Map<string, number[]>();
      const alike = new AlikeRows(columns);
      for (let row = 0; row < rows; row += 1) {
        expected.set(keyOf(row), [...(expected.get(keyOf(row)) ?? []), row]);
        alike.add(row);
      }
      const found: (readonly number[])[] = [];
      alike.each(group => found.push(group));
      expect(found.map(String).toSorted()).toEqual([...expected.values()].map(String).toSorted());
    }),
  );
});
