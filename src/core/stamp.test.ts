import { describe, expect, test } from 'vitest';
import { asOfDay, isBefore, isStaleAt } from './stamp.ts';

describe('isBefore', () => {
  test.each([
    ['2026-01-01', '2026-01-01T00:00:01Z', true],
    ['2026-01-01T08:59:59+09:00', '2026-01-01T00:00:00Z', true],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z', true],
    ['2026-01-01T09:00:00+09:00', '2026-01-01T00:00:00Z', false],
    ['2026-01-01', '2026-01-01', false],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z', true],
  ])('%s before %s: %s', (a, b, expected) => {
    expect(isBefore(a, b)).toBe(expected);
    expect(isBefore(b, a) && expected).toBe(false);
  });
});

describe('isStaleAt', () => {
  const now = new Date('2026-06-29T06:00:00Z');
  test.each([
    ['2026-06-28T06:00:00Z', false],
    ['2026-06-27T06:00:00Z', false],
    ['2026-06-27T05:59:00Z', true],
    // A minute between two clocks is nothing; a day is a clock that was wrong.
    ['2026-06-29T06:30:00Z', false],
    ['2026-06-30T06:00:00Z', true],
    ['2099-01-01T00:00:00Z', true],
    ['yesterday', true],
  ])('as of %s: %s', (asOf, expected) => expect(isStaleAt(asOf, now, 48)).toBe(expected));
});

test.each([
  ['1970-01-01T00:00:00.000Z', 'an unknown day'],
  ['2026-06-28T12:00:00.000Z', '2026-06-28'],
])('a source as of %s is, for people, of %s', (asOf, day) => {
  expect(asOfDay(asOf)).toBe(day);
});
