import { expect, test } from 'vitest';
import type { Holding } from '../../core/advisory.ts';
import { osv } from '../feeds/osv.ts';
import { memoryIndex } from '../memory-index.ts';
import { keyOfPackage } from '../product-key.ts';
import { clockOf } from './clock.ts';

const holding: Holding = {
  feed: 'osv',
  part: 'Debian',
  asOf: '2026-06-28T12:00:00Z',
  asOfBasis: 'source',
  taken: '2026-06-28T12:00:00Z',
  from: 'https://feeds.example.test/',
  entries: 1,
  refused: 0,
  refusals: [],
};

const record = (id: string, ecosystem: string, name: string, published: string): unknown => ({
  id,
  published,
  modified: '2026-06-20T00:00:00Z',
  ...(id.startsWith('GHSA-') ? { aliases: ['CVE-2026-10001'] } : { upstream: ['CVE-2026-10001'] }),
  affected: [
    {
      package: { ecosystem, name },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] }],
    },
  ],
});

const started = (...records: readonly unknown[]): string | undefined => {
  const entries = records.flatMap(value => {
    const reading = osv.read({ document: 'all.zip', number: 1, value });
    return 'entries' in reading ? reading.entries : [];
  });
  return clockOf(
    ['CVE-2026-10001'],
    new Set([
      keyOfPackage('Debian', 'roundcube'),
      keyOfPackage('Packagist', 'roundcube/roundcubemail'),
    ]),
    memoryIndex([{ holding, entries }]),
    new Date('2026-06-29T06:00:00Z'),
  )?.started;
};

const ofFlaw = record('DEBIAN-CVE-2026-10001', 'Debian:12', 'roundcube', '2025-01-10T00:00:00Z');
const update = record('DSA-9901-1', 'Debian:12', 'roundcube', '2026-05-20T00:00:00Z');
const upstream = record(
  'GHSA-aaaa-bbbb-cccc',
  'Packagist',
  'roundcube/roundcubemail',
  '2026-05-18T00:00:00Z',
);

test('a distribution’s record of a flaw bears the flaw’s day, which starts no clock', () => {
  expect(started(ofFlaw)).toBeUndefined();
  expect(started(ofFlaw, update)).toBe('2026-05-20T00:00:00Z');
  expect(started(ofFlaw, update, upstream)).toBe('2026-05-18T00:00:00Z');
});

test('what is dated after today starts none', () => {
  const later = record('DSA-9901-1', 'Debian:12', 'roundcube', '2026-07-20T00:00:00Z');
  expect(started(later)).toBeUndefined();
});
