import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { evidenceSummary } from '../../src/app/evidence/inspect.ts';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-days-before-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A log whose lines are taken in on the 26th, all at once. */
const takenIn = async (name: string, days: readonly string[], retire: boolean): Promise<string> => {
  const store = join(base, name);
  const now = new Date('2026-11-26T10:00:00Z');
  const { evidence, close } = await openEvidenceStore(store, { now: () => now });
  const source = await evidence.source('mail.log', {});
  for (const day of days) await source.append(Buffer.from(`${day}\n`), day, { day });
  await evidence.flush();
  source.readToEnd();
  if (retire) await source.retire('an export');
  await evidence.seal();
  await close();
  return store;
};

test('days without a line, of which nobody saw whether there were any, are named once for each source', async () => {
  const days = ['2026-11-17', '2026-11-18', '2026-11-21', '2026-11-23', '2026-11-24', '2026-11-25'];
  const { gaps } = evidenceSummary(await takenIn('holes', days, false));
  expect(gaps).toEqual([
    {
      source: 'mail.log',
      fromDay: '2026-11-19',
      toDay: '2026-11-22',
      why: 'it has no line of 3 days: it was first read on 2026-11-26, and nobody saw whether there had been any',
    },
  ]);
});

test('an export that was ended has no days behind its last line', async () => {
  const days = ['2026-11-17', '2026-11-19'];
  expect(evidenceSummary(await takenIn('export', days, true)).gaps).toMatchObject([
    { fromDay: '2026-11-18', toDay: '2026-11-18' },
  ]);
  expect(evidenceSummary(await takenIn('log', days, false)).gaps).toMatchObject([
    { fromDay: '2026-11-18', toDay: '2026-11-25' },
  ]);
});
