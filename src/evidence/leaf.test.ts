import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeLeaf } from './leaf.ts';
import { canonicalJson, readCanonical } from './verify/canonical.ts';
import { type Leaf, readLeaf } from './verify/leaf.ts';

const gap: Leaf = {
  v: 1,
  kind: 'gap',
  at: '2026-06-29T10:00:00.000Z',
  source: 'mail.log',
  fromDay: '2026-06-28',
  toDay: '2026-06-28',
  why: 'it was off',
};

describe('canonical JSON', () => {
  test('is one form of a value, which is read back as that value', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
    );
    const value = fc.oneof(
      leaf,
      fc.array(leaf),
      fc.dictionary(fc.string(), leaf, { noNullPrototype: true }),
    );
    fc.assert(
      fc.property(value, given => {
        if (Object.is(given, -0) || JSON.stringify(given).includes('__proto__')) return;
        const text = canonicalJson(given);
        expect(readCanonical(Buffer.from(text))).toEqual(given);
      }),
    );
  });

  test.each([
    '{"b":1,"a":2}',
    '{"a":1, "b":2}',
    '{"a":1,"a":1}',
    '1.0',
    '1e3',
    '-0',
    '"\\u0041"',
    '1.5',
    '[1]\n',
    '{"a":9007199254740993}',
  ])('%s is not in that form', text => {
    expect(readCanonical(Buffer.from(text))).toBeUndefined();
  });

  test('has no fractions, no halves of characters and no depths', () => {
    expect(() => canonicalJson(0.5)).toThrow(RangeError);
    expect(() => canonicalJson('\ud800')).toThrow(RangeError);
    expect(() => canonicalJson([[[[[[[[1]]]]]]]])).toThrow(RangeError);
  });
});

describe('a leaf', () => {
  test('has the same bytes whatever the order of its keys', () => {
    const text =
      '{"at":"2026-06-29T10:00:00.000Z","fromDay":"2026-06-28","kind":"gap","source":"mail.log","toDay":"2026-06-28","v":1,"why":"it was off"}';
    expect(writeLeaf(gap).toString('utf8')).toBe(text);
    expect(
      writeLeaf(Object.fromEntries(Object.entries(gap).toReversed()) as unknown as Leaf).toString(
        'utf8',
      ),
    ).toBe(text);
    expect(readLeaf(Buffer.from(text))).toEqual({ ok: true, leaf: gap });
  });

  test.each<readonly [string, Record<string, unknown>]>([
    ['another version', { v: 2 }],
    ['another kind', { kind: 'line' }],
    ['a kind of the prototype', { kind: 'toString' }],
    ['one key more', { more: 1 }],
    ['a day that is none', { fromDay: '2026-13-01' }],
    ['a source that is a path', { source: '../x' }],
    ['too long a reason', { why: 'x'.repeat(1_001) }],
    ['a time without milliseconds', { at: '2026-06-29T10:00:00Z' }],
  ])('with %s is none', (_, change) => {
    expect(() => writeLeaf({ ...gap, ...change })).toThrow(RangeError);
    expect(readLeaf(Buffer.from(canonicalJson({ ...gap, ...change }))).ok).toBe(false);
  });

  test('is not read from anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        expect(readLeaf(bytes).ok).toBe(false);
      }),
    );
  });
});
