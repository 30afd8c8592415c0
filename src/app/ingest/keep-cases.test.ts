import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptOf, leavesIn, SimulatedStore } from '../../../test/support/evidence-run.ts';
import { keepRun } from '../../../test/support/keep-run.ts';
import type { AccessEvent } from '../../core/access-event.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import { sourceNameOf } from './source-name.ts';

const dayMs = 86_400_000;
let folder = '';
let store = new SimulatedStore();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cases-'));
  store = new SimulatedStore();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const put = (name: string, bytes: string | Buffer): void => writeFileSync(at(name), bytes);
const kept = (name = 'mail.log'): string => keptOf(store.reader, sourceNameOf(at(name)));
const run = (...words: readonly string[]) => keepRun(folder, words, store);
const later = (ms: number, ...words: readonly string[]) =>
  keepRun(folder, words, store, Date.now() + ms);

const line = (n: number): string =>
  `2026-06-29T10:00:${String(n % 60).padStart(2, '0')}Z mx1 a[1]: line ${n}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => line(from + i)).join('');
const events = (reads: readonly ReadLine[]): readonly AccessEvent[] =>
  reads.flatMap(({ parsed }) => ('event' in parsed ? [parsed.event] : []));

describe('what was lost is a gap in the log, told once', () => {
  test.each([
    [
      'removed',
      () => {
        rmSync(at('mail.log'));
        put('mail.log', lines(50, 60));
      },
    ],
    [
      'emptied',
      () => {
        truncateSync(at('mail.log'));
        appendFileSync(at('mail.log'), lines(50, 60));
      },
    ],
    [
      'replaced by a longer one',
      () => {
        put('mail.log', lines(50, 60) + lines(60, 100));
        truncateSync(at('mail.log'), lines(50, 60).length);
      },
    ],
  ])('%s', async (_, lose) => {
    put('mail.log', lines(0, 20));
    await run('mail.log');
    lose();
    const second = await run('mail.log');
    expect(kept()).toBe(lines(0, 20) + lines(50, 60));
    expect(second.gaps).toEqual([
      expect.stringMatching(
        /^2026-06-29 2026-06-29 mail\.log was read up to byte \d+, and then removed, cut off or replaced/,
      ),
    ]);
    expect((await run('mail.log')).gaps).toEqual([]);
    expect(leavesIn(store.reader).filter(({ kind }) => kind === 'gap')).toHaveLength(1);
  });

  test.each([
    ['emptied', () => truncateSync(at('mail.log')), 1],
    ['put aside, and a new one begun', () => renameSync(at('mail.log'), at('mail.log.1')), 0],
    [
      'copied and emptied by rotation, and packed',
      () => put('mail.log.1.gz', gzipSync(lines(0, 20))),
      0,
    ],
    [
      'removed, of which there was one file alone, as of an export',
      () => rmSync(at('mail.log')),
      0,
    ],
  ] as const)('though nothing is written to it since: %s', async (name, lose, gaps) => {
    put('mail.log', lines(0, 20));
    await run('mail.log');
    lose();
    if (!name.startsWith('removed')) put('mail.log', '');
    expect((await run('*')).gaps).toHaveLength(gaps);
    if (name.startsWith('removed')) return;
    put('mail.log', lines(50, 60));
    expect((await run('*')).gaps).toEqual([]);
    expect(kept()).toBe(lines(0, 20) + lines(50, 60));
  });

  test('all files of a log are removed', async () => {
    put('mail.log', lines(0, 20));
    await run('*');
    renameSync(at('mail.log'), at('mail.log.1'));
    put('mail.log', lines(20, 40));
    await run('*');
    for (const name of ['mail.log', 'mail.log.1']) rmSync(at(name));
    // Something may have been written to the one before, too, which was not over.
    expect((await run('*')).gaps).toHaveLength(2);
    expect((await run('*')).gaps).toEqual([]);
  });

  test('somebody changed what had been read: that is another file', async () => {
    put('mail.log', lines(0, 200));
    await run('mail.log');
    const changed = lines(0, 200).replace('line 150\n', '\n');
    put('mail.log', changed + lines(200, 210));
    const second = await run('mail.log');
    expect(kept()).toBe(lines(0, 200) + changed + lines(200, 210));
    expect(second.gaps).toHaveLength(1);
  });

  test('a file that rotation took away after it was over is no loss', async () => {
    put('mail.log.1', lines(0, 20));
    put('mail.log', lines(20, 30));
    await later(3_600_000, 'mail.log*');
    rmSync(at('mail.log.1'));
    expect((await run('mail.log*')).gaps).toEqual([]);
  });
});

describe('a rotation while logs are read', () => {
  test('loses nothing, doubles nothing, and is no gap', async () => {
    put('mail.log.1', lines(0, 200));
    put('mail.log', lines(200, 400));
    await run('mail.log*');
    appendFileSync(at('mail.log'), lines(400, 410));
    let isDone = false;
    const rotate = (): void => {
      if (isDone) return;
      isDone = true;
      put('mail.log.2.gz', gzipSync(readFileSync(at('mail.log.1'))));
      renameSync(at('mail.log'), at('mail.log.1'));
      put('mail.log', lines(410, 420));
    };
    // When the first file is done, what was listed lies elsewhere.
    const { gaps } = await keepRun(folder, ['mail.log*'], store, Date.now(), { done: rotate });
    expect(gaps).toEqual([]);
    await run('mail.log*');
    expect(kept().split('\n').toSorted()).toEqual(lines(0, 420).split('\n').toSorted());
  });

  test('a file that cannot be read for a while is no gap', async () => {
    put('mail.log', lines(0, 200));
    await run('mail.log');
    renameSync(at('mail.log'), at('mail.log.1'));
    put('mail.log.1.gz', gzipSync(readFileSync(at('mail.log.1'))).subarray(0, 12));
    rmSync(at('mail.log.1'));
    put('mail.log', lines(200, 210));
    const second = await run('mail.log*');
    expect([second.gaps, second.unseen.length]).toEqual([[], 1]);
    put('mail.log.1.gz', gzipSync(lines(0, 200)));
    expect((await run('mail.log*')).gaps).toEqual([]);
    expect(kept()).toBe(lines(0, 210));
  });
});

describe('which files of a log are read', () => {
  test('whoever names the log alone gets what was rotated meanwhile, too', async () => {
    put('mail.log.3', lines(0, 5));
    put('mail.log', lines(10, 20));
    await run('mail.log');
    appendFileSync(at('mail.log'), lines(20, 25));
    put('mail.log.2.gz', gzipSync(readFileSync(at('mail.log'))));
    put('mail.log.1', lines(25, 30));
    put('mail.log', lines(30, 32));
    const second = await run('mail.log');
    expect(kept()).toBe(lines(10, 32));
    expect(second.gaps).toEqual([]);
  });

  test('older ones are kept when they are named', async () => {
    put('mail.log.1', lines(0, 10));
    put('mail.log', lines(10, 20));
    await run('mail.log');
    expect(kept()).toBe(lines(10, 20));
    await run('mail.log*');
    expect(kept()).toBe(lines(10, 20) + lines(0, 10));
    expect((await run('mail.log*')).reads).toEqual([]);
  });

  test('a packed copy beside the file it is of is the same file', async () => {
    put('mail.log.1', lines(0, 30));
    put('mail.log.1.gz', gzipSync(lines(0, 30)));
    await run('.');
    expect(kept()).toBe(lines(0, 30));
  });

  test('a file that rotation put into another folder is still the log’s', async () => {
    mkdirSync(at('old'));
    put('mail.log', lines(0, 200));
    put('old/mail.log.1', lines(300, 500));
    await run('.');
    appendFileSync(at('mail.log'), lines(200, 210));
    renameSync(at('old/mail.log.1'), at('old/mail.log.2'));
    renameSync(at('mail.log'), at('old/mail.log.1'));
    put('mail.log', lines(210, 220));
    const second = await run('.');
    expect(second.gaps).toEqual([]);
    expect([kept(), kept('old/mail.log')]).toEqual([lines(0, 220), lines(300, 500)]);
    put('old/mail.log.1.gz', gzipSync(readFileSync(at('old/mail.log.1'))));
    rmSync(at('old/mail.log.1'));
    expect((await run('.')).reads).toEqual([]);
    expect((await run('.')).gaps).toEqual([]);
  });

  test('a link, and the path that it leads to, are one log', async () => {
    mkdirSync(at('real'));
    put('real/mail.log', lines(0, 10));
    symlinkSync(at('real'), at('log'));
    await run('log/mail.log');
    appendFileSync(at('real/mail.log'), lines(10, 12));
    expect((await run('real/mail.log')).reads).toHaveLength(2);
    expect(kept('real/mail.log')).toBe(lines(0, 12));
  });

  test('logs in an archive are logs of their own, once', async () => {
    mkdirSync(at('in'));
    put('in/a.log', lines(0, 10));
    put('in/b.log', lines(10, 20));
    spawnSync('tar', ['-czf', at('logs.tar.gz'), '-C', folder, 'in']);
    await run('logs.tar.gz');
    expect([kept('logs.tar.gz/in/a.log'), kept('logs.tar.gz/in/b.log')]).toEqual([
      lines(0, 10),
      lines(10, 20),
    ]);
    expect((await run('logs.tar.gz')).reads).toEqual([]);
  });
});

describe('what is no log', () => {
  const sources = () =>
    leavesIn(store.reader).flatMap(leaf => (leaf.kind === 'source-add' ? [leaf.source] : []));

  test('is told, and becomes no source; nor does the archive that logs lie in', async () => {
    mkdirSync(at('in'));
    put('in/a.log', lines(0, 3));
    spawnSync('tar', ['-cf', at('logs.tar'), '-C', folder, 'in']);
    rmSync(at('in'), { recursive: true });
    put('wtmp', Buffer.alloc(400));
    const { unseen } = await run('.');
    expect(unseen.map(({ what }) => what)).toEqual([at('wtmp')]);
    expect(sources()).toEqual([sourceNameOf(at('logs.tar/in/a.log'))]);
  });

  test('nor is a log whose source was retired; the others are kept', async () => {
    put('a.log', lines(0, 3));
    put('b.log', lines(0, 3));
    await run('.');
    const evidence = await store.open({});
    await (await evidence.source(sourceNameOf(at('a.log')))).retire('it is another host’s now');
    await evidence.close();
    appendFileSync(at('a.log'), line(4));
    appendFileSync(at('b.log'), line(4));
    const { unseen, reads } = await run('.');
    expect(unseen.map(({ what, why }) => [what, why])).toEqual([
      [at('a.log'), expect.stringContaining('was retired')],
    ]);
    expect(reads).toHaveLength(1);
  });
});

describe('a last line without an end', () => {
  test('of a log that is written to waits for its end', async () => {
    put('mail.log', `${lines(0, 2)}2026-06-29T10:00:03Z mx1 a[1]: be`);
    expect((await run('mail.log')).left).toEqual([33]);
    expect(kept()).toBe(lines(0, 2));
    appendFileSync(at('mail.log'), 'gun\n');
    const second = await run('mail.log');
    expect(second.reads.map(({ line: { number, text } }) => [number, text.slice(-5)])).toEqual([
      [3, 'begun'],
    ]);
    expect(kept()).toBe(`${lines(0, 2)}2026-06-29T10:00:03Z mx1 a[1]: begun\n`);
  });

  test('is kept after a day, and what follows it is no line of its own', async () => {
    put('mail.log', `${lines(0, 2)}torn`);
    await later(2 * dayMs, 'mail.log');
    expect(kept()).toBe(`${lines(0, 2)}torn`);
    appendFileSync(at('mail.log'), ` 2026-06-29T10:00:03Z mx1 a[1]: from=<x>\n${line(4)}`);
    const second = await run('mail.log');
    expect(second.reads.map(read => read.line.number)).toEqual([4]);
    expect(kept()).toBe(readFileSync(at('mail.log'), 'utf8'));
  });

  test('is kept at once where it is an object, or its file was put aside or packed', async () => {
    put('a.log', '{"a":1}\n{"a":2}');
    put('b.log.1.gz', gzipSync(`${line(1)}end`));
    put('c.log.1', `${line(1)}end`);
    utimesSync(at('c.log.1'), 1_782_000_000, 1_782_000_000);
    const { left } = await keepRun(folder, ['.'], store, 1_782_700_000_000);
    expect(left).toEqual([]);
    expect(kept('a.log')).toBe('{"a":1}\n{"a":2}');
    expect(kept('b.log')).toBe(`${line(1)}end`);
    expect(kept('c.log')).toBe(`${line(1)}end`);
  });
});

describe('what is not lines of UTF-8', () => {
  test('UTF-16 is kept as UTF-8, and goes on', async () => {
    const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
    put('w.log', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(lines(0, 5))]));
    await run('w.log');
    appendFileSync(at('w.log'), utf16(lines(5, 9)));
    await later(1, 'w.log');
    expect(kept('w.log')).toBe(lines(0, 9));
  });

  test('records of a document are a line each; those that were added come later', async () => {
    const records = (count: number): string =>
      JSON.stringify(
        Array.from({ length: count }, (_, n) => ({
          n,
          at: '2026-06-29T10:00:00Z',
          pad: 'x'.repeat(90),
        })),
        null,
        2,
      );
    put('audit.json', records(60));
    await run('audit.json');
    expect(
      kept('audit.json')
        .split('\n')
        .slice(0, 2)
        .map(text => JSON.parse(text).n),
    ).toEqual([0, 1]);
    put('audit.json', records(75));
    const second = await later(1, 'audit.json');
    expect(second.reads.map(({ line: { number } }) => number)).toEqual(
      Array.from({ length: 15 }, (_, i) => 61 + i),
    );
    expect((await later(1, 'audit.json')).reads).toEqual([]);
    // The same beginning, and something else behind it.
    put('audit.json', records(75).replace('"n": 74', '"n": 9000'));
    const third = await later(1, 'audit.json');
    expect([third.reads.length, third.gaps.length]).toEqual([75, 1]);
  });

  test('no text, and what is cut off, are told; what stands before the cut is kept once', async () => {
    put('core', Buffer.alloc(500));
    const packed = gzipSync(lines(0, 3_000));
    put('mail.log.1.gz', packed.subarray(0, packed.length >> 1));
    const first = await run('.');
    expect(first.unseen.map(({ what }) => what.slice(folder.length + 1)).toSorted()).toEqual([
      'core',
      'mail.log.1.gz',
    ]);
    const before = kept();
    expect(before.length).toBeGreaterThan(1_000);
    expect(lines(0, 3_000).startsWith(before)).toBe(true);
    put('mail.log.1.gz', packed);
    await run('.');
    expect(kept()).toBe(lines(0, 3_000));
  });

  test('a line without an end in sight, in pieces, over several runs', async () => {
    put('mail.log', `${line(1)}${'x'.repeat(5 << 20)}`);
    await later(2 * dayMs, 'mail.log');
    appendFileSync(at('mail.log'), `${'y'.repeat(5 << 20)}\n${line(2)}`);
    const { reads } = await run('mail.log');
    expect(reads.map(read => read.line.text)).toEqual([line(2).trimEnd()]);
    expect(kept() === readFileSync(at('mail.log'), 'latin1')).toBe(true);
  });
});

describe('what earlier lines began is known', () => {
  const postfix = [
    'Jun 29 10:00:01 mx1 postfix/smtpd[10]: 4A1B2C3D4E: client=mail.example.net[203.0.113.9], sasl_method=PLAIN, sasl_username=mai@example.jp\n',
    'Jun 29 10:00:01 mx1 postfix/qmgr[11]: 4A1B2C3D4E: from=<mai@example.jp>, size=900, nrcpt=1 (queue active)\n',
    'Jun 29 10:00:02 mx1 postfix/smtp[12]: 4A1B2C3D4E: to=<ken@example.org>, relay=mx.example.org[198.51.100.7]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 ok)\n',
  ] as const;
  const delivered = (reads: readonly ReadLine[]) =>
    events(reads)
      .filter(({ kind }) => kind === 'message.delivered')
      .map(({ messages }) => messages?.[0]?.from);

  test('in the same file', async () => {
    put('mail.log', postfix[0] + postfix[1]);
    await run('mail.log');
    appendFileSync(at('mail.log'), postfix[2]);
    expect(delivered((await run('mail.log')).reads)).toEqual(['mai@example.jp']);
  });

  test('in the file before', async () => {
    put('mail.log', postfix[0] + postfix[1]);
    await run('mail.log');
    renameSync(at('mail.log'), at('mail.log.1'));
    put('mail.log', postfix[2]);
    expect(delivered((await run('mail.log')).reads)).toEqual(['mai@example.jp']);
  });

  test('names of columns, however far back they stand', async () => {
    const head =
      '#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-06-29 00:00:00\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status\r\n';
    const request = (n: number): string =>
      `2026-06-29 10:00:00 192.0.2.1 POST /Microsoft-Server-ActiveSync/default.eas Cmd=Sync&User=u${n}%40example.jp&DeviceId=d&DeviceType=x 443 EXAMPLE\\u${n} 203.0.113.9 Apple-iPhone/1 200\r\n`;
    put('u_ex260629.log', head + Array.from({ length: 6_000 }, (_, n) => request(n)).join(''));
    await run('.');
    appendFileSync(at('u_ex260629.log'), request(6_001));
    const [event] = events((await run('.')).reads);
    expect([event?.component, event?.from?.ip]).toEqual(['iis', '203.0.113.9']);
  });

  test('the year of stamps that name none', async () => {
    const stamped = (day: string): string =>
      `${day} 10:00:00 mx1 dovecot: imap-login: Login: user=<mai@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=7, TLS, session=<a>\n`;
    put('mail.log', stamped('Dec 30') + stamped('Dec 31'));
    utimesSync(at('mail.log'), new Date('2025-12-31T12:00:00Z'), new Date('2025-12-31T12:00:00Z'));
    const first = await keepRun(folder, ['mail.log'], store, Date.parse('2025-12-31T13:00:00Z'));
    appendFileSync(at('mail.log'), stamped('Jan  2'));
    utimesSync(at('mail.log'), new Date('2026-01-02T12:00:00Z'), new Date('2026-01-02T12:00:00Z'));
    const second = await keepRun(folder, ['mail.log'], store, Date.parse('2026-01-02T13:00:00Z'));
    const days = [...events(first.reads), ...events(second.reads)].map(({ time }) =>
      new Date(time.atMs ?? 0).toISOString().slice(0, 10),
    );
    expect(days).toEqual(['2025-12-30', '2025-12-31', '2026-01-02']);
  });
});

describe('whether a day is complete', () => {
  const sealedAs = (): readonly string[] =>
    leavesIn(store.reader).flatMap(leaf =>
      leaf.kind === 'seal' ? leaf.sources.map(({ state }) => `${leaf.day} ${state}`) : [],
    );
  const sealed = { isSealed: true };
  const midnight = Date.parse('2026-06-30T00:10:00Z');

  test('it is when the log was read to its end after it', async () => {
    put('mail.log', lines(0, 5));
    await keepRun(folder, ['mail.log'], store, midnight, {}, sealed);
    expect(sealedAs()).toEqual(['2026-06-29 complete']);
  });

  test('it is not when something could not be read', async () => {
    put('mail.log', lines(0, 5));
    put('mail.log.1.gz', gzipSync(lines(0, 100)).subarray(0, 60));
    await keepRun(folder, ['.'], store, midnight, {}, sealed);
    expect(sealedAs()).toEqual([]);
    await keepRun(folder, ['.'], store, midnight + dayMs, {}, sealed);
    expect(sealedAs()).toEqual(['2026-06-29 gap']);
  });

  test('it is not when reading was stopped; the next run goes on there', async () => {
    put('mail.log', lines(0, 40_000));
    let calls = 0;
    const stopped = { isStopped: () => (calls += 1) > 3 };
    await keepRun(folder, ['mail.log'], store, midnight, stopped, sealed);
    const before = kept();
    expect(before.length).toBeLessThan(lines(0, 40_000).length);
    expect(sealedAs()).toEqual([]);
    await keepRun(folder, ['mail.log'], store, midnight, {}, sealed);
    expect(kept() === lines(0, 40_000)).toBe(true);
    expect(sealedAs()).toEqual(['2026-06-29 complete']);
  });

  test('it is not when a younger file of the log was not named', async () => {
    put('mail.log.1', lines(0, 5));
    put('mail.log', lines(5, 9));
    await keepRun(folder, ['mail.log.1'], store, midnight + dayMs, {}, sealed);
    expect(sealedAs()).toEqual(['2026-06-29 gap']);
  });
});
