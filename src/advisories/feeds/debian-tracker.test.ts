import { expect, test } from 'vitest';
import { judge } from '../range.ts';
import { debianTracker } from './debian-tracker.ts';

const standing = (version: string, sid: Readonly<Record<string, string>>): string | undefined => {
  const reading = debianTracker.read({
    document: 'json',
    number: 1,
    key: 'roundcube',
    value: {
      'CVE-2026-10001': {
        releases: {
          bookworm: {
            status: 'resolved',
            fixed_version: '1.6.5+dfsg-1+deb12u13',
            urgency: 'not yet assigned',
            repositories: { 'bookworm-security': '1.6.5+dfsg-1+deb12u14' },
          },
          sid: { urgency: 'not yet assigned', ...sid },
        },
      },
    },
  });
  const [entry] = 'entries' in reading ? reading.entries : [];
  const claim = entry?.kind === 'advisory' ? entry.advisory.affected[0] : undefined;
  return claim === undefined ? undefined : judge(claim, version).standing;
};

const mended = { status: 'resolved', fixed_version: '1.6.12+dfsg-1' };

test.each([
  ['1.6.5+dfsg-1+deb12u9', mended, 'affected'],
  ['1.6.5+dfsg-1+deb12u13', mended, 'not-affected'],
  // Newer than the tracker's copy, of the release's own line.
  ['1.6.5+dfsg-1+deb12u15', mended, 'not-affected'],
  // Of backports: newer by number, and without the release's patch.
  ['1.6.11+dfsg-1~bpo12+1', mended, 'undetermined'],
  ['1.6.12+dfsg-1', mended, 'not-affected'],
  ['1.6.13+dfsg-1~bpo12+1', mended, 'not-affected'],
  ['1.6.13+dfsg-1~bpo12+1', { status: 'open' }, 'undetermined'],
  ['1.6.5+dfsg-1+deb12u13', { status: 'open' }, 'not-affected'],
] as const)('%s, where unstable is %j, is %s', (version, sid, expected) => {
  expect(standing(version, sid)).toBe(expected);
});
