import { expect, test } from 'vitest';
import type { VersionClaim } from '../core/advisory.ts';
import { judgeInstalled } from './installed-range.ts';

const before = (fix: string): VersionClaim => ({
  scheme: 'rpm',
  spans: [{ from: '0', before: fix, standing: 'affected' }],
  rest: 'not-affected',
});

test.each([
  // A source that leaves the epoch out, of a package that has one.
  ['1:2.3.16-15.el9', '2.3.16-16.el9', 'undetermined'],
  ['1:2.3.16-15.el9', '2.3.16-14.el9', 'not-affected'],
  ['1:2.3.16-15.el9', '1:2.3.16-16.el9', 'affected'],
  ['1:2.3.16-15.el9', '0:2.3.16-16.el9', 'not-affected'],
  ['2.3.16-15.el9', '2.3.16-16.el9', 'affected'],
  ['0:2.3.16-15.el9', '2.3.16-16.el9', 'affected'],
  ['2.3.16-15.el9', '1:2.3.16-14.el9', 'affected'],
] as const)('%s against the fix in %s: %s', (version, fix, standing) => {
  expect(judgeInstalled(before(fix), version).standing).toBe(standing);
});
