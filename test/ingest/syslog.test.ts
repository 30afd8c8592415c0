import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { LiveContext } from '../../src/app/ingest/live/kept-stream.ts';
import { LiveRun } from '../../src/app/ingest/live/live-run.ts';
import { SyslogSources } from '../../src/app/ingest/live/syslog-sources.ts';
import { syslogAddress } from '../../src/app/ingest/syslog/address.ts';
import { dropsIn, kernelAddress } from '../../src/app/ingest/syslog/kernel-drops.ts';
import type { SyslogListener } from '../../src/app/ingest/syslog/listener.ts';
import { Losses } from '../../src/app/ingest/syslog/losses.ts';
import { InHand, Outbox } from '../../src/app/ingest/syslog/outbox.ts';
import { zonesOf } from '../../src/app/ingest/zones.ts';
import { UsageError } from '../../src/core/errors.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import type { ReadLine } from '../../src/logs/read-log.ts';
import { keptOf, leavesIn, SimulatedStore } from '../support/evidence-run.ts';
import { KeptMessages, type ListenOptions, listenAt, until } from '../support/listeners.ts';

const address = (text: string) => syslogAddress(text, '--syslog');
const mebibyte = 1 << 20;

const open: SyslogListener[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const failed = (thrown: unknown): void => {
  throw thrown;
};

const listen = async (
  text: string,
  kept: KeptMessages,
  options?: ListenOptions,
): Promise<SyslogListener> => {
  const listener = await listenAt(text, kept, options);
  open.push(listener);
  return listener;
};

const connect = async (port: number): Promise<Socket> => {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

const tcp = 'tcp://127.0.0.1:0?name=t';
const udp = 'udp://127.0.0.1:0?name=u';

describe('syslog over TCP', () => {
  test('is kept a message a line, counted or not, one source for each sender', async () => {
    const kept = new KeptMessages();
    const { port } = await listen(tcp, kept);
    const socket = await connect(port);
    socket.write('<22>Jun 29 10:00:00 mx1 dovecot: one\n9 <1>a\nb␊');
    socket.end('<22>three');
    await until(() => kept.of('t-127.0.0.1').length === 3);
    expect(kept.of('t-127.0.0.1')).toEqual([
      '<22>Jun 29 10:00:00 mx1 dovecot: one',
      '<1>a␊b␛␊',
      '<22>three',
    ]);
  });

  test('is read no faster than it is kept', async () => {
    const kept = new KeptMessages();
    let goOn = (): void => {};
    kept.slow = new Promise(done => (goOn = done));
    const { port } = await listen(tcp, kept, { bytesMax: 256 << 10 });
    const socket = await connect(port);
    const line = `<22>${'x'.repeat(995)}\n`;
    const count = 30_000;
    let handed = 0;
    const writing = (async () => {
      for (let n = 0; n < count; n += 100) {
        if (!socket.write(line.repeat(100))) await once(socket, 'drain');
        handed = n + 100;
      }
      socket.end();
    })();
    await pause(300);
    const before = handed;
    await pause(200);
    // The sender waits: what is taken is bounded by us and by the kernel's buffers.
    expect([handed, handed < count]).toEqual([before, true]);
    goOn();
    await writing;
    await until(() => kept.bytes === count * line.length);
  });

  test('breaks off with who is slow, and keeps what came, marked', async () => {
    const kept = new KeptMessages();
    const listener = await listen(tcp, kept, { limits: { messageMs: 60 } });
    const slow = await connect(listener.port);
    const quiet = await connect(listener.port);
    const closed = once(slow, 'close');
    slow.write('90 <22>begun');
    await closed;
    await until(() => kept.of('t-127.0.0.1').length === 1);
    expect(kept.of('t-127.0.0.1')).toEqual(['<22>begun␘']);
    // Who is between messages may be silent.
    expect(listener.counts).toMatchObject({ connections: 1, refused: 1 });
    quiet.end('<22>late\n');
    await until(() => kept.of('t-127.0.0.1').length === 2);
  });

  test('takes a bounded number of connections: who never said anything makes room', async () => {
    const kept = new KeptMessages();
    const limits = { connectionsMax: 3, connectionsOfPeerMax: 10 };
    const listener = await listen(tcp, kept, { limits });
    const first = await connect(listener.port);
    const second = await connect(listener.port);
    const gone = once(first, 'close');
    const busy = await connect(listener.port);
    busy.write('<22>one\n');
    await until(() => listener.counts.messages === 1);
    const next = await connect(listener.port);
    next.write('<22>two\n');
    await gone;
    await until(() => listener.counts.messages === 2);
    expect(listener.counts).toMatchObject({ connections: 3, refused: 1 });
    for (const socket of [first, second, busy, next]) socket.destroy();
  });

  test('of noise is kept as it comes, and nothing fails', async () => {
    const kept = new KeptMessages();
    const listener = await listen(`${tcp}&max=480`, kept);
    const socket = await connect(listener.port);
    socket.write(Buffer.from('16 03 01\0\xff\xfe GET / HTTP/1.1\r\n\r\n', 'latin1'));
    socket.end('y'.repeat(1_000));
    await until(() => kept.of('t-127.0.0.1').length === 4);
    expect(kept.of('t-127.0.0.1').slice(1)).toEqual([
      `${'y'.repeat(480)}␘`,
      `␘${'y'.repeat(480)}␘`,
      `␘${'y'.repeat(40)}`,
    ]);
  });
});

describe('syslog over UDP', () => {
  const send = async (port: number, messages: readonly (string | Buffer)[]): Promise<void> => {
    const socket = createSocket('udp4');
    for (const each of messages) {
      await new Promise<void>((done, no) =>
        socket.send(each, port, '127.0.0.1', error => (error === null ? done() : no(error))),
      );
    }
    socket.close();
  };

  test('is kept a datagram a line', async () => {
    const kept = new KeptMessages();
    const { port } = await listen(udp, kept);
    await send(port, ['<22>one\n', '<22>a\nb', '', '\n', Buffer.from([0x3c, 0xff, 0, 0])]);
    await until(() => kept.of('u-127.0.0.1').length === 3);
    expect(kept.of('u-127.0.0.1').slice(0, 2)).toEqual(['<22>one', '<22>a␊b']);
    expect(kept.of('u-127.0.0.1')[2]?.endsWith('\0')).toBe(true);
  });

  test('of more senders than are allowed goes to one source', async () => {
    const kept = new KeptMessages();
    const { port } = await listen(`${udp}&peers=0`, kept);
    await send(port, ['<22>one']);
    await until(() => kept.of('u-others').length === 1);
  });

  test('tells what was lost', async () => {
    const kept = new KeptMessages();
    let goOn = (): void => {};
    kept.slow = new Promise(done => (goOn = done));
    const listener = await listen(udp, kept, { bytesMax: 1_000 });
    await send(
      listener.port,
      Array.from({ length: 50 }, (_, n) => `<22>${n} ${'x'.repeat(95)}`),
    );
    await until(() => listener.counts.messages >= 9);
    goOn();
    open.splice(0);
    await listener.close();
    const { messages, lost } = listener.counts;
    expect([messages + lost, kept.of('u-127.0.0.1').length]).toEqual([50, messages]);
    expect(kept.gaps).toEqual([
      expect.stringMatching(
        new RegExp(`^u-others: ${lost} messages were dropped because the store was slower`),
      ),
    ]);
  });

  test('asks the kernel what it dropped', () => {
    const table = [
      '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
      '  203: 0100007F:1588 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31415 2 0000000000000000 17',
      '  204: 00000000:1588 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31416 2 0000000000000000 5',
      '',
    ].join('\n');
    expect(kernelAddress('127.0.0.1', 5_512)).toBe('0100007F:1588');
    expect(kernelAddress('::1', 514)).toBe('00000000000000000000000001000000:0202');
    expect(dropsIn(table, '127.0.0.1', 5_512)).toBe(17);
    expect(dropsIn(table, '127.0.0.2', 5_512)).toBeUndefined();
    expect(dropsIn('', '127.0.0.1', 5_512)).toBeUndefined();
  });

  test('tells of losses seldom, and adds them up', async () => {
    const told: string[] = [];
    let nowMs = Date.parse('2026-06-29T23:59:50Z');
    const losses = new Losses(
      async (...all) => void told.push(all.join(' ')),
      () => nowMs,
    );
    losses.add(2, 'were lost');
    await losses.pass();
    losses.add(3, 'were lost');
    nowMs += 20_000;
    await losses.pass();
    losses.add(4, 'were lost');
    expect(told).toEqual([
      '2026-06-29 2026-06-29 2 messages were lost; noticed from 2026-06-29T23:59:50.000Z to 2026-06-29T23:59:50.000Z',
    ]);
    await losses.pass(true);
    expect(told[1]).toContain('2026-06-29 2026-06-30 7 messages were lost');
  });
});

describe('where to listen', () => {
  test('is an address that somebody wrote down', () => {
    expect(address('tls://[2001:db8::1]:6514')).toMatchObject({
      transport: 'tls',
      host: '2001:db8::1',
      port: 6_514,
      name: 'syslog-tls-2001-db8--1-6514',
    });
    expect(address('udp://localhost:514?name=edge&peers=7&max=2048')).toMatchObject({
      host: '127.0.0.1',
      name: 'edge',
      peersMax: 7,
      pieceBytesMax: 2_048,
    });
  });

  test.each([
    'udp://127.0.0.1',
    'udp://:514',
    'udp://mx1.example.jp:514',
    'udp://127.0.0.1:70000',
    'http://127.0.0.1:514',
    'udp://127.0.0.1:514?nmae=x',
    'udp://127.0.0.1:514?peers=9999',
    'tcp://127.0.0.1:514?trailer=cr',
    'tcp://127.0.0.1:514?name=A/B',
    'tcp://127.0.0.1:514?from=mx1',
    'tcp://127.0.0.1:514?from=192.0.2.0/33',
    '127.0.0.1:514',
  ])('is not %s', text => expect(() => address(text)).toThrow(UsageError));

  test('hears those that it is told to hear', async () => {
    const { isHeard } = address('udp://[::]:514?from=192.0.2.0/24,203.0.113.7,2001:db8::/32');
    expect(
      ['192.0.2.9', '192.0.3.9', '203.0.113.7', '203.0.113.8', '2001:db8:1::1', '::1', 'x'].map(
        isHeard,
      ),
    ).toEqual([true, false, true, false, true, false, false]);
    const kept = new KeptMessages();
    const listener = await listen(`${tcp}&from=192.0.2.0/24`, kept);
    const socket = await connect(listener.port);
    socket.write('<22>one\n');
    await until(() => listener.counts.refused === 1);
    const datagrams = await listen(`${udp}&from=192.0.2.0/24`, kept);
    const sender = createSocket('udp4');
    sender.send('<22>two', datagrams.port, '127.0.0.1');
    await until(() => datagrams.counts.refused === 1);
    sender.close();
    expect(kept.bytes).toBe(0);
  });

  test('is said again where something else listens there', async () => {
    const { port } = await listen(tcp, new KeptMessages());
    await expect(listen(`tcp://127.0.0.1:${port}`, new KeptMessages())).rejects.toThrow(UsageError);
  });
});

test('lines that come while others are on their way go out in their order, and none waits for ever', async () => {
  const kept: string[] = [];
  const box = new Outbox(
    Promise.resolve({
      keep: async lines => {
        await pause(1);
        kept.push(lines.toString());
      },
    }),
    new InHand(mebibyte),
    failed,
  );
  for (let n = 0; n < 40; n += 1) {
    box.add(Buffer.from(String(n)));
    if (n % 7 === 0) await pause(n);
  }
  await box.empty();
  expect(kept.join('')).toBe(Array.from({ length: 40 }, (_, n) => `${n}\n`).join(''));
});

describe('in the store', () => {
  const nowMs = Date.parse('2026-06-29T10:00:00Z');
  const context = async (
    store: SimulatedStore,
    reads: ReadLine[] = [],
    now = nowMs,
  ): Promise<LiveContext> => ({
    evidence: await store.open({ now: () => new Date(now), segmentBytes: mebibyte }),
    formats: logFormats,
    zoneOf: zonesOf('UTC', 'zone', 'UTC'),
    now: () => now,
    took: (_, read) => reads.push(read),
  });

  test('messages are lines of a source for each sender, understood, and silence is a gap', async () => {
    const store = new SimulatedStore();
    const reads: ReadLine[] = [];
    const first = await context(store, reads);
    const at = address(tcp);
    const sources = await SyslogSources.open(at, first, new InHand(mebibyte), failed);
    const socket = await connect(sources.port);
    const login =
      '<22>Jun 29 09:59:58 mx1 dovecot: imap-login: Login: user=<mai@example.jp>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=7, TLS, session=<a>';
    socket.end(`${login}\n`);
    await until(() => sources.counts.messages === 1);
    await sources.close();
    for (const each of sources.sources) each.source.readToEnd();
    await first.evidence.close();
    expect(keptOf(store.reader, 't-127.0.0.1')).toBe(`${login}\n`);
    expect(reads).toMatchObject([
      { parsed: { event: { kind: 'login', time: { atMs: Date.parse('2026-06-29T09:59:58Z') } } } },
    ]);
    expect(leavesIn(store.reader)).toContainEqual(
      expect.objectContaining({
        kind: 'source-add',
        source: 't-127.0.0.1',
        meta: expect.objectContaining({
          kind: 'syslog',
          listener: 'tcp://127.0.0.1:0',
          peer: '127.0.0.1',
        }),
      }),
    );
    const second = await context(store, [], nowMs + 86_400_000);
    const again = await SyslogSources.open(at, second, new InHand(mebibyte), failed);
    expect(again.sources.map(({ source }) => source.id).toSorted()).toEqual([
      't-127.0.0.1',
      't-others',
    ]);
    await again.close();
    await second.evidence.close();
    expect(leavesIn(store.reader)).toContainEqual(
      expect.objectContaining({
        kind: 'gap',
        source: 't-others',
        fromDay: '2026-06-29',
        toDay: '2026-06-30',
      }),
    );
  });

  test('senders of earlier runs count, whose source was ended is among the others, and no name is taken twice', async () => {
    const store = new SimulatedStore();
    const at = address(`${tcp}&peers=1`);
    const say = async (text: string, retire = false): Promise<void> => {
      const run = await context(store);
      const sources = await SyslogSources.open(at, run, new InHand(mebibyte), failed);
      const socket = await connect(sources.port);
      socket.end(text);
      await until(() => sources.counts.messages === 1);
      await sources.close();
      if (retire) await (await run.evidence.source('t-127.0.0.1')).retire('it moved');
      await run.evidence.close();
    };
    await say('<22>one\n');
    await say('<22>two\n', true);
    await say('<22>three\n');
    expect(keptOf(store.reader, 't-127.0.0.1')).toBe('<22>one\n<22>two\n');
    expect(keptOf(store.reader, 't-others')).toBe('<22>three\n');
    const run = await context(store);
    const other = address('tcp://127.0.0.1:0?name=mail');
    await run.evidence.source('mail-others');
    await expect(SyslogSources.open(other, run, new InHand(mebibyte), failed)).rejects.toThrow(
      'another source is called mail-others',
    );
    await run.evidence.close();
  });

  test('a failure of the store ends the run, whoever is connected', async () => {
    const { evidence, formats, zoneOf, now } = await context(new SimulatedStore());
    const quiet = (): void => {};
    const keeping = { evidence, formats, zoneOf, now, note: quiet, isStopped: () => false };
    const heard = { took: quiet, kept: quiet, begin: quiet, progress: quiet, left: quiet };
    const told = { stepped: quiet, done: quiet, gap: quiet };
    const run = await LiveRun.open(
      { follow: undefined, syslog: [address(tcp)] },
      { ...keeping, ...heard, ...told },
      quiet,
    );
    const port = Number(/:(\d+)$/.exec(run.state.listening[0] ?? '')?.[1]);
    const running = run.run([], quiet);
    const socket = await connect(port);
    socket.write('<22>one\n');
    await until(() => run.state.messages === 1);
    await evidence.close();
    socket.write('<22>two\n');
    await expect(running).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
