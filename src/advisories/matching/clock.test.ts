import { expect, test } from 'vitest';
import { holdingOf } from '../../../test/support/holding.ts';
import { csaf } from '../feeds/csaf.ts';
import { notes } from '../feeds/notes.ts';
import { osv } from '../feeds/osv.ts';
import { memoryIndex } from '../memory-index.ts';
import { keyOfNote, keyOfPackage } from '../product-key.ts';
import { clockOf } from './clock.ts';

const holding = holdingOf('osv', 'Debian');

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

test.each([
  [{}, undefined],
  [{ sign: 'release' }, undefined],
  [{ dated: 'at-latest' }, true],
  // The branch bears a day of its own.
  [{ dated: 'at-latest', on: '2026-05-10' }, undefined],
])(
  'a vendor’s note of %j',
  ({ on, ...more }: { dated?: string; on?: string; sign?: string }, atLatest) => {
    const reading = notes.read({
      document: 'gate.json',
      number: 1,
      value: JSON.stringify({
        format: 'postern-notes/1',
        product: 'kuroneko-gate',
        title: 'Kuroneko Gate',
        vendor: 'Kuroneko Mail KK',
        scheme: 'generic',
        source: 'https://example.jp/security',
        notes: [
          {
            id: 'gate-1',
            date: '2026-05-20',
            ...more,
            title: 'A flaw',
            branches: [{ fixed: '9.2', ...(on === undefined ? {} : { on }) }],
          },
        ],
      }),
    });
    const clock = clockOf(
      ['gate-1'],
      new Set([keyOfNote('kuroneko-gate')]),
      memoryIndex([{ holding, entries: 'entries' in reading ? reading.entries : [] }]),
      new Date('2026-06-29T06:00:00Z'),
    );
    expect(clock?.started).toBe(on ?? '2026-05-20');
    expect(clock?.atLatest).toBe(atLatest);
    expect(clock?.sign).toBe(more.sign === 'release' ? 'upstream release' : 'vendor note');
  },
);

test.each([
  ['vendor', '2026-05-18T09:00:00Z', 'upstream release', '2026-05-18T09:00:00Z'],
  // It may be the day on which a passer-by wrote it down.
  ['coordinator', '2026-05-18T09:00:00Z', 'advisory', '2026-05-18T09:00:00Z'],
  ['vendor', undefined, 'advisory', '2026-05-21T00:00:00Z'],
])('a CSAF advisory of a %s whose fix is to be had from %s', (category, date, sign, day) => {
  const purl = 'pkg:composer/roundcube/roundcubemail@';
  const product = (version: string): unknown => ({
    name: `Webmail ${version}`,
    product_id: version,
    product_identification_helper: { purl: purl + version },
  });
  const value = {
    document: {
      category: 'csaf_security_advisory',
      csaf_version: '2.0',
      title: 'A flaw',
      publisher: { category, name: 'Kuroneko Mail KK', namespace: 'https://example.jp' },
      tracking: {
        id: 'KMK-1',
        status: 'final',
        version: '1',
        initial_release_date: '2026-05-21T00:00:00Z',
        current_release_date: '2026-05-21T00:00:00Z',
      },
    },
    product_tree: { full_product_names: [product('1.0'), product('1.1')] },
    vulnerabilities: [
      {
        cve: 'CVE-2026-10001',
        product_status: { known_affected: ['1.0'], fixed: ['1.1'] },
        remediations: [{ category: 'vendor_fix', product_ids: ['1.0'], date, details: 'Update.' }],
      },
    ],
  };
  const reading = csaf.read({ document: 'kmk-1.json', number: 1, value });
  const clock = clockOf(
    ['CVE-2026-10001'],
    new Set([keyOfPackage('Packagist', 'roundcube/roundcubemail')]),
    memoryIndex([{ holding, entries: 'entries' in reading ? reading.entries : [] }]),
    new Date('2026-06-29T06:00:00Z'),
  );
  expect(clock).toMatchObject({ sign, started: day });
});
