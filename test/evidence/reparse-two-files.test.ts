import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { reparseLines } from '../../src/app/evidence/reparse.ts';
import { LogKeeper } from '../../src/app/ingest/keep-log.ts';
import { zonesOf } from '../../src/app/ingest/zones.ts';
import { verifyStore } from '../../src/evidence/verify/verify-store.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { RowPacker } from '../../src/logs/rows/row-packer.ts';
import { LogClock } from '../../src/logs/time/clock.ts';

const store = mkdtempSync(join(tmpdir(), 'postern-two-files-'));
afterAll(() => rmSync(store, { recursive: true, force: true }));
const now = (): Date => new Date('2026-06-29T12:00:00Z');
const zoneOf = zonesOf('UTC', 'zone', 'UTC');

const logins = (hour: string, count: number): string =>
  Array.from(
    { length: count },
    (_, n) =>
      `2026-06-29T${hour}:00:${String(n % 60).padStart(2, '0')}+00:00 mx1 dovecot: imap-login: Login: user=<u${n}@example.jp>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, mpid=${n + 1}, TLS, session=<${hour}${n}>\n`,
  ).join('');

test('lines of the end of one file and of the beginning of the next come out as they were read', async () => {
  const { evidence, close } = await openEvidenceStore(store, { now, zoneOf });
  const source = await evidence.source('mail.log', { path: '/var/log/mail.log' });
  const files = [
    { generation: 1, file: '/var/log/mail.log.1', parts: [logins('08', 40), logins('09', 30)] },
    { generation: 2, file: '/var/log/mail.log', parts: [logins('10', 20)] },
  ];
  for (const { generation, file, parts } of files) {
    const keeper = new LogKeeper({
      source,
      formats: logFormats,
      now: () => now().getTime(),
      rows: new RowPacker(),
    });
    keeper.begin({
      name: file,
      clock: new LogClock({ zoneOf, writtenByMs: now().getTime() }),
      joined: undefined,
      positionAt: ({ offset, line }) => JSON.stringify({ generation, file, offset, line }),
    });
    for (const [i, part] of parts.entries()) {
      await keeper.push(Buffer.from(part));
      await keeper.settle();
      // The next segment begins within the first file.
      if (generation === 1 && i === 0) await evidence.flush();
    }
    await keeper.end();
  }
  await evidence.flush();
  await close();
  const asked = { store, now, zoneOf, dropOld: false, progress: () => undefined, range: {} };
  expect(await reparseLines(asked)).toEqual({ changed: 0, same: 2, left: 0, damaged: [] });
  expect(verifyStore(store, { deep: true }).broken).toEqual([]);
});
