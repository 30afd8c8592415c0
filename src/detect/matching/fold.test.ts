import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { fold } from './fold.ts';

describe('fold', () => {
  test.each([
    ['Kind', 'kind'],
    ['ΌΔΟΣ', 'όδοσ'],
    ['οδός', 'οδός'],
    ['İstanbul', 'istanbul'],
    ['ẞ', 'ß'],
    ['ſ', 'ſ'],
    ['\u212a', 'k'],
    ['\u{10400}', '\u{10428}'],
    // Garay, of Unicode 16.
    ['\u{10d50}A', '\u{10d50}a'],
    ['\ud800A', '\ud800a'],
    ['', ''],
  ])('makes %j of it: %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  test('does to every letter what DuckDB does', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const answer = await connection.runAndReadAll(
      `select n::integer, unicode(lower(chr(n::integer))), length(lower(chr(n::integer)))
       from range(1, 1114112) letters(n)
       where n not between 55296 and 57343 and lower(chr(n::integer)) <> chr(n::integer)`,
    );
    const lowered = new Map(answer.getRows().map(([n, lower]) => [Number(n), Number(lower)]));
    expect(answer.getRows().every(([, , length]) => Number(length) === 1)).toBe(true);
    const different: string[] = [];
    for (let n = 1; n < 0x110000; n++) {
      if (n >= 0xd800 && n <= 0xdfff) continue;
      const folded = fold(String.fromCodePoint(n));
      if (folded !== String.fromCodePoint(lowered.get(n) ?? n)) different.push(n.toString(16));
    }
    expect(different).toEqual([]);
  });
});
