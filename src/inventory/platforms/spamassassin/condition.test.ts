import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, type Facts } from './condition.ts';

const facts: Facts = {
  version: 4.000001,
  plugin: name => name === 'Mail::SpamAssassin::Plugin::SPF',
};

test.each([
  ['(version >= 3.004000)', true],
  ['version < 4.000000', false],
  ['(version > 3.9 && version < 5)', true],
  ['plugin(Mail::SpamAssassin::Plugin::SPF)', true],
  ['!plugin(Mail::SpamAssassin::Plugin::SPF)', false],
  ['plugin ( Mail::SpamAssassin::Plugin::DCC )', false],
  ['can(Mail::SpamAssassin::Conf::feature_x)', undefined],
  ['can(A::b) && version < 3', false],
  ['can(A::b) || version > 3', true],
  ['!can(A::b)', undefined],
  ['local_tests_only', false],
  ['(version != 4.000001)', false],
  ['perl_version >= 5.018000', undefined],
  ['', undefined],
  ['((((', undefined],
])('%s', (text, wanted) => {
  expect(evaluate(text, facts)).toBe(wanted);
});

test('an unknown version decides nothing', () => {
  expect(evaluate('version >= 3', { ...facts, version: undefined })).toBeUndefined();
});

test('never throws and always ends', () => {
  const token = fc.constantFrom(...'( ) ! && || < <= == != 4.0 version plugin can A::b'.split(' '));
  fc.assert(
    fc.property(fc.array(token, { maxLength: 300 }), parts => {
      evaluate(parts.join(' '), facts);
    }),
  );
  evaluate('!'.repeat(100_000), facts);
  evaluate('('.repeat(100_000), facts);
});
