import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepLogs, openKept } from '../../../../test/support/hunt-run.ts';
import { type Close, hookServer } from '../../../../test/support/notice-servers.ts';
import { loginLog, settingWith, subjectWith } from '../../../../test/support/subject.ts';
import { watchRequest } from '../../../../test/support/watch-request.ts';
import { monitored } from '../../../confirm/monitored.ts';
import { emptyWatch, type WatchPolicy } from '../../../core/watch-policy.ts';
import { keptLogs } from '../../kept-logs.ts';
import { watchingOf } from '../../watching.ts';
import { hunt } from '../hunt.ts';
import { suppressAlert } from './decide.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

let folder = '';
const closers: Close[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-told-'));
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

const rules = `
title: A master user entered a mailbox
id: 6f1d1cb0-5b0a-4b3a-9f0c-0a3f5d1f7c11
logsource: { product: dovecot }
detection: { s: { kind: login.impersonated }, condition: s }
level: critical
`;

/** Logins of some weeks up to an hour ago, the last of them by a master user. */
const linesUpTo = (nowMs: number): string => {
  const lines: string[] = [];
  for (let at = nowMs - 30 * dayMs; at < nowMs - hourMs; at += 2 * hourMs) {
    lines.push(`user=<mori@example.jp>, method=PLAIN, rip=203.0.113.7|${at}`);
  }
  lines.push(
    `user=<mori@example.jp>, method=PLAIN, rip=203.0.113.7, auth_user=<keeper>|${nowMs - hourMs}`,
  );
  return lines
    .map((line, n) => {
      const [said = '', at = '0'] = line.split('|');
      const stamp = new Date(Number(at)).toISOString().slice(0, 19);
      return `${stamp}+00:00 mx1 dovecot: imap-login: Login: ${said.replace(', auth_user', `, lip=192.0.2.1, mpid=${n}, TLS, session=<s${n}>, auth_user`)}\n`;
    })
    .join('');
};

test('from a line to whoever is told of it, and to the check that says so', async () => {
  const nowMs = Date.now();
  writeFileSync(join(folder, 'mail.log'), linesUpTo(nowMs));
  writeFileSync(join(folder, 'rules.yml'), rules);
  const store = join(folder, 'store');
  const opened = await openKept(store);
  await keepLogs(opened, folder);
  await opened.evidence.seal();
  await opened.close();

  const chat = await hookServer([{ status: 200 }]);
  const house = await hookServer([{ status: 200 }]);
  closers.push(chat.close, house.close);
  const told = { kind: 'webhook', from: 'low', atOnce: 'critical' } as const;
  const policy: WatchPolicy = {
    ...emptyWatch,
    ownRules: false,
    channels: [
      { ...told, name: 'chat', url: chat.url, names: false },
      { ...told, name: 'house', url: house.url, names: true },
    ],
  };
  const request = watchRequest(store, {
    policy,
    folders: [join(folder, 'rules.yml')],
    // Channels are told.
    offline: false,
  });
  const { alerts, notes } = await hunt(request);
  expect(notes).toEqual([]);
  const alert = alerts.find(({ rule }) => rule.startsWith('6f1d1cb0'));
  expect(alert?.who).toMatch(/^person-[0-9a-f]{12}$/);

  // The chat is told no name, the house is: those that stand in the kept line.
  const bodies = [chat, house].map(({ posted }) => posted.map(({ body }) => body).join('\n'));
  expect(bodies[0]).not.toMatch(/keeper|mori/);
  expect(bodies[0]).toContain(alert?.who);
  expect(bodies[1]).toContain('"who":"keeper"');
  expect(bodies[1]).toContain('mori@example.jp');

  // Nothing is told twice, and what is suppressed not at all.
  await hunt(request);
  expect(chat.posted).toHaveLength(1);
  const decided = suppressAlert({
    store,
    alert: alert?.id ?? '',
    until: new Date(nowMs + dayMs).toISOString().slice(0, 10),
    why: 'migration',
    by: 'root',
    nowMs,
  });
  expect(decided).toMatchObject({ who: alert?.who, title: alert?.title, isOver: false });
  for (const file of ['hunt.sqlite', `findings/${new Date().toISOString().slice(0, 7)}.ndjson`]) {
    expect(readFileSync(join(store, file), 'latin1')).not.toMatch(/keeper|mori/);
  }

  // What `monitored` makes of it.
  const log = join(folder, 'mail.log');
  const kept = keptLogs({ store, root: '/', paths: [log], here: hostname() });
  const watching = watchingOf({ store, kept, policy });
  const trail = { path: log, newest: new Date(nowMs - hourMs).toISOString() };
  const ask = (atMs: number) =>
    monitored(subjectWith([loginLog(trail)]), {
      ...settingWith(),
      now: new Date(atMs),
      ...(watching === undefined ? {} : { watching }),
      ...(kept === undefined ? {} : { kept }),
    });
  expect(ask(Date.now())).toMatchObject({
    state: 'pass',
    why: expect.stringMatching(
      /1 rule and \d+ baselines? ran over .*alerts go to chat, house/,
    ) as unknown,
  });
  expect(ask(nowMs + 2 * dayMs).state).toBe('fail');
});
