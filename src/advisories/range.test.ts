import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawnVersions } from '../../test/support/versions.ts';
import type { SchemeId, Span, Standing, VersionClaim } from '../core/advisory.ts';
import { judge } from './range.ts';
import { versionSchemes } from './versions.generated.ts';

const claim = (
  scheme: SchemeId,
  spans: readonly Omit<Span, 'standing'>[],
  more: Partial<VersionClaim> = {},
): VersionClaim => ({
  scheme,
  spans: spans.map(span => ({ standing: 'affected', ...span })),
  rest: 'not-affected',
  ...more,
});

const standing = (said: VersionClaim, version: string): string => judge(said, version).standing;

type Case = readonly [string, 'affected' | 'not-affected' | 'undetermined'];

const table = (title: string, said: VersionClaim, cases: readonly Case[]): void => {
  test.each(cases)(`${title}: %s is %s`, (version, expected) => {
    expect([version, standing(said, version)]).toEqual([version, expected]);
  });
};

describe('a range', () => {
  // What Composer's own order would call older is not what the source has seen mended.
  table('a branch as the end', claim('composer', [{ before: '1.6.x-dev' }]), [
    ['1.5.9', 'affected'],
    ['1.6.3', 'undetermined'],
    ['1.6.x-dev', 'undetermined'],
    ['1.7.0', 'not-affected'],
  ]);
  table('a branch without a number as the end', claim('composer', [{ before: 'dev-master' }]), [
    ['dev-master', 'undetermined'],
    ['1.6.3', 'undetermined'],
  ]);

  table(
    'branches that are mended apart',
    claim('composer', [
      { from: '0', before: '1.5.10' },
      { from: '1.6.0', before: '1.6.11' },
    ]),
    [
      ['1.5.9', 'affected'],
      ['0.0.1-dev', 'affected'],
      ['1.5.10', 'not-affected'],
      ['1.5.12', 'not-affected'],
      ['1.6.0', 'affected'],
      ['1.6', 'affected'],
      ['1.6.11-rc1', 'affected'],
      ['1.6.11', 'not-affected'],
      ['v1.6.12', 'not-affected'],
      ['1.7.0', 'not-affected'],
      // A branch by name: it was checked out on a day that nobody knows.
      ['dev-master', 'undetermined'],
      ['1.6.x-dev', 'undetermined'],
      ['1.4.x-dev', 'affected'],
      ['1.7.x-dev', 'not-affected'],
      ['1.6-git', 'undetermined'],
      ['', 'undetermined'],
      ['n/a', 'undetermined'],
      ['unknown', 'undetermined'],
    ],
  );

  table('from the first, which "0" says too', claim('deb', [{ from: '0', before: '2.0-1' }]), [
    ['0~', 'affected'],
    ['0~~rc1-1', 'affected'],
    ['2.0-1~', 'undetermined'],
    ['2.0~rc1-1', 'affected'],
    ['2.0-1', 'not-affected'],
  ]);

  table('a last affected version', claim('generic', [{ through: '2.3.21' }]), [
    ['2.3.20', 'affected'],
    ['2.3.21', 'affected'],
    ['2.3.21.0', 'affected'],
    ['2.3.21.1', 'not-affected'],
    ['2.3.21p1', 'undetermined'],
    ['2.3.21-4', 'undetermined'],
    ['2.3.22', 'not-affected'],
  ]);

  table('a last affected version without its revision', claim('deb', [{ through: '2.3.21' }]), [
    ['2.3.21-1', 'undetermined'],
    ['2.3.21+dfsg-1', 'undetermined'],
    ['2.3.22-1', 'not-affected'],
  ]);

  table('a last affected version with its revision', claim('deb', [{ through: '2.3.21-1' }]), [
    ['2.3.21-1', 'affected'],
    ['2.3.21-1+deb12u1', 'not-affected'],
  ]);

  table('a last affected version of one number', claim('generic', [{ through: '5' }]), [
    ['4.9', 'affected'],
    ['5.2', 'undetermined'],
    ['6.0', 'not-affected'],
  ]);

  table('a whole series', claim('generic', [{ from: '1.4', through: '1.6.x' }]), [
    ['1.3.9', 'not-affected'],
    ['1.6.17', 'affected'],
    ['1.7.0', 'not-affected'],
  ]);

  table('rebuilds for older systems', claim('deb', [{ from: '1.0-1', before: '2.0-1' }]), [
    ['1.0-1~bpo12+1', 'undetermined'],
    ['2.0-1~bpo12+1', 'undetermined'],
    ['2.0-0+deb12u1', 'affected'],
    ['1.0-0', 'not-affected'],
  ]);

  table('without end', claim('generic', [{ from: '2.0', before: '*' }]), [
    ['1.9', 'not-affected'],
    ['2.0', 'affected'],
    ['99', 'affected'],
    ['r1234', 'undetermined'],
  ]);

  table('without a start that is one', claim('generic', [{ from: 'unspecified', before: '2.0' }]), [
    ['1.0', 'undetermined'],
    ['2.0', 'not-affected'],
  ]);

  table('without an end that is one', claim('generic', [{ from: '1.0', before: 'n/a' }]), [
    ['1.0', 'undetermined'],
    ['0.9', 'not-affected'],
  ]);

  table('of nothing but signs', claim('generic', [{ from: '', through: '-' }]), [
    ['1.0', 'undetermined'],
  ]);

  table('of letters that may mean two things', claim('generic', [{ before: '3.0.0' }]), [
    ['3.0.0a', 'undetermined'],
    ['2.9.9z', 'affected'],
    ['3.0.1b', 'not-affected'],
  ]);

  table(
    'of a scheme that nobody knows',
    claim('unknown', [{ before: '2.0' }], { versions: ['r7'] }),
    [
      ['r7', 'affected'],
      ['2.0', 'undetermined'],
      ['1.0', 'undetermined'],
    ],
  );
});

describe('Zimbra', () => {
  const mended = claim('zimbra', [
    { before: '8.8.15 P46' },
    { from: '9.0.0', before: '9.0.0 P41' },
    { from: '10.0.0', before: '10.0.9' },
  ]);
  table('patch levels', mended, [
    ['8.8.15 P45', 'affected'],
    ['8.8.15_P46', 'not-affected'],
    ['8.8.12', 'affected'],
    ['8.8.15', 'undetermined'],
    ['8.8.15_GA_4179.UBUNTU20.64', 'undetermined'],
    ['9.0.0 P7', 'affected'],
    ['9.0.0.p41', 'not-affected'],
    ['9.0.0', 'undetermined'],
    ['10.0.8', 'affected'],
    ['10.0.9', 'not-affected'],
  ]);
  // The CVE record says `<= 8.8.15`, which a host with the mended patch level would be in.
  table('a record without them', claim('zimbra', [{ through: '8.8.15' }]), [
    ['8.8.15 P46', 'undetermined'],
    ['8.8.15', 'affected'],
    ['8.8.12 P3', 'affected'],
    ['9.0.0 P1', 'not-affected'],
  ]);
  table('a release as the one that mends', claim('zimbra', [{ before: '9.0.0' }]), [
    ['9.0.0', 'not-affected'],
    ['9.0.0 P1', 'not-affected'],
    ['8.8.15', 'affected'],
  ]);
  table('one by one', claim('zimbra', [], { versions: ['8.8.15 P45', '9.0.0'] }), [
    ['8.8.15.p45', 'affected'],
    ['8.8.15', 'undetermined'],
    ['9.0.0 P1', 'undetermined'],
    ['9.0.0_GA_3924', 'affected'],
    ['10.0.1', 'not-affected'],
  ]);
});

describe('Exchange', () => {
  const mended = claim('exchange', [
    { from: '15.01.0', before: '15.01.2507.039' },
    { from: '15.02.0', before: '15.02.1118.040' },
    { from: '15.02.0', before: '15.02.1258.034' },
  ]);
  table('each cumulative update is mended on its own', mended, [
    ['15.1.2507.38', 'affected'],
    ['Version 15.1 (Build 2507.39)', 'not-affected'],
    ['15.2.1118.26', 'affected'],
    // Lower than the mended build of the next one, and mended all the same.
    ['15.2.1118.40', 'not-affected'],
    ['15.2.1258.16', 'affected'],
    ['15.2.1258.34', 'not-affected'],
    ['15.2.1118', 'undetermined'],
    ['15.2.986.5', 'affected'],
    ['15.2.1544.4', 'not-affected'],
    ['15.0.1497.48', 'undetermined'],
  ]);
  // Build 1258.12 is higher than the mended one of the older update, and came out before it.
  table('a newer one may lack the fix', claim('exchange', [{ before: '15.2.1118.40' }]), [
    ['15.2.1258.12', 'undetermined'],
    ['15.2.1118.40', 'not-affected'],
    ['15.2.1118.7', 'affected'],
  ]);
});

describe('versions one by one', () => {
  table('as the scheme sees them', claim('pep440', [], { versions: ['1.0', '2.0rc1'] }), [
    ['1.0.0', 'affected'],
    ['2.0-RC1', 'affected'],
    ['2.0', 'not-affected'],
    ['1.0+local', 'not-affected'],
    ['not a version', 'undetermined'],
  ]);
  table(
    'beside a range',
    claim('composer', [{ from: '2.0', before: '2.1' }], { versions: ['dev-x', '1.9'] }),
    [
      ['1.9.0.0', 'affected'],
      ['2.0.5', 'affected'],
      ['2.1', 'not-affected'],
      ['dev-x', 'affected'],
      ['dev-y', 'undetermined'],
    ],
  );
  table(
    'of which one cannot be read',
    claim('semver', [], { versions: ['1.0.0', 'one point one', '*'] }),
    [
      ['1.0.0', 'affected'],
      ['1.1.0', 'undetermined'],
    ],
  );
});

describe('what is said of a range', () => {
  const said = (spans: readonly Span[], rest: Standing): VersionClaim => ({
    scheme: 'semver',
    spans,
    rest,
  });

  test('the first span that holds a version decides', () => {
    const exception = said(
      [
        { from: '1.5.0', through: '1.5.0', standing: 'not-affected' },
        { from: '1.0.0', before: '2.0.0', standing: 'affected' },
      ],
      'not-affected',
    );
    expect(standing(exception, '1.5.0')).toBe('not-affected');
    expect(standing(exception, '1.5.1')).toBe('affected');
  });

  test('the rest decides where no span does', () => {
    const mended = said([{ from: '2.0.0', standing: 'not-affected' }], 'affected');
    expect(standing(mended, '1.9.9')).toBe('affected');
    expect(standing(mended, '2.0.0')).toBe('not-affected');
    expect(standing(said([], 'affected'), '1.0.0')).toBe('affected');
    expect(standing(said([], 'unknown'), '1.0.0')).toBe('undetermined');
  });

  test('what the source leaves open stays open', () => {
    const open = said([{ before: '2.0.0', standing: 'unknown' }], 'not-affected');
    expect(standing(open, '1.0.0')).toBe('undetermined');
    expect(standing(open, '2.0.0')).toBe('not-affected');
  });

  test('what cannot be compared does not matter where both ways lead to the same answer', () => {
    const whole = said([{ before: '2.0.0', standing: 'affected' }], 'affected');
    expect(judge(whole, '2.x')).toEqual({
      standing: 'affected',
      why: 'whether 2.x is older than 2.0.0 cannot be told, but either way it is called affected',
    });
    expect(standing(said([{ before: '2.0.0', standing: 'affected' }], 'not-affected'), '2.x')).toBe(
      'undetermined',
    );
  });

  test('says why', () => {
    const range = claim('semver', [{ from: '1.6.0', before: '1.6.11' }]);
    expect(judge(range, '1.6.5')).toEqual({
      standing: 'affected',
      why: '1.6.5 is in the affected range from 1.6.0 before 1.6.11',
      span: { from: '1.6.0', before: '1.6.11', standing: 'affected' },
    });
    expect(judge(range, '1.6.11')).toEqual({
      standing: 'not-affected',
      why: '1.6.11 is not in the affected range from 1.6.0 before 1.6.11',
    });
    expect(judge(range, '1.6')).toEqual({
      standing: 'undetermined',
      why: 'whether 1.6 is older than 1.6.0 cannot be told',
    });
    expect(judge(claim('semver', [{ before: 'n/a' }]), '1.0.0')).toEqual({
      standing: 'undetermined',
      why: 'the source gives "n/a" as the end of a range',
    });
    expect(judge(range, '*').why).toBe('the version is not known');
    expect(judge(range, `1.6.5${'x'.repeat(500)}`).why.length).toBeLessThan(150);
    expect(judge(range, '1.6.5', [])).toEqual({
      standing: 'undetermined',
      why: 'nothing here compares versions as semver does',
    });
  });
});

/** What the order alone says of spans whose ends it knows. */
const naive = (id: SchemeId, spans: readonly Span[], rest: Standing, version: string): Standing => {
  const compare = versionSchemes.find(scheme => scheme.id === id)?.compare;
  const held = spans.find(
    ({ from = '0', before, through }) =>
      (from === '0' || compare?.(version, from) !== -1) &&
      (before === undefined || compare?.(version, before) === -1) &&
      (through === undefined || compare?.(version, through) !== 1),
  );
  return held?.standing ?? rest;
};

describe.each(versionSchemes)('any claim in the order of $id', ({ id, valid, compare, extent }) => {
  const version = drawnVersions[id];
  const standings = fc.constantFrom<Standing>('affected', 'not-affected', 'unknown');
  const span = fc.record(
    {
      from: fc.oneof(fc.constant('0'), version),
      before: version,
      through: version,
      standing: standings,
    },
    { requiredKeys: ['standing'] },
  );
  const spans = fc.array(span, { maxLength: 4 });

  test('is judged as the order says, or not at all', () => {
    fc.assert(
      fc.property(spans, standings, version, (spans, rest, version) => {
        const ends = spans.flatMap(({ from, before, through }) => [from, before, through, version]);
        const known = ends.every(
          end => end === undefined || (valid(end) && extent?.(end) === undefined),
        );
        fc.pre(known);
        const answer = judge({ scheme: id, spans, rest }, version);
        if (answer.standing === 'undetermined') return;
        // Where lines are mended apart, the order alone is not asked.
        if (id !== 'exchange') expect(answer.standing).toBe(naive(id, spans, rest, version));
      }),
      { numRuns: id === 'unknown' ? 0 : 2_000 },
    );
  });

  test('never throws, and never clears what it cannot read', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.string()), (before, version, versions) => {
        const answer = judge(claim(id, [{ before }], { versions }), version);
        const read = valid(version) || extent?.(version) !== undefined;
        if (!read && answer.standing === 'not-affected')
          expect(compare(version, before)).not.toBe('incomparable');
      }),
      { numRuns: 1_000 },
    );
  });

  test('does not cost time for texts of 100 kB', () => {
    const started = performance.now();
    for (const piece of ['9', '1.', ' ', '-', '~', 'a1']) {
      const long = piece.repeat(100_000 / piece.length);
      for (const text of [long, `${long}x`, ` ${long}`]) {
        judge(claim(id, [{ from: text, before: '2.0.0' }], { versions: [text] }), '1.0.0');
        judge(claim(id, [{ from: '1.0.0', through: '2.0.0' }], { versions: ['1.0.0'] }), text);
      }
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
