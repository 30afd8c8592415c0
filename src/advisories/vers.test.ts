import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from './range.ts';
import { readVers } from './vers.ts';

const holds = (vers: string, version: string): string => {
  const reading = readVers(vers);
  if ('why' in reading) return reading.why;
  const { standing } = judge(reading.claim, version);
  return standing === 'affected' ? 'in' : standing === 'not-affected' ? 'out' : standing;
};

describe('what is in a range', () => {
  test.each([
    ['vers:deb/*', '0~1', 'in'],
    ['vers:none/*', '1', 'out'],
    ['vers:deb/1.2-3', '1.2-3', 'in'],
    ['vers:deb/1.2-3', '1.2-4', 'out'],
    ['vers:deb/!=1.2-3', '1.2-3', 'out'],
    ['vers:deb/!=1.2-3', '1.2-4', 'in'],
    ['vers:deb/>=1.2|<1.4-3', '1.2', 'in'],
    ['vers:deb/>=1.2|<1.4-3', '1.4-3', 'out'],
    ['vers:deb/>=1.2|<1.4-3', '1.4-3~bpo12+1', 'undetermined'],
    ['vers:deb/>=1.2|<1.4-3', '1.1', 'out'],
    ['vers:deb/>1.2|<=1.4', '1.2', 'out'],
    ['vers:deb/>1.2|<=1.4', '1.4', 'in'],
    ['vers:deb/<1.2|>=2.0|<2.3', '1.9', 'out'],
    ['vers:deb/<1.2|>=2.0|<2.3', '2.1', 'in'],
    ['vers:deb/>2.0', '2.0', 'out'],
    ['vers:deb/>2.0', '3:0', 'in'],
    ['vers:rpm/<1.2-3.el9', '0:1.2-2.el9', 'in'],
    ['vers:rpm/1.0-1|>=2:0.1-1', '2:0.1-1', 'in'],
    ['vers:apk/>=1.2.3-r0|!=1.2.4-r1|<1.3', '1.2.4-r1', 'out'],
    ['vers:apk/>=1.2.3-r0|!=1.2.4-r1|<1.3', '1.2.4-r2', 'in'],
    ['vers:pypi/>=3.3|<3.3.9', '3.3.9rc1', 'in'],
    ['vers:npm/1.2.3|>=2.0.0|<5.0.0', '1.2.3', 'in'],
    ['vers:DEB/>=1%3A1.2', '1:1.2', 'in'],
    ['vers:gem/>=2.2.0|!=2.2.1|<2.3.0', '2.2.5', 'undetermined'],
  ])('%s and %s: %s', (range, version, answer) => {
    expect(holds(range, version)).toBe(answer);
  });

  test('no version is in a range of none', () => {
    expect(readVers('vers:none/*')).toMatchObject({ claim: { rest: 'not-affected', spans: [] } });
  });
});

describe('what the specification calls an error is one', () => {
  test.each([
    ['npm/1.2.3', 'vers:TYPE/'],
    ['VERS:npm/1.2.3', 'vers:TYPE/'],
    ['vers:npm', 'vers:TYPE/'],
    ['vers:1npm/1.2.3', 'vers:TYPE/'],
    ['vers:n%70m/1.2.3', 'vers:TYPE/'],
    ['vers:invalid/1.2.3', 'reserved'],
    ['vers:npm/', 'no constraint'],
    ['vers:npm/>=1.0.0| <2.0.0', 'blank'],
    ['vers:npm/1.0.0\t', 'blank'],
    ['vers:npm/|>=1.0.0|<2.0.0', 'pipe'],
    ['vers:npm/>=1.0.0|<2.0.0|', 'pipe'],
    ['vers:npm/>=1.0.0||<2.0.0', 'pipe'],
    ['vers:npm/=1.0.0', 'without a sign'],
    ['vers:npm/>=', 'no version'],
    ['vers:npm/*|1.0.0', 'percent-encoded'],
    ['vers:npm/*1.0.0', 'percent-encoded'],
    ['vers:npm/1.0%2G0', 'broken encoding'],
    ['vers:npm/1.0%C3', 'broken encoding'],
    ['vers:deb/>=2.0.0|<1.0.0', 'not in order'],
    ['vers:deb/>=1.0|<1.0', 'twice'],
    ['vers:deb/>=1.0|<1.00', 'twice'],
    ['vers:deb/<1.0|<2.0', 'take turns'],
    ['vers:deb/>=1.0|>2.0', 'take turns'],
    ['vers:deb/1.0|<2.0', 'take turns'],
    ['vers:deb/<1.0|!=1.5|<2.0', 'take turns'],
    ['vers:deb/>=1.0|not_a_version', 'none of its type'],
    [`vers:deb/${'1|'.repeat(3_000)}2`, 'more than'],
    [`vers:deb/${'1'.repeat(70_000)}`, 'longer'],
  ])('%s', (range, why) => {
    const reading = readVers(range);
    expect('why' in reading ? reading.why : 'it was read').toContain(why);
  });

  test('a version is percent-decoded once', () => {
    expect(readVers('vers:lexicographic/1.0%252F0')).toMatchObject({
      claim: { versions: ['1.0%2F0'], scheme: 'unknown' },
    });
  });
});

const comparators = ['', '!=', '<', '<=', '>', '>='] as const;

/** The specification's own way to look for a version, step by step, on whole numbers. */
const contains = (constraints: readonly (readonly [string, number])[], tested: number): boolean => {
  if (constraints.some(([sign, at]) => at === tested && ['', '<=', '>='].includes(sign)))
    return true;
  if (constraints.some(([sign, at]) => at === tested && sign === '!=')) return false;
  const bounds = constraints.filter(([sign]) => sign !== '' && sign !== '!=');
  if (bounds.length === 0) return constraints.every(([sign]) => sign === '!=');
  return bounds.some(([sign, at], i) => {
    if (sign.startsWith('<')) {
      const previous = bounds[i - 1];
      return tested < at && (previous === undefined || tested > previous[1]);
    }
    return bounds[i + 1] === undefined && tested > at;
  });
};

test('a version is in what is read exactly where the specification’s procedure finds it', () => {
  const constraints = fc.uniqueArray(
    fc.tuple(fc.constantFrom(...comparators), fc.integer({ min: 1, max: 12 })),
    { minLength: 1, maxLength: 7, selector: ([, at]) => at },
  );
  let read = 0;
  fc.assert(
    fc.property(constraints, fc.integer({ min: 0, max: 13 }), (drawn, tested) => {
      const sorted = drawn.toSorted(([, a], [, b]) => a - b);
      const reading = readVers(`vers:deb/${sorted.map(([sign, at]) => `${sign}${at}`).join('|')}`);
      if ('why' in reading) return;
      read += 1;
      const { standing } = judge(reading.claim, String(tested));
      expect(standing).toBe(contains(sorted, tested) ? 'affected' : 'not-affected');
    }),
    { numRuns: 3_000 },
  );
  expect(read).toBeGreaterThan(300);
});

test('any text is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('', 'vers:', 'vers:deb/'),
      (text, head) => {
        const reading = readVers(head + text);
        if ('why' in reading) expect(reading.why).not.toBe('');
        else expect(reading.claim.spans.length).toBeLessThan(100);
      },
    ),
  );
});
