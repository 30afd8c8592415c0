import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { versionLengthMax } from '../../src/advisories/version-scheme.ts';
import { apk } from '../../src/advisories/versions/apk.ts';
import { versionSchemes } from '../../src/advisories/versions.generated.ts';
import { type SchemeId, schemeIds } from '../../src/core/advisory.ts';
import { drawnVersions } from '../support/versions.ts';

/** In ascending order, by each ecosystem's own manual; those on one rung are the same version. */
const ladders: Readonly<Record<SchemeId, readonly (readonly string[] | string)[]>> = {
  deb: [
    '0~~',
    '0~',
    ['0', '0-0', '0:0', '00-0', ' 0'],
    '1.0~beta1~svn1245',
    '1.0~beta1',
    ['1.0', '1.00-0'],
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
    ['1.0.1-1', '0:1.0.1-1', '1.0_01-1'],
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
  composer: [
    '0.9.9999',
    ['1.2-dev', '1.2.0.0-dev', 'v1.2.0_dev'],
    '1.2.0-alpha',
    ['1.2.0-alpha1-dev', '1.2.0a1dev'],
    ['1.2.0-alpha1', '1.2a1', '1.2.0.0-ALPHA.1'],
    '1.2.0-beta2',
    ['1.2.0-beta2.1', '1.2b2-1'],
    '1.2.0-beta10',
    ['1.2.0-RC1', '1.2.0rc1', '1.2.0.RC1'],
    ['1.2', 'v1.2.0', '1.2.0.0', '1.2.0+build.7', '1.2.0-stable', '1.2.0@beta'],
    ['1.2.0-p1', '1.2.0-patch1', '1.2.0pl1'],
    '1.2.0.1',
    '1.2.1',
    '1.10',
    '1.x-dev',
    '2010.1',
    ['2010-01-02', '2010:01:02'],
    '20100102',
    '20100102-203040',
  ],
  semver: [
    '0.0.0-0',
    '0.0.0',
    '1.0.0-0',
    '1.0.0-2.a',
    '1.0.0-11',
    '1.0.0--',
    '1.0.0-A',
    '1.0.0-a',
    '1.0.0-a.1',
    '1.0.0-a.b',
    '1.0.0-a-b',
    '1.0.0-rc.2',
    '1.0.0-rc.11',
    ['1.0.0', ' v1.0.0', '1.0.0+x', '1.0.0+0.build-1'],
    '1.0.1-0',
    '1.0.99999999999999999999',
    '1.10.0',
  ],
  pep440: [
    '0.9.dev1',
    '1.0.dev1',
    '1.0.dev2',
    '1.0a1.dev3',
    ['1.0a1', '1.0-ALPHA_1', 'v1.0.0.alpha.1'],
    '1.0a1.post1.dev2',
    '1.0a1.post1',
    ['1.0b2', '1.0.beta2'],
    ['1.0rc0', '1.0-rc', '1.0c', '1.0.preview0', '1.0pre'],
    ['1', '1.0', '1.0.0', 'V1', '0!1', ' 1.0\n'],
    '1.0+abc',
    '1.0+abc.2',
    ['1.0+5', '1.0.0+05'],
    ['1.0+5.a', '1.0+5-A'],
    '1.0.post1.dev3',
    ['1.0.post1', '1.0-1', '1.0-r1', '1rev1'],
    '1.0.1.dev0',
    '1.1',
    '1.10',
    '1!0.1',
  ],
  maven: [
    ['3-alpha-1', '3a1', '3.0.0-ALPHA1', '3.alpha1'],
    '3-beta2',
    '3-beta11',
    ['3-m1', '3.0-milestone-1'],
    ['3-rc', '3cr', '3.0.0.RC'],
    '3-rc1',
    '3-SNAPSHOT',
    ['3', '3.0', '3.0.0', '3-0', '03', '3-ga', '3.Final', '3.0-RELEASE'],
    '3-sp',
    '3-sp2',
    ['3-a', '3a', '3.0a'],
    '3-jre',
    '3-1-rc1',
    ['3-1', '3.0-1'],
    '3-2',
    '3.0.1-rc1',
    '3.0.1',
    '3.1',
    '3.10',
  ],
  zimbra: [
    '8.8.15_BETA1',
    '8.8.15_RC1',
    ['8.8.15 P7', '8.8.15_GA_3869.UBUNTU18.64_20190917 FOSS edition, Patch 8.8.15_P7.'],
    [
      '8.8.15 P46',
      '8.8.15_P46',
      '8.8.15.p46',
      '8.8.15-P46',
      '8.8.15 Patch 46',
      '8.8.15.GA.4179.UBUNTU20.64 P46',
      '8.8.15.1726000000.p46-1.u20',
    ],
    ['9.0.0 P41', '9.0.0.p41', '9.0.0_P041'],
    '10.0.0',
    ['10.0.9', '10.0.9_GA_4518.RHEL8_64', 'Release 10.0.9.GA.4518'],
    '10.1.1',
  ],
  exchange: [
    '15.0.1497.48',
    ['15.1.2507.39', '15.01.2507.039', 'Version 15.1 (Build 2507.39)'],
    '15.2.986.42',
    ['15.2.1118.7', '15.02.1118.007'],
    '15.2.1118.40',
    '15.2.1258.12',
  ],
  generic: [
    '0.103.12',
    '1.6.11-alpha',
    '1.6.11-beta',
    '1.6.11beta2',
    '1.6.11-pre1',
    ['1.6.11-rc1', '1.6.11.RC1', '1.6.11rc1', '1.6.11~rc1', '1.6.11_RC1'],
    '1.6.11-RC10',
    ['1.6.11', 'v1.6.11', '1.6.11.0', '1.6.11-stable'],
    ['1.6.11p1', '1.6.11-patch1', '1.6.11pl1'],
    '1.6.11.1',
    '2.3.21',
    '2.3.21.1',
    '4.97.1',
    '4.98-RC2',
    '4.98',
  ],
  unknown: [],
};

/** Not versions in any of them. */
const nonsense = ['', ' ', 'unknown', 'n/a', '1 0', '*', '-', 'ä', 'unspecified'];

/** What looks like a version and is none, in this scheme. */
const foreign: Readonly<Record<SchemeId, readonly string[]>> = {
  deb: ['1.0-', 'v1.0', '1.0_1', '1.0\n', '-1', ':1', '1:', '99999999999:1'],
  rpm: ['1.0-', '1.0-1-1', '1.0\n'],
  apk: ['1.0-', '1.0-1', '1.0bc', 'v1.0', '1.0_foo', '1.0-r', '1.0_p1a'],
  composer: ['dev-master', 'master', 'DEV-foo', '1.0-foo', '1.0.0.0.0', '1.0 beta', '1.0-beta.x'],
  semver: ['1.0', '1.0.0.0', '01.0.0', '1.0.0-01', '1.0.0-', '1.0.0+', '1.0.0-a..b', '=1.0.0'],
  pep440: ['1.0-', '1.0-foo', '1.0.x', '1.0+', '1.0+a..b', '1.0.post1.a1', 'v', '1!'],
  maven: ['RELEASE', '1.0/2', '[1.0,2.0)', '${version}1'],
  zimbra: ['8.8', '8.8.15.1', '8.8.15-foo', '8.8.15 P1 P2', '8.8.15 P', '8.8.15 P1;'],
  exchange: ['2019 CU12', '15', '15.2.1.1.1', 'Version 15.1', '15.2.x.1'],
  generic: [
    '1.6-git',
    'r1234',
    '1.6-dev',
    '1.6-foo',
    '1.6.',
    '1..6',
    '1.6-20240101-git',
    '1.6-rc1-2',
  ],
  unknown: ['1.0', '2'],
};

const rungs = (id: SchemeId): readonly { readonly height: number; readonly text: string }[] =>
  ladders[id].flatMap((rung, height) =>
    (typeof rung === 'string' ? [rung] : rung).map(text => ({ height, text })),
  );

test('every scheme that a claim can name has its file', () => {
  expect(versionSchemes.map(({ id }) => id).sort()).toEqual([...schemeIds].sort());
});

describe.each(versionSchemes)('$id', scheme => {
  const { id } = scheme;

  test('climbs its ladder, whichever two rungs are compared', () => {
    for (const a of rungs(id)) {
      for (const b of rungs(id)) {
        const order = Math.sign(a.height - b.height);
        expect([a.text, b.text, scheme.compare(a.text, b.text)]).toEqual([a.text, b.text, order]);
      }
      expect([a.text, scheme.valid(a.text)]).toEqual([a.text, true]);
    }
  });

  test.each([...nonsense, ...foreign[id]])('cannot compare %j', text => {
    const version = rungs(id)[0]?.text ?? '1.0.0';
    expect(scheme.valid(text)).toBe(false);
    expect(scheme.compare(text, version)).toBe(text === version ? 0 : 'incomparable');
    expect(scheme.compare(version, text)).toBe(text === version ? 0 : 'incomparable');
  });

  test('is a total order on what it calls valid', () => {
    const version = drawnVersions[id];
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        fc.pre([a, b, c].every(text => scheme.valid(text)));
        expect(scheme.compare(a, a)).toBe(0);
        const [ab, bc, ac] = [scheme.compare(a, b), scheme.compare(b, c), scheme.compare(a, c)];
        expect([ab, bc, ac]).not.toContain('incomparable');
        if (ab === 0) expect([a, b, c, ac]).toEqual([a, b, c, bc]);
        if (ab === bc) expect([a, b, c, ac]).toEqual([a, b, c, ab]);
      }),
      { numRuns: id === 'unknown' ? 0 : 3_000 },
    );
  });

  test('never says two ways round what it says of any two texts', () => {
    const text = fc.oneof(drawnVersions[id], fc.constantFrom(...foreign[id]), fc.string());
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const there = scheme.compare(a, b);
        const back = scheme.compare(b, a);
        expect(back).toBe(there === 'incomparable' ? there : there === 0 ? 0 : -there);
        // Where it speaks of all three, what it says hangs together.
        const [next, whole] = [scheme.compare(b, c), scheme.compare(a, c)];
        if (there === next && there !== 'incomparable')
          expect([a, b, c, whole]).toEqual([a, b, c, there]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('tells the ends of what stands for several versions, in order and valid', () => {
    const text = fc.oneof(drawnVersions[id], fc.constantFrom(...foreign[id]), fc.string());
    fc.assert(
      fc.property(text, text => {
        const extent = scheme.extent?.(text);
        if (extent === undefined) return;
        expect([extent.first, extent.last].map(end => scheme.valid(end))).toEqual([true, true]);
        expect(scheme.compare(extent.first, extent.last)).toBe(-1);
        expect([1, -1]).not.toContain(scheme.compare(extent.first, text) === 1 ? 1 : 0);
      }),
    );
  });

  test.each(['9', '1.', '1-', '-', ' ', 'a1', '1a', '~', '^', '1+', '.-', '1rc', '_p1', '\n'])(
    'does not spend time on 100 kB of %j',
    piece => {
      const long = piece.repeat(100_000 / piece.length);
      const short = piece.repeat(versionLengthMax / piece.length);
      const started = performance.now();
      for (const text of [
        long,
        `1.0${long}`,
        `1.0-1${long}x`,
        `${short}!`,
        `1${short}`.slice(0, -1),
      ]) {
        expect(['incomparable', -1, 0, 1]).toContain(scheme.compare(text, '1.0.0'));
        expect(['incomparable', -1, 0, 1]).toContain(scheme.compare('1.0.0', text));
        scheme.extent?.(text);
        scheme.line?.(text);
      }
      expect(scheme.compare(long, '1.0.0')).toBe('incomparable');
      expect(performance.now() - started).toBeLessThan(500);
    },
  );
});

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

test('apk takes a leading zero for a fraction', () => {
  for (const [i, a] of fractions.entries()) {
    for (const [j, b] of fractions.entries()) {
      expect([a, b, apk.compare(a, b)]).toEqual([a, b, Math.sign(i - j)]);
    }
  }
});

/** Two texts of which the scheme says nothing, though it may know both. */
test.each([
  ['zimbra', '8.8.15', '8.8.15 P46'],
  ['zimbra', '8.8.15_GA_3869.UBUNTU18.64', '8.8.15_P46'],
  ['exchange', '15.2.1118', '15.2.1118.40'],
  ['exchange', '15.2', '15.2.1118.40'],
  ['composer', 'dev-master', '1.6.11'],
  ['composer', 'dev-master', 'dev-main'],
  ['generic', '3.0.0a', '3.0.0'],
  ['generic', '2.4.1-4', '2.4.1'],
  ['generic', '3.10-20240504', '3.10.0'],
  ['generic', '1.6.11+dfsg', '1.6.11'],
  ['generic', '1.05', '1.5'],
  ['generic', '1.05', '1.2'],
  ['generic', '2.4.0~git1', '2.4.0-rc1'],
  ['unknown', '1.0', '1.1'],
] as const)('%s does not order %s and %s', (id, a, b) => {
  expect(versionSchemes.find(scheme => scheme.id === id)?.compare(a, b)).toBe('incomparable');
});

/** What has no place of its own in the order, and yet is older or newer than some. */
test.each([
  ['zimbra', '8.8.15', '9.0.0 P41'],
  ['zimbra', '8.8.12 P4', '8.8.15'],
  ['exchange', '15.2.1118', '15.2.1258.12'],
  ['generic', '3.0.0a', '3.0.1'],
  ['generic', '2.9.9', '3.0.0a'],
  ['generic', '3.0.0a', '3.0.0b'],
  ['generic', '2.4.1-4', '2.4.1-12'],
  ['generic', '2.4.1-4', '2.4.2'],
  ['generic', '2.4.0~git1', '2.4.0'],
  ['generic', '2.4.0~git1', '2.4.0p1'],
  ['generic', '2.3.21', '2.4.0~git1'],
  ['generic', '1.05', '1.12'],
  ['generic', '1.03', '1.06'],
] as const)('%s puts %s before %s', (id, a, b) => {
  expect(versionSchemes.find(scheme => scheme.id === id)?.compare(a, b)).toBe(-1);
});

test('the same text is the same version, even where nobody can compare', () => {
  const unknown = versionSchemes.find(({ id }) => id === 'unknown');
  expect(unknown?.compare('r1234', 'r1234')).toBe(0);
  expect(versionSchemes.find(({ id }) => id === 'composer')?.compare('dev-x', 'dev-x')).toBe(0);
});
