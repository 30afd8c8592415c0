import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold, withoutNoWidth } from './normal.ts';

test.each([
  ['full-width digits and letters', '０３−１２３４ ＡＢｃ＠ｅ．ｊｐ', '03-1234 ABc@e.jp'],
  ['dashes of every kind', '03‐1234‑5678–9—0−1－2', '03-1234-5678-9-0-1-2'],
  ['the vowel mark between digits, and there only', '０３ー１２３４ サーバー', '03-1234 サーバー'],
  ['the half-width vowel mark', '03ｰ1234ｰ5678', '03-1234-5678'],
  ['a vowel mark behind a bracket', '(03)ー1234', '(03)-1234'],
  ['blanks', 'a\u3000b\u00a0c\u2009d', 'a b c d'],
  ['digits of other scripts', '٠١٢٣ ०१२ ๐๑', '0123 012 01'],
  ['quotation marks', '“a” ‘b’', '"a" \'b\''],
])('folds %s', (_, text, folded) => {
  expect(fold(text)).toBe(folded);
});

test('leaves ASCII and Japanese as they are', () => {
  for (const text of ['Plain text, 1-2-3.', '山田太郎です。カタカナー'])
    expect(fold(text)).toBe(text);
});

test('makes one of all characters without width, which can be left away', () => {
  expect(withoutNoWidth(fold('4\u200b1\u200d1\ufeff1\u00ad1'))).toBe('41111');
});

test('keeps the length, and changes nothing of what is folded already', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 0xffff }), { maxLength: 40 }), units => {
      const text = String.fromCharCode(...units);
      const folded = fold(text);
      expect(folded.length).toBe(text.length);
      expect(fold(folded)).toBe(folded);
    }),
  );
});
