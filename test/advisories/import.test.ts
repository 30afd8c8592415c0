import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { keyOfPackage } from '../../src/advisories/product-key.ts';
import { type ImportOutcome, importAdvisories } from '../../src/app/advisories/import.ts';
import type { FeedId, Holding } from '../../src/core/advisory.ts';
import { AdvisoryStore } from '../../src/store/advisory-store.ts';
import { file, folder, tar, zip } from '../support/archives.ts';
import { osvRecord } from './generated.ts';

const now = new Date('2026-06-29T06:00:00Z');
const roundcube = keyOfPackage('Debian', 'roundcube');

let stores = 0;
const newStore = (): AdvisoryStore => {
  stores += 1;
  return new AdvisoryStore(join(folder, `store-${stores}`));
};

const take = (store: AdvisoryStore, path: string, as?: string): Promise<ImportOutcome> =>
  importAdvisories({
    store,
    path,
    now: () => now,
    say: () => {},
    ...(as === undefined ? {} : { as }),
  });

const gzipped = (path: string): string => file(gzipSync(readFileSync(path)), 'list.json.gz');
const json = (value: unknown): string => JSON.stringify(value);
const osvZip = (...records: readonly Record<string, unknown>[]): string =>
  file(
    zip(
      records.map((record, i) => ({
        name: `${String(record['id'])}-${i}.json`,
        bytes: json(record),
      })),
    ),
    'all.zip',
  );

/** What the store answers about one product: name, and when it was changed. */
const answered = (store: AdvisoryStore): Readonly<Record<string, string>> => {
  const open = store.open();
  try {
    return Object.fromEntries(
      open.about(roundcube).map(({ advisory }) => [advisory.id, advisory.modified ?? '']),
    );
  } finally {
    open.close();
  }
};

const holding = (store: AdvisoryStore, feed: FeedId, part: string): Holding => {
  const found = store.holdingOf(feed, part);
  if (found === undefined) throw new Error(`${feed}/${part} is not there`);
  return found;
};

/** Nothing but whole copies, and what is remembered of them. */
const strewn = (store: AdvisoryStore): readonly string[] =>
  readdirSync(store.folder).filter(name => !/\.(?:sqlite|json|lock)$/.test(name));

const first = osvRecord('CVE-2026-0001');
const second = osvRecord('CVE-2026-0002');

describe('whatever it is packed in', () => {
  const records = [first, second].map(json);
  const entries = records.map((text, i) => [`osv/${i}.json`, text] as const);
  const packed = tar(entries);
  const loose = join(folder, 'loose');
  mkdirSync(join(loose, 'below'), { recursive: true });
  records.forEach((text, i) => {
    writeFileSync(join(loose, i === 0 ? '0.json' : 'below/1.json'), text);
  });
  test.each([
    ['zip', osvZip(first, second)],
    ['tar', file(packed, 'a.tar')],
    ['tar.gz', file(gzipSync(packed), 'a.tar.gz')],
    ['folder', loose],
    ['JSON list', file(`[${records.join(',')}]`, 'list.json')],
    ['JSON list, gzip', file(gzipSync(`[${records.join(',')}]`), 'list.json.gz')],
  ])('%s: all of it is in', async (_, path) => {
    const store = newStore();
    const outcome = await take(store, path);
    expect(outcome).toMatchObject({
      sources: [{ source: 'osv/imported', outcome: 'fresh', holding: { entries: 2, refused: 0 } }],
      strangers: { count: 0 },
      leftOut: { count: 0 },
    });
    expect(Object.keys(answered(store))).toEqual(['CVE-2026-0001', 'CVE-2026-0002']);
    // Twice the same is once.
    await take(store, path);
    expect(holding(store, 'osv', 'imported').entries).toBe(2);
    expect(strewn(store)).toEqual([]);
  });
});

describe('what is bad in it', () => {
  const good = json(first);
  test.each<readonly [string, string, string]>([
    [
      'broken JSON',
      '{"schema_version": "1.7.0", "id": "CVE-2026-9", "modified":',
      'not valid JSON',
    ],
    [
      'a key that stands in it twice',
      `{"id":"CVE-2026-8",${json(osvRecord('CVE-2026-9')).slice(1)}`,
      'twice',
    ],
    [
      'a key that stands twice far inside',
      json(osvRecord('CVE-2026-9')).replace('"fixed":', '"fixed":"1","fi\\u0078ed":'),
      'twice',
    ],
    [
      'a withdrawal on no date',
      json(osvRecord('CVE-2026-9', { withdrawn: 'yesterday' })),
      'no date',
    ],
    ['no name', json(osvRecord('')), 'no id'],
  ])('%s is counted, named and left out, and the rest is in', async (_, text, why) => {
    const store = newStore();
    const path = file(
      zip([
        ...Array.from({ length: 50 }, (__, i) => ({
          name: `a${i}.json`,
          bytes: json(osvRecord(`CVE-2026-1${100 + i}`)),
        })),
        { name: 'bad.json', bytes: text },
        { name: 'z.json', bytes: good },
      ]),
      'all.zip',
    );
    const { sources } = await take(store, path, 'osv/Debian');
    expect(sources).toMatchObject([{ outcome: 'fresh', holding: { entries: 51, refused: 1 } }]);
    expect(holding(store, 'osv', 'Debian').refusals).toEqual([
      { record: 'all.zip/bad.json', why: expect.stringContaining(why) as string },
    ]);
    expect(Object.keys(answered(store))).toHaveLength(51);
  });

  test('names that lead out, and bombs, are left out and named; the rest is in', async () => {
    const store = newStore();
    const bomb = `{"schema_version":"1.7.0","id":"CVE-2026-9","summary":"${' '.repeat(4 << 20)}"}`;
    const path = file(
      zip([
        { name: '../../etc/cron.d/x.json', bytes: good },
        { name: '/etc/x.json', bytes: good },
        { name: 'bomb.json', bytes: bomb },
        { name: 'good.json', bytes: good },
      ]),
      'all.zip',
    );
    const { sources, leftOut } = await take(store, path);
    expect(sources).toMatchObject([{ outcome: 'fresh', holding: { entries: 1 } }]);
    expect(leftOut.count).toBe(3);
    expect(Object.keys(answered(store))).toEqual(['CVE-2026-0001']);
  });

  test.each([
    [
      'zip',
      (): Buffer =>
        zip([
          { name: 'a.json', bytes: good },
          { name: 'b.json', bytes: json(second) },
        ]),
    ],
    [
      'tar',
      (): Buffer =>
        tar([
          ['a.json', good],
          ['b.json', json(second)],
        ]),
    ],
    [
      'tar.gz',
      (): Buffer =>
        gzipSync(
          tar([
            ['a.json', good],
            ['b.json', json(second)],
          ]),
        ),
    ],
    ['gz', (): Buffer => gzipSync(`[${good},${json(second)}]`)],
    ['JSON list', (): Buffer => Buffer.from(`[${good},${json(second)}]`)],
  ])('a %s that is cut off leaves what was there, wherever it is cut', async (_, made) => {
    const bytes = made();
    // Blocks of nothing at the end of a tar archive may be missing.
    const whole = bytes.length - (bytes.subarray(-1024).every(byte => byte === 0) ? 1024 : 0);
    const store = newStore();
    await take(store, osvZip(osvRecord('CVE-2026-7777')), 'osv/Debian');
    for (let at = 1; at < whole; at += Math.max(1, Math.floor(whole / 23))) {
      const outcome = await take(store, file(bytes.subarray(0, at), 'all'), 'osv/Debian').catch(
        (thrown: unknown) => thrown,
      );
      expect(Object.keys(answered(store)), `${at}: ${json(outcome)}`).toEqual(['CVE-2026-7777']);
    }
    expect(strewn(store)).toEqual([]);
  });

  test('a page of HTML, and nothing at all, change nothing', async () => {
    const store = newStore();
    for (const text of ['<!doctype html><title>Log in</title>', '', '{}', '[]', 'null']) {
      const { sources } = await take(store, file(text, 'all.json'));
      expect(sources.filter(({ outcome }) => outcome === 'fresh')).toEqual([]);
    }
    expect(store.open().holdings).toEqual([]);
  });
});

test('six digits and more, `n/a` and dates that are none do not stop what is good beside them', async () => {
  const store = newStore();
  const record = (id: string, version: string, published: string): Record<string, unknown> => ({
    dataType: 'CVE_RECORD',
    dataVersion: '5.1',
    cveMetadata: { cveId: id, state: 'PUBLISHED', datePublished: published },
    containers: {
      cna: {
        affected: [
          { vendor: 'n/a', product: 'n/a', versions: [{ version: 'n/a', status: 'affected' }] },
          { vendor: 'Roundcube', product: 'Webmail', versions: [{ version, status: 'affected' }] },
        ],
      },
    },
  });
  const { sources } = await take(
    store,
    file(
      json([
        record('CVE-2026-1234567', '1.6.5', '2026-02-30T00:00:00Z'),
        record('CVE-2026-100001', 'n/a', '2026-02-01'),
      ]),
      'cves.json',
    ),
  );
  expect(sources[0]).toMatchObject({ source: 'cve/imported', outcome: 'fresh' });
  const open = store.open();
  expect(open.named('CVE-2026-1234567')[0]?.advisory.published).toBeUndefined();
  expect(open.named('CVE-2026-100001')).toHaveLength(1);
  open.close();
});

test('one CVE record is not the whole list, and takes the place of none', async () => {
  const store = newStore();
  const record = {
    dataType: 'CVE_RECORD',
    dataVersion: '5.1',
    cveMetadata: {
      cveId: 'CVE-2026-0001',
      state: 'PUBLISHED',
      dateUpdated: '2026-06-28T00:00:00Z',
    },
    containers: {
      cna: {
        affected: [
          {
            vendor: 'Roundcube',
            product: 'Webmail',
            versions: [{ version: '1', status: 'affected' }],
          },
        ],
      },
    },
  };
  const list = file(json([record]), 'cves.json');
  for (const path of [file(json(record), 'CVE-2026-0001.json'), list, gzipped(list)]) {
    expect((await take(store, path)).sources).toMatchObject([
      { source: 'cve/imported', outcome: 'fresh' },
    ]);
  }
  expect(store.has('cve', '')).toBe(false);
});

describe('older after newer', () => {
  const at = (modified: string): Record<string, unknown> =>
    osvRecord('CVE-2026-0001', { modified });

  test('a record: the newer stays, whichever comes first', async () => {
    const [forth, back] = [newStore(), newStore()];
    const [old, young] = [
      osvZip(at('2026-06-01T00:00:00Z'), second),
      osvZip(at('2026-06-02T00:00:00Z')),
    ];
    for (const path of [old, young]) await take(forth, path);
    for (const path of [young, old]) await take(back, path);
    for (const store of [forth, back]) {
      expect(answered(store)).toEqual({
        'CVE-2026-0001': '2026-06-02T00:00:00Z',
        'CVE-2026-0002': '2026-06-01T00:00:00Z',
      });
      expect(holding(store, 'osv', 'imported')).toMatchObject({ asOf: '2026-06-02T00:00:00.000Z' });
    }
  });

  test('a record that was taken back does not come back', async () => {
    const store = newStore();
    await take(store, osvZip({ ...at('2026-06-02T00:00:00Z'), withdrawn: '2026-06-02T00:00:00Z' }));
    await take(store, osvZip(at('2026-06-01T00:00:00Z')));
    expect(answered(store)).toEqual({});
  });

  test('a VEX document: the newer stays, with all that it says and nothing that it does not', async () => {
    const vex = (on: string, ...flaws: readonly string[]): string =>
      file(
        json({
          '@context': 'https://openvex.dev/ns/v0.2.0',
          '@id': 'https://vex.example.test/1',
          author: 'Example KK',
          timestamp: on,
          version: 1,
          statements: flaws.map(name => ({
            vulnerability: { name },
            products: [{ '@id': 'pkg:deb/debian/roundcube@1' }],
            status: 'not_affected',
            justification: 'component_not_present',
          })),
        }),
        'vex.json',
      );
    const old = vex('2026-06-01T00:00:00Z', 'CVE-2026-1', 'CVE-2026-2');
    const young = vex('2026-06-02T00:00:00Z', 'CVE-2026-2', 'CVE-2026-3');
    for (const order of [
      [old, young],
      [young, old],
      [young, old, young],
    ]) {
      const store = newStore();
      for (const path of order) {
        expect((await take(store, path)).sources).toMatchObject([{ outcome: 'fresh' }]);
      }
      const open = store.open();
      const flaws = open.vexAbout(roundcube).flatMap(({ statement }) => statement.flaws);
      expect(flaws.sort()).toEqual(['CVE-2026-2', 'CVE-2026-3']);
      expect(open.holdings).toMatchObject([{ entries: 2 }]);
      open.close();
    }
  });

  const kev = (released: string, count: number, ...flaws: readonly string[]): string =>
    file(
      json({
        title: 'A catalogue',
        catalogVersion: released.slice(0, 10).replaceAll('-', '.'),
        dateReleased: released,
        count,
        vulnerabilities: flaws.map(cveID => ({ cveID, dateAdded: '2026-01-01' })),
      }),
      'kev.json',
    );

  test('a whole feed: the newer stays, and it is said how to go back', async () => {
    const store = newStore();
    await take(store, kev('2026-06-02T00:00:00Z', 1, 'CVE-2026-1'));
    const { sources } = await take(store, kev('2026-06-01T00:00:00Z', 1, 'CVE-2026-2'));
    expect(sources).toMatchObject([
      {
        source: 'kev',
        outcome: 'failed',
        why: expect.stringMatching(/older.*remove .*kev/) as string,
      },
    ]);
    expect(holding(store, 'kev', '')).toMatchObject({
      asOf: '2026-06-02T00:00:00.000Z',
      entries: 1,
    });
  });

  test('a count that differs condemns the whole', async () => {
    const store = newStore();
    const { sources } = await take(store, kev('2026-06-01T00:00:00Z', 3, 'CVE-2026-1'));
    expect(sources).toMatchObject([
      { outcome: 'failed', why: expect.stringContaining('3 records') as string },
    ]);
    expect(store.open().holdings).toEqual([]);
  });

  test('an entry cut out of a catalogue adds to what was imported, and is no catalogue', async () => {
    const store = newStore();
    await take(store, kev('2026-06-02T00:00:00Z', 1, 'CVE-2026-1'));
    const piece = file(
      json({ vulnerabilities: [{ cveID: 'CVE-2026-2', dateAdded: '2026-06-28' }] }),
      'p.json',
    );
    expect((await take(store, piece)).sources).toMatchObject([
      { source: 'kev/imported', outcome: 'fresh' },
    ]);
    expect(holding(store, 'kev', '').entries).toBe(1);
    const open = store.open();
    expect(['CVE-2026-1', 'CVE-2026-2'].map(id => open.exploited(id).length)).toEqual([1, 1]);
    open.close();
  });
});

test('--as takes the place of a source, and its age is that of its newest record', async () => {
  const store = newStore();
  await take(store, osvZip(first, second), 'osv/Debian');
  await take(
    store,
    osvZip(osvRecord('CVE-2026-0003', { modified: '2026-06-20T00:00:00Z' })),
    'osv/Debian',
  );
  expect(Object.keys(answered(store))).toEqual(['CVE-2026-0003']);
  expect(holding(store, 'osv', 'Debian')).toMatchObject({
    asOf: '2026-06-20T00:00:00.000Z',
    asOfBasis: 'records',
  });
});

test('a record that is dated in the future makes nothing fresh', async () => {
  const store = newStore();
  const future = osvRecord('CVE-2026-0003', { modified: '2099-01-01T00:00:00Z' });
  await take(store, osvZip(first, future), 'osv/Debian');
  expect(holding(store, 'osv', 'Debian').asOf).toBe('2026-06-01T00:00:00.000Z');
});

test('an excerpt takes the place of no whole, unless --as says so', async () => {
  const store = newStore();
  const tracker = (count: number): string =>
    file(
      json(
        Object.fromEntries(
          Array.from({ length: count }, (_, i) => [
            `package${i}`,
            {
              'CVE-2026-0001': {
                releases: { bookworm: { status: 'open', repositories: { bookworm: '1' } } },
              },
            },
          ]),
        ),
      ),
      'data.json',
    );
  await take(store, tracker(2_500));
  expect((await take(store, tracker(1_100))).sources).toMatchObject([
    { outcome: 'failed', why: expect.stringContaining('excerpt') as string },
  ]);
  const piece = tracker(3);
  // Three packages are no tracker, whether one is there or not: their silence about others proves nothing.
  expect((await take(store, piece)).sources).toMatchObject([
    { outcome: 'fresh', source: 'debian-tracker/imported' },
  ]);
  expect(holding(store, 'debian-tracker', '').entries).toBe(2_500);
  expect((await take(store, piece, 'debian-tracker')).sources).toMatchObject([
    { outcome: 'fresh' },
  ]);
});

test('what was imported before and cannot be read is not thrown away in silence', async () => {
  const store = newStore();
  await take(store, osvZip(first));
  writeFileSync(store.pathOf('osv', 'imported'), 'damaged');
  expect((await take(store, osvZip(second))).sources).toMatchObject([
    { outcome: 'failed', why: expect.stringContaining('remove ') as string },
  ]);
});
