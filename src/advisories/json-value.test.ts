import { describe, expect, test } from 'vitest';
import { columnsOf, csvFields } from './csv-line.ts';
import { addressesOf, flawOf, oneLine, sentenceIn, textIn, timeOf } from './json-value.ts';

describe('a date', () => {
  test.each([
    ['2026-02-28', '2026-02-28'],
    ['2024-02-29', '2024-02-29'],
    ['2026-02-28T23:59:60Z', '2026-02-28T23:59:60Z'],
    ['2026-02-28 10:00:00', '2026-02-28T10:00:00Z'],
    ['2026-02-28T10:00:00.1234567+0900', '2026-02-28T10:00:00.1234567+09:00'],
    ['2026-02-28T10:00Z', '2026-02-28T10:00:00Z'],
  ])('%s is %s', (text, time) => {
    expect(timeOf(text)).toBe(time);
  });

  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    'yesterday',
    '',
    '2026-02-28T25:00:00Z',
  ])('%s is none', text => {
    expect(timeOf(text)).toBeUndefined();
  });
});

test('addresses are web addresses, without accounts, each once, https first', () => {
  expect(
    addressesOf([
      'http://example.jp/b',
      'https://example.jp/a',
      'https://example.jp/a',
      'javascript:alert(1)',
      'https://user:secret@example.jp/',
      'https://example.jp/ with blanks',
      'ftp://example.jp/',
      undefined,
    ]),
  ).toEqual(['https://example.jp/a', 'http://example.jp/b']);
});

test('names of flaws are spelled as others spell them', () => {
  expect(flawOf('cve-2026-113386')).toBe('CVE-2026-113386');
  expect(flawOf('ghsa-AAAA-bbbb-CCCC')).toBe('GHSA-aaaa-bbbb-cccc');
  expect(flawOf('ALSA-2026:1472')).toBe('ALSA-2026:1472');
  expect(flawOf('not a name')).toBeUndefined();
  expect(flawOf('')).toBeUndefined();
});

test('a sentence is one printable line, and a long one is cut', () => {
  expect(oneLine('one\n\ttwo\u0000\u202ethree')).toBe('one two three');
  expect(oneLine('a'.repeat(500))).toHaveLength(300);
  expect(sentenceIn({ a: 'x'.repeat(100_000) }, 'a')).toHaveLength(300);
  // Half a name is another name.
  expect(textIn({ a: 'x'.repeat(3_000) }, 'a')).toBeUndefined();
  expect(
    textIn(JSON.parse('{"__proto__":{"a":"b"}}') as Record<string, unknown>, 'a'),
  ).toBeUndefined();
});

test('a line of CSV is cut at commas that are not quoted', () => {
  expect(csvFields('a,"b, ""c""",,d')).toEqual(['a', 'b, "c"', '', 'd']);
  expect(csvFields('a,"b')).toBeUndefined();
  expect(csvFields('"a"x,b')).toEqual(['a', 'b']);
  expect(csvFields(',"')).toBeUndefined();
  expect(csvFields('"a",')).toEqual(['a', '']);
  expect([...columnsOf('CVE, EPSS ,"EPSS Percentile"').keys()]).toEqual([
    'cve',
    'epss',
    'epss percentile',
  ]);
});
