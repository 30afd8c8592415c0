import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aboutRecord, type RecordKind, recordWords } from './record.ts';
import { Candidates, nobody, SamePerson } from './same-person.ts';

/** One identifier and the rows that have it; each row says its name, 0 for none. */
interface Shared {
  readonly kind: RecordKind;
  readonly rows: readonly number[];
  readonly isRole?: boolean;
}

const personsOf = (
  rows: number,
  shared: readonly Shared[],
  {
    names = [],
    numbered = [],
    blank = [],
  }: { names?: readonly number[]; numbered?: readonly number[]; blank?: readonly number[] } = {},
): readonly number[] => {
  const groups = shared.map(({ kind, rows: of, isRole = false }) => ({
    words: Uint32Array.from(
      of.flatMap(row => [0, 0, 0, row, aboutRecord(kind, isRole, names[row] ?? 0)]),
    ),
    from: 0,
    to: of.length,
  }));
  expect(recordWords).toBe(5);
  const bits = (which: readonly number[]): Uint8Array =>
    Uint8Array.from({ length: rows }, (_, row) => (which.includes(row) ? 1 : 0));
  const same = new SamePerson(rows, bits(numbered));
  for (const group of groups) same.joinNumbered(group);
  for (const group of groups) same.joinOthers(group);
  const candidates = new Candidates();
  for (const group of groups) same.joinMixed(group, candidates);
  same.settle(candidates);
  return [...same.number(bits(blank)).personOf];
};

describe('rows of one person', () => {
  test('share what is his alone, directly or through another row', () => {
    expect(
      personsOf(4, [
        { kind: 'email', rows: [0, 2] },
        { kind: 'name-and-birth-date', rows: [2, 3] },
      ]),
    ).toEqual([0, 1, 0, 0]);
    expect(personsOf(3, [{ kind: 'name-and-customer-number', rows: [1, 2] }])).toEqual([0, 1, 1]);
  });

  test('are not told by a telephone or a customer number', () => {
    expect(
      personsOf(2, [
        { kind: 'telephone', rows: [0, 1] },
        { kind: 'customer-number', rows: [0, 1] },
      ]),
    ).toEqual([0, 1]);
  });

  test('share a role’s address only with those of their name', () => {
    const names = [7, 8, 7, 0];
    expect(personsOf(4, [{ kind: 'email', rows: [0, 1, 2, 3], isRole: true }], { names })).toEqual([
      0, 1, 0, 2,
    ]);
  });

  test('share an address of many names only with those of their name', () => {
    const rows = Array.from({ length: 12 }, (_, row) => row);
    const names = rows.map(row => 1 + (row % 10));
    expect(personsOf(12, [{ kind: 'email', rows }], { names })).toEqual([
      ...rows.slice(0, 10),
      0,
      1,
    ]);
  });

  test('are not told by what is a placeholder', () => {
    const rows = Array.from({ length: 51 }, (_, row) => row);
    expect(personsOf(51, [{ kind: 'name-and-birth-date', rows }])).toEqual(rows);
    expect(
      new Set(personsOf(50, [{ kind: 'name-and-birth-date', rows: rows.slice(0, 50) }])),
    ).toEqual(new Set([0]));
  });

  test('with numbers are those of the number', () => {
    const shared: readonly Shared[] = [
      { kind: 'person-id', rows: [0, 2] },
      { kind: 'person-id', rows: [1] },
      { kind: 'email', rows: [0, 1] },
      { kind: 'email', rows: [2, 3] },
      // Of 0 or of 1: nobody can tell.
      { kind: 'email', rows: [0, 4] },
      { kind: 'name-and-address', rows: [1, 4] },
    ];
    expect(personsOf(5, shared, { numbered: [0, 1, 2] })).toEqual([0, 1, 0, 0, 2]);
  });

  test('that name nobody are nobody’s', () => {
    expect(personsOf(3, [], { blank: [1] })).toEqual([0, nobody, 1]);
  });

  test('are the same in whatever order identifiers come', () => {
    const kinds: readonly RecordKind[] = ['email', 'name-and-address', 'telephone'];
    const one = fc.record({
      kind: fc.constantFrom(...kinds),
      rows: fc
        .uniqueArray(fc.nat({ max: 11 }), { minLength: 1, maxLength: 4 })
        .map(rows => rows.toSorted((a, b) => a - b)),
    });
    fc.assert(
      fc.property(
        fc
          .array(one, { maxLength: 10 })
          .chain(all =>
            fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
          ),
        fc.uniqueArray(fc.nat({ max: 11 }), { maxLength: 4 }),
        ([all, shuffled], numbered) => {
          const ids = numbered.map((row): Shared => ({ kind: 'person-id', rows: [row] }));
          const persons = personsOf(12, [...ids, ...all], { numbered });
          expect(personsOf(12, [...shuffled, ...ids], { numbered })).toEqual(persons);
          // Two numbers are never one person, and nobody is joined who shares nothing.
          expect(new Set(numbered.map(row => persons[row])).size).toBe(numbered.length);
        },
      ),
    );
  });
});
