import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
import type { ReportedAlert } from '../../core/hunt-report.ts';
import { emptyWatch } from '../../core/watch-policy.ts';
import { followHunt, hunt, type WatchRequest } from './hunt.ts';

let folder = '';
let store = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-follow-'));
  store = join(folder, 'store');
  writeFileSync(join(folder, 'rules.yml'), huntRules);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const request = (): WatchRequest => ({
  store,
  policy: { ...emptyWatch, ownRules: false },
  folders: [join(folder, 'rules.yml')],
  said: '--rules',
  only: [],
  shown: { from: 'informational', components: [] },
  zone: 'UTC',
  names: false,
  key: undefined,
  now: Date.now,
  say: () => undefined,
  folder,
  environment: {},
  organisation: undefined,
  offline: true,
});

/** A hunt that goes on. */
class Follower {
  readonly told: ReportedAlert[] = [];
  readonly unseen: string[] = [];
  rows = 0;
  private isStopped = false;
  private readonly done: Promise<void>;

  constructor() {
    this.done = followHunt({
      ...request(),
      isStopped: () => this.isStopped,
      told: alerts => void this.told.push(...alerts),
      passed: ({ rows }) => {
        this.rows += rows;
      },
      note: ({ what, why }) => void this.unseen.push(`${what}: ${why}`),
      pace: { lookMs: 5, graceMs: 30 },
    });
  }

  /** @throws what ended it, where it ended */
  async until(isThere: () => boolean): Promise<void> {
    const waits = async (): Promise<void> => {
      for (let turn = 0; turn < 400 && !isThere(); turn += 1) await wait(10);
    };
    await Promise.race([this.done, waits()]);
    expect(isThere()).toBe(true);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.done;
  }
}

describe('a hunt that goes on', () => {
  test.each([1, 2])('finds what one over all of it finds, however lines come (%i)', async seed => {
    const random = numbersFrom(seed);
    const lines = huntLines(random, 120);
    const evidence = await openKept(store);
    let told = 0;
    let seen = 0;
    let follower: Follower | undefined;
    try {
      for (let at = 0; at < lines.length; ) {
        const size = 1 + Math.floor(random() * 25);
        for (const [log, line] of lines.slice(at, at + size))
          appendFileSync(join(folder, log), line);
        at += size;
        await keepLogs(evidence, folder);
        if (random() < 0.3) await evidence.evidence.flush();
        follower ??= new Follower();
        const going = follower;
        const kept = Math.min(at, lines.length);
        if (random() < 0.7) await going.until(() => seen + going.rows === kept);
        if (random() < 0.3) {
          await follower.stop();
          seen += follower.rows;
          told += follower.told.length;
          follower = undefined;
        }
      }
      const last = follower ?? new Follower();
      await last.until(() => seen + last.rows === lines.length);
      await last.stop();
      expect(last.unseen).toEqual([]);
      told += last.told.length;
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
});
