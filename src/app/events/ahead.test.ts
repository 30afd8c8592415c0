import { mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSegment } from '../../evidence/segment.ts';
import { rowsPath, segmentPath } from '../../evidence/verify/segment-file.ts';
import { zonesOf } from '../ingest/zones.ts';
import { rowsOfDraft } from '../rows/parse-draft.ts';
import { rowsFile } from '../rows/rows-file.ts';
import { type Asked, askEvents, type HelpLimits } from './ask.ts';
import { type AskedFor, questionOf } from './asked-for.ts';
import type { KeptEvent } from './kept-event.ts';
import { storeSegments } from './store-segments.ts';

const zoneOf = zonesOf('UTC', '', 'UTC');
const source = 'mail.log';
const segments = 90;

const dayOf = (seq: number): string => String(10 + (seq % 19));

/** Each has somebody of its own; some have many rows of one person, and one a line that nobody understands. */
const linesOf = (seq: number): string => {
  const stamp = (hour: number): string =>
    `Jun ${dayOf(seq)} ${String(hour % 24).padStart(2, '0')}:00:00`;
  const login = (hour: number, user: string): string =>
    `${stamp(hour)} mail01 dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=203.0.113.7, lip=192.0.2.10, mpid=7, TLS, session=<abc>\n`;
  const lines = Array.from({ length: 6 }, (_, i) => login(seq * 7 + i, `u${seq % 5}@example.jp`));
  if (seq % 30 === 4) lines.push(login(3, 'much@example.jp').repeat(300));
  lines.push(login(5, `only${seq}@example.jp`));
  if (seq === 7) lines.push(`${stamp(9)} mail01 dovecot: imap(u1@example.jp)<7><abc>: who knows\n`);
  return lines.join('');
};

let store = '';
beforeAll(async () => {
  store = mkdtempSync(join(tmpdir(), 'postern-ahead-'));
  for (let seq = 1; seq <= segments; seq += 1) {
    const raw = Buffer.from(linesOf(seq));
    const day = `2026-06-${dayOf(seq)}`;
    const draft = { source, seq, day, raw, to: '' };
    const { file, frames } = await makeSegment(raw);
    const rows = rowsFile({ rows: rowsOfDraft(draft, zoneOf, []), raw, frames, createdBy: 'test' });
    mkdirSync(join(store, 'segments', source, day), { recursive: true });
    writeFileSync(join(store, segmentPath(source, day, seq)), file);
    writeFileSync(join(store, rowsPath(source, day, seq)), rows ?? '');
  }
});
afterAll(() => rmSync(store, { recursive: true, force: true }));

interface Told {
  readonly asked: Asked;
  readonly events: readonly KeptEvent[];
  readonly notes: readonly string[];
}

const helped: HelpLimits = { openedMin: 1, leftMin: 1 };
const alone: HelpLimits = { openedMin: 1, leftMin: Number.POSITIVE_INFINITY };

const clock = new Int32Array(new SharedArrayBuffer(4));

const ask = async (asked: Partial<AskedFor>, help: HelpLimits): Promise<Told> => {
  const events: KeptEvent[] = [];
  const notes: string[] = [];
  const report = await askEvents({
    question: questionOf({ unparsed: false, newestFirst: false, ...asked }),
    segments: storeSegments(store, () => {}).segments,
    zoneOf,
    note: ({ what, why }) => notes.push(`${what} ${why}`),
    take: event => events.push(event),
    // Slow enough for the other thread to start meanwhile.
    progress: () => void (help === helped && Atomics.wait(clock, 0, 0, 3)),
    help,
  });
  return { asked: report, events, notes };
};

const questions: readonly Partial<AskedFor>[] = [
  { person: 'u1', kind: 'login' },
  { person: 'U2@example.jp', newestFirst: true, limit: '70' },
  { person: 'much@example.jp' },
  { person: 'only44' },
  { address: '203.0.113.0/24' },
];

describe('two threads that look at segments', () => {
  test.each(questions)('tell the same as one: %j', async asked => {
    const told = await ask(asked, helped);
    expect(told.events.length).toBeGreaterThan(0);
    expect(told).toEqual(await ask(asked, alone));
  });

  test('name what is damaged or missing, and tell of it all the same', async () => {
    const asked = { person: 'u3' };
    const whole = await ask(asked, alone);
    const rows = readdirSync(join(store, 'segments'), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.parquet'))
      .toSorted();
    for (const [i, name] of rows.entries()) {
      if (i % 6 === 1) unlinkSync(join(store, 'segments', name));
      if (i % 11 === 5) writeFileSync(join(store, 'segments', name), 'PAR1');
    }
    const told = await ask(asked, helped);
    expect(told).toEqual(await ask(asked, alone));
    expect(told.notes.length).toBeGreaterThan(5);
    expect(told.events.map(({ line, seq }) => [seq, line])).toEqual(
      whole.events.map(({ line, seq }) => [seq, line]),
    );
  });
});
