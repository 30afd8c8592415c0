import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { get, large, newFolder, serve, sha256 } from '../../test/support/feed-server.ts';

describe('what is not taken', () => {
  test.each([
    ['json', '<!DOCTYPE html><html><title>Log in</title>', 'web page'],
    ['csv', '\n <html><body>', 'web page'],
    ['zip', '<html>', 'web page'],
    ['gzip', '{"error":"quota"}', 'does not begin like gzip'],
    ['json', 'Service unavailable', 'does not begin like json'],
    ['json', '', 'nothing came'],
    ['csv', 'PK\u0003\u0004', 'does not begin like csv'],
    ['feed', '<?xml version="1.0"?><Error/>', 'does not begin like a feed'],
    ['feed', '<!-- --><html>', 'web page'],
    ['feed', '\u0000\u0001', 'does not begin like a feed'],
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
    ['feed', gzipSync('{}')],
    ['feed', Buffer.from('cve,epss\n')],
    ['feed', Buffer.from('{}')],
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
