import { describe, expect, test } from 'vitest';
import { keptOf, lineOf, SimulatedStore } from '../../test/support/evidence-run.ts';
import { type Fault, numbersFrom } from '../../test/support/simulated-disk.ts';
import { EvidenceError } from './errors.ts';
import type { EvidenceSource } from './options.ts';
import { verifyStore } from './verify/verify-store.ts';

const sources = ['dovecot', 'postfix'] as const;
const linesOfEach = 21;
const expected = (source: string): string =>
  Array.from({ length: linesOfEach }, (_, i) => lineOf(source, i)).join('');

const append = async (
  source: EvidenceSource,
  lines: string,
  to: string,
  acknowledged: Map<string, number>,
): Promise<void> => {
  const position = Number(await source.append(Buffer.from(lines), to));
  acknowledged.set(source.id, Math.max(position, acknowledged.get(source.id) ?? 0));
};

/** Hands over what is missing, three lines at a time; tells how far each was acknowledged. */
const feed = async (source: EvidenceSource, acknowledged: Map<string, number>): Promise<void> => {
  const from = Number(source.cursor ?? 0);
  const pending: Promise<unknown>[] = [];
  for (let n = from; n < linesOfEach; n += 3) {
    const to = Math.min(n + 3, linesOfEach);
    const lines = Array.from({ length: to - n }, (_, i) => lineOf(source.id, n + i)).join('');
    pending.push(append(source, lines, String(to), acknowledged));
    // Now and then it is waited for, so that there are batches of one and of many.
    if (n % 4 === 0) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
};

/** All of a small store's life: sources, lines, segments, a gap, seals over three days. */
const run = async (store: SimulatedStore, acknowledged: Map<string, number>): Promise<void> => {
  const evidence = await store.open();
  try {
    const open = await Promise.all(sources.map(id => evidence.source(id, { title: id })));
    await Promise.all(open.map(source => feed(source, acknowledged)));
    await evidence.flush();
    if (store.state.gaps().length === 0)
      await open[0]?.gap('2026-06-28', '2026-06-28', 'it was off');
    store.nowMs = Date.parse('2026-07-01T00:10:00Z');
    for (const source of open) source.readToEnd();
    await evidence.seal();
  } finally {
    await evidence.close().catch(() => undefined);
  }
};

const operationsOfAWholeRun = async (): Promise<readonly string[]> => {
  const store = new SimulatedStore();
  await run(store, new Map());
  expect(verifyStore(store.reader, { deep: true })).toMatchObject({ ok: true, lines: 42 });
  return store.disk.operations;
};

const all = await operationsOfAWholeRun();

/** One run with a fault at one operation, then one without: nothing acknowledged is lost, nothing is there twice. */
const survive = async (at: number, fault: Fault, power: boolean, seed: number): Promise<void> => {
  const store = new SimulatedStore();
  const acknowledged = new Map<string, number>();
  store.disk.failAt(at, fault);
  await run(store, acknowledged).catch(() => undefined);
  const random = numbersFrom(seed * 7_919 + at);
  store.restart(power, random);
  const evidence = await store.open();
  for (const id of sources) {
    const source = await evidence.source(id);
    expect(Number(source.cursor ?? 0)).toBeGreaterThanOrEqual(acknowledged.get(id) ?? 0);
  }
  await evidence.close();
  const verified = verifyStore(store.reader, { deep: true });
  expect(verified.broken).toEqual([]);
  for (const id of sources) {
    const kept = keptOf(store.reader, id);
    expect(expected(id).startsWith(kept)).toBe(true);
    expect(kept.split('\n').length - 1).toBeGreaterThanOrEqual(acknowledged.get(id) ?? 0);
  }
  await run(store, acknowledged);
  expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);
  for (const id of sources) expect(keptOf(store.reader, id)).toBe(expected(id));
  expect(store.state.lastSeal()?.day).toBe('2026-06-30');
};

const points = Array.from({ length: all.length }, (_, i) => i);

describe(`a store of ${all.length} operations on the disk`, () => {
  test('survives a kill at every one of them', async () => {
    for (const at of points) await survive(at, 'kill', false, 1);
  });

  test('survives a power cut at every one of them, whatever of the unsynced writes is there', async () => {
    for (const seed of [1, 2]) {
      for (const at of points) await survive(at, 'kill', true, seed);
    }
  });

  test.each(['EIO', 'ENOSPC'] as const)('survives %s at every one of them', async fault => {
    for (const at of points) await survive(at, fault, false, 1);
  });

  test('survives EIO and then a power cut', async () => {
    for (const at of points) await survive(at, 'EIO', true, 4);
  });

  test('survives a second kill while it recovers from the first', async () => {
    for (let at = 7; at < all.length; at += 11) {
      for (let again = 0; again < 40; again += 3) {
        const store = new SimulatedStore();
        const acknowledged = new Map<string, number>();
        store.disk.failAt(at, 'kill');
        await run(store, acknowledged).catch(() => undefined);
        store.restart(true, numbersFrom(at));
        store.disk.failAt(again, 'kill');
        await run(store, acknowledged).catch(() => undefined);
        store.restart(true, numbersFrom(again));
        await run(store, acknowledged);
        expect(verifyStore(store.reader).broken).toEqual([]);
        for (const id of sources) expect(keptOf(store.reader, id)).toBe(expected(id));
      }
    }
  });
});

describe('a failure', () => {
  test('is final: nothing is acknowledged or tried again after it', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('dovecot');
    store.disk.failAt(store.disk.operations.length + 3, 'EIO');
    const first = source.append(Buffer.from(lineOf('dovecot', 0)), '1');
    await expect(first).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const operations = store.disk.operations.length;
    const next = source.append(Buffer.from(lineOf('dovecot', 0)), '1');
    await expect(next).rejects.toBeInstanceOf(EvidenceError);
    await expect(evidence.flush()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(store.disk.operations.length).toBe(operations);
    await evidence.close();
  });

  test('of a full disk is told as that', async () => {
    const store = new SimulatedStore();
    const evidence = await store.open();
    const source = await evidence.source('dovecot');
    store.disk.failAt(store.disk.operations.length + 3, 'ENOSPC');
    const first = source.append(Buffer.from(lineOf('dovecot', 0)), '1');
    await expect(first).rejects.toMatchObject({ code: 'DISK_FULL' });
    await evidence.close();
  });
});
