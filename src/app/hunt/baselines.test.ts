import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { firstDay, quietDay, tallyOf, type Visit } from '../../../test/support/baseline-month.ts';
import { numbersFrom } from '../../../test/support/simulated-disk.ts';
import type { Sighting } from '../../core/alert.ts';
import { hourMs } from '../../detect/baselines/calendar.ts';
import type { SegmentTally } from '../../detect/baselines/tally.ts';
import { HuntBaselines } from '../../store/hunt-baselines.ts';
import { HuntState } from '../../store/hunt-state.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { StoreBaselines } from './baselines.ts';

const dayMs = 24 * hourMs;
const days = 36;
const key = Uint8Array.from({ length: 32 }, (_, i) => i);

let store = '';
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'postern-baselines-'));
});
afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

const sweep = (day: number, count: number, rest: object): readonly Visit[] =>
  Array.from({ length: count }, (_, i) => ({
    ms: (firstDay + day) * dayMs + 5 * hourMs + i * 9_000,
    component: 'dovecot',
    user: `user${i}@example.jp`,
    ...rest,
  }));

const planted: readonly Visit[] = [
  ...sweep(30, 75, { actor: 'helpdesk', address: '192.0.2.41' }),
  ...sweep(32, 75, { address: '203.0.113.201' }),
];

/** Of two hosts, in the order of their times. */
const visits: readonly (Visit & { readonly source: string })[] = Array.from(
  { length: days },
  (_, day) => quietDay(firstDay + day, { mailboxes: 80 }),
)
  .concat([planted])
  .flat()
  .map((visit, i) => ({ ...visit, source: `mail${i % 2}.log` }))
  .toSorted((a, b) => a.ms - b.ms);

const segmentOf = (tally: SegmentTally): StoreSegment => ({
  source: tally.source,
  seq: tally.seq,
  day: new Date(tally.firstMs ?? 0).toISOString().slice(0, 10),
  bytes: 1,
  firstMs: tally.firstMs,
  lastMs: tally.lastMs,
  hasRows: true,
  path: '',
  rows: '',
});

const tallies = (of: typeof visits, seq: number): readonly SegmentTally[] =>
  ['mail0.log', 'mail1.log'].flatMap(source => {
    const mine = of.filter(each => each.source === source);
    return mine.length === 0 ? [] : [tallyOf(mine, { source, seq })];
  });

/** What of a sighting does not depend on how lines were cut into segments. */
const bare = ({ lines, ...rest }: Sighting): unknown => ({ ...rest, lines: lines.length });

const end = (firstDay + days + 1) * dayMs;

/** Passes over the pieces; each of them with what the one before wrote down, where it is told to begin anew. */
const passes = (
  pieces: readonly (typeof visits)[],
  { isLive, isAnew }: { readonly isLive: boolean; readonly isAnew: () => boolean },
): readonly unknown[] => {
  const found: Sighting[] = [];
  let state = new HuntState(store);
  let nowMs = 0;
  const now = (): number => nowMs;
  let baselines = new StoreBaselines({ state, key, now, isLive });
  const pass = (piece: typeof visits, seq: number): void => {
    nowMs = Math.max(nowMs, piece.at(-1)?.ms ?? 0) + 1_000;
    for (const tally of tallies(piece, seq)) baselines.take(tally, segmentOf(tally));
    found.push(...baselines.end(Infinity));
    state.transaction(() => baselines.save());
  };
  for (const [i, piece] of pieces.entries()) {
    pass(piece, i + 1);
    if (!isAnew()) continue;
    state.close();
    state = new HuntState(store);
    baselines = new StoreBaselines({ state, key, now, isLive });
  }
  nowMs = end;
  pass([], 0);
  state.close();
  return found.map(bare);
};

const never = (): boolean => false;

describe('baselines of a store', () => {
  test('tell the same of lines that come in pieces, over restarts, as of all of them at once', () => {
    const whole = passes([visits], { isLive: false, isAnew: never });
    expect(whole).toMatchObject([{ who: 'helpdesk' }, { who: '203.0.113.201' }]);
    rmSync(store, { recursive: true, force: true });
    const random = numbersFrom(1);
    const pieces: (typeof visits)[] = [];
    for (let from = 0; from < visits.length; ) {
      const to = from + 1 + Math.floor(random() ** 3 * 4_000);
      pieces.push(visits.slice(from, to));
      from = to;
    }
    const isAnew = (): boolean => random() < 0.5;
    expect(passes(pieces, { isLive: true, isAnew })).toEqual(whole);
  });

  test('take logs that are brought in now and then, and end in the middle of an hour', () => {
    const state = new HuntState(store);
    let nowMs = 0;
    const baselines = new StoreBaselines({ state, key, now: () => nowMs, isLive: false });
    const found: Sighting[] = [];
    // In the middle of what is planted.
    const cutMs = (firstDay + 30) * dayMs + 5 * hourMs + 600_000;
    const pieces = [visits.filter(({ ms }) => ms < cutMs), visits.filter(({ ms }) => ms >= cutMs)];
    for (const [i, piece] of pieces.entries()) {
      nowMs = (piece.at(-1)?.ms ?? 0) + 12 * hourMs;
      for (const tally of tallies(piece, i + 1)) baselines.take(tally, segmentOf(tally));
      found.push(...baselines.end(Infinity));
      state.transaction(() => baselines.save());
    }
    expect(found).toMatchObject([{ who: 'helpdesk' }, { who: '203.0.113.201' }]);
    const late = new HuntBaselines(state.database).components().map(each => each.late);
    expect(late).toEqual([0, 0]);
    state.close();
  });

  test('name nobody in what they write down', () => {
    const state = new HuntState(store);
    const baselines = new StoreBaselines({ state, key, now: () => end, isLive: true });
    for (const tally of tallies(visits.slice(0, 3_000), 1)) {
      baselines.take(tally, segmentOf(tally));
    }
    baselines.end(Infinity);
    state.transaction(() => baselines.save());
    const kept = new HuntBaselines(state.database, false);
    expect(kept.pieces().length).toBeGreaterThan(0);
    const written = JSON.stringify([
      kept.subjects(),
      kept.components(),
      kept.pieces().map(piece => Buffer.from(piece).toString('latin1')),
    ]);
    expect(written).toContain('crm-sync');
    expect(written).not.toMatch(/user\d+@|helpdesk|backup|192\.0\.2/);
    state.close();
  });

  test('begin anew under another key, and say so', () => {
    passes([visits.slice(0, 3_000)], { isLive: false, isAnew: never });
    const state = new HuntState(store);
    const now = (): number => end;
    const other = new StoreBaselines({ state, key: key.map(byte => byte + 1), now, isLive: false });
    expect(other.lost).toContain('another key');
    state.transaction(() => other.save());
    expect(new HuntBaselines(state.database).subjects()).toEqual([]);
    state.close();
  });

  test('are not carried away by a line from the future', () => {
    const ahead = { ...visits[500], ms: end + 400 * dayMs } as (typeof visits)[number];
    const cut = Math.floor(visits.length / 2);
    const pieces = [[...visits.slice(0, cut), ahead], visits.slice(cut)];
    const state = new HuntState(store);
    const baselines = new StoreBaselines({ state, key, now: () => end, isLive: false });
    const found: Sighting[] = [];
    for (const [i, piece] of pieces.entries()) {
      for (const tally of tallies(piece, i + 1)) baselines.take(tally, segmentOf(tally));
      found.push(...baselines.end(Infinity));
    }
    expect(found).toMatchObject([{ who: 'helpdesk' }, { who: '203.0.113.201' }]);
    state.close();
  });

  test('say for each component what there is, and why there is nothing', () => {
    const state = new HuntState(store);
    const baselines = new StoreBaselines({ state, key, now: () => end, isLive: false });
    const part = (component: string) => ({ component, rules: [], baselines: [] });
    const ran = {
      source: 'mail0.log',
      ranMs: 0,
      events: 0,
      notUnderstood: 0,
      parts: [part('dovecot'), part('sogo')],
    };
    for (const tally of tallies(visits.slice(0, 2_000), 1)) baselines.take(tally, segmentOf(tally));
    baselines.end(Infinity);
    expect(baselines.withBaselines([ran])[0]?.parts).toEqual([
      { ...part('dovecot'), noBaseline: expect.stringMatching(/^it is learnt: \d of 14 days/) },
      { ...part('sogo'), noBaseline: 'nothing of it was learnt yet' },
    ]);
    for (const tally of tallies(visits.slice(2_000), 2)) baselines.take(tally, segmentOf(tally));
    baselines.end(Infinity);
    expect(baselines.withBaselines([ran])[0]?.parts[0]?.baselines).toContain('mailboxes');
    state.close();
  });
});
