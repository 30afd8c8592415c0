import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';

test('what came is waited for by the clock, whatever its lines say', () => {
  const arrivals = new Arrivals(3_000);
  expect(arrivals.settledMs(0)).toBe(Number.POSITIVE_INFINITY);
  arrivals.came(1_000, 50);
  expect(arrivals.isDue(2_000)).toBe(false);
  expect(arrivals.settledMs(2_000)).toBe(Number.NEGATIVE_INFINITY);
  arrivals.came(3_000, 70);
  expect(arrivals.isDue(4_000)).toBe(true);
  expect(arrivals.settledMs(4_000)).toBe(50);
  expect(arrivals.isDue(5_000)).toBe(false);
  expect(arrivals.settledMs(6_000)).toBe(Number.POSITIVE_INFINITY);
  expect(arrivals.isDue(9_000)).toBe(false);
});

test('a clock that is set back makes nothing wait longer', () => {
  const arrivals = new Arrivals(3_000);
  arrivals.came(100_000, 50);
  expect(arrivals.isDue(50_000)).toBe(true);
  expect(arrivals.settledMs(50_000)).toBe(Number.POSITIVE_INFINITY);
});
