import { expect, test } from 'vitest';
import { versionSchemes } from '../versions.generated.ts';
import { upstreamPart } from './upstream-part.ts';

test.each([
  ['1:3.9.1-1~94b0bcca6~bookworm', '3.9.1'],
  ['2:2.3.21-1+debian12', '2.3.21'],
  ['1.6.5+dfsg-1+deb12u9', '1.6.5'],
  ['2.3.21~bookworm', '2.3.21'],
  ['2.3.21~deb12u1', '2.3.21'],
  ['3.9.1-1.el9', '3.9.1'],
  ['2:2.4.0~rc1-1+debian12', '2.4.0-rc1'],
  ['2.4.0~rc1+dfsg-1', '2.4.0-rc1'],
  ['4.0.0~beta2-1.el9', '4.0.0-beta2'],
  ['2.4.0-0.1.rc1.el9', '2.4.0-rc1'],
  ['2.4.0-0.3.el9', '2.4.0'],
  ['4.0.0~20260101.abcdef~bookworm', '4.0.0~20260101.abcdef~bookworm'],
  ['4.0.0~git20260101-1', '4.0.0~git20260101'],
  ['1.0^20260101git-1.fc42', '1.0'],
  ['2.0+really1.9.5-1', '1.9.5'],
  ['1:2.0+really1.9.5+dfsg-1', '1.9.5'],
])('of %s the maker’s is %s', (version, upstream) => {
  expect(upstreamPart(version)).toBe(upstream);
});

test.each(['2.4.0~rc1-1', '2.4.0-0.1.rc1.el9', '2.4.0~git20260101-1', '2.4.0~20260101~bookworm'])(
  '%s is not yet 2.4.0',
  version => {
    const generic = versionSchemes.find(({ id }) => id === 'generic');
    expect(generic?.compare(upstreamPart(version), '2.4.0')).toBe(-1);
    expect(generic?.compare(upstreamPart(version), '2.3.21')).toBe(1);
  },
);
