import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numbersFrom } from '../../../test/support/simulated-disk.ts';
import type { Alert } from '../../core/alert.ts';
import type { ReportedAlert } from '../../core/hunt-report.ts';
import { emptyWatch } from '../../core/watch-policy.ts';
import { findLogs } from '../../intake/log-files.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import { RowSink } from '../../logs/rows/row-sink.ts';
import { HuntAlerts } from '../../store/hunt-alerts.ts';
import { HuntState } from '../../store/hunt-state.ts';
import { type OpenedStore, openEvidenceStore } from '../evidence/open.ts';
import { keepLogFiles } from '../ingest/keep-logs.ts';
import { zonesOf } from '../ingest/zones.ts';
import { followHunt, hunt, type WatchRequest } from './hunt.ts';

const rules = `
title: Somebody logged in
name: logged_in
logsource: { product: dovecot }
detection: { s: { kind: login, outcome: success }, condition: s }
level: low
---
title: A login that failed
name: failed
logsource: { product: dovecot }
detection: { s: { kind: login, outcome: failure }, condition: s }
level: low
---
title: Root logged in
logsource: { product: dovecot }
detection: { s: { kind: login, user.name|startswith: root }, condition: s }
level: high
---
title: Many failed logins
name: many_failed
level: medium
correlation:
  type: event_count
  rules: [failed]
  group-by: [user.name]
  timespan: 10m
  condition: { gte: 4 }
---
title: Guessed
level: critical
correlation:
  type: temporal_ordered
  rules: [many_failed, logged_in]
  group-by: [user.name]
  timespan: 30m
---
title: One address, many people
level: high
correlation:
  type: value_count
  rules: [failed, logged_in]
  group-by: [from.ip]
  timespan: 20m
  condition: { gte: 4, field: user.name }
`;

const fromMs = Date.parse('2026-06-29T08:00:00Z');

/** Lines of two logs, in the order of their times; a piece is what comes at once. */
const linesOf = (
  random: () => number,
  count: number,
): readonly (readonly [log: string, line: string])[] =>
  Array.from({ length: count }, (_, n) => {
    const at = new Date(fromMs + n * 21_000).toISOString().slice(0, 19);
    const user = ['mori', 'ueda', 'sato', 'kato', 'root', 'ono'][
      Math.floor(random() * random() * 6)
    ];
    const ip = `203.0.113.${Math.floor(random() * 3)}`;
    const log = random() < 0.5 ? 'mx1.log' : 'mx2.log';
    const said =
      random() < 0.6
        ? `Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<${user}@example.jp>, method=PLAIN, rip=${ip}, lip=192.0.2.1, TLS, session=<s${n}>`
        : `Login: user=<${user}@example.jp>, method=PLAIN, rip=${ip}, lip=192.0.2.1, mpid=${n}, TLS, session=<s${n}>`;
    return [log, `${at}+00:00 ${log.slice(0, 3)} dovecot: imap-login: ${said}\n`] as const;
  });

let folder = '';
let store = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-follow-'));
  store = join(folder, 'store');
  writeFileSync(join(folder, 'rules.yml'), rules);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const zoneOf = zonesOf('UTC', 'zone', 'UTC');

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

const opened = async (): Promise<OpenedStore> =>
  await openEvidenceStore(store, { now: () => new Date(), zoneOf });

/** Takes in what the logs have more. */
const keep = async ({ evidence }: OpenedStore): Promise<void> => {
  await keepLogFiles(findLogs([join(folder, '*.log')]).files, {
    evidence,
    formats: logFormats,
    rows: new RowSink(),
    zoneOf,
    now: Date.now,
    took: () => undefined,
    kept: () => undefined,
    note: () => undefined,
    stepped: () => undefined,
    begin: () => undefined,
    progress: () => undefined,
    done: () => undefined,
    left: () => undefined,
    gap: () => undefined,
    isStopped: () => false,
  });
};

const alertsNow = (): readonly Alert[] => {
  const state = new HuntState(store, false);
  try {
    return new HuntAlerts(state).since(0, 10_000).map(({ alert }) => alert);
  } finally {
    state.close();
  }
};

/** What is the same however the lines were cut. */
const sameOf = (alerts: readonly Alert[]): readonly string[] =>
  alerts
    .map(({ rule, component, who, level, sinceMs, lastMs }) =>
      [rule, component, who, level, sinceMs, lastMs].join(' '),
    )
    .toSorted();

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
  test.each([1, 2])(
    'finds what one over all of it finds, however lines come (%i)',
    async seed => {
      const random = numbersFrom(seed);
      const lines = linesOf(random, 120);
      const evidence = await opened();
      let told = 0;
      let seen = 0;
      let follower: Follower | undefined;
      try {
        for (let at = 0; at < lines.length; ) {
          const size = 1 + Math.floor(random() * 25);
          for (const [log, line] of lines.slice(at, at + size))
            appendFileSync(join(folder, log), line);
          at += size;
          await keep(evidence);
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
      const found = alertsNow();
      // Each was told once, and none without being told.
      expect(told).toBe(found.length);
      renameSync(join(store, 'hunt.sqlite'), join(store, 'before.sqlite'));
      await hunt(request());
      const whole = alertsNow();
      expect(new Set(whole.map(({ title }) => title)).size).toBe(3);
      expect(sameOf(found)).toEqual(sameOf(whole));
    },
  );
});
