import { expect, test } from 'vitest';
import { leavesIn, lineOf, SimulatedStore } from '../../test/support/evidence-run.ts';
import { numbersFrom } from '../../test/support/simulated-disk.ts';
import { planBundle } from './bundle.ts';
import type { RowsMade, SegmentDraft } from './options.ts';
import type { Reparsed } from './reparse.ts';
import { makeSegment } from './segment.ts';
import { rowsPath } from './verify/segment-file.ts';
import { verifyStore } from './verify/verify-store.ts';

/** Rows that say which version made them, and of what. */
const rowsBy =
  (parser: string) =>
  (draft: Omit<SegmentDraft, 'parts'>): Promise<RowsMade> =>
    Promise.resolve({
      file: Buffer.from(`${parser} ${draft.to}: ${draft.raw.toString('utf8').length}`),
      parser,
      ocsf: '1.8.0',
    });

const make = async (draft: SegmentDraft) => ({
  segment: await makeSegment(draft.raw, undefined, 1),
  rows: await rowsBy('1')(draft),
});

const day = '2026-06-29';

/** A store of five segments with rows of version 1; the last has none. */
const filled = async (): Promise<SimulatedStore> => {
  const store = new SimulatedStore();
  const evidence = await store.open({ segmentBytes: 100, make });
  const source = await evidence.source('dovecot');
  for (let n = 0; n < 4; n += 1) {
    await source.append(Buffer.from(lineOf('dovecot', n)), String(n), { day });
  }
  await evidence.close();
  const without = await store.open({ segmentBytes: 100 });
  await (await without.source('dovecot')).append(Buffer.from('last\n'), '4', { day });
  await without.close();
  return store;
};

const reparseWith = async (
  store: SimulatedStore,
  parser: string,
  more: { readonly dropOld?: boolean; readonly fromDay?: string } = {},
): Promise<Reparsed> => {
  const evidence = await store.open();
  try {
    return await evidence.reparse({ rows: rowsBy(parser), ...more });
  } finally {
    await evidence.close().catch(() => undefined);
  }
};

const broken = (store: SimulatedStore): readonly string[] =>
  verifyStore(store.reader, { deep: true }).broken.map(({ path, why }) => `${path}: ${why}`);

const rowsAt = (store: SimulatedStore, seq: number, generation = ''): string | undefined =>
  store.reader.read(`${rowsPath('dovecot', day, seq)}${generation}`)?.toString('utf8');

test('rows are made anew of kept lines, and the log says so', async () => {
  const store = await filled();
  const lines = store.reader.paths().filter(path => path.endsWith('.zst'));
  const before = lines.map(path => store.reader.read(path));
  expect(await reparseWith(store, '2')).toEqual({ changed: 5, same: 0, damaged: [] });
  expect(lines.map(path => store.reader.read(path))).toEqual(before);
  expect(rowsAt(store, 2)).toMatch(/^2 1: \d+$/);
  expect(rowsAt(store, 5)).toBe('2 4: 5');
  expect(leavesIn(store.reader).filter(({ kind }) => kind === 'rows')).toHaveLength(5);
  expect(broken(store)).toEqual([]);
});

test('whoever reads lines anew has those before them at hand, and where they come from', async () => {
  const store = await filled();
  const evidence = await store.open();
  const seen: unknown[] = [];
  await evidence.reparse({
    rows: async ({ seq, from, to, linesOf, positionBefore, file }) => {
      const before = (await linesOf(seq - 1))?.toString('utf8').slice(0, 6);
      seen.push([seq, from, to, before, await positionBefore(seq - 1), file.length > 60]);
      return undefined;
    },
  });
  await evidence.close();
  expect(seen.slice(0, 3)).toEqual([
    [1, undefined, '0', undefined, undefined, true],
    [2, '0', '1', 'Jun 29', undefined, true],
    [3, '1', '2', 'Jun 29', '0', true],
  ]);
});

test('rows that come out the same are left as they are', async () => {
  const store = await filled();
  await reparseWith(store, '2');
  const size = leavesIn(store.reader).length;
  expect(await reparseWith(store, '2')).toEqual({ changed: 0, same: 5, damaged: [] });
  expect(await reparseWith(store, '3', { fromDay: '2026-06-30' })).toMatchObject({ changed: 0 });
  expect(leavesIn(store.reader)).toHaveLength(size);
});

test('older rows stay beside the new ones and stay provable, unless they are to be dropped', async () => {
  const store = await filled();
  await reparseWith(store, '2');
  await reparseWith(store, '3');
  expect([rowsAt(store, 1, '.g1'), rowsAt(store, 1, '.g2'), rowsAt(store, 1)]).toEqual([
    expect.stringMatching(/^1 /),
    expect.stringMatching(/^2 /),
    expect.stringMatching(/^3 /),
  ]);
  store.disk.tamper(`${rowsPath('dovecot', day, 1)}.g2`, Buffer.from('forged'));
  expect(broken(store)).toEqual([
    `${rowsPath('dovecot', day, 1)}.g2: it is not what once was made of these lines`,
  ]);
  const other = await filled();
  await reparseWith(other, '2', { dropOld: true });
  expect(other.reader.paths().filter(path => path.includes('.parquet.'))).toEqual([]);
  expect(broken(other)).toEqual([]);
});

test('rows that are others than the newest that were made are found', async () => {
  const store = await filled();
  await reparseWith(store, '2');
  store.disk.tamper(rowsPath('dovecot', day, 3), Buffer.from(rowsAt(store, 3, '.g1') ?? ''));
  expect(broken(store)).toEqual([
    `${rowsPath('dovecot', day, 3)}: it is not the file that was made of these lines`,
  ]);
});

test('no rows are made of lines that are not what the log says', async () => {
  const store = await filled();
  const path = store.reader.paths().find(each => each.endsWith('02.raw.zst')) ?? '';
  const bytes = Buffer.from(store.reader.read(path) ?? '');
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  store.disk.tamper(path, bytes);
  expect(await reparseWith(store, '2')).toEqual({
    changed: 4,
    same: 0,
    damaged: [{ path, why: 'it is not what the log says' }],
  });
});

test('prune deletes the rows of every generation with the lines', async () => {
  const store = await filled();
  await reparseWith(store, '2');
  store.nowMs = Date.parse('2026-09-01T00:00:00Z');
  const evidence = await store.open();
  await evidence.policy({ id: 'all', keepDays: 10, why: 'ten days' });
  expect(await evidence.prune()).toBe(5);
  await evidence.close();
  expect(store.reader.paths().filter(path => path.startsWith('segments/'))).toEqual([]);
  expect(broken(store)).toEqual([]);
  store.disk.tamper(`${rowsPath('dovecot', day, 1)}.g1`, Buffer.from('left behind'));
  expect(broken(store)).toHaveLength(1);
});

test('a bundle holds the rows that count', async () => {
  const store = await filled();
  await reparseWith(store, '2');
  const planned = planBundle(store.reader, {});
  if (!planned.ok) throw new Error(planned.why);
  const files = new Map([...planned.bundle.files()].map(({ path, bytes }) => [path, bytes]));
  expect(files.get(rowsPath('dovecot', day, 1))?.toString('utf8')).toMatch(/^2 /);
});

test('a kill or a power cut at every step leaves old rows or new ones, and the next start finishes', async () => {
  const whole = await filled();
  const from = whole.disk.operations.length;
  await reparseWith(whole, '2');
  const steps = whole.disk.operations.length - from;
  expect(steps).toBeGreaterThan(20);
  for (let step = 0; step < steps; step += 1) {
    for (const power of [false, true]) {
      const store = await filled();
      store.disk.failAt(store.disk.operations.length + step, 'kill');
      await reparseWith(store, '2').catch(() => undefined);
      store.restart(power, numbersFrom(step));
      await (await store.open()).close();
      expect([step, broken(store)]).toEqual([step, []]);
      const { changed, same } = await reparseWith(store, '2');
      expect(changed + same).toBe(5);
      expect(rowsAt(store, 1)).toMatch(/^2 /);
      expect([step, broken(store)]).toEqual([step, []]);
    }
  }
});
