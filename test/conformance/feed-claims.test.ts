import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Feed } from '../../src/advisories/feed.ts';
import { feeds } from '../../src/advisories/feeds.generated.ts';
import { judge } from '../../src/advisories/range.ts';
import type { AffectedProduct, FeedEntry } from '../../src/core/advisory.ts';
import { readDocument } from '../support/feed-records.ts';
import { outsideData } from '../support/outside-data.ts';

/** What is asked of one version, and what must come out; `unnamed` where nothing is said of the product. */
interface Ask {
  readonly key: string;
  readonly release?: string;
  readonly stream?: string;
  readonly version: string;
  readonly outcome: 'affected' | 'not-affected' | 'undetermined' | 'unnamed';
  /** Why, for the reader of the case. */
  readonly because?: string;
}

const readCase = (feed: Feed, name: string): readonly FeedEntry[] => {
  const folder = join('test/fixtures/feeds', feed.id, name);
  const file = readdirSync(folder).find(each => each.startsWith('input.')) ?? '';
  return readDocument(feed, file, readFileSync(join(folder, file), 'utf8')).entries;
};

const asksOf = (id: string): readonly (readonly [string, readonly Ask[]])[] => {
  const folder = join('test/fixtures/feeds', id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name): readonly [string, readonly Ask[]] => {
      const expected = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as {
        readonly asks?: readonly Ask[];
      };
      return [name, expected.asks ?? []];
    })
    .filter(([, asks]) => asks.length > 0);
};

const about = (entries: readonly FeedEntry[], ask: Ask): readonly AffectedProduct[] =>
  entries
    .flatMap(entry => (entry.kind === 'advisory' ? entry.advisory.affected : []))
    .filter(
      ({ key, release, stream }) =>
        key === ask.key && release === ask.release && (ask.stream ?? stream) === stream,
    );

/** As the OSV schema has it: affected where any of them says so; doubt where nothing else is sure. */
const outcomeOf = (products: readonly AffectedProduct[], version: string): Ask['outcome'] => {
  if (products.length === 0) return 'unnamed';
  const answers = products.map(product => ({
    product,
    standing: judge(product, version).standing,
  }));
  const hits = answers.filter(({ standing }) => standing === 'affected');
  if (hits.length > 0 && products.every(({ harmless }) => harmless !== undefined)) {
    return 'not-affected';
  }
  if (hits.some(({ product }) => product.blur === undefined)) return 'affected';
  const doubtful = hits.length > 0 || answers.some(({ standing }) => standing === 'undetermined');
  return doubtful ? 'undetermined' : 'not-affected';
};

describe.each(
  feeds
    .map(feed => ({ feed, cases: asksOf(feed.id) }))
    .filter(({ cases }) => cases.length > 0)
    .map(each => [each.feed.id, each] as const),
)('what %s says of a version', (_, { feed, cases }) => {
  test.each(cases)('%s', (name, asks) => {
    const entries = readCase(feed, name);
    const found = asks.map(ask => ({
      ...ask,
      outcome: outcomeOf(about(entries, ask), ask.version),
    }));
    expect(found).toEqual(asks);
  });

  test('does not match what it must not', () => {
    const outcomes = cases.flatMap(([, asks]) => asks.map(({ outcome }) => outcome));
    expect(outcomes).toContain('unnamed');
    expect(outcomes).toContain('not-affected');
  });
});

const data = process.env['POSTERN_ADVISORY_DATA'];

/** Real records below that folder, and the feed that they are of. */
const real: readonly (readonly [string, string])[] = [
  ['almalinux-osv-mail/*/*.json', 'osv'],
  ['cve5-mail-samples/*.json', 'cve'],
  ['nvd-mail-samples/*.json', 'nvd'],
  ['kev/known_exploited_vulnerabilities.json', 'kev'],
];

describe.skipIf(data === undefined)(
  `real records, ${outsideData}${data === undefined ? ' (skipped: POSTERN_ADVISORY_DATA names no folder of them)' : ''}`,
  () => {
    test.each(real)('%s: %s takes every one, and refuses none', (pattern, id) => {
      const feed = feeds.find(each => each.id === id);
      const files = globSync(pattern, { cwd: data ?? '' });
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const text = readFileSync(join(data ?? '', file), 'utf8');
        const head = text.slice(0, 4_096);
        const [best] = [...feeds].sort((a, b) => b.sniff(file, head) - a.sniff(file, head));
        expect(best?.id, file).toBe(id);
        if (feed === undefined) continue;
        const { entries, refused } = readDocument(feed, file, text);
        expect(refused, file).toEqual([]);
        expect(entries.length, file).toBeGreaterThan(0);
      }
    });
  },
);
