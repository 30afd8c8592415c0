import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { updateAdvisories } from '../../src/app/advisories/update.ts';
import type { FeedId, Holding } from '../../src/core/advisory.ts';
import type { AdvisorySettings, AdvisorySource } from '../../src/core/policy.ts';
import { AdvisoryStore } from '../../src/store/advisory-store.ts';
import { zip } from '../support/archives.ts';
import { bareEnvironment } from '../support/environment.ts';
import { serve, sha256 } from '../support/feed-server.ts';
import { osvRecord } from './generated.ts';

const program = resolve('bin/postern.js');
const base = mkdtempSync(join(tmpdir(), 'postern-update-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let folder = base;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'case-'));
});

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command line, beside a server in this process. */
const postern = (...args: readonly string[]): Promise<Ran> =>
  new Promise(done => {
    const child = spawn(process.execPath, [program, 'advisories', ...args], {
      cwd: folder,
      env: { ...bareEnvironment, POSTERN_STORE: join(folder, 'store') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
    child.on('close', status => done({ status, ...text }));
  });

const configure = (sources: readonly Readonly<Record<string, unknown>>[], more = {}): void =>
  writeFileSync(
    join(folder, 'postern.yaml'),
    // JSON is YAML.
    JSON.stringify({ advisories: { sources, ...more } }),
  );

const day = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString();

const osv = (...ids: readonly string[]): Buffer =>
  zip(
    ids.map(id => ({
      name: `${id}.json`,
      bytes: JSON.stringify(osvRecord(id, { modified: day(1) })),
    })),
  );

const kev = (released: string, ...flaws: readonly string[]): string =>
  JSON.stringify({
    title: 'A catalogue',
    catalogVersion: released.slice(0, 10).replaceAll('-', '.'),
    dateReleased: released,
    count: flaws.length,
    vulnerabilities: flaws.map(cveID => ({ cveID, dateAdded: '2026-01-01' })),
  });

/** What the server has now, by path; a test changes it. */
interface Shelf {
  body: Buffer | string;
  etag?: string;
  status?: number;
  cutAt?: number;
  hangs?: boolean;
}

const shelved =
  (shelves: Readonly<Record<string, Shelf>>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const shelf = shelves[request.url ?? ''];
    if (shelf === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { body, etag, status = 200, cutAt, hangs } = shelf;
    if (hangs === true) return;
    if (etag !== undefined) response.setHeader('etag', etag);
    if (etag !== undefined && request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    const bytes = Buffer.from(body);
    response.setHeader('content-length', bytes.length);
    response.writeHead(status);
    if (cutAt === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, cutAt), () => response.destroy());
  };

const statusOf = async (): Promise<{
  readonly sources: readonly (Holding & {
    readonly source: string;
    readonly stale: boolean;
    readonly ageHours: number;
  })[];
  readonly missing: readonly string[];
}> => {
  const { stdout } = await postern('status', '--format', 'json');
  return JSON.parse(stdout) as Awaited<ReturnType<typeof statusOf>>;
};

describe('the command line', () => {
  test('fetches from where postern.yaml says; unchanged, changed, broken, mended', async () => {
    const shelves: Record<string, Shelf> = {
      '/all.zip': { body: osv('CVE-2026-0001'), etag: '"1"' },
      '/kev.json': { body: kev(day(2), 'CVE-2026-0001') },
    };
    const { base: address, requests } = await serve(shelved(shelves));
    configure([
      { feed: 'osv', part: 'Debian', url: `${address}/all.zip` },
      { feed: 'kev', url: `${address}/kev.json` },
    ]);
    const wanted = ['osv/Debian', 'kev'];
    const first = await postern('update', ...wanted);
    expect(first, first.stderr).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(/^kev: 1 records as of [\s\S]*^osv\/Debian: 1 records as of /m);

    const before = (await statusOf()).sources.find(({ source }) => source === 'osv/Debian');
    const second = await postern('update', ...wanted);
    expect([second.status, second.stdout.split('\n')[1]]).toEqual([0, 'osv/Debian: unchanged']);
    expect(requests.findLast(({ url }) => url === '/all.zip')?.headers['if-none-match']).toBe(
      '"1"',
    );
    const after = (await statusOf()).sources.find(({ source }) => source === 'osv/Debian');
    expect([after?.taken, Date.parse(after?.asOf ?? '') > Date.parse(before?.asOf ?? '')]).toEqual([
      before?.taken,
      true,
    ]);

    shelves['/all.zip'] = { body: 'busy', status: 404 };
    const third = await postern('update', ...wanted);
    expect(third.status).toBe(3);
    expect(third.stdout).toMatch(/^osv\/Debian: FAILED: .*404/m);
    const failed = await postern('status');
    expect(failed.status).toBe(3);
    expect(failed.stdout).toMatch(/^osv\/Debian +\S+ \S+ +0 h +1 +0 +current$/m);
    expect(failed.stdout).toMatch(/^osv\/Debian: the last try, .*failed: .*404/m);
    // What the server said of the copy here still counts.
    const renewed = (await statusOf()).sources.find(({ source }) => source === 'osv/Debian');
    expect(renewed?.asOf).toBe(after?.asOf);

    shelves['/all.zip'] = { body: osv('CVE-2026-0001', 'CVE-2026-0002'), etag: '"2"' };
    const fourth = await postern('update', ...wanted);
    expect([fourth.status, fourth.stdout]).toEqual([
      0,
      expect.stringMatching(/^osv\/Debian: 2 records/m),
    ]);
    // After a failure the copy in force is still known: nothing is sent twice.
    expect(requests.findLast(({ url }) => url === '/all.zip')?.headers['if-none-match']).toBe(
      '"1"',
    );
    expect((await statusOf()).sources.every(source => source.failed === undefined)).toBe(true);
  });

  test('--offline refuses, and asks nobody', async () => {
    const { base: address, requests } = await serve(shelved({}));
    configure([{ feed: 'kev', url: `${address}/kev.json` }]);
    const { status, stderr } = await postern('update', '--offline', 'kev');
    expect([status, requests.length]).toEqual([64, 0]);
    expect(stderr).toContain('--offline');
  });

  test('a source that was never fetched is said to be missing, and why', async () => {
    const { base: address } = await serve(shelved({}));
    configure([{ feed: 'kev', url: `${address}/kev.json` }]);
    expect((await postern('update', 'kev')).status).toBe(3);
    const { status, stdout } = await postern('status');
    expect(status).toBe(3);
    expect(stdout).toMatch(/^kev: the last try, .* failed: .*404/m);
  });

  test('a source that nobody knows is a mistake', async () => {
    expect(await postern('update', 'osv/Debain')).toMatchObject({ status: 64 });
  });
});

const limits = { backoffMs: 5, attemptsMax: 2, idleMs: 300, firstByteMs: 300, connectMs: 300 };

const source = (
  feed: FeedId,
  part: string,
  url: string,
  more: Partial<AdvisorySource> = {},
): AdvisorySource => ({
  feed,
  part,
  url,
  enabled: true,
  ...more,
});

const update = async (
  store: AdvisoryStore,
  sources: readonly AdvisorySource[],
  at = new Date(),
) => {
  const settings: AdvisorySettings = { sources, maxAgeHours: {}, bundleKeys: [] };
  const only = sources.map(({ feed, part }) => (part === '' ? feed : `${feed}/${part}`));
  return updateAdvisories({ store, settings, only, now: () => at, say: () => {}, limits });
};

const newStore = (): AdvisoryStore => new AdvisoryStore(join(folder, 'store'));
const strewn = (store: AdvisoryStore): readonly string[] => [
  ...readdirSync(store.folder).filter(name => !/\.(?:sqlite|json|lock)$|^downloads$/.test(name)),
  ...readdirSync(join(store.folder, 'downloads')).filter(name => !name.startsWith('.')),
];

describe('what a server may do', () => {
  const good = osv('CVE-2026-0001');
  test.each<readonly [string, Shelf, RegExp]>([
    ['answers 500', { body: 'x', status: 500 }, /500/],
    ['hangs', { body: '', hangs: true }, /./],
    ['answers 200 with a page of HTML', { body: '<!doctype html><h1>Log in</h1>' }, /HTML/],
    ['answers 200 with an error in JSON', { body: '{"error":"quota"}' }, /nothing in it is/],
    ['breaks off', { body: good, cutAt: 100 }, /./],
    ['sends half as if it were all', { body: good.subarray(0, good.length / 2) }, /not whole/],
    ['sends nothing', { body: '' }, /nothing came/],
    [
      'sends records that are none',
      { body: zip([{ name: 'a.json', bytes: '{"schema_version":"1","id":""}' }]) },
      /none of its records/,
    ],
    ['sends an archive of nothing', { body: zip([]) }, /./],
  ])(
    'that %s: the last good copy stays in force, the other sources come',
    async (_, shelf, why) => {
      const shelves: Record<string, Shelf> = {
        '/all.zip': { body: good, etag: '"1"' },
        '/kev.json': { body: kev(day(2), 'CVE-2026-0001') },
      };
      const { base: address } = await serve(shelved(shelves));
      const store = newStore();
      const sources = [
        source('osv', 'Debian', `${address}/all.zip`),
        source('kev', '', `${address}/kev.json`),
      ];
      const start = new Date(Date.now() - 50 * 3_600_000);
      await update(store, sources, start);
      shelves['/all.zip'] = shelf;
      const outcomes = await update(store, sources);
      expect(outcomes).toMatchObject([
        { source: 'kev', outcome: 'fresh' },
        { source: 'osv/Debian', outcome: 'failed', why: expect.stringMatching(why) as string },
      ]);
      expect(store.holdingOf('osv', 'Debian')).toMatchObject({
        entries: 1,
        asOf: start.toISOString(),
        failed: { why: outcomes[1]?.why },
      });
      expect(strewn(store)).toEqual([]);
    },
  );

  test('one bad record among good ones is counted and named, be it unreadable or of no feed', async () => {
    const body = zip([
      { name: 'a.json', bytes: JSON.stringify(osvRecord('CVE-2026-0001')) },
      { name: 'b.json', bytes: '{"schema_version": "1.7.0", "id": "CVE' },
      { name: 'c.json', bytes: 'x', crc: 1 },
      { name: 'd.json', bytes: '{"strange":true}' },
    ]);
    const { base: address } = await serve(shelved({ '/all.zip': { body } }));
    const store = newStore();
    await update(store, [source('osv', 'Debian', `${address}/all.zip`)]);
    const holding = store.holdingOf('osv', 'Debian');
    expect(holding).toMatchObject({ entries: 1, refused: 3 });
    expect(holding?.refusals.map(({ record }) => record).join(' ')).toMatch(
      /b\.json.*c\.json.*d\.json/,
    );
  });

  test('a record that broke since is what it was in the copy before; one that was deleted is gone', async () => {
    const record = (id: string): { readonly name: string; readonly bytes: string } => ({
      name: `2026/${id}.json`,
      bytes: JSON.stringify(osvRecord(id, { modified: day(1) })),
    });
    const ids = ['CVE-2026-0001', 'CVE-2026-0002', 'CVE-2026-0003', 'CVE-2026-0004'];
    const shelves: Record<string, Shelf> = { '/all.zip': { body: zip(ids.map(record)) } };
    const { base: address } = await serve(shelved(shelves));
    const store = newStore();
    const sources = [source('osv', 'Debian', `${address}/all.zip`)];
    await update(store, sources);
    shelves['/all.zip'] = {
      body: zip([
        record('CVE-2026-0001'),
        { name: '2026/CVE-2026-0002.json', bytes: '{"id": "CVE-2026-0002", "schema_version"' },
        { ...record('CVE-2026-0003'), crc: 1 },
      ]),
    };
    expect(await update(store, sources)).toMatchObject([
      { outcome: 'fresh', holding: { entries: 3, refused: 2 } },
    ]);
    const open = store.open();
    expect(ids.map(id => open.named(id).length)).toEqual([1, 1, 1, 0]);
    open.close();
  });

  test('a damaged copy is fetched anew, although its server says that nothing changed', async () => {
    const { base: address } = await serve(shelved({ '/all.zip': { body: good, etag: '"1"' } }));
    const store = newStore();
    const sources = [source('osv', 'Debian', `${address}/all.zip`)];
    await update(store, sources);
    writeFileSync(store.pathOf('osv', 'Debian'), 'damaged');
    expect(await update(store, sources)).toMatchObject([{ outcome: 'fresh' }]);
    expect(store.open().damaged).toEqual([]);
  });

  test('another address does not vouch for the copy of the first', async () => {
    const { base: address, requests } = await serve(
      shelved({
        '/a.zip': { body: good, etag: '"1"' },
        '/b.zip': { body: osv('CVE-2026-0009'), etag: '"1"' },
      }),
    );
    const store = newStore();
    await update(store, [source('osv', 'Debian', `${address}/a.zip`)]);
    expect(await update(store, [source('osv', 'Debian', `${address}/b.zip`)])).toMatchObject([
      { outcome: 'fresh' },
    ]);
    expect(requests.at(-1)?.headers['if-none-match']).toBeUndefined();
  });
});

describe('a digest that is published beside it', () => {
  test.each([
    ['of sha256sum', (sum: string) => `${sum}  all.zip\n`],
    ['alone', (sum: string) => `${sum}\n`],
  ])('%s: what does not fit is not taken', async (_, written) => {
    const body = osv('CVE-2026-0001');
    const shelves: Record<string, Shelf> = {
      '/all.zip': { body },
      '/all.zip.sha256': { body: written(sha256(body)) },
    };
    const { base: address, requests } = await serve(shelved(shelves));
    const store = newStore();
    const sources = [
      source('osv', 'Debian', `${address}/all.zip`, { digest: `${address}/all.zip.sha256` }),
    ];
    expect(await update(store, sources)).toMatchObject([{ outcome: 'fresh' }]);
    // The same digest is the same copy: it is not even asked for.
    expect(await update(store, sources)).toMatchObject([{ outcome: 'unchanged' }]);
    expect(requests.filter(({ url }) => url === '/all.zip')).toHaveLength(1);
    shelves['/all.zip'] = { body: osv('CVE-2026-6666') };
    shelves['/all.zip.sha256'] = { body: written(sha256('something else')) };
    expect(await update(store, sources)).toMatchObject([
      { outcome: 'failed', why: expect.stringContaining('SHA-256') as string },
    ]);
    const open = store.open();
    expect(open.named('CVE-2026-6666')).toEqual([]);
    open.close();
  });

  test('NVD’s .meta is of what it unpacks to', async () => {
    const year = JSON.stringify({
      resultsPerPage: 1,
      startIndex: 0,
      totalResults: 1,
      format: 'NVD_CVE',
      version: '2.0',
      timestamp: day(1),
      vulnerabilities: [
        {
          cve: {
            id: 'CVE-2026-0001',
            published: day(9),
            lastModified: day(9),
            descriptions: [],
            vulnStatus: 'Analyzed',
            references: [],
          },
        },
      ],
    });
    const meta = (sum: string): string =>
      `lastModifiedDate:${day(1)}\r\nsize:1\r\nsha256:${sum.toUpperCase()}\r\n`;
    const shelves: Record<string, Shelf> = {
      '/y.json.gz': { body: gzipSync(year) },
      '/y.meta': { body: meta(sha256(year)) },
    };
    const { base: address } = await serve(shelved(shelves));
    const store = newStore();
    const sources = [
      source('nvd', '2026', `${address}/y.json.gz`, { digest: `${address}/y.meta` }),
    ];
    expect(await update(store, sources)).toMatchObject([
      { outcome: 'fresh', holding: { entries: 1 } },
    ]);
    shelves['/y.meta'] = { body: meta(sha256('another')) };
    expect(await update(store, sources)).toMatchObject([{ outcome: 'failed' }]);
  });
});

describe('an old copy makes nothing current', () => {
  const aged = (daysAgo: number, id = 'CVE-2026-0001'): Buffer =>
    zip([{ name: 'a.json', bytes: JSON.stringify(osvRecord(id, { modified: day(daysAgo) })) }]);

  test('a mirror that goes back to an older one is not followed', async () => {
    const shelves: Record<string, Shelf> = { '/all.zip': { body: aged(1), etag: '"2"' } };
    const { base: address } = await serve(shelved(shelves));
    const store = newStore();
    const sources = [source('osv', 'Debian', `${address}/all.zip`)];
    await update(store, sources);
    shelves['/all.zip'] = { body: aged(20, 'CVE-2026-0000'), etag: '"1"' };
    expect(await update(store, sources)).toMatchObject([
      { outcome: 'failed', why: expect.stringMatching(/older.*remove/) as string },
    ]);
    const open = store.open();
    expect(open.named('CVE-2026-0001')).toHaveLength(1);
    open.close();
  });

  test('a mirror that nobody fills is no younger than its newest record, however fresh its ETag', async () => {
    const { base: address } = await serve(
      shelved({ '/all.zip': { body: aged(200), etag: '"1"' } }),
    );
    const store = newStore();
    const sources = [source('osv', 'Debian', `${address}/all.zip`)];
    for (const outcome of ['fresh', 'unchanged']) {
      expect(await update(store, sources)).toMatchObject([{ outcome }]);
      const holding = store.holdingOf('osv', 'Debian');
      expect([holding?.asOf.slice(0, 10), holding?.asOfBasis]).toEqual([
        day(200).slice(0, 10),
        'records',
      ]);
    }
  });

  test('nor is one that stands still later', async () => {
    const { base: address } = await serve(shelved({ '/all.zip': { body: aged(0), etag: '"1"' } }));
    const store = newStore();
    const sources = [source('osv', 'Debian', `${address}/all.zip`)];
    const later = (days: number): Date => new Date(Date.now() + days * 86_400_000);
    await update(store, sources);
    await update(store, sources, later(30));
    expect(store.holdingOf('osv', 'Debian')?.asOf).toBe(store.memoryOf('osv', 'Debian')?.on);
    const vouched = store.holdingOf('osv', 'Debian')?.asOf;
    await update(store, sources, later(90));
    expect(store.holdingOf('osv', 'Debian')?.asOf).toBe(vouched);
  });

  test('a file of one’s own is as old as what is in it, however often it is looked at', async () => {
    const path = join(folder, 'all.zip');
    writeFileSync(path, aged(10));
    const store = newStore();
    const sources = [source('osv', 'Debian', `file://${path}`)];
    for (const outcome of ['fresh', 'unchanged']) {
      expect(await update(store, sources)).toMatchObject([{ outcome }]);
      expect(store.holdingOf('osv', 'Debian')?.asOf.slice(0, 10)).toBe(day(10).slice(0, 10));
    }
  });

  test('a copy that was taken while the clock was wrong is too old as soon as it is right', async () => {
    const body = kev(day(2), 'CVE-2026-0001');
    const { base: address } = await serve(
      shelved({ '/all.zip': { body: osv('CVE-2026-0001') }, '/kev.json': { body } }),
    );
    configure([
      { feed: 'osv', part: 'Debian', url: `${address}/all.zip` },
      { feed: 'kev', url: `${address}/kev.json` },
    ]);
    const store = newStore();
    const sources = [
      source('osv', 'Debian', `${address}/all.zip`),
      source('kev', '', `${address}/kev.json`),
    ];
    await update(store, sources, new Date(Date.now() + 20 * 86_400_000));
    const { sources: told } = await statusOf();
    expect(Object.fromEntries(told.map(each => [each.source, each.stale]))).toEqual({
      'osv/Debian': true,
      // It dates itself.
      kev: false,
    });
  });
});

describe('pages', () => {
  const page = (start: number, total: number | undefined, ids: readonly string[]): string =>
    JSON.stringify({
      resultsPerPage: ids.length,
      startIndex: start,
      ...(total === undefined ? {} : { totalResults: total }),
      format: 'NVD_CVE',
      version: '2.0',
      timestamp: day(1),
      vulnerabilities: ids.map(id => ({
        cve: {
          id,
          published: day(9),
          lastModified: day(9),
          descriptions: [],
          references: [],
          vulnStatus: 'Analyzed',
        },
      })),
    });

  const paged = async (total: number | undefined, answer: (start: number) => string) => {
    const asked: number[] = [];
    const { base: address } = await serve((request, response) => {
      const start = Number(/start=(\d+)/.exec(request.url ?? '')?.[1] ?? -1);
      asked.push(start);
      const body = answer(start);
      response.writeHead(body === '' ? 503 : 200).end(body);
    });
    const store = newStore();
    const outcomes = await update(store, [source('nvd', 'api', `${address}/?start={start}`)]);
    return { asked, store, outcomes, total };
  };

  test('are all or nothing', async () => {
    const whole = await paged(3_000, start =>
      page(
        start,
        3_000,
        Array.from(
          { length: Math.min(2_000, 3_000 - start) },
          (_, i) => `CVE-2026-${10_000 + start + i}`,
        ),
      ),
    );
    if (whole.outcomes[0]?.outcome !== 'fresh') throw new Error(whole.outcomes[0]?.why);
    expect(whole.asked).toEqual([0, 2_000]);
    expect(whole.store.holdingOf('nvd', 'api')?.entries).toBe(3_000);
    rmSync(join(folder, 'store'), { recursive: true });
    const broken = await paged(3_000, start =>
      start === 0
        ? page(
            0,
            3_000,
            Array.from({ length: 2_000 }, (_, i) => `CVE-2026-${10_000 + i}`),
          )
        : '',
    );
    expect(broken.outcomes).toMatchObject([{ outcome: 'failed' }]);
    expect(broken.store.holdingOf('nvd', 'api')).toBeUndefined();
    rmSync(join(folder, 'store'), { recursive: true });
    const silent = await paged(undefined, () => page(0, undefined, ['CVE-2026-10000']));
    expect(silent.outcomes).toMatchObject([
      { outcome: 'failed', why: expect.stringContaining('how many') as string },
    ]);
    expect(strewn(silent.store)).toEqual([]);
  });
});

test('two at once: one of them says that the other is at work', async () => {
  // The first may ask before or after the second has ended; it is answered only then.
  let endOne: () => void = () => undefined;
  const oneEnded = new Promise<void>(ended => (endOne = ended));
  const { base: address } = await serve((_, response) => {
    void oneEnded.then(() => response.end(kev(day(2), 'CVE-2026-0001')));
  });
  configure([{ feed: 'kev', url: `${address}/kev.json` }]);
  const running = [postern('update', 'kev'), postern('update', 'kev')];
  await Promise.race(running);
  endOne();
  const both = await Promise.all(running);
  expect(both.map(({ status }) => String(status)).sort()).toEqual(['0', '1']);
  expect(both.map(({ stderr }) => stderr).join('')).toMatch(/another run of Postern is at work/);
});

test('nothing that an address holds ends up in the store', async () => {
  const { port } = await serve(
    shelved({ '/kev.json?token=s3cret': { body: kev(day(2), 'CVE-2026-0001') } }),
  );
  configure([{ feed: 'kev', url: `http://user:passw0rd@127.0.0.1:${port}/kev.json?token=s3cret` }]);
  const ran = await postern('update', 'kev');
  expect(ran.status, ran.stdout).toBe(0);
  const kept = readdirSync(join(folder, 'store'), { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, 'store', name))
    .filter(path => statSync(path).isFile())
    .map(path => readFileSync(path, 'latin1'))
    .join('');
  expect(`${kept}${ran.stdout}${ran.stderr}`).not.toMatch(/s3cret|passw0rd/);
});
