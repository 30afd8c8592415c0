import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../test/support/seed.ts';
import { NameTable } from './name-table.ts';

test('names have the numbers that a map would give them, as text or as bytes', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('', 'a', 'A', '\ud800', '\udc00\ud800', '\ufffd', 'ä', 'a\u0308'),
    fc.nat({ max: 3_000 }).map(number => `u${number}@example.jp`),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, fc.boolean()), { maxLength: 1_500, size: 'max' }),
      given => {
        const table = new NameTable();
        const map = new Map<string, number>();
        for (const [text, asBytes] of given) {
          const expected = map.get(text) ?? map.size + 1;
          map.set(text, expected);
          const bytes = Buffer.from(`<${text}>`);
          const number =
            asBytes && !/\p{Surrogate}/u.test(text)
              ? table.numberOfBytes(bytes, 1, bytes.length - 1)
              : table.numberOf(text);
          expect(number).toBe(expected);
        }
        expect(table.count).toBe(map.size);
        expect(table.names()).toEqual([...map.keys()]);
      },
    ),
    { numRuns: 12 },
  );
});
