import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apk } from '../../src/advisories/versions/apk.ts';
import { deb } from '../../src/advisories/versions/deb.ts';
import { rpm } from '../../src/advisories/versions/rpm.ts';
import { versionSchemes } from '../../src/advisories/versions.generated.ts';

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** In ascending order, by each ecosystem's own manual. */
const ladders = {
  deb: [
    '0~~',
    '0~',
    '0',
    '1.0~beta1~svn1245',
    '1.0~beta1',
    '1.0',
    '1.0-1~bpo12+1',
    '1.0-1',
    '1.0-1+b1',
    '1.0-1+deb12u1',
    '1.0-1+deb12u13',
    '1.0-1.1',
    '1.0-2',
    '1.0a',
    '1.0+dfsg-1',
    '1.0.1',
    '1.10',
    '1:0.1',
  ],
  rpm: [
    '1.0~rc1-1',
    '1.0-1.el9',
    '1.0-1.el9_4',
    '1.0-2.el9',
    '1.0^20240101git-1',
    '1.0.1-1',
    '1.5-1',
    '1.10-1',
    '2:0.1-1',
  ],
  apk: [
    '1.0_alpha',
    '1.0_alpha2',
    '1.0_beta',
    '1.0_pre1',
    '1.0_rc1',
    '1.0',
    '1.0-r1',
    '1.0-r10',
    '1.0_git20240101',
    '1.0_p1',
    '1.0_p1-r1',
    '1.0a',
    '1.0.1',
    '1.1_rc1',
    '1.1',
    '1.10',
  ],
} as const;

/** Alpine: behind the first dot a leading zero makes a fraction, in front of it none. */
const fractions = [
  '0.0.25',
  '0.01',
  '0.06',
  '0.17',
  '0.20',
  '1.02.07',
  '1.02.10',
  '1.2',
  '013',
  '104',
];

/** Not versions in any of them. */
const nonsense = ['', ' ', 'unknown', 'n/a', '1 0', '1.0\n', '*', '1.0-', 'ä'];

const schemes = { deb, rpm, apk };

test('every registered scheme is tested here', () => {
  expect(versionSchemes.map(({ id }) => id).sort()).toEqual(Object.keys(schemes).sort());
});

describe.each(Object.values(schemes))('$id', scheme => {
  const ladder: readonly string[] = ladders[scheme.id as keyof typeof ladders];

  test('climbs its ladder, whichever two rungs are compared', () => {
    for (const [i, a] of ladder.entries()) {
      for (const [j, b] of ladder.entries()) {
        expect([a, b, scheme.compare(a, b)]).toEqual([a, b, Math.sign(i - j)]);
      }
    }
  });

  test('does not compare what is too long to be a version', () => {
    expect(scheme.compare('9'.repeat(5_000), '1.0')).toBe('incomparable');
  });

  test.each(nonsense)('cannot compare %j', text => {
    expect(scheme.compare(text, '1.0')).toBe('incomparable');
    expect(scheme.compare('1.0', text)).toBe('incomparable');
  });

  test('never throws, and turns round when its arguments do', () => {
    const version = fc.stringMatching(/^[0-9][0-9a-z.~^+_-]{0,12}$/);
    fc.assert(
      fc.property(fc.oneof(version, fc.string()), fc.oneof(version, fc.string()), (a, b) => {
        const there = scheme.compare(a, b);
        const back = scheme.compare(b, a);
        expect(back).toBe(there === 'incomparable' ? there : there === 0 ? 0 : -there);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('apk takes a leading zero for a fraction', () => {
  for (const [i, a] of fractions.entries()) {
    for (const [j, b] of fractions.entries()) {
      expect([a, b, apk.compare(a, b)]).toEqual([a, b, Math.sign(i - j)]);
    }
  }
});

describe('the tools themselves', () => {
  test.runIf(has('dpkg'))('dpkg --compare-versions orders random versions as we do', () => {
    const upstream = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,5}$/);
    const revision = fc.stringMatching(/^(?:-[0-9a-z.+~]{1,4})?$/);
    const epoch = fc.constantFrom('', '', '', '0:', '1:');
    const version = fc.tuple(epoch, upstream, revision).map(parts => parts.join(''));
    fc.assert(
      fc.property(version, version, (a, b) => {
        const asked = (relation: string): boolean =>
          spawnSync('dpkg', ['--compare-versions', a, relation, b]).status === 0;
        const theirs = asked('lt') ? -1 : asked('eq') ? 0 : 1;
        expect([a, b, deb.compare(a, b)]).toEqual([a, b, theirs]);
      }),
      { numRuns: 300 },
    );
  });

  test.runIf(has('rpm'))('rpm.vercmp orders random versions as we do', () => {
    const part = fc.stringMatching(/^[0-9a-z.~^_+]{1,6}$/).filter(text => /\d/.test(text));
    const version = fc
      .tuple(fc.constantFrom('', '', '1:'), part, fc.constantFrom('', '-'), part)
      .map(([epoch, v, dash, r]) => `${epoch}${v}${dash === '' ? '' : `-${r}`}`);
    const pairs = fc.sample(fc.tuple(version, version), 1_500);
    const script = pairs.map(([a, b]) => `print(rpm.vercmp("${a}","${b}").." ")`).join(' ');
    const { stdout } = spawnSync('rpm', ['--eval', `%{lua: ${script}}`], { encoding: 'utf8' });
    const theirs = stdout.trim().split(/\s+/).map(Number);
    expect(theirs.length).toBe(pairs.length);
    expect(pairs.map(([a, b]) => [a, b, rpm.compare(a, b)])).toEqual(
      pairs.map(([a, b], i) => [a, b, theirs[i]]),
    );
  });
});
