import { expect, test } from 'vitest';
import type { ExposureSettings } from '../data-type.ts';
import { findData } from '../find.ts';
import { fold } from '../normal.ts';

const settings: ExposureSettings = {
  customerNumbers: [{ pattern: 'C-?\\d{8}', labels: ['contract'] }],
  regions: ['JP', 'US'],
};

const length = 150_000;

/** Whatever takes the square of these lengths takes hours, and is stopped by the runner long before. */
test.each([
  ['digits and hyphens', '1-'],
  ['digits and blanks', '1 '],
  ['digits', '1'],
  ['digits and characters without width', '1\u200b'],
  ['groups of four', '4539 5787 '],
  ['at signs', '@'],
  ['letters and at signs', 'a@'],
  ['dots after an at sign', '@a.'],
  ['local parts', 'a.'],
  ['labels', 'password '],
  ['labels with a sign', 'password: '],
  ['a label and digits', 'card 1 '],
  ['beginnings of longer labels', 'social security social '],
  ['colons', ':'],
  ['groups of addresses', 'a1:'],
  ['links', 'http://a.b/c?d='],
  ['one link', 'a1B2c3'],
  ['heads of keys', '-----BEGIN RSA PRIVATE KEY-----'],
  ['beginnings of tokens', 'eyJ'],
  ['quotation marks', '"'],
  ['tabs', 'a\t1'],
  ['tabs and lines', '\t\n'],
  ['commas and lines', ',1,\n'],
  ['Japanese labels', '電話番号'],
  ['vowel marks', '1ー'],
  ['brackets', '(('],
  ['plus signs', '+1'],
  ['country codes', 'GB29 '],
  ['zones', 'P<'],
])('a text of nothing but %s is searched in time that grows with its length', (_, piece) => {
  const text = fold(piece.repeat(Math.ceil(length / piece.length)));
  const kinds = /[\t,]/.test(piece) ? (['plain', 'csv', 'html'] as const) : (['plain'] as const);
  for (const kind of kinds) {
    const found = findData({ text, kind }, settings);
    expect(found.length).toBeLessThanOrEqual(length / 4);
  }
});
