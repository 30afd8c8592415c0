import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
import { type Joined, joinedOf } from '../../src/logs/sources/joined-lines.ts';
import { LogClock } from '../../src/logs/time/clock.ts';
import { ParquetFile } from '../../src/store/parquet/read.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-reparse-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const store = join(base, 'store');
const now = (): Date => new Date('2026-06-29T12:00:00Z');
const zoneOf = zonesOf('UTC', 'zone', 'UTC');

/** A message through Postfix, several lines of one queue id: the last ones are in another segment than the first. */
const postfix = Array.from({ length: 60 }, (_, n) => {
  const id = (0xa000000000 + n).toString(16).toUpperCase();
  const at = `Jun 29 10:${String(n).padStart(2, '0')}`;
  return [
    `${at}:00 mx1 postfix/smtpd[9]: ${id}: client=a.example.jp[192.0.2.${n}], sasl_method=PLAIN, sasl_username=u${n}@example.jp`,
    `${at}:01 mx1 postfix/cleanup[8]: ${id}: message-id=<m${n}@example.jp>`,
    `${at}:02 mx1 postfix/qmgr[7]: ${id}: from=<u${n}@example.jp>, size=900, nrcpt=1 (queue active)`,
    `${at}:03 mx1 postfix/smtp[6]: ${id}: to=<x@b.test>, relay=b.test[203.0.113.5]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)`,
    `${at}:04 mx1 postfix/qmgr[7]: ${id}: removed`,
  ].join('\n');
}).join('\n');

/** Columns are named in the file's head, which lies in the first segment. */
const iis = [
  '#Software: Microsoft Internet Information Services 10.0',
  '#Fields: date time cs-method cs-uri-stem cs-username c-ip sc-status',
  ...Array.from(
    { length: 200 },
    (_, n) =>
      `2026-06-29 10:00:${String(n % 60).padStart(2, '0')} GET /owa/ u${n}@example.jp 192.0.2.9 200`,
  ),
].join('\r\n');

/** Keeps a log in small segments, as ingest does. */
const keep = async (name: string, text: string): Promise<void> => {
  const { evidence, close } = await openEvidenceStore(store, { now, zoneOf, segmentBytes: 6_000 });
  const source = await evidence.source(name, { path: `/var/log/${name}` });
  const rows = new RowPacker();
  const formats = logFormats;
  const keeper = new LogKeeper({ source, formats, now: () => now().getTime(), rows });
  const joined: Joined | undefined = joinedOf(text.slice(0, 4_096));
  keeper.begin({
    name: `/var/log/${name}`,
    clock: new LogClock({ zoneOf, writtenByMs: now().getTime() }),
    joined,
    positionAt: ({ offset, line }) =>
      JSON.stringify({ generation: 1, file: `/var/log/${name}`, offset, line }),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 2_000) {
    await keeper.push(bytes.subarray(at, at + 2_000));
    await keeper.settle();
  }
  await keeper.end();
  await close();
};

const reparse = (zone = zoneOf) =>
  reparseLines({
    store,
    now,
    zoneOf: zone,
    dropOld: false,
    progress: () => undefined,
    range: {},
  });

test('lines that are read anew come out as they were read when they came, across segments', async () => {
  await keep('mail.log', postfix);
  await keep('iis.log', iis);
  const folder = join(store, 'segments/iis.log/2026-06-29');
  const rows = readdirSync(folder)
    .filter(name => name.endsWith('.parquet'))
    .map(name => new ParquetFile(readFileSync(join(folder, name))).rows);
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.reduce((sum, each) => sum + each, 0)).toBe(200);
  const mail = join(store, 'segments/mail.log/2026-06-29/00000003.parquet');
  expect(Number.isNaN(new ParquetFile(readFileSync(mail)).numbers('time')[0])).toBe(false);
  expect(await reparse()).toMatchObject({ changed: 0, left: 0, damaged: [] });
  expect(verifyStore(store, { deep: true }).broken).toEqual([]);
});

test('lines that are read otherwise give other rows, and back again', async () => {
  const tokyo = zonesOf('Asia/Tokyo', 'zone', 'UTC');
  const { changed, same, left } = await reparse(tokyo);
  // Stamps of IIS are in UTC, whatever zone is said.
  expect([changed > 2, same > 2, left]).toEqual([true, true, 0]);
  expect(await reparse(tokyo)).toMatchObject({ changed: 0 });
  expect(await reparse()).toMatchObject({ changed });
  expect(verifyStore(store, { deep: true }).broken).toEqual([]);
});

test('postern evidence reparse says what is new', () => {
  const program = new URL('../../bin/postern.js', import.meta.url).pathname;
  const run = spawnSync(
    process.execPath,
    [program, 'evidence', 'reparse', '--zone', 'UTC', '--source', 'iis.log', '--store', store],
    { encoding: 'utf8' },
  );
  expect([run.status, run.stderr]).toEqual([0, '']);
  expect(run.stdout).toMatch(/^rows of 0 segments are new, of \d+ they are the same\n$/);
});
