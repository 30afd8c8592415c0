import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathMatches, segmentPattern } from './glob.ts';

test.each<[string, string, boolean]>([
  ['*.conf', 'a.conf', true],
  ['*.conf', 'a.conf.dpkg-old', false],
  ['?.conf', 'ab.conf', false],
  ['[0-9]*', '10-mail.conf', true],
  ['[!0-9]*', '10-mail.conf', false],
  ['[z-a]*', '[z-a]*', true],
  ['[z-a]*', 'b', false],
  ['a[', 'a[', true],
  ['*.{conf,cf}', 'main.cf', true],
  ['*.{conf,cf}', 'main.cnf', false],
  ['{a,b}{c,d}', 'bd', true],
  ['{a', '{a', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-b-c-d', false],
  ['*', 'a/b', false],
  ['日*', '日本', true],
  ['?', '😀', true],
  ['*a', 'a', true],
  ['', '', true],
])('%s over %s: %s', (pattern, name, is) => {
  expect(segmentPattern(pattern).test(name)).toBe(is);
});

test('agrees with the regular expression that it stands for', () => {
  const pattern = fc.stringMatching(/^[ab?*]{0,8}$/);
  const name = fc.stringMatching(/^[abc]{0,8}$/);
  fc.assert(
    fc.property(pattern, name, (glob, text) => {
      const plain = new RegExp(`^${glob.replace(/\*+/g, '.*').replaceAll('?', '.')}$`);
      expect(segmentPattern(glob).test(text)).toBe(plain.test(text));
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern of many stars over the longest name ends soon', () => {
  expect(segmentPattern(`${'*a'.repeat(30)}*b`).test('a'.repeat(255))).toBe(false);
  expect(pathMatches(`/${'['.repeat(1_000_000)}`, '/a')).toBe(false);
  expect(segmentPattern('{a,b}'.repeat(40)).test('a'.repeat(40))).toBe(false);
});
