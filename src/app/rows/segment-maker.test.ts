import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SegmentDraft } from '../../evidence/options.ts';
import { readSegmentFile } from '../../evidence/verify/segment-file.ts';
import { verifyStore } from '../../evidence/verify/verify-store.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import { LogReading } from '../../logs/read-log.ts';
import { RowPacker } from '../../logs/rows/row-packer.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { ParquetFile } from '../../store/parquet/read.ts';
import { openEvidenceStore } from '../evidence/open.ts';
import { zonesOf } from '../ingest/zones.ts';
import { rowsOfSegment } from './parse-segment.ts';
import { SegmentMaker } from './segment-maker.ts';

const zoneOf = zonesOf('UTC', '', 'UTC');
const day = '2026-06-29';
const login = (user: string): string =>
  `Jun 29 08:00:00 mail01 dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=203.0.113.7, lip=192.0.2.10, mpid=7, TLS, session=<abc>\n`;
const raw = Buffer.from(`${login('suzuki@example.jp')}${login('ito@example.jp')}`);
const parse = ({ raw: lines }: { readonly raw: Buffer }): ReturnType<typeof rowsOfSegment> =>
  rowsOfSegment(lines, { day, log: 'mail.log', linesBefore: 0, zoneOf });

const folders: string[] = [];
const makers: SegmentMaker[] = [];
afterAll(async () => {
  for (const maker of makers) await maker.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const makerWith = (given: typeof parse): SegmentMaker => {
  const maker = new SegmentMaker({ parse: given });
  makers.push(maker);
  return maker;
};

const draft = (parts: SegmentDraft['parts']): SegmentDraft => ({
  source: 'mail.log',
  seq: 1,
  day,
  raw: Buffer.from(raw),
  parts,
  to: '',
});

const usersIn = (file: Uint8Array | undefined): readonly (string | undefined)[] => {
  const rows = new ParquetFile(Buffer.from(file ?? []));
  const dictionary = rows.dictionary('user');
  return [...(rows.codes('user')?.all() ?? [])].map(code => dictionary?.at(code));
};

test('rows of other lines than those of the segment are made anew of its own', async () => {
  const { make } = makerWith(parse);
  const users = ['suzuki@example.jp', 'ito@example.jp'];
  expect(usersIn((await make(draft([]), undefined)).rows?.file)).toEqual(users);
  const packer = new RowPacker();
  const reading = new LogReading({
    formats: logFormats,
    clock: new LogClock({ zoneOf, writtenByMs: Date.parse(`${day}T12:00:00Z`) }),
    take: read => packer.add(read.line.number - 1, 'mail.log', read),
  });
  for (const [i, user] of ['mallory@example.jp', 'b@example.jp'].entries()) {
    reading.push({ text: login(user).trimEnd(), number: i + 1 });
  }
  reading.end();
  const part = packer.take();
  const made = await make(draft([{ bytes: raw.length, rows: part }]), undefined);
  expect(usersIn(made.rows?.file)).toEqual(users);
});

test('lines are kept where no rows can be made of them', async () => {
  const { make } = makerWith(() => {
    throw new Error('a mistake of ours');
  });
  const { segment, rows } = await make(draft([]), undefined);
  expect(rows).toBeUndefined();
  const read = readSegmentFile(segment.file);
  expect(read.ok && read.raw.equals(raw)).toBe(true);
});

test('lines that a kill left in a spool get their rows when the store is opened again', async () => {
  const store = mkdtempSync(join(tmpdir(), 'postern-rows-'));
  const copy = mkdtempSync(join(tmpdir(), 'postern-rows-'));
  folders.push(store, copy);
  const now = (): Date => new Date('2026-06-29T09:00:00Z');
  const opened = await openEvidenceStore(store, { now, zoneOf });
  const source = await opened.evidence.source('mail.log');
  await source.append(raw, JSON.stringify({ file: 'mail.log', line: 2 }), { day });
  // As the disk is at that moment.
  cpSync(store, copy, { recursive: true });
  await opened.close();
  const again = await openEvidenceStore(copy, { now, zoneOf });
  await again.close();
  const rows = readdirSync(join(copy, 'segments'), { recursive: true, encoding: 'utf8' }).find(
    name => name.endsWith('.parquet'),
  );
  expect(usersIn(readFileSync(join(copy, 'segments', rows ?? '')))).toHaveLength(2);
  expect(verifyStore(copy, { deep: true, keys: [] }).broken).toEqual([]);
});
