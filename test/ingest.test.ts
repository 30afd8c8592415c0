import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { bareEnvironment } from './support/environment.ts';
import { ocsfFaults } from './support/ocsf.ts';

const program = resolve('bin/postern.js');

const base = mkdtempSync(join(tmpdir(), 'postern-ingest-'));
let folder = base;
let count = 0;
beforeEach(() => {
  count += 1;
  folder = join(base, String(count));
  mkdirSync(folder);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const ingest = (args: readonly string[], input?: string | Uint8Array): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [program, 'ingest', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...bareEnvironment, TZ: 'UTC' },
    maxBuffer: 256 << 20,
    ...(input === undefined ? {} : { input }),
  });

type Event = Readonly<Record<string, unknown>> & {
  readonly metadata: { readonly log_name: string; readonly sequence: number };
  readonly time: number;
};

const eventsOf = ({ stdout }: SpawnSyncReturns<string>): readonly Event[] =>
  stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Event);

const ndjson = (...args: readonly string[]): SpawnSyncReturns<string> =>
  ingest(['--dry-run', '--format', 'ndjson', ...args]);

const put = (name: string, content: string | Uint8Array, writtenBy?: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  if (writtenBy !== undefined) utimesSync(path, new Date(writtenBy), new Date(writtenBy));
  return path;
};

const login = (stamp: string, port: number, user = 'haruka'): string =>
  `${stamp} mx1 sshd[9]: Accepted password for ${user} from 192.0.2.7 port ${port} ssh2\n`;

describe('ingest --dry-run', () => {
  test('writes an OCSF event for each line that tells of access, and stores nothing', () => {
    const log = put(
      'auth.log',
      `${login('Nov 22 12:00:01', 1001)}Nov 22 12:00:02 mx1 kernel: x\nNov 22 12:00:03 mx1 unheard-of: x\n`,
      '2026-11-23T00:00:00Z',
    );
    const result = ndjson('--raw', log);
    expect(result.status).toBe(3);
    const [event, other, ...rest] = eventsOf(result);
    expect(rest).toEqual([]);
    expect(ocsfFaults(event)).toEqual([]);
    expect(event).toMatchObject({
      class_uid: 3002,
      time: Date.parse('2026-11-22T12:00:01Z'),
      raw_data: login('Nov 22 12:00:01', 1001).trimEnd(),
      metadata: { log_name: log, sequence: 1, original_time: 'Nov 22 12:00:01' },
      unmapped: {
        postern: { line: 1, format: 'syslog', kind: 'login', assumed: ['year', 'zone'] },
      },
    });
    expect(other).toMatchObject({ unparsed: true, log_name: log, sequence: 3 });
    expect(other?.['why']).toBeTypeOf('string');
    expect(result.stderr).toMatch(/^1 log, 3 lines: 1 event, 1 that say nothing of access, 1 not/);
  });

  test('ends with 0 where everything was understood, and says it in one line each', () => {
    const log = put('auth.log', login('2026-11-22T12:00:01+09:00', 1001));
    const result = ingest(['--dry-run', '--quiet', log]);
    expect([result.status, result.stderr]).toEqual([0, '']);
    expect(result.stdout).toBe(
      '2026-11-22T03:00:01.000Z login haruka from 192.0.2.7 through sshd/ssh\n',
    );
  });

  test('--unparsed shows what was not understood alone', () => {
    const log = put('a.log', `${login('Nov 22 12:00:01', 1)}no log of anything\n`);
    const result = ingest(['--dry-run', '--unparsed', log]);
    expect(result.status).toBe(3);
    expect(result.stdout).toBe(
      `${log}:2: not understood: no format knows such a line: no log of anything\n`,
    );
  });

  test('reads rotated files of a log as one, the oldest first, whatever they are packed with', () => {
    put('auth.log', login('Jan  2 00:00:01', 5), '2026-01-02T00:00:01Z');
    put('auth.log.1', login('Dec 31 23:00:00', 4), '2025-12-31T23:00:00Z');
    put('auth.log.2.gz', gzipSync(login('Dec  1 00:00:00', 3)), '2025-12-01T00:00:00Z');
    put('auth.log.10.zst', zstdCompressSync(login('Jan 15 00:00:00', 1)), '2025-01-15T00:00:00Z');
    put('auth.log.3.gz', gzipSync(login('Nov  1 00:00:00', 2)), '2025-11-01T00:00:00Z');
    const events = eventsOf(ndjson(join(folder, 'auth.log*')));
    expect(events.map(({ time }) => new Date(time).toISOString().slice(0, 10))).toEqual([
      '2025-01-15',
      '2025-11-01',
      '2025-12-01',
      '2025-12-31',
      '2026-01-02',
    ]);
    expect(events[2]?.metadata.log_name).toBe(join(folder, 'auth.log.2.gz'));
  });

  test('knows after a rotation what began before it', () => {
    const at = (time: string): string => `2026-11-22T${time}+00:00 mx1 dovecot: `;
    put(
      'mail.log.1',
      `${at('23:00:00')}imap-login: Login: user=<haruka@example.jp>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=7, session=<AbCdEfGhIjKlMnOp>\n`,
    );
    put(
      'mail.log',
      `${at('23:30:00')}imap(haruka@example.jp)<7><AbCdEfGhIjKlMnOp>: Disconnected: Logged out in=74 out=23227 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=11 body_bytes=21906\n`,
    );
    const [, read] = eventsOf(ndjson(join(folder, 'mail.log'), join(folder, 'mail.log.1')));
    expect(read).toMatchObject({
      src_endpoint: { ip: '192.0.2.7' },
      unmapped: { postern: { count: 11, session: 'AbCdEfGhIjKlMnOp' } },
    });
  });

  test('dates a packed log by what was packed, not by the copy', () => {
    const packed = gzipSync(login('Nov 22 12:00:01', 1));
    packed.writeUInt32LE(Date.parse('2019-11-23T00:00:00Z') / 1_000, 4);
    const log = put('auth.log.2.gz', packed, '2026-01-01T00:00:00Z');
    expect(eventsOf(ndjson(log)).map(({ time }) => time)).toEqual([
      Date.parse('2019-11-22T12:00:01Z'),
    ]);
  });

  test('dates rotated files by one another where a copy has lost their times', () => {
    const now = '2026-11-26T00:00:00Z';
    put('auth.log', login('Nov 20 10:00:00', 4), now);
    put('auth.log.1', login('Dec  5 10:00:00', 3), now);
    put('auth.log.2', login('Mar  1 10:00:00', 2), now);
    put('auth.log.3', login('Dec 10 10:00:00', 1), now);
    const events = eventsOf(ndjson(folder));
    expect(events.map(({ time }) => new Date(time).toISOString().slice(0, 10))).toEqual([
      '2024-12-10',
      '2025-03-01',
      '2025-12-05',
      '2026-11-20',
    ]);
  });

  test('counts the years of a log over several New Years by when it was last written to', () => {
    const lines = ['Nov 30', 'Feb 10', 'Nov  1', 'Jan  5', 'Mar  1'];
    const text = lines.map((day, i) => login(`${day} 10:00:00`, i + 1)).join('');
    const log = put('auth.log', text, '2024-03-02T00:00:00Z');
    expect(eventsOf(ndjson(log)).map(({ time }) => new Date(time).getUTCFullYear())).toEqual([
      2022, 2023, 2023, 2024, 2024,
    ]);
  });

  test('reads a pipe, packed or not, and takes its year from --year', () => {
    const text = login('Nov 22 12:00:01', 1) + login('Jan  1 12:00:01', 2);
    for (const input of [text, gzipSync(text), zstdCompressSync(text)]) {
      const result = ingest(['--dry-run', '--format', 'ndjson', '--year', '2019', '-'], input);
      expect(result.status).toBe(0);
      expect(eventsOf(result).map(({ time }) => new Date(time).getUTCFullYear())).toEqual([
        2019, 2020,
      ]);
      expect(eventsOf(result)[0]?.metadata.log_name).toBe('-');
    }
  });

  test('takes zones by host', () => {
    const log = put('auth.log', login('2026-07-01T12:00:00', 1));
    const at = (zone: string): number => eventsOf(ndjson('--zone', zone, log))[0]?.time ?? 0;
    expect(at('Europe/Berlin')).toBe(Date.parse('2026-07-01T10:00:00Z'));
    expect(at('UTC,mx1=Asia/Tokyo')).toBe(Date.parse('2026-07-01T03:00:00Z'));
    expect(at('UTC,mx2=Asia/Tokyo')).toBe(Date.parse('2026-07-01T12:00:00Z'));
  });

  test('reads a folder once, whatever links lead to its files, and names what is no text', () => {
    mkdirSync(join(folder, 'log', 'deep'), { recursive: true });
    put('log/auth.log', login('2026-11-22T12:00:01Z', 1));
    put('log/deep/secure', login('2026-11-22T12:00:02Z', 2));
    put('log/empty.log', '');
    put('log/wtmp', new Uint8Array(1_000));
    symlinkSync('auth.log', join(folder, 'log', 'again.log'));
    const result = ndjson(join(folder, 'log'), join(folder, 'log', 'again.log'));
    expect(eventsOf(result)).toHaveLength(2);
    expect(result.status).toBe(3);
    expect(result.stderr).toContain(`not read: ${join(folder, 'log', 'wtmp')}: it is no text`);
  });

  test('reads UTF-16, carriage returns and a mark at the beginning', () => {
    const text = login('2026-11-22T12:00:01Z', 1).replaceAll('\n', '\r\n');
    const utf16 = put('a.log', Buffer.from(`\ufeff${text}`, 'utf16le'));
    const utf8 = put('b.log', `\ufeff${text}`);
    const events = eventsOf(ndjson('--raw', utf16, utf8));
    expect(events.map(event => event['raw_data'])).toEqual([
      login('2026-11-22T12:00:01Z', 1).trimEnd(),
      login('2026-11-22T12:00:01Z', 1).trimEnd(),
    ]);
  });

  test('reads records of a JSON document one by one, however they are laid out', () => {
    const record = (id: string): object => ({
      CreationTime: '2026-11-22T12:00:01',
      Id: id,
      Operation: 'UserLoggedIn',
      RecordType: 15,
      UserId: 'haruka@example.jp',
      Workload: 'AzureActiveDirectory',
      ClientIP: '192.0.2.7',
      ResultStatus: 'Success',
    });
    const list = [record('a'), record('b')];
    const layouts = [
      JSON.stringify(list),
      JSON.stringify(list, undefined, 2),
      JSON.stringify({ '@odata.context': 'x', value: list }, undefined, 2),
      list.map(each => JSON.stringify(each)).join('\n'),
      list.map(each => JSON.stringify(each, undefined, 2)).join('\n'),
    ];
    for (const [i, text] of layouts.entries()) {
      const result = ndjson(put(`${i}.json`, text));
      const uids = eventsOf(result).map(({ metadata }) =>
        'original_event_uid' in metadata ? metadata.original_event_uid : undefined,
      );
      expect([result.status, uids]).toEqual([0, ['a', 'b']]);
    }
  });

  test('cuts an endless line, flags it, and goes on behind it', () => {
    const end = ` from 192.0.2.7 port 1 ssh2\n`;
    const log = put(
      'auth.log',
      Buffer.concat([
        Buffer.from('2026-11-22T12:00:00Z mx1 sshd[1]: Failed password for '),
        Buffer.alloc(20 << 20, 'x'),
        Buffer.from(end),
        Buffer.from(login('2026-11-22T12:00:01Z', 2)),
      ]),
    );
    const result = ndjson(log);
    expect(result.status).toBe(3);
    expect(eventsOf(result).map(event => event['metadata'])).toMatchObject([{ sequence: 2 }]);
    expect(result.stderr).toContain('1 line is longer than is read of a line');
  });

  test('hands no control character to a terminal, and JSON that strict readers take', () => {
    const name = '\u001b[2J\u202e\u0000x';
    const bytes = Buffer.concat([
      Buffer.from(login('2026-11-22T12:00:01Z', 1, name)),
      Buffer.from('2026-11-22T12:00:02Z mx1 sshd[1]: Failed password for '),
      Buffer.from([0xff, 0xfe, 0xed, 0xa0, 0x80]),
      Buffer.from(' from 192.0.2.7 port 1 ssh2\n\u001b]0;x\u0007\u009b31m\n'),
    ]);
    const log = put('auth.log', bytes);
    for (const args of [[], ['--raw'], ['--unparsed', '--raw']]) {
      for (const format of ['text', 'ndjson']) {
        const { stdout, stderr } = ingest(['--dry-run', '--format', format, ...args, log]);
        expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
        expect(stdout).not.toMatch(/\\ud[89a-f]/);
      }
    }
    expect(eventsOf(ndjson(log))).toHaveLength(3);
  });

  test('--out appears whole, or not at all', () => {
    const log = put('auth.log', login('2026-11-22T12:00:01Z', 1));
    const out = join(folder, 'events.ndjson');
    const result = ndjson('--out', out, log);
    expect([result.status, result.stdout]).toEqual([0, '']);
    expect(spawnSync('cat', [out], { encoding: 'utf8' }).stdout).toContain('"class_uid":3002');
    expect(ndjson('--out', join(folder, 'none', 'x'), log).status).toBe(64);
  });

  test('a damaged archive gives what stands before the damage, and is named', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => login('2026-11-22T12:00:01Z', i + 1));
    const packed = gzipSync(text.join(''));
    const log = put('auth.log.gz', packed.subarray(0, Math.floor(packed.length / 2)));
    const result = ndjson(log);
    expect(result.status).toBe(3);
    expect(eventsOf(result).length).toBeGreaterThan(1_000);
    expect(result.stderr).toContain('not read: ');
    expect(result.stderr).toContain('cut off');
  });

  test('stops without complaint when its reader has had enough', async () => {
    const text = login('2026-11-22T12:00:01Z', 1).repeat(100_000);
    const log = put('auth.log', text);
    const child = spawn(process.execPath, [program, 'ingest', '--dry-run', log], { cwd: folder });
    let errors = '';
    child.stderr.on('data', chunk => {
      errors += String(chunk);
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise(done => child.once('close', done));
    expect([status, errors]).toEqual([0, '']);
  });

  test.each([
    ['no file', ['--dry-run'], /FILE is missing/],
    ['a file that is not there', ['--dry-run', 'nowhere.log'], /nowhere\.log: no such file/],
    ['a glob that nothing matches', ['--dry-run', '*.nothing'], /no such file/],
    ['a zone that is none', ['--dry-run', '--zone', 'Mars', '-'], /--zone: "Mars" is no time zone/],
    ['a year that is none', ['--dry-run', '--year', 'last', '-'], /--year "last": expected a year/],
    [
      'a format that is none',
      ['--dry-run', '--format', 'html', '-'],
      /expected one of text, ndjson/,
    ],
  ])('%s is a mistake that one line explains', (_, args, why) => {
    const result = ingest(args, '');
    expect([result.status, result.stdout]).toEqual([64, '']);
    expect(result.stderr).toMatch(/^postern: [^\n]+\n$/);
    expect(result.stderr).toMatch(why);
  });
});
