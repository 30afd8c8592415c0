import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { TreeFile } from '../../../test/support/tree.ts';
import type { LogSink, LogTrail, OwnRotation } from '../../core/access-log.ts';
import { openKeeping } from './trail.ts';

const now = new Date('2026-11-25T12:00:00Z');

const base: Record<string, TreeFile> = {
  '/etc/timezone': 'Etc/UTC\n',
  '/etc/systemd/system/timers.target.wants/logrotate.timer': {
    link: '/usr/lib/systemd/system/logrotate.timer',
  },
  '/usr/lib/systemd/system/logrotate.timer': '[Timer]\nOnCalendar=daily\n',
  '/usr/sbin/logrotate': '',
  '/etc/logrotate.conf': 'weekly\n',
};

const follow = (sink: LogSink, tree: Record<string, TreeFile>, writer?: string): LogTrail =>
  openKeeping(memoryView({ ...base, ...tree }), now).trailOf(sink, writer);

const path = '/opt/mail/log/audit.log';
const daily: OwnRotation = {
  why: 'log4j begins a new file each day and removes none',
  because: { path: '/opt/mail/log4j.properties', line: 7 },
  removes: { is: 'nothing' },
  periodDays: 1,
  leaves: [`${path}.*`],
};
const written: Record<string, TreeFile> = {
  [path]: '2026-11-25 10:00:00 login\n',
  [`${path}.2026-11-23`]: {
    content: '2026-11-23 00:00:01 login\n',
    mtime: '2026-11-23T23:59:59Z',
  },
  [`${path}.2026-11-22.gz`]: {
    content: gzipSync('2026-11-22 00:00:01 login\n'),
    mtime: '2026-11-22T23:59:59Z',
  },
};
const ask = (rotation: OwnRotation, more: Record<string, TreeFile> = {}): LogTrail =>
  follow({ to: 'file', path, rotation }, { ...written, ...more });

describe('a program that rotates its log itself', () => {
  test('and removes nothing', () => {
    const trail = ask(daily);
    expect(trail).toMatchObject({
      path,
      oldest: '2026-11-22T00:00:01.000Z',
      rotation: { keepsDays: null, why: daily.why, because: daily.because },
    });
    expect(trail.retainedDays).toBeUndefined();
    expect(trail.unknown).toContain('nothing that was found removes its lines');
  });

  test('and removes by size: no number of days', () => {
    const why = 'log4j keeps 5 old files of 10MB';
    const trail = ask({ why, removes: { is: 'by size' }, leaves: [`${path}.*`] });
    expect(trail.rotation).toEqual({ why });
    expect(trail.retainedDays).toBeUndefined();
    expect(trail.unknown).toContain('depends on how much is written');
  });

  test('and removes by age', () => {
    const trail = ask({ ...daily, removes: { is: 'by age', leastDays: 30, mostDays: 32 } });
    expect(trail).toMatchObject({ retainedDays: 30, rotation: { keepsDays: 32 } });
    expect(trail.unknown).toBeUndefined();
  });

  test('beside logrotate', () => {
    const stanza = (rotate: string) => ({
      '/etc/logrotate.conf': `${path} {\n${rotate}\n}\n`,
    });
    // What it has renamed is never removed, what it has not is kept as long as logrotate keeps it.
    const renamed = ask(daily, stanza('weekly\nrotate 4'));
    expect(renamed).toMatchObject({ retainedDays: 28, rotation: { keepsDays: null } });
    expect(renamed.unknown).toContain('logrotate does not remove: it stays longer');
    const both = ask(
      { ...daily, removes: { is: 'by age', leastDays: 30, mostDays: 32 } },
      stanza('weekly\nrotate 4'),
    );
    expect(both.retainedDays).toBeUndefined();
    expect(both.rotation?.keepsDays).toBeUndefined();
    expect(both.unknown).toContain('each takes files from the other');
    const appended = ask(
      { why: 'Dovecot only appends', removes: { is: 'nothing' } },
      stanza('daily\nrotate 7'),
    );
    expect(appended).toMatchObject({ retainedDays: 7, rotation: { keepsDays: 8 } });
    expect(appended.unknown).toBeUndefined();
  });

  test('one that only appends is told as such', () => {
    const trail = follow(
      { to: 'file', path: '/var/log/dovecot.log' },
      {
        '/var/log/dovecot.log': '2026-11-25 10:00:00 login\n',
      },
      'dovecot',
    );
    expect(trail.rotation?.keepsDays).toBeNull();
    expect(trail.unknown).toContain('Dovecot only appends to its log');
  });
});

describe('a cron job that removes what a program leaves', () => {
  const job = (command: string, file = '/var/spool/cron/crontabs/zimbra') => ({
    '/var/lib/dpkg/status': '',
    [file]: `30 2 * * * ${command}\n`,
  });
  const zimbra =
    "find /opt/mail/log/ ! -name 'setup*.log' -type f -name '*.log?*' -mtime +8 -exec rm {} \\; > /dev/null 2>&1";

  test('by age: nine whole days after the last line, and what a day and a run add', () => {
    const trail = ask(daily, job(zimbra));
    expect(trail).toMatchObject({
      retainedDays: 9,
      rotation: {
        keepsDays: 11,
        because: { path: '/var/spool/cron/crontabs/zimbra', line: 1 },
      },
    });
    expect(trail.unknown).toBeUndefined();
  });

  test.each([
    // Weekly, so up to seven days later.
    [`0 3 * * 0 find /opt/mail/log -mtime +29 -delete`, [30, 38]],
    [`0 3 * * * find /opt/mail/log -name 'audit.*' -mmin +43200 | xargs rm`, [30, 33]],
    [`0 3 * * * find /opt/mail -maxdepth 2 -mtime +9 -delete`, [10, 12]],
    // Not of this depth, of another name, younger ones, other actions.
    [`0 3 * * * find /opt/mail -maxdepth 1 -mtime +9 -delete`, [undefined, null]],
    [`0 3 * * * find /opt/mail/log -name '*.eml' -mtime +9 -delete`, [undefined, null]],
    [`0 3 * * * find /opt/mail/log -mtime +9 -exec gzip {} \\;`, [undefined, null]],
    // Conditions that were not understood, and files that only some are.
    [`0 3 * * * find /opt/mail/log -size +9k -mtime +9 -delete`, [undefined, undefined]],
    [`0 3 * * * find /opt/mail/log -name '*.gz' -mtime +9 -delete`, [undefined, undefined]],
    [`0 3 * * * find /opt/mail/log -name '*.log.*' -delete`, [undefined, undefined]],
    [`0 3 * * * find /opt/mail/log -mtime -9 -delete`, [undefined, undefined]],
    [`0 3 * * * cd /opt/mail/log && find . -mtime +9 -delete`, [undefined, undefined]],
    [`0 3 * * * find /tmp -delete; find /opt/mail/log -mtime +9 -delete`, [10, 12]],
    [`0 3 1 1 * find /opt/mail/log -mtime +9 -delete`, [undefined, undefined]],
    [`0 3 * * * find /opt/mail/log -atime +9 -delete`, [undefined, undefined]],
  ])('%s', (line, expected) => {
    const trail = ask(daily, { '/var/spool/cron/crontabs/root': `${line}\n` });
    expect([trail.retainedDays, trail.rotation?.keepsDays]).toEqual(expected);
    if (expected[1] === undefined) expect(trail.unknown).toContain('not certain');
  });

  test('the shortest wins over logrotate', () => {
    const trail = follow(
      { to: 'file', path: '/var/log/dovecot.log' },
      {
        '/var/log/dovecot.log': '2026-11-25 10:00:00 login\n',
        '/etc/logrotate.conf': '/var/log/dovecot.log {\n weekly\n rotate 52\n}\n',
        '/etc/cron.daily/tidy': '#!/bin/sh\nfind /var/log -mtime +30 -delete\n',
      },
    );
    expect(trail).toMatchObject({
      retainedDays: 31,
      rotation: { keepsDays: 39, because: { path: '/etc/cron.daily/tidy', line: 2 } },
    });
  });

  test('one that keeps files longer than logrotate changes nothing', () => {
    const trail = follow(
      { to: 'file', path: '/var/log/dovecot.log' },
      {
        '/var/log/dovecot.log': '2026-11-25 10:00:00 login\n',
        '/etc/logrotate.conf': '/var/log/dovecot.log {\n daily\n rotate 7\n}\n',
        '/etc/cron.daily/tidy': '#!/bin/sh\nfind /var/log -mtime +30 -delete\n',
        '/etc/tmpfiles.d/log.conf': 'd /var/log - - - 60d\n',
      },
    );
    expect(trail).toMatchObject({ retainedDays: 7, rotation: { keepsDays: 8 } });
    expect(trail.unknown).toBeUndefined();
  });
});

test('a timer of systemd that removes files', () => {
  const timer = (exec: string, calendar: string, wanted = true): LogTrail =>
    ask(daily, {
      '/etc/systemd/system/tidy.service': `[Service]\nType=oneshot\nExecStart=${exec}\n`,
      '/etc/systemd/system/tidy.timer': `[Timer]\nOnCalendar=${calendar}\n`,
      ...(wanted
        ? {
            '/etc/systemd/system/timers.target.wants/tidy.timer': {
              link: '/etc/systemd/system/tidy.timer',
            },
          }
        : {}),
    });
  const days = ({ retainedDays, rotation }: LogTrail): readonly unknown[] => [
    retainedDays,
    rotation?.keepsDays,
  ];
  const find = '/usr/bin/find /opt/mail/log -mtime +29 -delete';
  const each = timer(find, '*-*-* 03:10:00');
  expect(each.rotation?.because).toEqual({ path: '/etc/systemd/system/tidy.service', line: 3 });
  expect(days(each)).toEqual([30, 32]);
  expect(days(timer(`-/bin/sh -c "${find}"`, 'weekly'))).toEqual([30, 38]);
  expect(days(timer(find, '*-*-1,15 03:00'))).toEqual([undefined, undefined]);
  expect(days(timer(find, 'daily', false))).toEqual([undefined, null]);
});

test('tmpfiles.d: exceptions, folders that are emptied at each start, ages that do not reach', () => {
  const lines = (text: string): LogTrail => ask(daily, { '/etc/tmpfiles.d/mail.conf': text });
  expect(lines('d /opt/mail/log - - - 10d\n').unknown).toContain('older than 10d');
  expect(lines('d /opt/mail/log - - - 10d\nx /opt/mail/log\n').unknown).not.toContain('10d');
  expect(lines('d /opt/mail/log - - - ~10d\n').unknown).not.toContain('10d');
  expect(lines('d /opt/mail - - - ~10d\n').unknown).toContain('10d');
  expect(lines('D /opt/mail/log\n').unknown).toContain('empties that folder at each start');
});

test('files that are named by their day', () => {
  const many = '/srv/log/access.*.log';
  const rotation: OwnRotation = {
    why: 'rotatelogs begins a new file each day and removes none',
    removes: { is: 'nothing' },
    periodDays: 1,
    leaves: [many],
  };
  const tree: Record<string, TreeFile> = {
    '/srv/log/access.2026-11-24.log': {
      content: '192.0.2.1 - - [24/Nov/2026:00:00:01 +0000] "GET / HTTP/1.1" 200 1\n',
      mtime: '2026-11-24T23:59:00Z',
    },
    '/srv/log/access.2026-11-25.log': {
      content: '192.0.2.1 - - [25/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 1\n',
      mtime: '2026-11-25T09:00:00Z',
    },
  };
  expect(follow({ to: 'file', path: many, rotation }, tree)).toMatchObject({
    path: many,
    oldest: '2026-11-24T00:00:01.000Z',
    newest: '2026-11-25T09:00:00.000Z',
    rotation: { keepsDays: null },
  });
  const tidied = follow(
    { to: 'file', path: many, rotation },
    { ...tree, '/etc/cron.daily/tidy': 'find /srv/log -name "access.*" -mtime +364 -delete\n' },
  );
  expect(tidied).toMatchObject({ retainedDays: 365, rotation: { keepsDays: 367 } });
  expect(follow({ to: 'file', path: many, rotation }, { '/var/log/x': '' }).unknown).toContain(
    'the folder /srv/log does not exist',
  );
  expect(follow({ to: 'file', path: many }, tree).unknown).toContain('names many files');
});

test('systemd may put what a unit prints into a file', () => {
  const unit = (lines: string): LogTrail =>
    follow(
      { to: 'journal', unit: 'filter.service' },
      {
        '/usr/lib/systemd/system/filter.service': `[Service]\nExecStart=/usr/bin/filter\n${lines}\n`,
        '/usr/lib/systemd/systemd': '',
        '/var/log/journal': { link: '/srv/journal' },
        '/var/log/filter.log': '2026-11-25 10:00:00 login\n',
      },
    );
  const appended = unit('StandardOutput=append:/var/log/filter.log');
  expect(appended).toMatchObject({ path: '/var/log/filter.log', rotation: { keepsDays: null } });
  expect(appended.unknown).toContain('systemd only appends to it');
  expect(unit('StandardOutput=truncate:/var/log/filter.log').unknown).toContain('at each start');
  expect(unit('StandardOutput=null')).toMatchObject({ retainedDays: 0 });
  expect(
    unit('StandardOutput=append:/var/log/filter.log\nStandardError=journal').unknown,
  ).toContain('which of them gets its log is not known');
  expect(unit('StandardOutput=journal').path).not.toBe('/var/log/filter.log');
});
