import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  type Asked,
  get,
  large,
  newFolder,
  ranged,
  serve,
  sha256,
} from '../../test/support/feed-server.ts';

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
