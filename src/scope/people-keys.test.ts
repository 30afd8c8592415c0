import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesBetween, personKey, readPeopleKeys, writePeopleKeys } from './people-keys.ts';

const keys = fc.uniqueArray(fc.bigInt({ min: 0n, max: 40n }), { maxLength: 30 });

interface World {
  readonly evidenced: Set<bigint>;
  readonly reach: Set<bigint>;
}

const world: fc.Arbitrary<World> = fc.tuple(keys, keys).map(([evidenced, others]) => ({
  evidenced: new Set(evidenced),
  reach: new Set([...evidenced, ...others]),
}));

const keysOf = ({ evidenced, reach }: World) => ({
  evidenced: BigUint64Array.from(evidenced),
  reachOnly: BigUint64Array.from([...reach].filter(key => !evidenced.has(key))),
});

const size = (a: Set<bigint>, without: Set<bigint>): number =>
  [...a].filter(key => !without.has(key)).length;

test('who came in and who went out, of any two versions, written down and read again', () => {
  fc.assert(
    fc.property(world, world, (one, other) => {
      const [before, after] = [one, other].map(each =>
        readPeopleKeys(writePeopleKeys(keysOf(each))),
      );
      if (before === undefined || after === undefined) throw new Error('not read again');
      expect(changesBetween(before, after)).toEqual({
        evidenced: {
          in: size(other.evidenced, one.evidenced),
          out: size(one.evidenced, other.evidenced),
        },
        withinReach: { in: size(other.reach, one.reach), out: size(one.reach, other.reach) },
      });
    }),
  );
});

test('a file that was cut, grown or is another is no such file', () => {
  const bytes = writePeopleKeys({
    evidenced: BigUint64Array.of(3n, 1n),
    reachOnly: BigUint64Array.of(2n),
  });
  expect(readPeopleKeys(bytes)?.evidenced).toEqual(BigUint64Array.of(1n, 3n));
  for (let length = 0; length < bytes.length; length++) {
    expect(readPeopleKeys(bytes.subarray(0, length))).toBeUndefined();
  }
  expect(readPeopleKeys(Buffer.concat([bytes, Buffer.alloc(8)]))).toBeUndefined();
  expect(
    readPeopleKeys(Buffer.from(`x${bytes.toString('latin1').slice(1)}`, 'latin1')),
  ).toBeUndefined();
});

test('keys hold 64 of the 96 bits', () => {
  expect(personKey(2 ** 48 - 1, 2 ** 48 - 1)).toBe(2n ** 64n - 1n);
  expect(personKey(1, 2 ** 32)).toBe(65_537n);
});
