/**
 * Makes an evidence store of so many events, in the product's own files: a mixed Postfix and Dovecot log, the audit
 * log of Microsoft 365 and the access log of a webmail. Some segments are read as `postern ingest` reads them, and
 * kept under many days with the times of each.
 *
 *   node bench/hunt-store.ts STORE EVENTS
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
import { mixedLog } from './mixed-log.ts';

const [store = '', given = '0'] = process.argv.slice(2);
const day = '2026-06-29';
const dayMs = 86_400_000;
const linesOfModel = 60_000;
const mailModels = 12;

let state = 42;
const below = (most: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * most);
};
const one = <T>(of: readonly T[]): T => of[below(of.length)] as T;
const two = (value: number): string => String(value).padStart(2, '0');
const clock = (n: number): string => {
  const second = Math.floor((n / linesOfModel) * 86_399);
  return `${two(Math.floor(second / 3_600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
};

const operations = [
  'MailItemsAccessed',
  'UserLoggedIn',
  'Send',
  'SoftDelete',
  'FileAccessed',
  'Create',
];

const auditLine = (n: number): string => {
  const user = `user${below(5_000)}@example.jp`;
  return JSON.stringify({
    CreationTime: `${day}T${clock(n)}`,
    Id: `${n}-${below(1_000_000)}`,
    Operation: below(5_000) === 0 ? 'New-InboxRule' : one(operations),
    RecordType: 2,
    ResultStatus: 'Succeeded',
    UserType: 0,
    Version: 1,
    Workload: 'Exchange',
    UserId: user,
    MailboxOwnerUPN: user,
    ClientIPAddress: `203.0.113.${below(256)}`,
    ClientInfoString: 'Client=OWA;Action=ViaProxy',
    OperationProperties: [{ Name: 'MailAccessType', Value: 'Bind' }],
  });
};

const webLine = (n: number): string =>
  `203.0.113.${below(256)} - - [29/Jun/2026:${clock(n)} +0000] "${one(['GET', 'POST'])} /roundcube/?_task=mail&_action=${one(['show', 'list', 'preview', 'send'])}&_uid=${below(9_000)} HTTP/2.0" ${one([200, 200, 200, 304, 404])} ${below(90_000)} "https://mail.example.jp/roundcube/" "Mozilla/5.0 (X11; Linux x86_64)"`;

const linesOf = (lineOf: (n: number) => string, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, n) => `${lineOf(n)}\n`).join(''));

/** The mixed log, cut at line ends. */
const mailParts = (): readonly Buffer[] => {
  const { log } = mixedLog(linesOfModel * mailModels);
  const parts: Buffer[] = [];
  let start = 0;
  let lines = 0;
  for (let at = log.indexOf(10); at >= 0; at = log.indexOf(10, at + 1)) {
    lines += 1;
    if (lines % linesOfModel !== 0) continue;
    parts.push(log.subarray(start, at + 1));
    start = at + 1;
  }
  return parts;
};

const zoneOf = zonesOf('UTC', '', 'UTC');
const logs = [
  ...mailParts().map(raw => ({ source: 'mail.log', raw })),
  { source: 'audit.json', raw: linesOf(auditLine, linesOfModel) },
  { source: 'access.log', raw: linesOf(webLine, linesOfModel) },
];
const models = await Promise.all(
  logs.map(async ({ source, raw }) => ({
    source,
    raw,
    segment: await makeSegment(raw, undefined),
    rows: rowsOfSegment(raw, { day, log: `/var/log/${source}`, zoneOf, linesBefore: 0 }),
  })),
);
const eventsOfRound = models.reduce((sum, { rows }) => sum + rows.count, 0);
const rounds = Math.max(1, Math.round(Number(given) / eventsOfRound));
const seqs = new Map<string, number>();
const originals = new Map<number, string>();
const segments = Array.from({ length: rounds }, (_, round) =>
  models.map((model, number) => {
    const { source, raw, segment, rows } = model;
    const kept = dayAfter(day, round);
    const seq = (seqs.get(source) ?? 0) + 1;
    seqs.set(source, seq);
    const [path = '', rowsAt = ''] = [segmentPath, rowsPath].map(each =>
      join(store, each(source, kept, seq)),
    );
    for (const each of [path, rowsAt]) mkdirSync(dirname(each), { recursive: true });
    const original = originals.get(number);
    if (original === undefined) {
      writeFileSync(path, segment.file);
      originals.set(number, path);
    } else linkSync(original, path);
    const timeMs = rows.timeMs.map(time => time + round * dayMs);
    const file = rowsFile({
      rows: { ...rows, timeMs },
      raw,
      frames: segment.frames,
      createdBy: 'bench',
    });
    if (file === undefined) throw new Error('rows of other lines');
    writeFileSync(rowsAt, file);
    const times = timeMs.filter(time => !Number.isNaN(time));
    return {
      source,
      seq,
      day: kept,
      leaf: 0,
      lines: linesOfModel,
      bytes: raw.length,
      storedBytes: segment.file.length,
      firstMs: times.reduce((least, time) => Math.min(least, time), Infinity),
      lastMs: times.reduce((most, time) => Math.max(most, time), -Infinity),
      hasRows: true,
    };
  }),
)
  .flat()
  .map((segment, leaf) => ({ ...segment, leaf }));
mkdirSync(store, { recursive: true });
const kept = new SqliteEvidenceState(join(store, 'state.sqlite'));
kept.commit({
  expected: { size: 0, root: Buffer.alloc(32) },
  head: { size: segments.length, root: Buffer.alloc(32), checkpoint: '' },
  leaves: [],
  sources: [...seqs].map(([id, seq]) => ({ id, addedDay: day, seq })),
  segments,
});
kept.close();
process.stdout.write(
  JSON.stringify({ events: eventsOfRound * rounds, rounds, segments: segments.length }),
);
