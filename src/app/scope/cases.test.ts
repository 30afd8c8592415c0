import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { countOf, scopeReport } from '../../../test/support/scope-report.ts';
import { folderReader } from '../../evidence/verify/reader.ts';
import { verifyStore } from '../../evidence/verify/verify-store.ts';
import type { PeopleKeys } from '../../scope/people-keys.ts';
import { casesIn, keepVersion, type NewVersion, readCase } from './cases.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-cases-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let store = base;
beforeEach(() => {
  store = mkdtempSync(join(base, 'store-'));
});

const people = (evidenced: readonly number[], reachOnly: readonly number[]): PeopleKeys => ({
  evidenced: BigUint64Array.from(evidenced, BigInt),
  reachOnly: BigUint64Array.from(reachOnly, BigInt),
});

const made = (more: Partial<NewVersion> = {}): NewVersion => ({
  name: 'webmail-2026',
  asked: { malicious: true, measures: [], breaches: [], findings: [] },
  report: scopeReport(),
  people: people([1, 2, 3], [4, 5]),
  ...more,
});

const now = (): Date => new Date('2026-06-29T12:00:00Z');
const keep = (more: Partial<NewVersion> = {}): ReturnType<typeof keepVersion> =>
  keepVersion({ store, now }, made(more));

test('each version is committed to the log, and says who came in and who went out, and why', async () => {
  const first = await keep();
  expect(first).toMatchObject({
    isNew: true,
    report: { case: { name: 'webmail-2026', version: 1 } },
  });
  expect(first.report.changes).toBeUndefined();
  const second = await keep({
    report: scopeReport({
      evidenced: countOf(4),
      inputs: [{ what: 'the exposure index', digest: 'b'.repeat(64), asOf: '2026-06-29' }],
    }),
    people: people([2, 3, 4, 9], [5]),
  });
  expect(second.report.changes).toEqual({
    since: 1,
    evidenced: { in: 2, out: 1 },
    withinReach: { in: 1, out: 1 },
    because: ['the exposure index is another: 2026-06-28 before, 2026-06-29 now'],
  });
  expect(casesIn(store)).toMatchObject([{ name: 'webmail-2026', version: 2 }]);
  expect(verifyStore(folderReader(store)).broken).toEqual([]);
});

test('the same answer again is no new version', async () => {
  await keep();
  expect(
    await keep({ report: scopeReport({ generated: '2026-06-30T00:00:00.000Z' }) }),
  ).toMatchObject({
    isNew: false,
    report: { case: { version: 1 } },
  });
  expect(readdirSync(join(store, 'scope/webmail-2026')).sort()).toEqual([
    '000001.json',
    '000001.people',
  ]);
});

test('a version whose file was altered is refused, and one whose people are lost is compared by its numbers', async () => {
  await keep();
  const file = join(store, 'scope/webmail-2026/000001.json');
  const bytes = readFileSync(file, 'utf8');
  writeFileSync(file, bytes.replace('3 are evidenced', '2 are evidenced'));
  expect(() => readCase(store, 'webmail-2026')).toThrow(
    /is not the file that the evidence log names/,
  );
  writeFileSync(file, bytes);
  rmSync(join(store, 'scope/webmail-2026/000001.people'));
  const { report } = await keep({ report: scopeReport({ evidenced: countOf(5) }) });
  expect(report.changes).toMatchObject({ evidenced: { in: 2, out: 0 } });
  expect(report.changes?.because[0]).toContain('no longer known');
});

test('a case that is not there is named with those that are', async () => {
  await keep();
  expect(() => readCase(store, 'other')).toThrow('there is no case "other"; there is webmail-2026');
  expect(() => readCase(store, 'webmail-2026', 7)).toThrow('has the versions 1 to 1');
});
