/**
 * Makes an evidence store of a year of events, in the product's own files: some segments are read as `postern ingest`
 * reads them, and kept under many days with the times of each.
 *
 *   node bench/scope-events.ts STORE EVENTS PEOPLE
 */
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zonesOf } from '../src/app/ingest/zones.ts';
import { rowsOfSegment } from '../src/app/rows/parse-segment.ts';
import { rowsFile } from '../src/app/rows/rows-file.ts';
import { dayAfter } from '../src/evidence/days.ts';
import { makeSegment } from '../src/evidence/segment.ts';
import { rowsPath, segmentPath } from '../src/evidence/verify/segment-file.ts';
import { SqliteEvidenceState } from '../src/store/evidence-state.ts';

const [store = '', given = '0', people = '0'] = process.argv.slice(2);
const mailboxes = Math.max(1, Math.floor(Number(people) / 10));
const firstDay = '2025-01-01';
const days = 365;
const dayMs = 86_400_000;
const modelLines = 60_000;
const models = 12;

let state = 88_172_645;
const below = (most: number): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return Math.floor(((state >>> 0) / 2 ** 32) * most);
};
const hex = (digits: number): string =>
  Array.from({ length: digits }, () => below(16).toString(16)).join('');
const user = (): string => `user${below(mailboxes)}@example.jp`;
const ip = (): string => `203.0.113.${below(256)}`;
const two = (value: number): string => String(value).padStart(2, '0');
const clock = (n: number): string => {
  const second = Math.floor((n / modelLines) * 86_399);
  return `${two(Math.floor(second / 3_600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
};

interface Open {
  readonly user: string;
  readonly session: string;
}

/** Postfix and Dovecot, of whose sessions some come from the webmail's host. */
const mailLines = (): Buffer => {
  const open: Open[] = [];
  const out: string[] = [];
  for (let n = 0; n < modelLines; n += 1) {
    const stamp = `Jan  1 ${clock(n)} mail01`;
    const kind = below(100);
    const ended = kind >= 80 ? open.shift() : undefined;
    if (ended !== undefined) {
      const bodies = below(3) === 0 ? 1 + below(9) : 0;
      out.push(
        `${stamp} dovecot: imap(${ended.user})<${below(60_000)}><${ended.session}>: Disconnected: Logged out in=${below(9_000)} out=${below(900_000)} deleted=0 expunged=0 trashed=0 hdr_count=${below(40)} hdr_bytes=${below(40_000)} body_count=${bodies} body_bytes=${bodies * below(90_000)}\n`,
      );
    } else if (kind < 35) {
      const session = hex(16);
      const who = user();
      const from = kind < 10 ? '192.0.2.20' : ip();
      open.push({ user: who, session });
      out.push(
        `${stamp} dovecot: imap-login: Login: user=<${who}>, method=PLAIN, rip=${from}, lip=192.0.2.10, mpid=${below(60_000)}, TLS, session=<${session}>\n`,
      );
    } else {
      out.push(
        `${stamp} postfix/smtp[${2_200 + below(60)}]: ${hex(10).toUpperCase()}: to=<${user()}>, relay=mx.example.test[${ip()}]:25, delay=${below(90) / 10}, delays=0.1/0/0.4/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${hex(12)})\n`,
      );
    }
  }
  return Buffer.from(out.join(''));
};

const zoneOf = zonesOf('UTC', '', 'UTC');
const source = 'mail.log';
const made = await Promise.all(
  Array.from({ length: models }, async () => {
    const raw = mailLines();
    const segment = await makeSegment(raw, undefined);
    const rows = rowsOfSegment(raw, {
      day: firstDay,
      log: '/var/log/mail.log',
      zoneOf,
      linesBefore: 0,
    });
    return { raw, segment, rows };
  }),
);
const wanted = Number(given);
const [first] = made;
if (first === undefined) throw new Error('no model');
const count = Math.ceil(wanted / first.rows.count);
let events = 0;
const originals = new Map<number, string>();
const segments = Array.from({ length: count }, (_, i) => {
  const number = i % models;
  const model = made[number] ?? first;
  const offset = Math.floor((i * days) / count);
  const day = dayAfter(firstDay, offset);
  const seq = i + 1;
  const [path, rowsAt] = [segmentPath, rowsPath].map(each => join(store, each(source, day, seq)));
  for (const each of [path ?? '', rowsAt ?? '']) mkdirSync(dirname(each), { recursive: true });
  const original = originals.get(number);
  if (original === undefined) {
    writeFileSync(path ?? '', model.segment.file);
    originals.set(number, path ?? '');
  } else linkSync(original, path ?? '');
  const timeMs = model.rows.timeMs.map(time => time + offset * dayMs);
  const file = rowsFile({
    rows: { ...model.rows, timeMs },
    raw: model.raw,
    frames: model.segment.frames,
    createdBy: 'bench',
  });
  if (file === undefined) throw new Error('rows of other lines');
  writeFileSync(rowsAt ?? '', file);
  events += model.rows.count;
  const startMs = Date.parse(`${day}T00:00:00Z`);
  return {
    source,
    seq,
    day,
    leaf: i,
    lines: modelLines,
    bytes: model.raw.length,
    storedBytes: model.segment.file.length,
    firstMs: startMs,
    lastMs: startMs + dayMs - 1,
    hasRows: true,
  };
});
mkdirSync(store, { recursive: true });
const kept = new SqliteEvidenceState(join(store, 'state.sqlite'));
kept.commit({
  expected: { size: 0, root: Buffer.alloc(32) },
  head: { size: count, root: Buffer.alloc(32), checkpoint: '' },
  leaves: [],
  sources: [{ id: source, addedDay: firstDay, seq: count }],
  segments,
});
kept.close();
process.stdout.write(JSON.stringify({ events, segments: count }));
