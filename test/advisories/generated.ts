import fc from 'fast-check';
import type {
  Advisory,
  AffectedProduct,
  FeedEntry,
  FeedId,
  Holding,
  ProductKey,
  VexStatement,
} from '../../src/core/advisory.ts';

/** Few names, so that they meet; two of them are ordered otherwise in UTF-16 than in UTF-8. */
export const flawNames: readonly string[] = [
  'CVE-2026-1001',
  'CVE-2026-100001',
  'GHSA-aaaa-bbbb-cccc',
  'DSA-1-1',
  '\u{1f4ec}-1',
  '\uffee-1',
];

export const productKeys: readonly ProductKey[] = [
  'package|Debian|roundcube',
  'package|Packagist|roundcube/roundcubemail',
  'cve|roundcube|webmail',
].map(text => text as ProductKey);

const flaw = fc.constantFrom(...flawNames);
const key = fc.constantFrom(...productKeys);
const stamp = fc.constantFrom(
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.5Z',
  '2026-01-01T08:59:00+09:00',
  '2026-02-01T00:00:00Z',
);

const affected: fc.Arbitrary<AffectedProduct> = fc.record(
  {
    key,
    product: fc.constant('a product'),
    scheme: fc.constant('generic' as const),
    spans: fc.constant([{ before: '2', standing: 'affected' as const }]),
    rest: fc.constant('not-affected' as const),
    fixed: fc.constant(['2']),
    release: fc.constantFrom('12', '13'),
  },
  { requiredKeys: ['key', 'product', 'scheme', 'spans', 'rest', 'fixed'] },
);

const advisory: fc.Arbitrary<Advisory> = fc.record(
  {
    feed: fc.constant('osv' as const),
    id: flaw,
    aliases: fc.array(flaw, { maxLength: 2 }),
    covers: fc.array(flaw, { maxLength: 2 }),
    title: fc.string({ maxLength: 10, unit: 'grapheme' }),
    modified: stamp,
    withdrawn: stamp,
    severities: fc.constant([]),
    affected: fc.array(affected, { maxLength: 3 }),
    references: fc.constant([]),
  },
  {
    requiredKeys: [
      'feed',
      'id',
      'aliases',
      'covers',
      'title',
      'severities',
      'affected',
      'references',
    ],
  },
);

const statement: fc.Arbitrary<VexStatement> = fc.record(
  {
    feed: fc.constant('openvex' as const),
    document: fc.constantFrom('https://vex.example.test/1', 'https://vex.example.test/2'),
    author: fc.constantFrom('Example KK', 'Somebody else'),
    on: stamp,
    flaws: fc.array(flaw, { minLength: 1, maxLength: 2 }),
    products: fc.array(fc.record({ key, product: fc.constant('a product') }), { maxLength: 3 }),
    status: fc.constantFrom('affected' as const, 'not-affected' as const, 'unknown' as const),
  },
  { requiredKeys: ['feed', 'document', 'author', 'flaws', 'products', 'status'] },
);

/** Any entry of any kind; all in one holding, which the store does not mind. */
export const entry: fc.Arbitrary<FeedEntry> = fc.oneof(
  { weight: 5, arbitrary: advisory.map(each => ({ kind: 'advisory' as const, advisory: each })) },
  { weight: 2, arbitrary: statement.map(each => ({ kind: 'vex' as const, statement: each })) },
  fc
    .record(
      {
        flaw,
        by: fc.constantFrom('CISA KEV', 'VulnCheck KEV'),
        on: fc.constant('2026-01-01'),
        ransomware: fc.constant(true),
      },
      { requiredKeys: ['flaw', 'by', 'on'] },
    )
    .map(exploited => ({ kind: 'exploited' as const, exploited })),
  fc
    .record(
      {
        flaw,
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        percentile: fc.double({ min: 0, max: 1, noNaN: true }),
        on: fc.constant('2026-01-01'),
      },
      { requiredKeys: ['flaw', 'score'] },
    )
    // JSON has one zero.
    .map(each => ({ kind: 'likelihood' as const, likelihood: { ...each, score: each.score + 0 } })),
);

export const holdingAbout = (
  feed: FeedId,
  part = '',
  more: Partial<Holding> = {},
): Omit<Holding, 'entries' | 'scopes'> => ({
  feed,
  part,
  asOf: '2026-06-01T00:00:00.000Z',
  asOfBasis: 'source',
  taken: '2026-06-01T00:00:00.000Z',
  from: 'https://feeds.example.test/',
  refused: 0,
  refusals: [],
  ...more,
});

/** An advisory of OSV's, as a record of an archive. */
export const osvRecord = (
  id: string,
  more: Readonly<Record<string, unknown>> = {},
  name = 'roundcube',
  fixed = '1.6.5+dfsg-1+deb12u5',
): Record<string, unknown> => ({
  schema_version: '1.7.0',
  id,
  modified: '2026-06-01T00:00:00Z',
  published: '2026-05-01T00:00:00Z',
  summary: `About ${id}`,
  affected: [
    {
      package: { ecosystem: 'Debian:12', name },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    },
  ],
  ...more,
});
