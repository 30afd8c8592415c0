import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { get, listening, newFolder, scratch } from '../../test/support/feed-server.ts';
import type { Fetched } from './fetch.ts';

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
