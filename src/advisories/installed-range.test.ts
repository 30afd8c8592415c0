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

// Of a source rpm the file's name is known, which bears no epoch.
test.each([
  ['5.32.1-481.el9', '4:5.32.1-480.el9', 'undetermined'],
  ['5.32.1-479.el9', '4:5.32.1-480.el9', 'affected'],
  ['5.32.1-481.el9', '5.32.1-480.el9', 'not-affected'],
] as const)('%s, whose epoch is not known, against the fix in %s: %s', (version, fix, standing) => {
  expect(judgeInstalled(before(fix), version, false).standing).toBe(standing);
});
