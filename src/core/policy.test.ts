import { expect, test } from 'vitest';
import { idMatches } from './policy.ts';

test.each([
  ['roundcube/*', 'roundcube/managesieve', true],
  ['roundcube/*', 'roundcube', false],
  ['roundcube*', 'roundcube@/var/www/old/managesieve', true],
  ['*', 'postfix', true],
  ['*/mysql:*', 'postfix/mysql:/etc/postfix/a.cf', true],
  ['a*b*c', 'aXXbYYbZc', true],
  ['a*b*c', 'aXXbYYbZ', false],
  ['post?ix', 'postfix', true],
  ['dove*', 'postfix', false],
  ['*x', '*', false],
])('%s against %s is %s', (glob, id, wanted) => {
  expect(idMatches(glob, id)).toBe(wanted);
});

test('a glob of many stars costs no more than its length times the id', () => {
  const started = performance.now();
  expect(idMatches('*a'.repeat(2_000), 'b'.repeat(20_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(5_000);
});
