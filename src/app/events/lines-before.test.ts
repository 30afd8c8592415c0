import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepLogs, openKept } from '../../../test/support/hunt-run.ts';
import { LiveSpools } from '../hunt/live-spools.ts';
import { zonesOf } from '../ingest/zones.ts';
import { KeptLines } from './kept-lines.ts';
import { linesBeforeSpool } from './lines-before.ts';
import { openSegment } from './open-segment.ts';
import { storeSegments } from './store-segments.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-before-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const head = `#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2026-11-22 11:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip sc-status
`;
const line = (n: number): string =>
  `2026-11-22 11:00:${String(n % 60).padStart(2, '0')} 192.0.2.25 POST /owa/auth.owa ${'x'.repeat(1_000)} 443 mori 203.0.113.9 302\n`;

test('columns that a file named long ago are known of its newest lines', async () => {
  const log = join(folder, 'u_ex.log');
  const store = join(folder, 'store');
  const evidence = await openKept(store);
  try {
    const keep = async (text: string): Promise<void> => {
      appendFileSync(log, text);
      await keepLogs(evidence, folder);
    };
    await keep(`${head}${line(1)}`);
    await evidence.evidence.flush();
    // More than is read again of what stands before.
    await keep(Array.from({ length: 1_200 }, (_, n) => line(n)).join(''));
    await evidence.evidence.flush();
    await keep(line(5));
    const { segments } = storeSegments(store, () => {});
    const spool = segments.find(each => each.spool !== undefined);
    if (spool?.spool === undefined) throw new Error('there is no spool');
    const { earlier } = spool.spool;
    expect(earlier.length).toBeGreaterThan(1);
    expect(linesBeforeSpool({ earlier })[0]?.toString()).toMatch(/^#Fields: date time s-ip/);
    const zoneOf = zonesOf('UTC', 'zone', 'UTC');
    const live = new LiveSpools(zoneOf).open(spool, () => {});
    const whole = await openSegment(spool, { lines: new KeptLines(), zoneOf, note: () => {} });
    for (const opened of [live, whole]) {
      const users = opened?.rows.dictionary('user');
      expect([opened?.rows.rows, users?.count, users?.at(0)]).toEqual([1, 1, 'mori']);
    }
  } finally {
    await evidence.close();
  }
});

test('columns that a table was begun with are known however few lines the segments between have', async () => {
  const log = join(folder, 'mailboxes.log');
  const store = join(folder, 'store');
  const evidence = await openKept(store);
  const names =
    'Operation,OperationResult,LogonType,ClientIPAddress,MailboxOwnerUPN,LogonUserDisplayName,LastAccessed';
  const entry = (day: number): string =>
    `"MailItemsAccessed","Succeeded","Admin","203.0.113.9","mori@example.jp","Administrator","6/${day}/2026 8:00:00 AM"\n`;
  try {
    const text = `#TYPE Microsoft.Exchange.Data.Storage.Management.MailboxAuditLogEvent\n${names
      .split(',')
      .map(name => `"${name}"`)
      .join()}\n`;
    for (const piece of [text, entry(1), entry(2), entry(3), entry(4)]) {
      appendFileSync(log, piece);
      await keepLogs(evidence, folder);
      await evidence.evidence.flush();
    }
    appendFileSync(log, entry(5));
    await keepLogs(evidence, folder);
    const { segments } = storeSegments(store, () => {});
    const spool = segments.find(each => each.spool !== undefined);
    if (spool === undefined) throw new Error('there is no spool');
    const zoneOf = zonesOf('UTC', 'zone', 'UTC');
    const live = new LiveSpools(zoneOf).open(spool, () => {});
    expect(live?.rows.dictionary('kind')?.at(0)).not.toBe('unparsed');
    expect(live?.rows.dictionary('user')?.at(0)).toBe('mori@example.jp');
  } finally {
    await evidence.close();
  }
});
