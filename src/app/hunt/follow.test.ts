import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  alertsIn,
  huntLines,
  huntRules,
  keepLogs,
  openKept,
  sameAlerts,
} from '../../../test/support/hunt-run.ts';
import { numbersFrom } from '../../../test/support/simulated-disk.ts';
import { watchRequest } from '../../../test/support/watch-request.ts';
import type { ReportedAlert } from '../../core/hunt-report.ts';
import { HuntState } from '../../store/hunt-state.ts';
import type { FollowPace } from './follow.ts';
import { followHunt, hunt, type WatchRequest } from './hunt.ts';
import { AnotherHunt } from './watch.ts';

const fromMs = Date.parse('2026-06-29T08:00:00Z');

let folder = '';
let store = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-follow-'));
  store = join(folder, 'store');
  writeFileSync(join(folder, 'rules.yml'), huntRules);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const request = (): WatchRequest => watchRequest(store, { folders: [join(folder, 'rules.yml')] });

/** How many lines of all logs were seen. */
const seen = (): number => {
  if (!HuntState.exists(store)) return 0;
  const state = new HuntState(store, false);
  try {
    return state.ran().reduce((sum, { events }) => sum + events, 0);
  } finally {
    state.close();
  }
};

/** A hunt that goes on. */
class Follower {
  readonly told: ReportedAlert[] = [];
  readonly unseen: string[] = [];
  private isStopped = false;
  private readonly done: Promise<void>;

  constructor(pace: Partial<FollowPace> = {}) {
    this.done = followHunt({
      ...request(),
      isStopped: () => this.isStopped,
      told: alerts => void this.told.push(...alerts),
      passed: () => undefined,
      note: ({ what, why }) => void this.unseen.push(`${what}: ${why}`),
      pace: { lookMs: 5, graceMs: 30, ...pace },
    });
    this.done.catch(() => undefined);
  }

  /** @throws what ended it, where it ended */
  async until(isThere: () => boolean): Promise<void> {
    const waits = async (): Promise<void> => {
      for (let turn = 0; turn < 1000 && !isThere(); turn += 1) await wait(10);
    };
    await Promise.race([this.done, waits()]);
    expect(isThere()).toBe(true);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.done;
  }
}

/** A hunt beside one that goes on: one of the two comes first. @returns how many alerts it told */
const huntBeside = async (): Promise<number> => {
  try {
    return (await hunt(request())).alerts.length;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AnotherHunt);
    return 0;
  }
};

describe('a hunt that goes on', () => {
  test.each([1, 2])('finds what one over all of it finds, however lines come (%i)', async seed => {
    const random = numbersFrom(seed);
    const lines = huntLines(random, 120);
    const evidence = await openKept(store);
    let told = 0;
    let follower: Follower | undefined;
    const stop = async (): Promise<void> => {
      await follower?.stop();
      expect(follower?.unseen ?? []).toEqual([]);
      told += follower?.told.length ?? 0;
      follower = undefined;
    };
    try {
      for (let at = 0; at < lines.length; ) {
        const size = 1 + Math.floor(random() * 25);
        for (const [log, line] of lines.slice(at, at + size))
          appendFileSync(join(folder, log), line);
        at += size;
        await keepLogs(evidence, folder);
        if (random() < 0.3) await evidence.evidence.flush();
        follower ??= new Follower();
        const kept = Math.min(at, lines.length);
        if (random() < 0.2) told += await huntBeside();
        if (random() < 0.6) await follower.until(() => seen() === kept);
        if (random() < 0.3) await stop();
      }
      follower ??= new Follower();
      await follower.until(() => seen() === lines.length);
      await stop();
      await evidence.evidence.flush();
    } finally {
      await evidence.close();
    }
    const found = alertsIn(store);
    // Each was told once, and none without being told.
    expect(told).toBe(found.length);
    renameSync(join(store, 'hunt.sqlite'), join(store, 'before.sqlite'));
    await hunt(request());
    const whole = alertsIn(store);
    expect(new Set(whole.map(({ title }) => title)).size).toBe(3);
    expect(sameAlerts(found)).toEqual(sameAlerts(whole));
  });

  test('says what a correlation comes to when nothing more is waited for, though no line comes', async () => {
    const at = (seconds: number): string =>
      new Date(fromMs + seconds * 1000).toISOString().slice(0, 19);
    const failed = (n: number): string =>
      `${at(n)}+00:00 mx1 dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<u${n}@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, TLS, session=<s${n}>\n`;
    writeFileSync(join(folder, 'mx1.log'), [1, 2, 3, 4].map(failed).join(''));
    const evidence = await openKept(store);
    const follower = new Follower({ graceMs: 1_000 });
    try {
      await keepLogs(evidence, folder);
      await follower.until(() => seen() === 4);
      expect(follower.told).toEqual([]);
      await follower.until(() => follower.told.length === 1);
      expect(follower.told[0]?.title).toBe('One address, many people');
    } finally {
      await follower.stop();
      await evidence.close();
    }
  });

  test('reads lines that came while nobody looked, and only once', async () => {
    const lines = huntLines(numbersFrom(9), 30);
    for (const [log, line] of lines) appendFileSync(join(folder, log), line);
    const evidence = await openKept(store);
    try {
      await keepLogs(evidence, folder);
      await hunt(request());
      expect(seen()).toBe(30);
      await evidence.evidence.flush();
      const follower = new Follower();
      await follower.until(() => existsSync(join(store, 'hunt.sqlite')));
      await wait(300);
      await follower.stop();
      expect(seen()).toBe(30);
      expect(follower.told).toEqual([]);
    } finally {
      await evidence.close();
    }
  });
});
