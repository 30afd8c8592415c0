import { describe, expect, test } from 'vitest';
import { keptOf, leavesIn, lineOf, SimulatedStore } from '../../test/support/evidence-run.ts';
import { makeSegment } from './segment.ts';
import { readSpool, writeFrame } from './spool.ts';
import type { SegmentLeaf } from './verify/leaf.ts';
import { rowsPath } from './verify/segment-file.ts';
import { verifyStore } from './verify/verify-store.ts';

const segmentsIn = (store: SimulatedStore): readonly SegmentLeaf[] =>
  leavesIn(store.reader).filter((leaf): leaf is SegmentLeaf => leaf.kind === 'segment');
const verify = (store: SimulatedStore): void =>
  expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);

describe('a source', () => {
  test('goes on where it was acknowledged, in the words that were given', async () => {
    const store = new SimulatedStore();
    let evidence = await store.open();
    let source = await evidence.source('mail.log');
    expect(source.cursor).toBeUndefined();
    const acknowledged = [
      source.append(Buffer.from('one\n'), '{"offset":4}'),
      source.append(Buffer.from('two\n'), 'β'),
    ];
    expect(await Promise.all(acknowledged)).toEqual(['{"offset":4}', 'β']);
    expect(source.cursor).toBe('β');
    await evidence.close();
    evidence = await store.open();
    source = await evidence.source('mail.log');
    expect(source.cursor).toBe('β');
    await evidence.close();
    expect(segmentsIn(store)).toMatchObject([{ from: null, to: 'β', lines: 2, bytes: 8 }]);
    verify(store);
  });

  test('serves many appends with few syncs', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open({ segmentBytes: 1 << 20 });
    const source = await evidence.source('mail.log');
    const all = Array.from({ length: 500 }, (_, n) =>
      source.append(Buffer.from(lineOf('x', n)), String(n)),
    );
    await Promise.all(all);
    expect(store.disk.operations.filter(each => each.startsWith('fdatasync')).length).toBeLessThan(
      5,
    );
    await evidence.close();
    verify(store);
  });

  test('has what is in hand made a segment when that is asked for, and only then', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('mail.log');
    source.cut();
    await source.append(Buffer.from('one\n'), '1');
    const second = source.append(Buffer.from('two\n'), '2');
    source.cut();
    await second;
    await source.append(Buffer.from('three\n'), '3');
    source.cut();
    await evidence.close();
    const kept = segmentsIn(store);
    expect(kept.at(-1)?.to).toBe('3');
    expect(kept.reduce((sum, { lines }) => sum + lines, 0)).toBe(3);
    expect(kept).toHaveLength(2);
    expect(() => source.cut()).not.toThrow();
    verify(store);
  });

  test('is flushed up to what it had by then, however fast more comes', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open({ segmentBytes: 1 << 20 });
    const source = await evidence.source('mail.log');
    const over = { is: false };
    let n = 0;
    const pouring = Promise.all(
      // There is always one that waits while another is written.
      Array.from({ length: 3 }, async () => {
        while (!over.is && n < 2_000) {
          await source.append(Buffer.from('x\n'), String((n += 1)));
          if (n % 3 === 0) await new Promise(setImmediate);
        }
      }),
    );
    await source.append(Buffer.from('mine\n'), 'mine');
    await evidence.flush();
    expect(keptOf(store.reader, 'mail.log')).toContain('mine\n');
    expect(n).toBeLessThan(2_000);
    over.is = true;
    await pouring;
    await evidence.close();
    verify(store);
  });

  test('keeps its bytes as they are: no newline at the end, carriage returns, no UTF-8, nothing but newlines', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('mail.log');
    const given = ['a\r\n\n\n', 'no end', 'next\n', '\0\xff\xfe\n'].map(text =>
      Buffer.from(text, 'latin1'),
    );
    for (const [n, bytes] of given.entries()) await source.append(bytes, String(n));
    await evidence.close();
    // What does not end in a newline is the last line of its segment: no other line may grow onto it.
    expect(segmentsIn(store).map(({ lines, bytes }) => [lines, bytes])).toEqual([
      [4, 11],
      [2, 9],
    ]);
    expect(keptOf(store.reader, 'mail.log')).toBe(Buffer.concat(given).toString('utf8'));
    verify(store);
  });

  test('may go on using the buffer that it handed over', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('mail.log');
    const buffer = Buffer.from('first\n');
    const first = source.append(buffer, '1');
    buffer.write('other\n');
    await first;
    await evidence.close();
    expect(keptOf(store.reader, 'mail.log')).toBe('first\n');
  });

  test('has each day in segments of its own', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('mail.log');
    for (const day of ['2026-06-27', '2026-06-27', '2026-06-28', '2026-06-27']) {
      await source.append(Buffer.from('x\n'), day, {
        day,
        firstMs: Date.parse(day),
        lastMs: Date.parse(day) + 5,
      });
    }
    await evidence.close();
    expect(segmentsIn(store).map(({ day, lines, last }) => [day, lines, last])).toEqual([
      ['2026-06-27', 2, Date.parse('2026-06-27') + 5],
      ['2026-06-28', 1, Date.parse('2026-06-28') + 5],
      ['2026-06-27', 1, Date.parse('2026-06-27') + 5],
    ]);
    verify(store);
  });

  test('is told what it may not hand over, and the store goes on', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('mail.log');
    const bad = { code: 'BAD_INPUT' };
    await expect(source.append(Buffer.alloc(0), '1')).rejects.toMatchObject(bad);
    await expect(source.append(Buffer.alloc((16 << 20) + 1), '1')).rejects.toMatchObject(bad);
    await expect(source.append(Buffer.from('x\n'), 'x'.repeat(2_001))).rejects.toMatchObject(bad);
    await expect(source.append(Buffer.from('x\n'), '\ud800')).rejects.toMatchObject(bad);
    for (const day of ['2026-02-30', 'today', '02026-01-01']) {
      await expect(source.append(Buffer.from('x\n'), '1', { day })).rejects.toMatchObject(bad);
    }
    for (const name of ['', '../x', 'A', 'a/b', '.a', 'a'.repeat(101)]) {
      await expect(evidence.source(name)).rejects.toMatchObject(bad);
    }
    expect(await source.append(Buffer.from('x\n'), '1')).toBe('1');
    await source.retire('the host is gone');
    await expect(evidence.source('mail.log')).rejects.toMatchObject(bad);
    await evidence.close();
    await expect(source.append(Buffer.from('x\n'), '2')).rejects.toMatchObject({ code: 'CLOSED' });
    verify(store);
  });
});

describe('rows', () => {
  test('that are made of a segment are committed with it, and missed or altered ones are named', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open({
      make: async ({ raw }) => {
        const file = Buffer.from(`rows of ${raw.length} bytes`);
        const rows = { file, parser: 'postern 0.1.0', ocsf: '1.8.0' };
        return { segment: await makeSegment(raw), rows };
      },
    });
    const source = await evidence.source('mail.log');
    await source.append(Buffer.from('one\n'), '1');
    await evidence.close();
    verify(store);
    expect(segmentsIn(store)).toMatchObject([{ parser: 'postern 0.1.0', ocsf: '1.8.0' }]);
    const path = rowsPath('mail.log', '2026-06-29', 1);
    for (const bytes of [Buffer.from('others'), undefined]) {
      store.disk.tamper(path, bytes);
      expect(verifyStore(store.reader).broken[0]?.path).toBe(path);
    }
  });
});

describe('seals', () => {
  const sealedIn = (store: SimulatedStore): readonly (readonly string[])[] =>
    leavesIn(store.reader).flatMap(leaf =>
      leaf.kind === 'seal'
        ? leaf.sources.map(({ source, state }) => [leaf.day, source, state])
        : [],
    );

  test('wait for a source that was not read to its end, and then call the day a gap', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('mail.log');
    await source.append(Buffer.from('x\n'), '1');
    store.nowMs = Date.parse('2026-06-30T00:05:00Z');
    expect(await evidence.seal()).toEqual([]);
    source.readToEnd();
    expect(await evidence.seal()).toEqual(['2026-06-29']);
    store.nowMs = Date.parse('2026-07-02T00:05:00Z');
    expect(await evidence.seal()).toEqual(['2026-06-30']);
    expect(await evidence.seal()).toEqual([]);
    await evidence.close();
    expect(sealedIn(store)).toEqual([
      ['2026-06-29', 'mail.log', 'complete'],
      ['2026-06-30', 'mail.log', 'gap'],
    ]);
    verify(store);
  });

  test('begin with the oldest lines, and a gap that was told stays one', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('mail.log');
    await source.append(Buffer.from('x\n'), '1', { day: '2026-06-27' });
    await source.gap('2026-06-27', '2026-06-27', 'the beginning was rotated away');
    store.nowMs = Date.parse('2026-06-30T00:05:00Z');
    source.readToEnd();
    await evidence.seal();
    await evidence.close();
    expect(sealedIn(store)).toEqual(
      [
        ['2026-06-27', 'mail.log', 'gap'],
        ['2026-06-29', 'mail.log', 'complete'],
      ].map(([day, source, state]) => [day, source, day === '2026-06-29' ? 'idle' : state]),
    );
    verify(store);
  });

  test('of more sources than one leaf holds are several leaves', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    for (let n = 0; n < 260; n += 1) (await evidence.source(`source-${n}`)).readToEnd();
    store.nowMs = Date.parse('2026-07-01T00:00:00Z');
    await evidence.seal();
    await evidence.close();
    const seals = leavesIn(store.reader).filter(leaf => leaf.kind === 'seal');
    expect(seals.map(({ part, parts, sources }) => [part, parts, sources.length])).toEqual([
      [1, 2, 250],
      [2, 2, 10],
    ]);
    verify(store);
  });
});

describe('a spool', () => {
  const frame = { position: 'p', day: '2026-06-29', first: null, last: 7 };
  const frames = ['one\n', 'two\n', 'three\n'].map(text => Buffer.from(text));
  const whole = (durable: readonly number[]): Buffer =>
    Buffer.concat(
      frames.map((bytes, i) => writeFrame({ ...frame, bytes, durable: durable[i] ?? 0 })),
    );

  test('that was torn anywhere gives its whole frames', () => {
    const bytes = whole([0, 0, 0]);
    for (let end = 0; end <= bytes.length; end += 1) {
      const read = readSpool(bytes.subarray(0, end));
      const text = frames.slice(0, read.frames.length).map(String);
      expect(read.frames.map(each => String(each.bytes))).toEqual(text);
      expect([read.damaged, read.goodBytes <= end]).toEqual([false, true]);
    }
  });

  test('tells damage of what was acknowledged from a torn end', () => {
    const size = whole([0]).length;
    const one = writeFrame({ ...frame, bytes: Buffer.from('one\n'), durable: 0 }).length;
    const bytes = whole([0, one, one * 2]);
    for (let i = 0; i < size; i += 1) {
      const hurt = Buffer.from(bytes);
      hurt[i] = (hurt[i] ?? 0) ^ 16;
      const read = readSpool(hurt);
      expect(read.frames.length).toBe(Math.min(2, Math.floor(i / one)));
      expect(read.damaged).toBe(i < one * 2);
    }
  });

  test('that was damaged on the disk is told as a gap, and reading goes back to where it was whole', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open({ segmentBytes: 1 << 20 });
    const source = await evidence.source('mail.log');
    for (let n = 0; n < 5; n += 1) await source.append(Buffer.from(lineOf('x', n)), String(n + 1));
    store.restart(true, () => 0);
    const path = store.reader.paths().find(each => each.startsWith('spool/')) ?? '';
    const bytes = store.reader.read(path) ?? Buffer.alloc(0);
    bytes[Math.floor(bytes.length / 2)] = 0;
    store.disk.tamper(path, bytes);
    const again = await store.open();
    expect((await again.source('mail.log')).cursor).toBe('2');
    await again.close();
    expect(leavesIn(store.reader).at(-1)).toMatchObject({ kind: 'gap', source: 'mail.log' });
    expect(store.reader.paths().some(each => each.includes('.damaged-'))).toBe(true);
    verify(store);
  });
});
