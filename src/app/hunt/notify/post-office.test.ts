import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Close, hookServer } from '../../../../test/support/notice-servers.ts';
import { ownSchema } from '../../../../test/support/schemas.ts';
import type { Sighting } from '../../../core/alert.ts';
import { emptyWatch, type WatchPolicy } from '../../../core/watch-policy.ts';
import { Pseudonyms } from '../../../exposure/people/pseudonyms.ts';
import { HuntLetters } from '../../../store/hunt-letters.ts';
import { HuntState } from '../../../store/hunt-state.ts';
import { AlertBook } from '../alerts/alert-book.ts';
import { labelsUnder } from '../alerts/labels.ts';
import { notifyTest } from './notify-test.ts';
import { PostOffice } from './post-office.ts';

const at = Date.parse('2026-06-29T02:00:00Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let store: string;
let state: HuntState;
let nowMs: number;
const closers: Close[] = [];

beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'postern-post-'));
  state = new HuntState(store);
  nowMs = at;
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  state.close();
  rmSync(store, { recursive: true, force: true });
});

const labelOf = labelsUnder(new Pseudonyms(Buffer.alloc(32, 7)));
const setting = { folder: '.', environment: {}, timeoutMs: 2_000 };

interface Asked {
  readonly answers?: Parameters<typeof hookServer>[0];
  readonly names?: boolean;
  readonly policy?: Partial<WatchPolicy>;
}

interface Posted {
  readonly kind: string;
  readonly id: string;
  readonly notes: readonly string[];
  readonly alerts: readonly { readonly rule: string; readonly who: string }[];
}

const office = async ({ answers = [{ status: 200 }], names = false, policy = {} }: Asked = {}) => {
  const server = await hookServer(answers);
  closers.push(server.close);
  const told = { from: 'low', atOnce: 'critical', names } as const;
  const whole: WatchPolicy = {
    ...emptyWatch,
    aliveDays: 0,
    channels: [{ ...told, kind: 'webhook', name: 'hook', url: server.url }],
    ...policy,
  };
  const now = (): number => nowMs;
  const book = new AlertBook({ state, policy: whole, labelOf, now });
  const post = new PostOffice({
    state,
    policy: whole,
    setting,
    host: 'mail.example.jp',
    now,
    patienceMs: 0,
    namesOf: async () => new Map([[labelOf('aiko'), 'aiko']]),
  });
  return {
    policy: whole,
    see: (given: Partial<Sighting>) =>
      book.take(
        [
          {
            rule: 'r',
            title: 'A rule',
            level: 'medium',
            component: 'dovecot',
            who: 'aiko',
            timeMs: nowMs,
            sinceMs: nowMs,
            sentence: 'aiko did it',
            tags: [],
            lines: [],
            events: 1,
            ...given,
          },
        ],
        { names: false },
      ),
    deliver: () => post.deliver(),
    posted: (): readonly Posted[] => server.posted.map(({ body }) => JSON.parse(body) as Posted),
  };
};

const kinds = (posted: readonly Posted[]): readonly string[] => posted.map(({ kind }) => kind);

test('the first digest goes with the first run, the next a day later, with what goes on', async () => {
  const { see, deliver, posted } = await office();
  see({});
  await deliver();
  see({ who: 'mei' });
  see({ timeMs: at + 1 });
  await deliver();
  await deliver();
  expect(kinds(posted())).toEqual(['digest']);
  nowMs += dayMs;
  await deliver();
  nowMs += dayMs;
  await deliver();
  // The first was seen again, so that it is in the second digest as well: it goes on.
  const told = posted().map(({ alerts }) => alerts.map(({ who }) => who).toSorted());
  expect(told).toEqual([[labelOf('aiko')], [labelOf('aiko'), labelOf('mei')].toSorted()]);
});

test('what grew worse while a message waited goes once, with the newer one', async () => {
  const { see, deliver, posted } = await office({ answers: [{ status: 503 }, { status: 200 }] });
  see({});
  await deliver();
  see({ timeMs: at + 1, level: 'critical' });
  await deliver();
  nowMs += hourMs;
  await deliver();
  expect(kinds(posted())).toEqual(['digest', 'alert']);
  expect(new HuntLetters(state).undelivered()).toEqual([]);
});

test('what is critical goes at once, though the digest waits', async () => {
  const { see, deliver, posted } = await office();
  see({});
  await deliver();
  see({ who: 'mei', rule: 'mild' });
  see({ who: 'rin', rule: 'worst', level: 'critical' });
  await deliver();
  expect(kinds(posted())).toEqual(['digest', 'alert']);
  expect(posted()[1]?.alerts.map(({ rule }) => rule)).toEqual(['worst']);
});

test('people are named where the channel may name them, and nowhere else', async () => {
  const named = await office({ names: true });
  named.see({});
  await named.deliver();
  expect(named.posted()[0]?.alerts[0]).toMatchObject({ who: 'aiko', sentence: 'aiko did it' });
});

test('a channel that fails for now is tried ever more rarely, with the same id, and then is a dead letter', async () => {
  const { see, deliver, posted } = await office({ answers: [{ status: 503 }] });
  see({ level: 'critical' });
  let tries = 0;
  for (; tries < 50; tries += 1) {
    const [problem] = await deliver();
    expect(problem).toMatch(/^hook: a message could not be delivered/);
    const [letter] = new HuntLetters(state).undelivered();
    if (letter?.state === 'dead') break;
    expect(letter?.dueMs).toBeGreaterThan(nowMs);
    nowMs = letter?.dueMs ?? 0;
  }
  expect(tries).toBe(8);
  expect(nowMs - at).toBeGreaterThan(12 * hourMs);
  expect(new Set(posted().map(({ id }) => id)).size).toBe(1);
  nowMs += 10 * dayMs;
  expect(await deliver()).toEqual([]);
  expect(new HuntLetters(state).undelivered()).toMatchObject([
    { state: 'dead', attempts: 9, lastWhy: 'it answers 503' },
  ]);
});

test('what is refused for good is a dead letter at once, and goes when somebody mended it', async () => {
  const answers = [{ status: 404 }, { status: 200 }];
  const { policy, see, deliver, posted } = await office({ answers });
  see({ level: 'critical' });
  expect(await deliver()).toEqual([
    'hook: a message could not be delivered and is not tried again by itself: it answers 404',
  ]);
  const letters = new HuntLetters(state);
  expect(letters.channels()).toMatchObject([{ failedWhy: 'it answers 404' }]);
  await notifyTest({ state, policy, setting, host: 'mail', now: () => nowMs });
  expect(await deliver()).toEqual([]);
  expect(kinds(posted())).toEqual(['alert', 'test', 'alert']);
  expect(letters.undelivered()).toEqual([]);
});

test('a server that asks for a pause gets it', async () => {
  const { see, deliver } = await office({
    answers: [{ status: 429, headers: { 'retry-after': '3600' } }],
  });
  see({ level: 'critical' });
  await deliver();
  expect(new HuntLetters(state).undelivered()[0]?.dueMs).toBe(at + hourMs);
});

test('what was queued is delivered after a restart, once', async () => {
  const { see, deliver, posted } = await office();
  see({ level: 'critical' });
  state.close();
  state = new HuntState(store);
  const again = await office();
  await again.deliver();
  await again.deliver();
  expect(kinds(again.posted())).toEqual(['alert']);
  expect(posted()).toEqual([]);
  void deliver;
});

test('a channel that was silent for long gets a sign of life', async () => {
  const { deliver, posted } = await office({ policy: { aliveDays: 7 } });
  await deliver();
  await deliver();
  nowMs += 6 * dayMs;
  await deliver();
  nowMs += dayMs;
  await deliver();
  expect(kinds(posted())).toEqual(['alive', 'alive']);
  expect(posted()[0]?.notes[0]).toContain('watches no log yet');
});

test('what is addressed to a channel that is gone is let go, and said', async () => {
  const { see, deliver } = await office({ answers: [{ status: 503 }] });
  see({ level: 'critical' });
  await deliver();
  const none = await office({ policy: { channels: [] } });
  expect(await none.deliver()).toEqual([
    '1 message to channels that postern.yaml no longer names: let go',
  ]);
  expect(new HuntLetters(state).channels()).toEqual([]);
});

test('a test goes to every channel and tells what came of each', async () => {
  const good = await office();
  const bad = await office({ answers: [{ status: 403 }] });
  const [first] = good.policy.channels;
  const [second] = bad.policy.channels;
  if (first === undefined || second === undefined) throw new Error('there are no channels');
  const policy = { ...good.policy, channels: [first, { ...second, name: 'other' }] };
  const now = (): number => nowMs;
  const channels = await notifyTest({ state, policy, setting, host: 'mail', now });
  expect(channels).toEqual([
    { name: 'hook', kind: 'webhook', ok: true },
    { name: 'other', kind: 'webhook', ok: false, why: 'it answers 403' },
  ]);
  const said = { schema: 'postern.hunt-channels/1', channels };
  expect(ownSchema('hunt-channels')(said)).toEqual([]);
  expect(kinds(good.posted())).toEqual(['test']);
  expect(new HuntLetters(state).channels()).toMatchObject([
    { name: 'hook', workedMs: at },
    { name: 'other', failedMs: at },
  ]);
});
