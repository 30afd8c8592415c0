import { expect, test } from 'vitest';
import { Coverage } from '../../src/evidence/verify/coverage.ts';
import { verifyStore } from '../../src/evidence/verify/verify-store.ts';
import { leavesIn, SimulatedStore } from '../support/evidence-run.ts';

const at = new Date('2026-11-26T10:00:00Z');
const days = ['2026-11-20', '2026-11-21', '2026-11-22'];

/** Days of a log that comes to a store that has sealed them already, as its records tell them. */
const gapsOf = async (isRead: boolean): Promise<readonly string[]> => {
  const store = new SimulatedStore();
  const evidence = await store.open({ now: () => at });
  const first = await evidence.source('first');
  await first.append(Buffer.from('x\n'), 'x', { day: '2026-11-01' });
  first.readToEnd();
  await evidence.seal();
  const late = await evidence.source('late');
  for (const day of days) await late.append(Buffer.from(`${day}\n`), day, { day });
  await evidence.flush();
  if (isRead) late.readToEnd();
  await evidence.seal();
  await evidence.close();
  expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);
  const coverage = new Coverage();
  for (const leaf of leavesIn(store.reader)) coverage.take(leaf);
  return days.filter(day => coverage.why('late', day) !== undefined);
};

test('days of a log that comes late are complete once it was read to its end', async () => {
  expect(await gapsOf(true)).toEqual([]);
});

test('and may miss lines as long as it was not', async () => {
  expect(await gapsOf(false)).toEqual(days);
});
