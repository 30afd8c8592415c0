import { describe, expect, test } from 'vitest';
import { leavesIn, lineOf, SimulatedStore } from '../../test/support/evidence-run.ts';
import { numbersFrom } from '../../test/support/simulated-disk.ts';
import type { Evidence } from './open.ts';
import { verifyStore } from './verify/verify-store.ts';

const days = ['2026-06-01', '2026-06-02', '2026-06-03', '2026-06-02', '2026-06-28'];

/** A segment for each of the days, in this order; the second of June comes twice. */
const filled = async (store: SimulatedStore): Promise<Evidence> => {
  const evidence = await store.open();
  const source = await evidence.source('mail.log');
  for (const [n, day] of days.entries()) {
    await source.append(Buffer.from(lineOf('mail.log', n)), String(n + 1), { day });
  }
  await evidence.flush();
  return evidence;
};
const segmentsIn = (store: SimulatedStore): readonly string[] =>
  store.reader
    .paths()
    .filter(path => path.startsWith('segments/') && path.endsWith('.zst'))
    .map(path => path.slice('segments/mail.log/'.length, -'.raw.zst'.length));
const policy = { id: 'month', keepDays: 14, why: 'fourteen days are agreed' };
const hold = { id: 'case-7', fromDay: '2026-06-02', toDay: '2026-06-02', why: 'a break-in' };

describe('deletion', () => {
  test('takes what a policy keeps no longer, leaves the log whole, and says by which policy', async () => {
    const store = new SimulatedStore();
    const evidence = await filled(store);
    expect(await evidence.prune()).toBe(0);
    await evidence.policy(policy);
    expect(await evidence.prune()).toBe(4);
    expect(await evidence.prune()).toBe(0);
    await evidence.close();
    expect(segmentsIn(store)).toEqual(['2026-06-28/00000005']);
    const leaves = leavesIn(store.reader);
    const policyAt = leaves.findIndex(leaf => leaf.kind === 'policy');
    expect(leaves.at(-1)).toMatchObject({ kind: 'delete', first: 1, last: 4, policy: policyAt });
    expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);
  });

  test('leaves what is held, until it is released', async () => {
    const store = new SimulatedStore();
    const evidence = await filled(store);
    await evidence.policy(policy);
    await evidence.hold(hold);
    expect(await evidence.prune()).toBe(2);
    expect(segmentsIn(store)).toEqual([
      '2026-06-02/00000002',
      '2026-06-02/00000004',
      '2026-06-28/00000005',
    ]);
    expect(verifyStore(store.reader).broken).toEqual([]);
    await evidence.release(hold.id, 'the case is closed');
    expect(await evidence.prune()).toBe(2);
    await evidence.close();
    expect(segmentsIn(store)).toEqual(['2026-06-28/00000005']);
    expect(verifyStore(store.reader).broken).toEqual([]);
  });

  test('keeps for the longest of several policies, and for the newest of one name', async () => {
    const store = new SimulatedStore();
    const evidence = await filled(store);
    await evidence.policy(policy);
    await evidence.policy({ ...policy, id: 'year', source: 'mail.log', keepDays: 365 });
    expect(await evidence.prune()).toBe(0);
    await evidence.policy({ ...policy, id: 'year', source: 'mail.log', keepDays: 27 });
    expect(await evidence.prune()).toBe(1);
    await evidence.close();
    expect(verifyStore(store.reader).broken).toEqual([]);
  });

  test('survives a kill and a power cut at every operation: what the log says is gone is gone', async () => {
    const run = async (store: SimulatedStore, fault?: number): Promise<number> => {
      const evidence = await filled(store);
      if (fault !== undefined) store.disk.failAt(store.disk.operations.length + fault, 'kill');
      const before = store.disk.operations.length;
      try {
        await evidence.policy(policy);
        await evidence.hold(hold);
        await evidence.prune();
        await evidence.close();
      } catch {
        // Killed.
      }
      return store.disk.operations.length - before;
    };
    const all = await run(new SimulatedStore());
    expect(all).toBeGreaterThan(30);
    for (const power of [false, true]) {
      for (let at = 0; at < all; at += 1) {
        const store = new SimulatedStore();
        await run(store, at);
        store.restart(power, numbersFrom(at));
        await (await store.open()).close();
        expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);
        expect(segmentsIn(store)).toContain('2026-06-02/00000002');
      }
    }
  });
});
