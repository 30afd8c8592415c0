import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { filterBytes, mayTellOf, personFilter, personOf, readFilter } from './person-filter.ts';

interface Row {
  readonly kind: string;
  readonly user: string | undefined;
  readonly actor: string | undefined;
}

const column = (values: readonly (string | undefined)[]) => {
  const dictionary = [...new Set(values.filter(value => value !== undefined))];
  return {
    dictionary,
    codes: values.map(value => (value === undefined ? -1 : dictionary.indexOf(value))),
  };
};

const filterOf = (rows: readonly Row[]) => {
  const filter = personFilter({
    kind: column(rows.map(row => row.kind)),
    user: column(rows.map(row => row.user)),
    actor: column(rows.map(row => row.actor)),
  });
  if (filter === undefined) throw new Error('no filter');
  return readFilter(filterBytes(filter, { layout: 1 }));
};

const asked = (rows: readonly Row[], name: string, kind?: string): boolean => {
  const person = personOf(name);
  if (person === undefined) return true;
  return mayTellOf(filterOf(rows), person, each => kind === undefined || each === kind);
};

const anyName = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'B', '@', 'K', 'İ', 'é', '.'), maxLength: 6 }),
  fc.string({ maxLength: 12 }),
);
const anyRow: fc.Arbitrary<Row> = fc.record({
  kind: fc.constantFrom('login', 'message.read', 'other'),
  user: fc.option(anyName, { nil: undefined }),
  actor: fc.option(anyName, { nil: undefined }),
});

describe('a filter of persons', () => {
  test('never says no of somebody whom rows tell of', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 60 }), rows => {
        for (const { user, actor, kind } of rows) {
          for (const name of [user, actor]) {
            if (name === undefined) continue;
            const whole = name.normalize('NFC').toLowerCase();
            expect(asked(rows, whole)).toBe(true);
            expect(asked(rows, whole, kind)).toBe(true);
            expect(asked(rows, whole.split('@')[0] ?? '', kind)).toBe(true);
          }
        }
      }),
    );
  });

  test('says no of most others, and of most other kinds', () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => ({
      kind: i % 3 === 0 ? 'message.read' : 'login',
      user: `user${i}@example.jp`,
      actor: undefined,
    }));
    const filter = filterOf(rows);
    const maybes = (nameOf: (i: number) => string, isAsked: (kind: string) => boolean): number =>
      rows.filter((_, i) => {
        const person = personOf(nameOf(i));
        return person === undefined || mayTellOf(filter, person, isAsked);
      }).length / rows.length;
    const isLogin = (kind: string): boolean => kind === 'login';
    expect(maybes(i => `user${i}@example.test`, isLogin)).toBeLessThan(0.3);
    expect(maybes(i => `other${i}@example.jp`, isLogin)).toBeLessThan(0.05);
    expect(maybes(i => `user${3 * (i % 1_000)}@example.jp`, isLogin)).toBeLessThan(0.05);
    expect(
      maybes(
        i => `user${i}@example.jp`,
        () => false,
      ),
    ).toBe(0);
    expect(filter.bits.length).toBe(rows.length);
    expect(filter.about).toEqual({ layout: 1 });
  });

  test('is not there for rows that have no kind', () => {
    const [user, actor] = [column(['a']), column([undefined])];
    expect(personFilter({ kind: column([undefined]), user, actor })).toBeUndefined();
  });

  test('is not asked for names in other letters', () => {
    expect(personOf('é@example.jp')).toBeUndefined();
  });

  test('throws where its bytes are others', () => {
    for (const bytes of [Buffer.alloc(3), Buffer.from([200, 0, 0, 0, 1]), Buffer.alloc(5)]) {
      expect(() => readFilter(bytes)).toThrow();
    }
  });
});
