import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeSegments } from '../../src/app/events/store-segments.ts';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { loadRules } from '../../src/app/hunt/load-rules.ts';
import { runPass } from '../../src/app/hunt/pass.ts';
import { watchRules } from '../../src/app/hunt/watch-rules.ts';
import { LogKeeper } from '../../src/app/ingest/keep-log.ts';
import { zonesOf } from '../../src/app/ingest/zones.ts';
import type { HitBatch } from '../../src/detect/hit-batch.ts';
import { WatchedRules } from '../../src/detect/matching/watched-rules.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { RowPacker } from '../../src/logs/rows/row-packer.ts';
import { LogClock } from '../../src/logs/time/clock.ts';
import { YearScanner } from '../../src/logs/time/year-scanner.ts';
import { firstYear } from '../../src/logs/time/years.ts';
import { ruleCases, watchedLines } from '../support/rules.ts';

const store = mkdtempSync(join(tmpdir(), 'rules-kept-'));
afterAll(() => rmSync(store, { recursive: true }));
const zoneOf = zonesOf('UTC', '', 'UTC');
const writtenByMs = Date.parse('2026-11-26T00:00:00Z');
const now = (): Date => new Date(writtenByMs);

const policy = { rules: [], ownRules: true, without: [], levels: [], placeholders: {} };
const loaded = loadRules({ folders: [], said: '--rules', policy });
const { rules, maps, fields } = loaded;

/** Each log is a source of its own. */
const logs: ReadonlyMap<string, string> = new Map(
  ruleCases().map(({ name, match }) => [name, match]),
);

/** `rule line`, by source. */
const kept = new Map<string, string[]>();

const note = (into: Map<string, string[]>, source: string, rule: string, line: number): void => {
  const list = into.get(source) ?? [];
  list.push(`${rule} ${line}`);
  into.set(source, list);
};

beforeAll(async () => {
  const opened = await openEvidenceStore(store, { now, zoneOf });
  for (const [id, text] of logs) {
    const source = await opened.evidence.source(id);
    const sink = new RowPacker();
    const scanner = new YearScanner();
    scanner.push(Buffer.from(text));
    const scan = scanner.end();
    const clock = new LogClock({
      zoneOf,
      writtenByMs,
      ...(scan === undefined ? {} : { firstYear: firstYear(scan, writtenByMs) }),
    });
    const keeper = new LogKeeper({
      source,
      formats: logFormats,
      now: () => writtenByMs,
      rows: sink,
    });
    const positionAt = ({ line }: { readonly line: number }): string => JSON.stringify({ line });
    keeper.begin({ name: `/var/log/${id}`, clock, positionAt });
    await keeper.push(Buffer.from(text));
    await keeper.end();
  }
  await opened.evidence.flush();
  await opened.close();
  const { segments } = storeSegments(store, () => {});
  const hits = (batch: HitBatch): void => {
    for (const { rule, source, line } of batch.of(() => true)) note(kept, source, rule, line);
  };
  await runPass(
    {
      run: { rules, maps, fields },
      zone: 'UTC',
      here: 'UTC',
      window: { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY },
      lines: segments.map(segment => ({ segment, from: 0 })),
      threads: 1,
      nowMs: writtenByMs,
    },
    { hits, upTo: () => {}, digest: () => {}, progress: () => {} },
  );
}, 60_000);

const watched = watchRules(loaded);
const stream = new WatchedRules(
  rules.flatMap(rule => (rule.kind === 'detection' ? [rule] : [])),
  maps,
);

describe.each([...logs])('%s', (source, text) => {
  const lines = watchedLines(text);

  test('gives the same hits out of kept columns as out of the lines, and as a stream', () => {
    const one = new Map<string, string[]>();
    const many = new Map<string, string[]>();
    for (const event of lines) {
      for (const { rule, matches } of watched) {
        if (matches(event)) note(one, source, rule.id, event.line);
      }
      for (const { id } of stream.match(event)) note(many, source, id, event.line);
    }
    const expected = (one.get(source) ?? []).toSorted();
    expect((many.get(source) ?? []).toSorted()).toEqual(expected);
    expect((kept.get(source) ?? []).toSorted()).toEqual(expected);
  });
});
