import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeptLogs } from '../core/kept-log.ts';
import { emptyWatch, type WatchPolicy } from '../core/watch-policy.ts';
import type { WatchedLog } from '../core/watching.ts';
import { HuntLetters } from '../store/hunt-letters.ts';
import { HuntState } from '../store/hunt-state.ts';
import { placeOf } from './hunt/notify/place.ts';
import { watchingOf } from './watching.ts';

const at = Date.parse('2026-06-29T12:00:00Z');
const hourMs = 3_600_000;

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'postern-watching-'));
});
afterEach(() => rmSync(store, { recursive: true, force: true }));

const kept: KeptLogs = {
  witnesses: 0,
  logs: new Map([
    ['/var/log/mail.log', { source: 'mail', keepsDays: null, missing: [], retired: false }],
  ]),
};

/** A segment that was put there at that time. */
const segment = (seq: number, atMs: number): void => {
  const folder = join(store, 'segments/mail/2026-06-29');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${String(seq).padStart(8, '0')}.raw.zst`);
  writeFileSync(path, '');
  utimesSync(path, atMs / 1_000, atMs / 1_000);
};

const part = { component: 'dovecot', rules: ['a'], baselines: [], noBaseline: 'it is learnt' };

const ran = (seq: number, ranMs: number, seenToMs?: number): void => {
  const state = new HuntState(store);
  state.transaction(() => {
    state.putCursors(new Map([['mail', { seq, line: 7 }]]));
    state.putRan([
      {
        source: 'mail',
        ranMs,
        events: 10,
        notUnderstood: 1,
        parts: [part],
        ...(seenToMs === undefined ? {} : { seenToMs }),
      },
    ]);
  });
  state.close();
};

const watching = (policy: Partial<WatchPolicy> = {}) =>
  watchingOf({ store, kept, policy: { ...emptyWatch, ...policy } });

const log = (): WatchedLog | undefined => watching()?.logs.get('/var/log/mail.log');

test('a store in which nobody ever hunted says nothing, and is not changed by asking', () => {
  expect(watching()).toBeUndefined();
  expect(HuntState.exists(store)).toBe(false);
});

describe('a log', () => {
  test('whose lines were all there before the pass waits for nothing', () => {
    segment(1, at - hourMs);
    ran(1, at, at - hourMs);
    expect(log()).toEqual({
      source: 'mail',
      parts: [part],
      notUnderstood: 0.1,
      seenToMs: at - hourMs,
      ranMs: at,
    });
  });

  test('to whose last segment lines came after the pass waits since then', () => {
    segment(1, at + hourMs);
    ran(1, at);
    expect(log()?.waitsSinceMs).toBe(at);
  });

  test('with segments that no pass saw waits since the first of them came', () => {
    segment(1, at - hourMs);
    segment(2, at + hourMs);
    segment(3, at + 2 * hourMs);
    ran(1, at);
    expect(log()?.waitsSinceMs).toBe(at + hourMs);
  });

  test('that no pass ever looked at waits since its first segment, and never ran', () => {
    segment(1, at);
    new HuntState(store).close();
    expect(log()).toEqual({ source: 'mail', parts: [], notUnderstood: 0, waitsSinceMs: at });
  });

  test('without new lines was looked at by a pass over others', () => {
    segment(1, at - 100 * hourMs);
    ran(1, at - 99 * hourMs);
    const state = new HuntState(store);
    state.putRan([{ source: 'other', ranMs: at, events: 0, notUnderstood: 0, parts: [] }]);
    state.close();
    expect(log()?.ranMs).toBe(at);
  });

  test('has seen no less than it had, and is judged by the events of late', () => {
    ran(1, at - hourMs, at - hourMs);
    ran(1, at, at - 5 * hourMs);
    segment(1, at - hourMs);
    expect(log()).toMatchObject({ seenToMs: at - hourMs, ranMs: at, notUnderstood: 0.1 });
  });
});

test('a rule that runs no more is no rule of a log to which nothing came since', () => {
  segment(1, at - hourMs);
  ran(1, at);
  const state = new HuntState(store);
  state.putRan([{ source: 'other', ranMs: at + hourMs, events: 0, notUnderstood: 0, parts: [] }]);
  state.keepRules(new Set(['b']));
  state.close();
  expect(log()?.parts).toEqual([{ ...part, rules: [] }]);
});

test('channels are those of the configuration, with what became of them', () => {
  segment(1, at);
  const state = new HuntState(store);
  const letters = new HuntLetters(state);
  letters.worked('siem', at);
  letters.failed('gone', at, 'it answers 404');
  const letter = { madeMs: at, dueMs: at, attempts: 0, state: 'waiting' } as const;
  letters.make({ ...letter, id: 'x', channel: 'siem', kind: 'alive' }, []);
  letters.notSent('x', 'refused', undefined);
  state.close();
  const told = { from: 'low', atOnce: 'critical', names: false, facility: 13 } as const;
  const channels = [
    { ...told, kind: 'syslog', name: 'siem', server: 'tls://siem.example.jp' },
    { ...told, kind: 'syslog', name: 'old', server: 'udp://siem.example.jp' },
  ] as const;
  expect(watching({ channels })?.channels).toEqual([
    { name: 'siem', workedMs: at, deadLetters: 1 },
    { name: 'old', deadLetters: 0, unsure: 'it goes by UDP, which nobody acknowledges' },
  ]);
  expect(watching({ aliveDays: 0 })?.workedDaysMax).toBe(31);
});

test('a channel that goes elsewhere now has yet to show that it works', () => {
  segment(1, at);
  ran(1, at);
  const channel = {
    kind: 'webhook',
    name: 'hook',
    from: 'low',
    atOnce: 'critical',
    names: false,
    url: 'http://127.0.0.1:8080/',
  } as const;
  const state = new HuntState(store);
  new HuntLetters(state).worked('hook', at, placeOf(channel));
  state.close();
  expect(watching({ channels: [channel] })?.channels[0]?.unsure).toBeUndefined();
  const moved = { ...channel, url: 'http://127.0.0.1:9/' };
  expect(watching({ channels: [moved] })?.channels[0]?.unsure).toMatch(/says another address/);
});

test('a channel that asks for critical alerts alone hears of next to nothing', () => {
  segment(1, at);
  ran(1, at);
  const channel = { from: 'critical', atOnce: 'critical', names: false, facility: 13 } as const;
  const channels = [
    { ...channel, kind: 'syslog', name: 'siem', server: 'tls://siem.example.jp' },
  ] as const;
  expect(watching({ channels })?.channels[0]?.deaf).toBe('it asks for critical ones alone');
  const high = channels.map(each => ({ ...each, from: 'high' as const }));
  expect(watching({ channels: high })?.channels[0]).toMatchObject({
    only: 'only those that are high or critical',
  });
});
