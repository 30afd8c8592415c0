import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { sourceNameOf } from '../../src/app/ingest/source-name.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { liveAsked } from '../../src/cli/live-options.ts';
import { UsageError } from '../../src/core/errors.ts';
import { folderReader } from '../../src/evidence/verify/reader.ts';
import { verifyStore } from '../../src/evidence/verify/verify-store.ts';
import { keptOf } from '../support/evidence-run.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-live-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const program = new URL('../../bin/postern.js', import.meta.url).pathname;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Live {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<unknown>;
  readonly said: () => string;
}

const start = async (...args: readonly string[]): Promise<Live> => {
  const child = spawn(process.execPath, [program, 'ingest', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: base,
  });
  children.push(child);
  const ended = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  for (
    let tries = 0;
    tries < 3_000 && !said.includes('listening') && child.exitCode === null;
    tries += 1
  ) {
    await pause(10);
  }
  const port = Number(/tcp:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1] ?? 0);
  expect(port, said).toBeGreaterThan(0);
  return { child, port, ended, said: () => said };
};

const lineOf = (n: number): string => `Jun 29 10:00:00 mx1 app[7]: ${n}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => lineOf(from + i)).join('');

const linesIn = (store: string, source: string): readonly string[] =>
  keptOf(folderReader(store), source).split('\n').slice(0, -1);

describe('a run that goes on', () => {
  test('killed again and again keeps each line of a file once, and each message no more than once', async () => {
    const [store, folder] = [join(base, 'store'), join(base, 'log')];
    mkdirSync(folder);
    const file = join(folder, 'app.log');
    writeFileSync(file, lines(0, 50));
    let [written, sent] = [50, 0];
    const address = 'tcp://127.0.0.1:0?name=net';
    for (let kill = 0; kill < 2; kill += 1) {
      const { child, port, ended } = await start(
        '--follow',
        folder,
        '--syslog',
        address,
        '--store',
        store,
      );
      const socket = createConnection({ port, host: '127.0.0.1' });
      socket.on('error', () => {});
      for (let n = 0; n < 20 + kill * 10; n += 1) {
        appendFileSync(file, lines(written, written + 7));
        written += 7;
        socket.write(lines(sent, sent + 5));
        sent += 5;
        await pause(7);
      }
      child.kill('SIGKILL');
      await ended;
    }
    const { child, port, ended, said } = await start(
      '--follow',
      folder,
      '--syslog',
      address,
      '--store',
      store,
    );
    const socket = createConnection({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.end(lines(sent, sent + 5));
    await pause(300);
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    await ended;
    expect([child.exitCode, said()]).toEqual([0, expect.stringContaining('kept in')]);
    expect(linesIn(store, sourceNameOf(file)).join('\n')).toBe(lines(0, written).trimEnd());
    const messages = linesIn(store, 'net-127.0.0.1');
    expect(new Set(messages).size).toBe(messages.length);
    expect(messages.slice(-5).join('\n')).toBe(lines(sent, sent + 5).trimEnd());
    expect(verifyStore(store, { deep: true }).broken).toEqual([]);
    expect(readdirSync(join(store, 'spool', 'net-127.0.0.1'))).toEqual([]);
  }, 120_000);

  test('takes the same journal twice, and keeps its entries once', () => {
    const store = join(base, 'journal');
    const entry = (n: number): Buffer => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(7n);
      return Buffer.concat([
        Buffer.from(
          `__CURSOR=s=1;i=${n}\n__REALTIME_TIMESTAMP=${1_782_727_200_000_000 + n}\n_HOSTNAME=mx1\nSYSLOG_IDENTIFIER=app\nMESSAGE\n`,
        ),
        length,
        Buffer.from(`a\nb ${n % 10}é`.slice(0, 6)),
        Buffer.from('\n\n'),
      ]);
    };
    const journal = (from: number, to: number): Buffer =>
      Buffer.concat(Array.from({ length: to - from }, (_, i) => entry(from + i)));
    const run = (input: Buffer): string => {
      const args = [program, 'ingest', '--name', 'journal', '--store', store, '-'];
      const { stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8', cwd: base });
      return stderr;
    };
    run(journal(0, 40));
    expect(run(journal(20, 50))).toContain('20 records are in the store already');
    const kept = linesIn(store, 'journal').map(text => JSON.parse(text));
    expect(kept.map(each => each.__CURSOR)).toEqual(
      Array.from({ length: 50 }, (_, n) => `s=1;i=${n}`),
    );
    expect(kept[3]).toMatchObject({ MESSAGE: 'a\nb 3é', _HOSTNAME: 'mx1' });
  }, 60_000);

  test.each([
    [['--dry-run', '--follow', 'x'], '--dry-run reads what is there'],
    [['--syslog', 'udp://nowhere:514'], '--syslog: "udp://nowhere:514"'],
    [['--syslog', 'tls://127.0.0.1:0'], 'needs --tls-cert FILE and --tls-key FILE'],
    [['--syslog', 'udp://127.0.0.1:0', '--tls-ca', 'x'], '--tls-ca is for --syslog tls://'],
    [
      ['--syslog', 'udp://127.0.0.1:0', '--syslog', 'udp://127.0.0.1:0'],
      'two listeners have one name',
    ],
    [['--name', 'x', 'file'], 'names what comes on standard input'],
  ])('%j is a mistake that one line explains', (args, said) => {
    const mistake = (): unknown => liveAsked(parseArguments(['ingest', ...args], {}));
    expect(mistake).toThrow(UsageError);
    expect(mistake).toThrow(said);
  });
});
