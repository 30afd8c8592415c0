import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Literals } from './literals.ts';

const found = (texts: readonly string[], text: string): readonly string[] => {
  const out: string[] = [];
  new Literals(texts).each(text, index => out.push(texts[index] ?? ''));
  return out.sort();
};

describe('texts in a text', () => {
  test('are told once each, one within the other too', () => {
    expect(found(['he', 'she', 'his', 'hers', 'e'], 'ushers, she')).toEqual([
      'e',
      'he',
      'hers',
      'she',
    ]);
    expect(found(['aa', 'aaa', 'b'], 'aaaa')).toEqual(['aa', 'aaa']);
    expect(found(['é', '\u{1f600}', '\0'], 'x\0é\u{1f601}')).toEqual(['\0', 'é']);
  });

  const letters = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'é'),
    minLength: 1,
    maxLength: 5,
  });

  test('are those that a search for each finds', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(letters, { minLength: 1, maxLength: 12 }),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', 'd'), maxLength: 30 })),
        (texts, all) => {
          const literals = new Literals(texts);
          for (const text of all) {
            const expected = texts.filter(each => text.includes(each)).sort();
            expect(literals.has(text)).toBe(expected.length > 0);
            const told: string[] = [];
            literals.each(text, index => told.push(texts[index] ?? ''));
            expect(told.sort()).toEqual(expected);
          }
        },
      ),
    );
  });

  test('may be too many for a table', () => {
    const texts = Array.from({ length: 20_000 }, (_, n) => `${n * 7_919}-${n}`);
    const literals = new Literals(texts);
    expect(literals.has(`x${texts[12_345]}x`)).toBe(true);
    expect(literals.has('x17--17x')).toBe(false);
    expect(found(texts, `0-0 ${texts[19_999]} 7919-`)).toEqual(
      texts.filter(each => `0-0 ${texts[19_999]} 7919-`.includes(each)).sort(),
    );
  });
});
