import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alertsIn, keepLogs, openKept } from '../../../test/support/hunt-run.ts';
import { watchRequest } from '../../../test/support/watch-request.ts';
import type { Alert } from '../../core/alert.ts';
import { emptyWatch } from '../../core/watch-policy.ts';
import { hourMs } from '../../detect/baselines/calendar.ts';
import { followHunt, hunt, type WatchRequest } from './hunt.ts';
import { runBacktest } from './run-backtest.ts';

const begin = Date.parse('2026-06-01T00:00:00Z');
/** When the log stops. */
const stop = begin + 18 * 24 * hourMs + 6 * hourMs;
const everyMs = 300_000;

let folder = '';
let store = '';
let nowMs = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-silence-'));
  store = join(folder, 'store');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (fromMs: number, toMs: number): void => {
  const lines: string[] = [];
  for (let ms = fromMs; ms < toMs; ms += everyMs) {
    const at = new Date(ms).toISOString().slice(0, 19);
    lines.push(
      `${at}+00:00 mail01 dovecot: imap-login: Login: user=<mori@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=7, TLS, session=<s${ms}>\n`,
    );
  }
  appendFileSync(join(folder, 'mail.log'), lines.join(''));
};

/** The log is read by then. */
const ingest = async (atMs: number): Promise<void> => {
  nowMs = atMs;
  const kept = await openKept(store, () => nowMs);
  await keepLogs(kept, folder);
  await kept.close();
};

const request = (more: Partial<WatchRequest> = {}): WatchRequest =>
  watchRequest(store, { now: () => nowMs, ...more });

/** A run from a timer, a minute after the log was read. */
const once = async (): Promise<void> => {
  nowMs += 60_000;
  await hunt(request());
};

/** A hunt that goes on for some looks at the store. */
const looks = async (): Promise<void> => {
  nowMs += 60_000;
  let left = 5;
  await followHunt({
    ...request(),
    isStopped: () => {
      left -= 1;
      nowMs += 30_000;
      return left < 0;
    },
    told: () => undefined,
    passed: () => undefined,
    note: () => undefined,
    pace: { lookMs: 1 },
  });
};

/** What of an alert does not say when it was written down. */
const bare = (alert: Alert): unknown => ({ ...alert, openedMs: 0, lines: alert.lines.length });

describe('a log that falls silent', () => {
  test('raises an alert while it is, by either way of hunting, and comes to the same afterwards', async () => {
    write(begin, stop);
    await ingest(stop + 60_000);
    await once();
    expect(alertsIn(store)).toEqual([]);
    await ingest(stop + 4 * hourMs);
    await looks();
    const during = alertsIn(store);
    expect(during).toMatchObject([{ rule: 'baseline/silence', who: '', sightings: 1 }]);
    expect(during[0]?.sentence).toMatch(
      /mail\.log` of `mail01` had no event between 05:55 and 08:00 on 2026-06-19 \(UTC\); in 17 days its quietest such hour had 12 events$/,
    );
    // Once, however often it is looked at.
    await ingest(stop + 6 * hourMs);
    await once();
    expect(alertsIn(store)).toEqual(during);
    write(stop + 7 * hourMs, stop + 10 * hourMs);
    await ingest(stop + 10 * hourMs);
    await once();
    const after = alertsIn(store);
    expect(after).toMatchObject([{ id: during[0]?.id, sightings: 2 }]);
    expect(after[0]?.sentence).toContain(
      'had no event for 7 hours 5 minutes, between 05:55 and 13:00 on 2026-06-19 (UTC), and has some again; in 17 days',
    );
    rmSync(join(store, 'hunt.sqlite'));
    await once();
    expect(alertsIn(store).map(bare)).toEqual(after.map(bare));
    const window = { fromMs: begin, toMs: nowMs };
    expect((await runBacktest(request(), window)).backtest).toMatchObject([
      { rule: 'baseline/silence', kind: 'baseline', alerts: 1 },
    ]);
  });

  test.each([
    [4, 1],
    [40, 0],
  ])('is told at the first look at it when it stopped %i hours ago: %i', async (hours, alerts) => {
    write(begin, stop);
    await ingest(stop + hours * hourMs);
    await once();
    expect(alertsIn(store)).toHaveLength(alerts);
  });

  test('is not told of where its name or all such are allowed', async () => {
    write(begin, stop);
    write(stop + 7 * hourMs, stop + 10 * hourMs);
    await ingest(stop + 10 * hourMs);
    const allow = [{ rule: 'baseline/silence', component: '*mail.log*', reason: 'migration' }];
    nowMs += 60_000;
    const { suppressed, alerts } = await hunt(
      request({ policy: { ...emptyWatch, ownRules: false, allow } }),
    );
    expect([suppressed, alerts]).toEqual([2, []]);
  });
});
