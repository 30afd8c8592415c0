import { expect, test } from 'vitest';
import { OpenThings } from './draft.ts';

test('the oldest open thing is forgotten for the newest', () => {
  const things = new OpenThings<number>(2);
  things.set('a', 1);
  things.set('b', 2);
  things.set('a', 3);
  things.set('c', 4);
  expect([things.get('a'), things.get('b'), things.get('c')]).toEqual([undefined, 2, 4]);
});

test('what is closed makes room', () => {
  const things = new OpenThings<number>(2);
  things.set('a', 1);
  things.set('b', 2);
  things.delete('a');
  things.set('c', 3);
  expect([things.get('b'), things.get('c'), things.size]).toEqual([2, 3, 2]);
});

test.each([
  ['never closed', false],
  ['closed at once', true],
])('a million things, %s, stay within bounds and take no longer each than one', (_, closed) => {
  const things = new OpenThings<number>(50_000);
  const before = performance.now();
  for (let i = 0; i < 1_000_000; i += 1) {
    things.set(`key ${i}`, i);
    if (closed) things.delete(`key ${i}`);
  }
  expect(things.size).toBe(closed ? 0 : 50_000);
  expect(things.get('key 999999')).toBe(closed ? undefined : 999_999);
  expect(performance.now() - before).toBeLessThan(10_000);
});
