import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { SyslogListener } from '../../src/app/ingest/syslog/listener.ts';
import { tlsOptions } from '../../src/app/ingest/syslog/tcp.ts';
import { openEnvelope } from '../../src/logs/envelope/open-envelope.ts';
import type { Envelope } from '../../src/logs/format.ts';
import { KeptMessages, type ListenOptions, listenAt, until } from '../support/listeners.ts';

const missing = (program: string): boolean =>
  spawnSync('which', [program], { stdio: 'ignore' }).status !== 0;
const lacks = (program: string): string =>
  missing(program) ? ` (skipped: ${program} is not installed)` : '';

const run = promisify(execFile);
const base = mkdtempSync(join(tmpdir(), 'postern-syslog-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const open: SyslogListener[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'close');
    child.kill();
    await gone;
  }
  for (const each of open.splice(0)) await each.close();
});

const listen = async (
  transport: string,
  kept: KeptMessages,
  options?: ListenOptions,
): Promise<string> => {
  const listener = await listenAt(`${transport}://127.0.0.1:0?name=x`, kept, options);
  open.push(listener);
  return String(listener.port);
};

const peer = 'x-127.0.0.1';
const opened = (kept: KeptMessages): readonly Envelope[] =>
  kept.of(peer).map((text, i) => openEnvelope({ text, number: i + 1 }));

describe.skipIf(missing('logger'))(`logger of util-linux${lacks('logger')}`, () => {
  test.each([
    ['RFC 3164 over UDP', 'udp', ['--udp', '--rfc3164']],
    ['RFC 5424 over UDP', 'udp', ['--udp', '--rfc5424']],
    ['RFC 3164 over TCP', 'tcp', ['--tcp', '--rfc3164']],
    ['RFC 5424 over TCP', 'tcp', ['--tcp', '--rfc5424']],
    ['RFC 3164 over TCP, counted', 'tcp', ['--tcp', '--rfc3164', '--octet-count']],
    ['RFC 5424 over TCP, counted', 'tcp', ['--tcp', '--rfc5424', '--octet-count']],
  ])('%s', async (_, transport, flags) => {
    const kept = new KeptMessages();
    const port = await listen(transport, kept);
    const about = [
      '--server',
      '127.0.0.1',
      '--port',
      port,
      '--tag',
      'dovecot',
      '--priority',
      'mail.info',
    ];
    for (const message of ['imap-login: one', 'é two']) {
      await run('logger', [...flags, ...about, '--id=77', message]);
    }
    await until(() => kept.of(peer).length === 2);
    expect(opened(kept)).toMatchObject([
      { program: 'dovecot', pid: 77, message: 'imap-login: one', host: expect.any(String) },
      { program: 'dovecot', pid: 77, message: 'é two' },
    ]);
    for (const text of kept.of(peer)) expect(text.startsWith('<22>')).toBe(true);
  });
});

describe.skipIf(missing('rsyslogd'))(`rsyslogd forwarding${lacks('rsyslogd')}`, () => {
  test.each([
    ['over UDP', 'udp', 'RSYSLOG_ForwardFormat', ''],
    ['over TCP', 'tcp', 'RSYSLOG_ForwardFormat', ''],
    ['over TCP, counted', 'tcp', 'RSYSLOG_ForwardFormat', 'TCP_Framing="octet-counted"'],
    [
      'over TCP, counted, RFC 5424',
      'tcp',
      'RSYSLOG_SyslogProtocol23Format',
      'TCP_Framing="octet-counted"',
    ],
  ])('%s', async (_, transport, template, framing) => {
    const kept = new KeptMessages();
    const port = await listen(transport, kept);
    const folder = mkdtempSync(join(base, 'rsyslog-'));
    const socket = join(folder, 'log');
    writeFileSync(
      join(folder, 'rsyslog.conf'),
      [
        `global(workDirectory="${folder}")`,
        'module(load="imuxsock" SysSock.Use="off")',
        `input(type="imuxsock" Socket="${socket}" CreatePath="on")`,
        `action(type="omfwd" Target="127.0.0.1" Port="${port}" Protocol="${transport}" Template="${template}" ${framing})`,
        '',
      ].join('\n'),
    );
    const files = ['-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')];
    children.push(spawn('rsyslogd', ['-n', ...files], { stdio: 'ignore' }));
    await until(() => existsSync(socket));
    for (const message of ['one', 'two']) {
      await run('logger', ['--socket', socket, '--tag', 'dovecot', '--id=9', message]);
    }
    await until(() => kept.of(peer).length >= 2);
    const ours = opened(kept).filter(({ program }) => program !== 'rsyslogd');
    expect(ours).toMatchObject([
      { program: 'dovecot', message: expect.stringMatching(/^ ?one$/) },
      { program: 'dovecot', message: expect.stringMatching(/^ ?two$/) },
    ]);
  });
});

describe.skipIf(missing('openssl'))(`openssl over TLS${lacks('openssl')}`, () => {
  const make = async (name: string, ...flags: readonly string[]): Promise<void> => {
    const out = ['-keyout', join(base, `${name}.key`), '-out', join(base, `${name}.pem`)];
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await run('openssl', [
      'req',
      '-x509',
      ...ec,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      ...out,
      ...flags,
    ]);
  };
  const files = { certificate: join(base, 'mx1.pem'), key: join(base, 'mx1.key') };
  const client = async (port: string, text: string, ...flags: readonly string[]): Promise<void> => {
    const child = spawn(
      'openssl',
      ['s_client', '-quiet', '-connect', `127.0.0.1:${port}`, ...flags],
      {
        stdio: ['pipe', 'ignore', 'ignore'],
      },
    );
    children.push(child);
    child.stdin.on('error', () => {});
    child.stdin.write(text);
  };

  test('counted messages of RFC 5425 come through, and whoever speaks no TLS is turned away', async () => {
    await make('mx1');
    const kept = new KeptMessages();
    const port = await listen('tls', kept, { tls: tlsOptions(files) });
    const [listener] = open;
    await client(port, '29 <22>1 - mx1 dovecot - - - one29 <22>1 - mx1 dovecot - - - a\nb');
    await until(() => kept.of(peer).length === 2);
    expect(kept.of(peer)).toEqual([
      '<22>1 - mx1 dovecot - - - one',
      '<22>1 - mx1 dovecot - - - a␊b',
    ]);
    await run('logger', ['--tcp', '--server', '127.0.0.1', '--port', port, 'plain']);
    await until(() => listener?.counts.refused === 1);
    expect(kept.of(peer)).toHaveLength(2);
  });

  test('with an authority, only clients that it vouches for are heard', async () => {
    await make('mx1');
    await make('mx2');
    const kept = new KeptMessages();
    const tls = tlsOptions({ ...files, authorities: join(base, 'mx2.pem') });
    const port = await listen('tls', kept, { tls });
    const [listener] = open;
    await client(port, '<22>stranger\n');
    await until(() => listener?.counts.refused === 1);
    await client(
      port,
      '<22>known\n',
      '-cert',
      join(base, 'mx2.pem'),
      '-key',
      join(base, 'mx2.key'),
    );
    await until(() => kept.of(peer).length === 1);
    expect(kept.of(peer)).toEqual(['<22>known']);
  });

  test('no key is taken that others may read', async () => {
    await make('mx3');
    const open = join(base, 'open.key');
    writeFileSync(open, readFileSync(join(base, 'mx3.key')), { mode: 0o644 });
    expect(() => tlsOptions({ certificate: join(base, 'mx3.pem'), key: open })).toThrow('chmod');
    expect(() => tlsOptions({ certificate: join(base, 'none.pem'), key: open })).toThrow(
      '--tls-cert',
    );
  });
});
