import { describe, expect, test } from 'vitest';
import { judge } from './range.ts';
import { readRange } from './version-range.ts';

describe('ranges as advisories write them', () => {
  test.each([
    ['vers:generic/>=1.0|<2.0', '1.5', 'affected'],
    ['< 1.2', '1.1', 'affected'],
    ['< 1.2', '1.2', 'not-affected'],
    ['<=1.2', '1.2', 'affected'],
    ['>= 1.0, < 1.2', '0.9', 'not-affected'],
    ['>=1.0 <1.2', '1.1', 'affected'],
    ['>=1.0|<1.2', '1.1', 'affected'],
    ['>1.0 and <=1.2', '1.0', 'not-affected'],
    ['>1.0 and <=1.2', '1.2', 'affected'],
    ['> 1.0', '1.0', 'not-affected'],
    ['= 1.0', '1.0', 'affected'],
    ['prior to 1.2', '1.1', 'affected'],
    ['All versions before 1.2', '1.2', 'not-affected'],
    ['1.2 and earlier', '1.2', 'affected'],
    ['up to and including 1.2', '1.3', 'not-affected'],
    ['all versions', '99', 'affected'],
  ])('%s and %s: %s', (range, version, standing) => {
    const claim = readRange(range, 'generic');
    expect(claim === undefined ? 'unread' : judge(claim, version).standing).toBe(standing);
  });

  test.each([
    'some older builds',
    '1.2 - 1.5',
    '<1.2 or >2.0 on Windows',
    'vers:generic/>=2.0|<1.0',
    '<1.2, <1.4',
    '',
    '<'.repeat(400),
    `prior to ${'1.'.repeat(300)}`,
  ])('what may mean something else is not guessed: %s', range => {
    expect(readRange(range, 'generic')).toBeUndefined();
  });
});
