import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import {
  type Fetched,
  type FetchLimits,
  type FetchRequest,
  fetchInto,
} from '../../src/intake/fetch.ts';

/** Removed when the tests of the file that imports this end. */
export const scratch: string = mkdtempSync(join(tmpdir(), 'postern-fetch-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface Asked {
  readonly base: string;
  readonly port: number;
  /** What was asked, in order. */
  readonly requests: IncomingMessage[];
}

export const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

export const serve = async (handler: Handler): Promise<Asked> => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  const port = await listening(server);
  return { base: `http://127.0.0.1:${port}`, port, requests };
};

let folders = 0;
export const newFolder = (): string => {
  folders += 1;
  const folder = join(scratch, `${folders}`);
  mkdirSync(folder);
  return folder;
};

const quick: Partial<FetchLimits> = { backoffMs: 5, attemptsMax: 3, idleMs: 500, firstByteMs: 500 };

export const get = (address: string, more: Partial<FetchRequest> = {}): Promise<Fetched> =>
  fetchInto({
    address,
    folder: more.folder ?? newFolder(),
    name: 'feed',
    expects: 'json',
    environment: {},
    ...more,
    limits: { ...quick, ...more.limits },
  });

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Two megabytes of JSON, no two places in it alike. */
export const large: Buffer = Buffer.from(
  JSON.stringify(Array.from({ length: 250_000 }, (_, i) => i * 7)),
);

/** A server that speaks of versions and parts as RFC 9110 has it. */
export const ranged =
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
