import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baseScoreOf } from '../cvss.ts';

describe('the base score of a vector', () => {
  // Scores of FIRST's calculators and of NVD for vectors of real flaws, and the ends of each scale.
  test.each([
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
    ['AV:N/AC:M/Au:N/C:N/I:P/A:N', 4.3],
    ['AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
    ['AV:N/AC:L/Au:S/C:C/I:C/A:C', 9],
    ['(AV:N/AC:L/Au:N/C:P/I:P/A:P)', 7.5],
    ['AV:L/AC:L/Au:N/C:N/I:N/A:N', 0],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H', 9.9],
    ['CVSS:3.1/AC:L/AV:N/A:H/C:H/I:H/PR:N/S:C/UI:N', 10],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:N/I:L/A:N', 5],
    ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', 0],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O', 9.8],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N', 6.9],
    ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
  ])('%s is %d', (vector, score) => {
    expect(baseScoreOf(vector)).toBe(score);
  });

  test.each([
    '',
    'high',
    '9.8',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:3.1/AV:N/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'AV:constructor/AC:L/Au:N/C:C/I:C/A:C',
    `CVSS:3.1/${'AV:N/'.repeat(1_000)}`,
  ])('"%s" has none', vector => {
    expect(baseScoreOf(vector)).toBeUndefined();
  });

  const value = (values: string): fc.Arbitrary<string> => fc.constantFrom(...values.split(''));
  const vector4 = fc
    .tuple(
      value('NALP'),
      value('LH'),
      value('NP'),
      value('NLH'),
      value('NPA'),
      ...Array.from({ length: 6 }, () => value('HLN')),
    )
    .map(values => {
      const names = ['AV', 'AC', 'AT', 'PR', 'UI', 'VC', 'VI', 'VA', 'SC', 'SI', 'SA'];
      return values.map((each, i) => [names[i] ?? '', each] as const);
    });
  const written = (metrics: readonly (readonly [string, string])[]): string =>
    `CVSS:4.0/${metrics.map(([name, each]) => `${name}:${each}`).join('/')}`;
  const ladders: Readonly<Record<string, string>> = {
    AV: 'NALP',
    AC: 'LH',
    AT: 'NP',
    PR: 'NLH',
    UI: 'NPA',
  };

  test('lies between 0 and 10, with one decimal, and does not rise where one thing becomes milder', () => {
    fc.assert(
      fc.property(vector4, fc.nat(10), (metrics, which) => {
        const score = baseScoreOf(written(metrics)) ?? -1;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(10);
        expect(Math.round(score * 10) / 10).toBe(score);
        const [name = '', now = ''] = metrics[which] ?? [];
        const ladder = ladders[name] ?? 'HLN';
        const milder = ladder[ladder.indexOf(now) + 1];
        if (milder === undefined) return;
        const changed = metrics.map((each, i) => (i === which ? ([name, milder] as const) : each));
        expect(baseScoreOf(written(changed)) ?? 11).toBeLessThanOrEqual(score);
      }),
      { numRuns: 500 },
    );
  });
});
