import { join } from 'node:path';
import { type OpenedStore, openEvidenceStore } from '../../src/app/evidence/open.ts';
import { keepLogFiles } from '../../src/app/ingest/keep-logs.ts';
import { zonesOf } from '../../src/app/ingest/zones.ts';
import type { Alert } from '../../src/core/alert.ts';
import { findLogs } from '../../src/intake/log-files.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { RowPacker } from '../../src/logs/rows/row-packer.ts';
import { HuntAlerts } from '../../src/store/hunt-alerts.ts';
import { HuntState } from '../../src/store/hunt-state.ts';

/** Rules that make alerts of single lines, of counts and of what follows one another. */
export const huntRules = `
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
export const huntLines = (
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

const zoneOf = zonesOf('UTC', 'zone', 'UTC');

/** A store that logs are kept in. */
export const openKept = async (store: string, now?: () => number): Promise<OpenedStore> =>
  await openEvidenceStore(store, { now: () => new Date(now?.() ?? Date.now()), zoneOf });

/** Takes in what the logs have more. */
export const keepLogs = async ({ evidence }: OpenedStore, folder: string): Promise<void> => {
  await keepLogFiles(findLogs([join(folder, '*.log')]).files, {
    evidence,
    formats: logFormats,
    rows: new RowPacker(),
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

export const alertsIn = (store: string): readonly Alert[] => {
  const state = new HuntState(store, false);
  try {
    return new HuntAlerts(state).since(0, 10_000).map(({ alert }) => alert);
  } finally {
    state.close();
  }
};

/** What is the same however the lines were cut. */
export const sameAlerts = (alerts: readonly Alert[]): readonly string[] =>
  alerts
    .map(({ rule, component, who, level, sinceMs, lastMs }) =>
      [rule, component, who, level, sinceMs, lastMs].join(' '),
    )
    .toSorted();
