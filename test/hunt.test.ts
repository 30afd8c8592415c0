import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runPostern } from './support/run-postern.ts';
import { ownSchema } from './support/schemas.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-hunt-'));
const store = join(folder, 'store');
const rules = join(folder, 'some rules');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const login = (minute: number, user: string): string =>
  `Jun 29 08:${String(minute).padStart(2, '0')}:00 mail01 dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.10, mpid=7, TLS, session=<s${minute}>\n`;

beforeAll(() => {
  writeFileSync(
    join(folder, 'mail.log'),
    [
      login(1, 'suzuki@example.jp'),
      login(2, 'sato@example.jp'),
      login(3, 'suzuki@example.jp'),
    ].join(''),
  );
  writeFileSync(
    `${rules}.yml`,
    [
      'title: Suzuki logs in',
      'id: 5c1f0e6e-9f1b-4a55-9d0a-1d1c3a6f0001',
      'level: high',
      'logsource: { product: dovecot }',
      'detection: { a: { kind: login, user.name|startswith: Suzuki }, condition: a }',
      '---',
      'title: Wrong',
      'logsource: { product: dovecot }',
      'detection: { a: { kind|nosuch: login }, condition: a }',
    ].join('\n'),
  );
  expect(
    runPostern(folder, 'ingest', '--store', store, '--zone', 'UTC', join(folder, 'mail.log'))
      .status,
  ).toBe(0);
});

const hunt = (...args: readonly string[]): ReturnType<typeof runPostern> =>
  runPostern(folder, 'hunt', '--store', store, '--zone', 'UTC', ...args);
const withRules = ['--rules', `${rules}.yml`] as const;

describe('postern hunt', () => {
  test('says what rules would have told, and remembers nothing of it', () => {
    const complaints = ownSchema('hunt');
    for (const args of [['--backtest'], ['--since', '2026-06-29', '--until', '2026-06-29']]) {
      const { status, stdout } = hunt(...withRules, ...args, '--format', 'json');
      // One rule cannot be read.
      expect(status).toBe(3);
      const report: unknown = JSON.parse(stdout);
      expect(complaints(report)).toEqual([]);
      expect(report).toMatchObject({
        mode: 'backtest',
        lines: { events: 3 },
        rules: { problems: [{ path: `${rules}.yml`, line: 9 }] },
        backtest: [{ title: 'Suzuki logs in', events: 2, alerts: 1 }],
      });
      expect(stdout).not.toContain('suzuki@');
    }
    expect(hunt(...withRules, '--since', '2026-06-30').stdout).toContain(
      'no rule would have fired',
    );
  });

  test('tells of what came once, and ends with 2', () => {
    const first = hunt(...withRules);
    expect(first.status).toBe(2);
    expect(first.stdout).toContain('1 new alert.');
    expect(first.stdout).toContain('Suzuki logs in');
    expect(first.stdout).not.toContain('suzuki@');
    for (const line of first.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    const again = hunt(...withRules, '--format', 'json');
    expect(again.status).toBe(3);
    expect(ownSchema('hunt')(JSON.parse(again.stdout))).toEqual([]);
    expect(again.stdout).toContain('no new alert');
    expect(hunt('alerts', '--names').stdout).toContain('suzuki@example.jp');
    for (const list of ['alerts', 'baselines'] as const) {
      const answer: unknown = JSON.parse(hunt(list, '--format', 'json').stdout);
      expect(ownSchema(`hunt-${list}`)(answer)).toEqual([]);
    }
    const finding: unknown = JSON.parse(hunt('alerts', '--format', 'ndjson').stdout);
    expect(finding).toMatchObject({ class_uid: 2004, severity: 'High' });
  });

  test('refuses what it cannot do, in one line', () => {
    for (const [args, said] of [
      [['--rules', join(folder, 'nowhere')], 'no such file or folder'],
      [['--level', 'loud'], 'expected one of informational'],
      [['--since', 'yesterday'], 'expected a day or a time'],
      [['--follow', '--sql'], 'are two things'],
      [['suppress', 'a0000000000'], '--until DAY is missing'],
    ] as const) {
      const { status, stderr } = hunt(...args);
      expect([status, stderr]).toEqual([64, expect.stringContaining(said)]);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});
