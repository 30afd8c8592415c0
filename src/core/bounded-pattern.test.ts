import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unboundedPattern } from './bounded-pattern.ts';

describe('a pattern that somebody wrote', () => {
  test.each([
    '[A-Z]{2}-?\\d{6,8}',
    'C\\d{8}',
    '(?:AB|CD)\\d{4}',
    '[^\\]]\\p{Lu}{3}',
    '\\u{3042}\\x41\\u0041?\\d',
    '会員番号\\s{0,3}\\d{5,10}',
  ])('may be run over mail: %s', pattern => {
    expect(unboundedPattern(pattern)).toBeUndefined();
  });

  test.each([
    ['(a+)+', '"+" has no upper end'],
    ['\\d*', '"*" has no upper end'],
    ['\\d{3,}', '"{3,}" has no upper end'],
    ['(a|b|c){20}', 'too many ways'],
    ['a{0,20}b{0,20}a{0,20}', 'too many ways'],
    ['(?:a{0,9}){0,9}', 'too many ways'],
    ['\\d{101}', 'more than 100 characters'],
    ['(\\d)\\1', 'references to groups'],
    ['(?=a)b', 'of a kind that is not taken'],
    ['\\bC\\d{8}', 'knows no Japanese'],
    ['^C', 'stands for no character'],
    ['', 'matches nothing at all'],
    ['a?', 'matches nothing at all'],
    ['(a', '")" is missing'],
    ['a)', '")" too many'],
    ['[a', '"]" is missing'],
    ['a{5,3}', 'ends before it begins'],
    ['?', 'nothing stands before'],
    ['[b-a]', 'not a regular expression'],
  ])('is refused: %s', (pattern, why) => {
    expect(unboundedPattern(pattern)).toContain(why);
  });

  test('is never taken where it is none, and never slow where it is taken', () => {
    const part = fc.constantFrom(
      'a',
      '\\d',
      '[a-c]',
      '(',
      ')',
      '|',
      '?',
      '{0,3}',
      '{2}',
      '{1,9}',
      '*',
      '+',
      '\\',
      '[',
      '.',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), parts => {
        const pattern = parts.join('');
        if (unboundedPattern(pattern) !== undefined) return;
        const compiled = new RegExp(pattern, 'gu');
        const started = performance.now();
        for (const text of ['a'.repeat(2_000), '1'.repeat(2_000)]) text.replace(compiled, '');
        expect(performance.now() - started).toBeLessThan(1_000);
      }),
    );
  });
});
