import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvSplitter, delimiterOf } from './csv-splitter.ts';

const split = (text: string, delimiter = ',', cuts: readonly number[] = []): string[][] => {
  const splitter = new CsvSplitter(delimiter);
  const ends = [...cuts.map(cut => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length];
  let from = 0;
  return ends.flatMap((end, i) => {
    const { rows } = splitter.push(text.slice(from, end), i === ends.length - 1);
    from = end;
    return rows;
  });
};

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('rows of CSV', () => {
  test('are those that csv-parse finds, whatever pieces they come in', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '山', ',', '"', '\n', ' ', ';'),
      maxLength: 6,
    });
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        rows,
        fc.boolean(),
        fc.array(fc.nat(200), { maxLength: 5 }),
        (cells, crlf, cuts) => {
          const text = cells
            .map(row => row.map(each => (/[",\n]/.test(each) ? quoted(each) : each)).join(','))
            .join(crlf ? '\r\n' : '\n');
          const expected: string[][] = parse(text, {
            relax_column_count: true,
            skip_empty_lines: true,
          });
          expect(split(text, ',', cuts)).toEqual(expected);
          expect(expected).toEqual(cells);
        },
      ),
    );
  });

  test('are cut where others would stumble', () => {
    expect(split('5" disk,b\n"a"b,"c" \n')).toEqual([
      ['5" disk', 'b'],
      ['ab', 'c '],
    ]);
    expect(split('a\n\n\r\nb')).toEqual([['a'], ['b']]);
    const old = new CsvSplitter(',', '\r');
    expect(old.push('a,b\rc,"d\re"\r', true)).toEqual({
      rows: [
        ['a', 'b'],
        ['c', 'd\re'],
      ],
      lines: [1, 2],
    });
  });

  test('know their lines', () => {
    expect(new CsvSplitter(',').push('a\n"b\nb",c\n\nd', true).lines).toEqual([1, 2, 5]);
  });

  test('that never end are refused where they began', () => {
    const splitter = new CsvSplitter(',');
    splitter.push('a,b\n1,"', false);
    expect(() => splitter.push('x'.repeat(5 << 20), false)).toThrow(
      expect.objectContaining({
        line: 2,
        column: 3,
        message: 'the quotation mark that opens here is never closed',
      }),
    );
    expect(() => new CsvSplitter(',').push('y'.repeat(5 << 20), false)).toThrow(
      'more than 4194304 characters',
    );
  });

  test.each([
    ['a,b,c\n1,2,3\n', ','],
    ['a;b;c\n1,5;2;3\n', ';'],
    ['a\tb\n1,2\t3\n', '\t'],
    ['a|b|c\n', '|'],
    ['a,"b;c;d;e",f\n1,2,3\n', ','],
    ['email\na@example.jp\n', ','],
  ])('are cut at what cuts them best: %j', (text, delimiter) => {
    expect(delimiterOf(text)).toBe(delimiter);
  });
});
