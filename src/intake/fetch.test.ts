import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  get,
  large,
  newFolder,
  ranged,
  scratch,
  serve,
  sha256,
} from '../../test/support/feed-server.ts';
import type { Progress } from './fetch.ts';

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
