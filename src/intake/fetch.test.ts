import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createRawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  type Fetched,
  type FetchLimits,
  type FetchRequest,
  fetchInto,
  type Progress,
} from './fetch.ts';

const scratch = mkdtempSync(join(tmpdir(), 'postern-fetch-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

interface Asked {
  readonly base: string;
  readonly port: number;
  /** What was asked, in order. */
  readonly requests: IncomingMessage[];
}

const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const serve = async (handler: Handler): Promise<Asked> => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  const port = await listening(server);
  return { base: `http://127.0.0.1:${port}`, port, requests };
};

let folders = 0;
const newFolder = (): string => {
  folders += 1;
  const folder = join(scratch, `${folders}`);
  mkdirSync(folder);
  return folder;
};

const quick: Partial<FetchLimits> = { backoffMs: 5, attemptsMax: 3, idleMs: 500, firstByteMs: 500 };

const get = (address: string, more: Partial<FetchRequest> = {}): Promise<Fetched> =>
  fetchInto({
    address,
    folder: more.folder ?? newFolder(),
    name: 'feed',
    expects: 'json',
    environment: {},
    ...more,
    limits: { ...quick, ...more.limits },
  });

const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Two megabytes of JSON, no two places in it alike. */
const large = Buffer.from(JSON.stringify(Array.from({ length: 250_000 }, (_, i) => i * 7)));

/** A server that speaks of versions and parts as RFC 9110 has it. */
const ranged =
  (body: Buffer, etag: string, breakAt?: (count: number) => number | undefined): Handler =>
  (request, response, count) => {
    const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
    response.setHeader('etag', etag);
    if (ifNoneMatch === etag) return response.writeHead(304).end();
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const isPart = from > 0 && ifRange === etag;
    const part = isPart ? body.subarray(from) : body;
    response.setHeader('content-length', part.length);
    if (isPart) {
      response.setHeader('content-range', `bytes ${from}-${body.length - 1}/${body.length}`);
    }
    response.writeHead(isPart ? 206 : 200);
    const stop = breakAt?.(count);
    if (stop === undefined) return response.end(part);
    return response.write(part.subarray(0, stop), () => response.destroy());
  };

describe('a download', () => {
  test('arrives whole, under its name, for nobody else to read, and with what the server said of it', async () => {
    const { base, requests } = await serve(ranged(large, '"v1"'));
    const folder = newFolder();
    const seen: Progress[] = [];
    const fetched = await get(`${base}/all.json`, { folder, onProgress: p => seen.push(p) });
    expect(fetched).toEqual({
      outcome: 'fresh',
      path: join(folder, 'feed'),
      bytes: large.length,
      sha256: sha256(large),
      validators: { etag: '"v1"' },
      from: `${base}/all.json`,
      resumedAt: 0,
    });
    expect(readFileSync(join(folder, 'feed')).equals(large)).toBe(true);
    expect(statSync(join(folder, 'feed')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['feed']);
    expect(seen.at(-1)).toEqual({ bytes: large.length, totalBytes: large.length });
    expect(requests[0]?.headers).toMatchObject({ 'accept-encoding': 'identity' });
  });

  test('is not repeated while the server has the same', async () => {
    const { base, requests } = await serve((request, response) => {
      const same = request.headers['if-modified-since'] === 'Mon, 29 Jun 2026 00:00:00 GMT';
      response.setHeader('last-modified', 'Mon, 29 Jun 2026 00:00:00 GMT');
      response.writeHead(same ? 304 : 200).end(same ? undefined : '{}');
    });
    const first = await get(base);
    expect(first).toMatchObject({ outcome: 'fresh' });
    const known = first.outcome === 'fresh' ? first.validators : {};
    expect(await get(base, { known })).toEqual({
      outcome: 'unchanged',
      validators: { lastModified: 'Mon, 29 Jun 2026 00:00:00 GMT' },
      from: `${base}/`,
    });
    expect(requests).toHaveLength(2);
  });

  test('that breaks is gone on from where it stopped', async () => {
    const { base, requests } = await serve(
      ranged(large, '"v1"', count => (count < 3 ? 600_000 : undefined)),
    );
    const fetched = await get(base);
    expect(fetched).toMatchObject({ outcome: 'fresh', sha256: sha256(large) });
    expect(requests.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"v1"', '"v1"']);
    expect(fetched.outcome === 'fresh' && fetched.resumedAt).toBeGreaterThan(600_000);
  });

  test('begins again when the server has another version by now, and mixes nothing', async () => {
    const other = Buffer.from(large.toString().replaceAll('7', '8'));
    const { base } = await serve((request, response, count) =>
      count === 1
        ? ranged(large, '"v1"', () => 600_000)(request, response, count)
        : ranged(other, '"v2"')(request, response, count),
    );
    expect(await get(base)).toMatchObject({ sha256: sha256(other), resumedAt: 0 });
  });

  test.each([
    ['a part of another version', '"v2"', 0],
    ['another part than was asked for', '"v1"', 10],
  ])('begins again when %s comes', async (_, etag, shift) => {
    const { base, requests } = await serve((request, response, count) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0) - shift;
      if (count !== 2) {
        return ranged(large, '"v1"', () => (count === 1 ? 600_000 : undefined))(
          request,
          response,
          1,
        );
      }
      response.setHeader('etag', etag);
      response.setHeader('content-range', `bytes ${from}-${large.length - 1}/${large.length}`);
      return response.writeHead(206).end(large.subarray(from));
    });
    expect(await get(base)).toMatchObject({ sha256: sha256(large), resumedAt: 0 });
    expect(requests[2]?.headers.range).toBeUndefined();
  });

  test('begins again when the server knows nothing of parts, or of the version', async () => {
    for (const headers of [{}, { etag: 'W/"weak"' }, { etag: '"v1"' }] as const) {
      const { base } = await serve((_, response, count) => {
        response.writeHead(200, { ...headers, 'content-length': large.length });
        if (count > 1) return response.end(large);
        return response.write(large.subarray(0, 600_000), () => response.destroy());
      });
      const folder = newFolder();
      expect(await get(base, { folder })).toMatchObject({ sha256: sha256(large), resumedAt: 0 });
      expect(readdirSync(folder)).toEqual(['feed']);
    }
  });

  test('leaves the last good file as it is when it fails', async () => {
    const { base } = await serve(ranged(large, '"v2"', () => 100_000));
    const folder = newFolder();
    writeFileSync(join(folder, 'feed'), 'the last good one');
    const fetched = await get(base, { folder });
    expect(fetched).toMatchObject({ outcome: 'failed', passing: true });
    expect(readFileSync(join(folder, 'feed'), 'utf8')).toBe('the last good one');
  });

  test('removes what downloads of other addresses and versions had left of it, and nothing else', async () => {
    const folder = newFolder();
    const stale = ['.feed.0123456789abcdef.part', '.feed.0123456789abcdef.json'];
    const others = ['.feed.x.part', '.other.0123456789abcdef.part', 'feed.part'];
    for (const name of [...stale, ...others]) writeFileSync(join(folder, name), '{}');
    const { base } = await serve(ranged(large, '"v1"'));
    await get(base, { folder });
    expect(readdirSync(folder).sort()).toEqual([...others, 'feed'].sort());
  });

  test('killed in the middle is gone on from by the next run', async () => {
    const { base } = await serve((request, response, count) => {
      if (count > 1) return ranged(large, '"v1"')(request, response, count);
      response.writeHead(200, { etag: '"v1"', 'content-length': large.length });
      return response.write(large.subarray(0, 900_000));
    });
    const folder = newFolder();
    const script = `
      import { fetchInto } from ${JSON.stringify(new URL('./fetch.ts', import.meta.url).href)};
      await fetchInto({ address: ${JSON.stringify(base)}, folder: ${JSON.stringify(folder)},
        name: 'feed', expects: 'json', environment: {},
        onProgress: p => { if (p.bytes >= 900_000) process.stdout.write('enough'); } });`;
    const child = spawn('node', ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(folder, 'feed'))).toBe(false);
    expect(await get(base, { folder })).toMatchObject({
      sha256: sha256(large),
      resumedAt: 900_000,
    });
    expect(readdirSync(folder)).toEqual(['feed']);
  });

  test('does not go on from what another boot of the machine left, nor from what was tampered with', async () => {
    for (const change of [
      (text: string) => text.replace(/"boot":"[^"]*"/, '"boot":"another"'),
      (text: string) => text.slice(0, -5),
    ]) {
      const { base, requests } = await serve(
        ranged(large, '"v1"', count => (count === 1 ? 600_000 : undefined)),
      );
      const folder = newFolder();
      await get(base, { folder, limits: { attemptsMax: 1 } });
      const origin = readdirSync(folder).find(name => name.endsWith('.json')) ?? '';
      const path = join(folder, origin);
      writeFileSync(path, change(readFileSync(path, 'utf8')));
      expect(await get(base, { folder })).toMatchObject({ sha256: sha256(large), resumedAt: 0 });
      expect(requests[1]?.headers.range).toBeUndefined();
    }
  });
});

describe('what is not taken', () => {
  test.each([
    ['json', '<!DOCTYPE html><html><title>Log in</title>', 'web page'],
    ['csv', '\n <html><body>', 'web page'],
    ['zip', '<html>', 'web page'],
    ['gzip', '{"error":"quota"}', 'does not begin like gzip'],
    ['json', 'Service unavailable', 'does not begin like json'],
    ['json', '', 'nothing came'],
    ['csv', 'PK\u0003\u0004', 'does not begin like csv'],
  ] as const)('where %s is expected: %j', async (expects, body, why) => {
    const { base, requests } = await serve((_, response) => response.end(body));
    const folder = newFolder();
    expect(await get(base, { folder, expects })).toMatchObject({
      outcome: 'failed',
      passing: false,
      why: expect.stringContaining(why),
    });
    expect([readdirSync(folder), requests.length]).toEqual([[], 1]);
  });

  test.each([
    ['json', gzipSync('{}')],
    ['csv', Buffer.from('#model_version:v2026\ncve,epss\n')],
    ['gzip', gzipSync('{}')],
    ['any', Buffer.from('<html>')],
  ] as const)('is not what fits: %s', async (expects, body) => {
    const { base } = await serve((_, response) => response.end(body));
    expect(await get(base, { expects })).toMatchObject({ outcome: 'fresh', sha256: sha256(body) });
  });

  test('is what is too long, announced or not', async () => {
    for (const announced of [true, false]) {
      const { base } = await serve((_, response) => {
        if (announced) response.setHeader('content-length', large.length);
        response.write(large.subarray(0, 1_000_000));
        response.end(large.subarray(1_000_000));
      });
      const folder = newFolder();
      const fetched = await get(base, { folder, limits: { bytesMax: 1_500_000 } });
      expect(fetched).toMatchObject({ outcome: 'failed', why: expect.stringContaining('longer') });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test.each([
    ['it may not be read', 403, 'refuses', 1],
    ['it is not there', 404, 'nothing there', 1],
    ['it is broken for a while', 503, '503', 3],
    ['it was asked too often', 429, 'too often', 3],
  ])('because %s: status %i', async (_, status, why, times) => {
    const { base, requests } = await serve((_, response) => response.writeHead(status).end('no'));
    expect(await get(base)).toMatchObject({
      outcome: 'failed',
      status,
      why: expect.stringContaining(why),
    });
    expect(requests).toHaveLength(times);
  });

  test('is waited for as the server asks, if it does not ask too much', async () => {
    const times: number[] = [];
    const { base } = await serve((_, response, count) => {
      times.push(performance.now());
      if (count === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end('{}');
    });
    expect(await get(base)).toMatchObject({ outcome: 'fresh' });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990);
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { base: busy, requests } = await serve((_, response) =>
      response.writeHead(503, { 'retry-after': date }).end(),
    );
    expect(await get(busy)).toMatchObject({
      outcome: 'failed',
      passing: true,
      why: expect.stringMatching(/left alone for 3[56]\d\d s/),
    });
    expect(requests).toHaveLength(1);
  });
});

describe('a server that', () => {
  test.each([
    ['takes the connection and says nothing', 'nothing', 'did not answer within 0.2 s'],
    ['sends a beginning and nothing more', 'beginning', 'sent nothing more within 0.2 s'],
    ['sends a byte now and then', 'drip', 'longer than'],
  ])('%s is given up', async (_, kind, why) => {
    const { base } = await serve((_, response) => {
      if (kind === 'nothing') return;
      response.write('{"a":');
      const timer = setInterval(() => response.write(' '), 50);
      if (kind === 'beginning') clearInterval(timer);
      response.on('close', () => clearInterval(timer));
    });
    const limits = { firstByteMs: 200, idleMs: 200, attemptsMax: 1, wholeMs: 800 };
    const start = performance.now();
    const folder = newFolder();
    expect(await get(base, { folder, limits })).toMatchObject({
      outcome: 'failed',
      passing: true,
      why: expect.stringContaining(why),
    });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does not take the connection is given up', async () => {
    const limits = { connectMs: 200, attemptsMax: 1 };
    // TEST-NET-1 (RFC 5737): nobody is there; some networks say so at once.
    const fetched = await get('http://192.0.2.1/', { limits });
    expect(fetched).toMatchObject({ outcome: 'failed', why: expect.stringContaining('192.0.2.1') });
  });

  test('speaks something else, or nothing at all, is named', async () => {
    const raw = createRawServer(socket => {
      socket.on('error', () => socket.destroy());
      socket.resume().end('220 mx.example.jp ESMTP\r\n');
    });
    raw.listen(0, '127.0.0.1');
    await once(raw, 'listening');
    closers.push(() => raw.close());
    const { port } = raw.address() as AddressInfo;
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({
      why: expect.stringContaining('does not speak HTTP'),
    });
    raw.close();
    await once(raw, 'close');
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({
      passing: true,
      why: expect.stringContaining('nobody listens'),
    });
  });

  test('is stopped by the caller is stopped at once', async () => {
    const { base } = await serve((_, response) => response.write('{'));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const limits = { idleMs: 60_000, firstByteMs: 60_000 };
    expect(await get(base, { signal: stop.signal, limits })).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('stopped'),
    });
  });
});

describe('a redirect', () => {
  test('is followed, and the key and the password stay with the first host', async () => {
    const { base: other, requests } = await serve((_, response) => response.end('{}'));
    const {
      base,
      port,
      requests: first,
    } = await serve((_, response) =>
      response.writeHead(302, { location: `${other}/there?token=t0ken` }).end(),
    );
    const fetched = await get(`http://user:s3cret@127.0.0.1:${port}/`, {
      key: { header: 'apiKey', variable: 'NVD_API_KEY' },
      environment: { NVD_API_KEY: 'k3y' },
    });
    expect(fetched).toMatchObject({ outcome: 'fresh', from: `${other}/there?…` });
    expect(first[0]?.headers).toMatchObject({ apikey: 'k3y', authorization: expect.any(String) });
    expect(requests[0]?.headers['apikey']).toBeUndefined();
    expect(requests[0]?.headers.authorization).toBeUndefined();
    expect(base).toContain(`${port}`);
  });

  test('without end is left', async () => {
    const { base, requests } = await serve((_, response, count) =>
      response.writeHead(301, { location: `/${count}` }).end(),
    );
    expect(await get(base)).toMatchObject({ why: expect.stringContaining('more than 5 times') });
    expect(requests).toHaveLength(6);
  });

  test('to a file, or to nowhere, is not followed', async () => {
    for (const location of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://', undefined]) {
      const { base } = await serve((_, response) =>
        response.writeHead(302, location === undefined ? {} : { location }).end(),
      );
      expect(await get(base)).toMatchObject({
        outcome: 'failed',
        why: expect.stringContaining('redirects to'),
      });
    }
  });

  test('from another host to this machine is followed only where that is allowed', async () => {
    const { base: inside, requests } = await serve((_, response) => response.end('{}'));
    const { base: proxy } = await serve((_, response) =>
      response.writeHead(302, { location: inside }).end(),
    );
    const environment = { http_proxy: proxy, no_proxy: '127.0.0.1' };
    expect(await get('http://feeds.example.jp/', { environment })).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('this machine itself'),
    });
    expect(requests).toEqual([]);
    const allow = { local: true };
    expect(await get('http://feeds.example.jp/', { environment, allow })).toMatchObject({
      outcome: 'fresh',
    });
  });
});

describe('a digest', () => {
  const packed = gzipSync(large);
  const meta = `lastModifiedDate:2026-06-29T00:00:00-04:00\r\nsize:${large.length}\r\nsha256:${sha256(large).toUpperCase()}\r\n`;

  const withDigest = (text: string, body: Buffer): Promise<Asked> =>
    serve((request, response) => response.end(request.url === '/digest' ? text : body));

  test.each([
    ['alone', `${sha256(packed)}\n`, 'file'],
    ['of sha256sum', `${sha256('x')}  other.gz\n${sha256(packed)} *feed.gz\n`, 'file'],
    ['of BSD', `SHA256 (feed.gz) = ${sha256(packed)}\n`, 'file'],
    ['of the unpacked, as NVD has it', meta, 'unpacked'],
  ])('published %s is compared', async (_, text, of) => {
    const { base, requests } = await withDigest(text, packed);
    const request = { expects: 'gzip', digestAddress: `${base}/digest` } as const;
    const good = await get(`${base}/feed.gz`, request);
    expect(good).toMatchObject({ outcome: 'fresh', verified: { of } });
    const knownSha256 = good.outcome === 'fresh' ? good.verified?.sha256 : undefined;
    expect(knownSha256).toMatch(/^[0-9a-f]{64}$/);
    const again = await get(`${base}/feed.gz`, { ...request, ...(knownSha256 && { knownSha256 }) });
    expect([again.outcome, requests.length]).toEqual(['unchanged', 3]);
  });

  test('that does not fit refuses the file, and nothing of it stays', async () => {
    for (const text of [sha256('other'), `sha256:${sha256('other')}`]) {
      const { base } = await withDigest(text, packed);
      const folder = newFolder();
      const fetched = await get(base, { folder, expects: 'gzip', digestAddress: `${base}/digest` });
      expect(fetched).toMatchObject({ outcome: 'failed', why: expect.stringContaining('SHA-256') });
      expect(readdirSync(folder)).toEqual([]);
    }
    const { base } = await withDigest('', packed);
    const digest = { sha256: sha256('other'), of: 'file' } as const;
    expect(await get(base, { expects: 'gzip', digest })).toMatchObject({ outcome: 'failed' });
    const right = { sha256: sha256(packed).toUpperCase(), of: 'file' } as const;
    expect(await get(base, { expects: 'gzip', digest: right })).toMatchObject({ outcome: 'fresh' });
  });

  test('that does not fit after two parts were joined asks once more from the beginning', async () => {
    const other = Buffer.from(large.toString().replaceAll('7', '8'));
    // A server that takes two versions for one.
    const { base, requests } = await serve((request, response, count) =>
      ranged(count === 1 ? other : large, '"v1"', () => (count === 1 ? 600_000 : undefined))(
        request,
        response,
        count,
      ),
    );
    const digest = { sha256: sha256(large), of: 'file' } as const;
    expect(await get(base, { digest })).toMatchObject({ outcome: 'fresh', resumedAt: 0 });
    expect(requests).toHaveLength(3);
  });

  test('that cannot be had refuses the file', async () => {
    for (const text of ['', `${sha256(packed)}  another.gz`, '<html>', 'x'.repeat(100_000)]) {
      const { base } = await withDigest(text, packed);
      const fetched = await get(`${base}/feed.gz`, {
        expects: 'gzip',
        digestAddress: `${base}/digest`,
      });
      expect(fetched).toMatchObject({ outcome: 'failed', why: expect.stringContaining('/digest') });
    }
  });
});

describe('secrets', () => {
  test('in addresses, queries and the environment are in no message', async () => {
    const { port } = await serve((_, response) => response.writeHead(403).end());
    const key = { header: 'authorization', variable: 'FEED_TOKEN' };
    const environment = { FEED_TOKEN: 't0ken' };
    const failures = [
      await get(`http://user:s3cret@127.0.0.1:${port}/a?key=s3cret`, { key, environment }),
      await get('https://user:s3cret@feeds.invalid/a?key=s3cret#s3cret', { key, environment }),
      await get('http://feeds.example.jp/s?key=s3cret', { key, environment }),
      await get('gopher://user:s3cret@x/'),
      await get('http://user:s3cret@[bad/'),
      await get(`http://127.0.0.1:${port}/`, { key, environment: { FEED_TOKEN: 's3cret\nx: y' } }),
      await get('http://feeds.example.jp/', {
        environment: { HTTP_PROXY: 'socks5://user:s3cret@127.0.0.1:1' },
      }),
    ];
    for (const failure of failures) expect(failure).toMatchObject({ outcome: 'failed' });
    expect(JSON.stringify(failures)).not.toMatch(/s3cret|t0ken/);
    expect(JSON.stringify(failures[2])).toContain('FEED_TOKEN is not sent over http');
  });

  test('a token without a scheme is sent as a bearer token', async () => {
    const { base, requests } = await serve((_, response) => response.end('{}'));
    const key = { header: 'Authorization', variable: 'T' };
    await get(base, { key, environment: { T: 'abc' } });
    await get(base, { key, environment: { T: 'Basic abc' } });
    await get(base, { key, environment: {} });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer abc',
      'Basic abc',
      undefined,
    ]);
  });
});

describe('a file of a closed network', () => {
  test('is copied, and not again while it is the same', async () => {
    const path = join(newFolder(), 'all feeds.json');
    writeFileSync(path, large);
    const address = pathToFileURL(path).href;
    writeFileSync(`${path}.sha256`, `${sha256(large)}  all%20feeds.json\n`);
    const first = await get(address, { digestAddress: `${address}.sha256` });
    expect(first).toMatchObject({ outcome: 'fresh', sha256: sha256(large) });
    const known = first.outcome === 'fresh' ? first.validators : {};
    expect(await get(address, { known })).toMatchObject({ outcome: 'unchanged' });
    writeFileSync(path, '{"new":1}');
    expect(await get(address, { known })).toMatchObject({ outcome: 'fresh', bytes: 9 });
  });

  test('that is missing, a folder, a pipe or a web page says so', async () => {
    const folder = newFolder();
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'page'), '<html>');
    const at = (name: string): string => pathToFileURL(join(folder, name)).href;
    for (const [name, why] of [
      ['nothing', 'does not exist'],
      ['', 'not a file'],
      ['pipe', 'not a file'],
      ['page', 'web page'],
    ] as const) {
      expect(await get(at(name))).toMatchObject({ why: expect.stringContaining(why) });
    }
    expect(await get('file://host.example.jp/srv/x')).toMatchObject({ outcome: 'failed' });
  });

  test('needs a folder that can be written to', async () => {
    const { base } = await serve((_, response) => response.end('{}'));
    expect(await get(base, { folder: join(scratch, 'nowhere') })).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('the download folder: it does not exist'),
    });
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('TLS, with certificates made by openssl(1)', () => {
  const authority = join(scratch, 'ca.pem');
  const tlsServer = async (): Promise<number> => {
    const key = join(scratch, 'key.pem');
    const options =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=feeds.example.jp -addext subjectAltName=DNS:feeds.example.jp,IP:127.0.0.1';
    spawnSync('openssl', [...options.split(' '), '-keyout', key, '-out', authority]);
    const server = createTlsServer(
      { key: readFileSync(key), cert: readFileSync(authority) },
      (request, response) => {
        if (request.url === '/plain') response.writeHead(302, { location: 'http://127.0.0.1:1/' });
        response.end('{}');
      },
    );
    return listening(server);
  };

  const inChild = async (address: string, env: Record<string, string>): Promise<Fetched> => {
    const script = `
      import { fetchInto } from ${JSON.stringify(new URL('./fetch.ts', import.meta.url).href)};
      console.log(JSON.stringify(await fetchInto({ address: ${JSON.stringify(address)},
        folder: ${JSON.stringify(newFolder())}, name: 'feed', expects: 'json' })));`;
    const child = spawn('node', ['--input-type=module', '-e', script], {
      env: { PATH: process.env['PATH'], ...env },
    });
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
    });
    await once(child, 'close');
    return JSON.parse(out) as Fetched;
  };

  test('a certificate that nobody vouches for is refused, with the way out', async () => {
    const port = await tlsServer();
    expect(await get(`https://127.0.0.1:${port}/`)).toMatchObject({
      outcome: 'failed',
      passing: false,
      why: expect.stringContaining('certificate is not trusted'),
      how: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  test('an authority of one’s own is trusted, and https does not become http on the way', async () => {
    const port = await tlsServer();
    const env = { NODE_EXTRA_CA_CERTS: authority };
    expect(await inChild(`https://127.0.0.1:${port}/`, env)).toMatchObject({ outcome: 'fresh' });
    expect(await inChild(`https://127.0.0.1:${port}/plain`, env)).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('from https to http'),
    });
  });

  test('a proxy is asked to connect, except for what NO_PROXY names', async () => {
    const port = await tlsServer();
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request: IncomingMessage, socket) => {
      tunnels.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const to = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        to.pipe(socket).pipe(to);
      });
      for (const end of [to, socket]) end.on('error', () => to.destroy());
    });
    const proxyPort = await listening(proxy);
    const env = {
      NODE_EXTRA_CA_CERTS: authority,
      HTTPS_PROXY: `http://user:s3cret@127.0.0.1:${proxyPort}`,
    };
    expect(await inChild('https://feeds.example.jp/', env)).toMatchObject({ outcome: 'fresh' });
    expect(tunnels).toEqual([
      `feeds.example.jp:443 Basic ${Buffer.from('user:s3cret').toString('base64')}`,
    ]);
    const direct = { ...env, NO_PROXY: '127.0.0.1' };
    expect(await inChild(`https://127.0.0.1:${port}/`, direct)).toMatchObject({ outcome: 'fresh' });
    expect(tunnels).toHaveLength(1);
  });
});

test('a whole download of a slow server does not hold up timers', async () => {
  const { base } = await serve(async (_, response) => {
    for (const piece of ['{"a"', ':', '1}']) {
      response.write(piece);
      await sleep(50);
    }
    response.end();
  });
  expect(await get(base)).toMatchObject({ outcome: 'fresh', bytes: 7 });
});
