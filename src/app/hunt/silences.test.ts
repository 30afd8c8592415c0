import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { atHour, byChance, heardOf, type Spoken, spoken } from '../../../test/support/heard-log.ts';
import { numbersFrom } from '../../../test/support/simulated-disk.ts';
import type { Sighting } from '../../core/alert.ts';
import { hourMs } from '../../detect/baselines/calendar.ts';
import { HuntState } from '../../store/hunt-state.ts';
import { Collected } from './collected.ts';
import { StoreSilences } from './silences.ts';

let store = '';
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'postern-silences-'));
});
afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

const days = 30;
const events = spoken(
  days,
  { dovecot: (_, hour, random) => byChance(hour < 6 ? 20 : 40, random) },
  numbersFrom(1),
);
const from = atHour(25, 2);
const isGone = ({ ms }: Spoken): boolean => ms >= from && ms < atHour(25, 9);
const gone = events.filter(each => !isGone(each));

interface Pass {
  /** By this machine's clock; `behindMs` is how far that of the log is behind it. */
  readonly nowMs: number;
  readonly upToMs: number;
  readonly readMs?: number;
}

interface Setting {
  readonly lines?: readonly Spoken[];
  readonly missing?: readonly {
    readonly fromDay: string;
    readonly toDay: string;
    readonly why: string;
    readonly leaf: number;
    readonly source?: string;
  }[];
}

const source = 'var_log_mail.log';

/** Passes one after the other, over what the log had by then. */
const passes = (
  all: readonly Pass[],
  { lines = gone, missing = [] }: Setting = {},
): readonly Sighting[] => {
  let state = new HuntState(store);
  let nowMs = 0;
  const collected = (readMs: number | undefined): Collected =>
    new Collected({
      sources: [{ source, log: '/var/log/mail.log', addedDay: '2026-03-02', goesOn: true, readMs }],
      missing: missing.map(each => ({ source, ...each })),
      deleted: [],
    });
  const open = (): StoreSilences =>
    new StoreSilences({
      state,
      collected: collected(undefined),
      now: () => nowMs,
      readHoursMax: 30,
    });
  let silences = open();
  const found: Sighting[] = [];
  let seen = 0;
  for (const [i, pass] of all.entries()) {
    ({ nowMs } = pass);
    silences.look(collected(pass.readMs ?? pass.nowMs));
    let to = seen;
    while ((lines[to]?.ms ?? Infinity) < pass.upToMs) to += 1;
    if (to > seen) silences.take(heardOf(lines.slice(seen, to), { source, seq: i + 1 }));
    seen = to;
    found.push(...silences.end(true));
    state.transaction(() => silences.save());
    if (i % 4 !== 0) continue;
    state.close();
    state = new HuntState(store);
    silences = open();
  }
  state.close();
  return found;
};

/** A pass every so often, over all that was written by then. */
const every = (ms: number, toMs: number, behindMs = 0, fromMs = atHour(24, 0)): readonly Pass[] =>
  Array.from({ length: Math.ceil((toMs - fromMs) / ms) }, (_, i) => ({
    nowMs: fromMs + (i + 1) * ms + behindMs,
    upToMs: fromMs + (i + 1) * ms,
  }));

const bare = (found: readonly Sighting[]): readonly unknown[] =>
  found.map(({ lines, ...rest }) => ({ ...rest, lines: lines.length }));

describe('silence of the logs of a store', () => {
  test('is told by the clock while it lasts, and comes to what history says of it', () => {
    const live = every(hourMs / 2, atHour(25, 8));
    const during = passes(live);
    expect(during).toMatchObject([
      { component: source, sentence: expect.stringContaining('had no event between 01:5') },
    ]);
    expect(during[0]?.timeMs).toBe(atHour(25, 4) - 1);
    rmSync(store, { recursive: true, force: true });
    const through = passes(every(hourMs / 2, atHour(25, 14)));
    rmSync(store, { recursive: true, force: true });
    const history = passes([{ nowMs: atHour(30, 0), upToMs: atHour(30, 0) }]);
    expect(history).toHaveLength(2);
    expect(bare(through)).toEqual(bare(history));
  });

  test('is not told of a log that is not read, which is said in its own words, once', () => {
    const before = every(hourMs * 6, from, 0, atHour(22, 2));
    const after = Array.from({ length: 20 }, (_, i) => ({
      nowMs: from + (i + 1) * 4 * hourMs,
      upToMs: from,
      readMs: from,
    }));
    const found = passes([...before, ...after], { lines: events });
    expect(found).toMatchObject([{ rule: 'collection/stopped', component: source }]);
    expect(found[0]?.sentence).toBe(
      '`/var/log/mail.log` is not collected since 2026-03-27 02:00 (UTC), for more than 30 hours: whether anything is written to it nobody knows; its last event that is kept is of 2026-03-27 01:59',
    );
  });

  test('is not told where the log is a copy that was brought in once, however often it is read', () => {
    const copies = every(12 * hourMs, atHour(60, 0), 0, atHour(days + 4, 0));
    expect(passes(copies, { lines: events })).toEqual([]);
  });

  test('is taken back where what was written then came late, and then learnt', () => {
    const random = numbersFrom(3);
    const written = events.map(each => ({ ...each, host: 'mail01' }));
    // Copies that come every some hours.
    const copies: Pass[] = [];
    let upToMs = atHour(20, 0);
    let next = upToMs;
    for (let at = upToMs; at < atHour(29, 0); at += hourMs) {
      if (at >= next) {
        upToMs = at;
        next = at + hourMs * (3 + random() * 3);
      }
      copies.push({ nowMs: at, upToMs });
    }
    const found = passes(copies, { lines: written }).map(({ sentence }) => sentence);
    expect(found.slice(0, 2)).toEqual([
      expect.stringMatching(/of `mail01` had no event between 2\d:5\d on 2026-03-21 and 0\d:00/),
      expect.stringMatching(/of `mail01` was not silent between .*: \d+ events of then came late$/),
    ]);
    expect(found).toHaveLength(2);
  });

  test('is told late, and not wrongly, of a log whose clock is hours behind', () => {
    const live = every(hourMs, atHour(25, 16), 9 * hourMs);
    expect(passes(live, { lines: events })).toEqual([]);
    rmSync(store, { recursive: true, force: true });
    expect(passes(live)).toHaveLength(2);
  });

  test('is told of a log that is brought in once a day, when it has nothing new', () => {
    const daily = every(24 * hourMs, atHour(29, 0), 0, atHour(20, 0));
    const found = passes(daily, { lines: events.filter(({ ms }) => ms < from) });
    expect(found).toHaveLength(1);
  });

  test('is not told of days of which lines may be missing: those are', () => {
    const why = '/var/log/mail.log was removed before it was read to its end';
    const day = { fromDay: '2026-03-27', toDay: '2026-03-27' };
    const missing = [
      { ...day, why, leaf: 40 },
      { ...day, why: 'nobody listened', leaf: 41 },
      { ...day, why: 'nobody listened', leaf: 42, source: 'edge-1' },
    ];
    const found = passes(every(hourMs * 3, atHour(26, 0)), { missing });
    expect(found).toMatchObject([
      {
        rule: 'collection/lines-missing',
        level: 'medium',
        component: source,
        sentence: `lines of \`/var/log/mail.log\` of 2026-03-27 may be missing: ${why}`,
      },
      {
        sentence:
          'lines of `/var/log/mail.log` and 1 more of 2026-03-27 may be missing: nobody listened',
      },
    ]);
  });
});
