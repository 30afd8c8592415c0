import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Found } from '../../src/exposure/data-type.ts';
import { dataTypes } from '../../src/exposure/data-types.generated.ts';
import { findData } from '../../src/exposure/find.ts';
import { fold } from '../../src/exposure/normal.ts';
import { type DataTypeCase, dataTypeCases } from '../support/data-types.ts';

const search = ({ kind, settings }: DataTypeCase, input: string): readonly Found[] =>
  findData({ text: fold(input), kind }, settings);

const sound = (input: string, found: readonly Found[]): void => {
  let before = 0;
  for (const { from, to, value, type } of found) {
    expect(from).toBeGreaterThanOrEqual(before);
    before = from;
    expect(to).toBeGreaterThan(from);
    expect(to).toBeLessThanOrEqual(input.length);
    expect(value.length).toBeLessThanOrEqual(2_000);
    expect(dataTypes.some(({ id }) => id === type)).toBe(true);
  }
};

test('there are at most 52 types, so that a mask of them is a number', () => {
  expect(dataTypes.length).toBeLessThanOrEqual(52);
});

describe.each(dataTypes.map(type => [type.id, type] as const))('%s', (id, type) => {
  const cases = dataTypeCases(id);
  const named = cases.map(each => [each.name, each] as const);

  test('has cases where it is found and where it is not', () => {
    expect(cases.some(({ found }) => found.length > 0)).toBe(true);
    expect(cases.some(({ found }) => found.length === 0)).toBe(true);
    expect(type.title).not.toBe('');
  });

  test.each(named)('%s', (_, each) => {
    const found = search(each, each.input).filter(one => one.type === id);
    expect(
      found.map(({ from, to, value, confidence }) => ({
        text: each.input.slice(from, to),
        value,
        confidence,
      })),
    ).toEqual(each.found);
  });

  test('stays within texts that are cut off anywhere, and within noise', () => {
    for (const each of cases) {
      const step = Math.max(1, Math.floor(each.input.length / 40));
      for (let to = 0; to < each.input.length; to += step) {
        const cut = each.input.slice(0, to);
        sound(cut, search(each, cut));
        const rest = each.input.slice(to);
        sound(rest, search(each, rest));
      }
      fc.assert(
        fc.property(
          fc.array(fc.nat({ max: 0xffff }), { maxLength: 8 }),
          fc.nat(),
          (units, place) => {
            const at = place % (each.input.length + 1);
            const noisy =
              each.input.slice(0, at) +
              String.fromCharCode(...units) +
              each.input.slice(at + units.length);
            sound(noisy, search(each, noisy));
          },
        ),
        { numRuns: 15 },
      );
    }
  });
});
