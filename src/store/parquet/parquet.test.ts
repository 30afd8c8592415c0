import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { packCodes, packDeltas, unpackCodes, unpackDeltas } from './encodings.ts';
import { ParquetFile } from './read.ts';
import { type ColumnData, writeParquet } from './write.ts';

const wellFormed = fc.string({ unit: 'grapheme', maxLength: 12 });

const anyColumn = (rows: number): fc.Arbitrary<ColumnData> => {
  const texts = fc
    .tuple(fc.uniqueArray(wellFormed, { maxLength: 300 }), fc.infiniteStream(fc.nat()))
    .map(([dictionary, stream]) => ({
      name: 'text',
      dictionary,
      codes: Int32Array.from(
        { length: rows },
        () => ((stream.next().value ?? 0) % (dictionary.length + 1)) - 1,
      ),
    }));
  const numbers = fc
    .tuple(
      fc.constantFrom('int64' as const, 'time' as const),
      fc.array(
        fc.oneof(
          fc.integer(),
          fc.constant(Number.NaN),
          fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
        ),
        {
          minLength: rows,
          maxLength: rows,
        },
      ),
    )
    .map(([kind, values]) => ({ name: kind, kind, values: Float64Array.from(values) }));
  const ints = fc
    .array(fc.integer(), { minLength: rows, maxLength: rows })
    .map(values => ({ name: 'int', kind: 'int32' as const, values: Int32Array.from(values) }));
  return fc.oneof(texts, numbers, ints);
};

const write = (rows: number, columns: readonly ColumnData[]): Buffer =>
  writeParquet({ rows, columns, metadata: { a: 'b' }, createdBy: 'test', level: 1 });

describe('a Parquet file', () => {
  test('gives back what was written, column by column', () => {
    fc.assert(
      fc.property(
        fc
          .oneof(fc.nat({ max: 20 }), fc.nat({ max: 700 }))
          .chain(rows => fc.tuple(fc.constant(rows), anyColumn(rows))),
        ([rows, column]) => {
          const file = new ParquetFile(write(rows, [column]));
          expect([file.rows, file.metadata.get('a')]).toEqual([rows, 'b']);
          if (rows === 0) return;
          if (!('codes' in column)) {
            expect([...file.numbers(column.name)]).toEqual([...column.values]);
            const some = Int32Array.from({ length: rows }, (_, i) => i).filter(i => i % 41 === 7);
            expect([...file.numbersAt(column.name, some)]).toEqual(
              [...some].map(i => column.values[i]),
            );
            return;
          }
          const dictionary = file.dictionary('text');
          const back = [...(file.codes('text')?.all() ?? [])].map(code =>
            code < 0 ? undefined : dictionary?.at(code),
          );
          expect(back).toEqual([...column.codes].map(code => column.dictionary[code]));
          const wanted = Uint8Array.from(column.dictionary, (_, code) => (code % 3 === 1 ? 1 : 0));
          expect(file.codes('text')?.rowsWith(wanted) ?? []).toEqual(
            [...column.codes].flatMap((code, row) => (wanted[code] === 1 ? [row] : [])),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test('that is damaged anywhere is refused, or read as it was', () => {
    const columns: readonly ColumnData[] = [
      { name: 'text', dictionary: ['a', 'bc'], codes: Int32Array.of(0, 1, -1, 1) },
      { name: 'int', kind: 'int32', values: Int32Array.of(1, 2, 3, 4) },
    ];
    const good = write(4, columns);
    const readAll = (bytes: Buffer): unknown => {
      const file = new ParquetFile(bytes);
      const dictionary = file.dictionary('text');
      return [
        [...(file.codes('text')?.all() ?? [])].map(code => (code < 0 ? '' : dictionary?.at(code))),
        [...file.numbers('int')],
      ];
    };
    const expected = readAll(good);
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
    expect(expected).toEqual([
      ['a', 'bc', '', 'bc'],
      [1, 2, 3, 4],
    ]);
    expect(refused / good.length).toBeGreaterThan(0.4);
    for (let length = 0; length < good.length; length += 1) {
      expect(() => readAll(good.subarray(0, length))).toThrow(RangeError);
    }
  });
});

test('codes and differences of every width come back', () => {
  for (let width = 1; width <= 31; width += 1) {
    const codes = Int32Array.from({ length: 37 }, (_, i) => (i * 2_654_435_761) % 2 ** width);
    expect(unpackCodes(packCodes(codes, width), 0, 37, width)).toEqual(codes);
  }
  for (let width = 1; width <= 51; width += 1) {
    const values = Float64Array.from({ length: 300 }, (_, i) => (i % 3) * (2 ** width - 1) - i);
    expect(unpackDeltas(packDeltas(values), 300)).toEqual(values);
  }
});
