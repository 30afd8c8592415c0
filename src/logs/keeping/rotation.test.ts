import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { TreeFile } from '../../../test/support/tree.ts';
import type { LogTrail } from '../../core/access-log.ts';
import { parseLogrotate, rotateDefaults } from './logrotate-syntax.ts';
import { openKeeping } from './trail.ts';

const now = new Date('2026-11-25T12:00:00Z');
const path = '/var/log/dovecot.log';

const base: Record<string, TreeFile> = {
  '/etc/timezone': 'Etc/UTC\n',
  '/etc/systemd/system/timers.target.wants/logrotate.timer': {
    link: '/usr/lib/systemd/system/logrotate.timer',
  },
  '/usr/lib/systemd/system/logrotate.timer': '[Timer]\nOnCalendar=daily\n',
  '/usr/sbin/logrotate': '',
  [path]: '2026-11-25 10:00:00 imap-login: Login\n',
};

const kept = (stanza: string, more: Record<string, TreeFile> = {}): LogTrail =>
  openKeeping(
    memoryView({
      ...base,
      '/etc/logrotate.conf': `weekly\nrotate 4\n${path} {\n${stanza}\n}\n`,
      ...more,
    }),
    now,
  ).trailOf({ to: 'file', path });

const days = (stanza: string): readonly unknown[] => {
  const { retainedDays, rotation } = kept(stanza);
  return [retainedDays, rotation?.keepsDays];
};

describe('how long rotation keeps a line: certain, and at most', () => {
  test.each([
    ['', [28, 35]],
    ['daily\nrotate 7', [7, 8]],
    ['hourly\nrotate 48', [2, 49]],
    ['weekly\nrotate 0', [0, 7]],
    // Six months that hold February have 181 days, the longest six have 184.
    ['monthly\nrotate 6', [181, 216]],
    ['monthly\nrotate 12', [365, 397]],
    ['yearly\nrotate 2', [730, 1_096]],
    ['daily\nrotate 400\nmaxage 90', [90, 91]],
    ['weekly\nrotate 52\nmaxage 30', [30, 37]],
    ['rotate -1\nmaxage 100', [100, 107]],
    ['rotate -1', [undefined, null]],
    ['size 100M', [undefined, undefined]],
    ['size 100M\nweekly', [28, 35]],
    // SUSE writes its sizes so, and strtoul(3) takes the sign.
    ['daily\nrotate 9\nmaxsize +4096k', [undefined, 10]],
    ['size=+4096k\nweekly', [28, 35]],
    ['maxsize 100M', [undefined, 35]],
    // It waits for both, and looks at ages only when it rotates (logrotate(8)).
    ['minsize 1M', [28, undefined]],
    ['daily\nrotate 14\nminsize 1M\nmaxage 60', [14, undefined]],
    ['minsize 1M\nmaxsize 10M', [undefined, undefined]],
    ['minsize 0', [28, 35]],
    ['copy', [undefined, undefined]],
    ['copytruncate', [28, 35]],
    ['postrotate\nfind /var/log -name "*.gz" -delete\nendscript', [undefined, 35]],
  ])('%j', (stanza, expected) => {
    expect(days(stanza)).toEqual(expected);
  });
});

test('a file that is still to come is rotated where the link of its folder leads', () => {
  const trail = openKeeping(
    memoryView({
      ...base,
      '/etc/httpd/logs': { link: '../../var/log/httpd' },
      '/var/log/httpd/error_log': '',
      '/etc/logrotate.conf': 'weekly\nrotate 4\n/var/log/httpd/*log {\n}\n',
    }),
    now,
  ).trailOf({ to: 'file', path: '/etc/httpd/logs/access_log' });
  expect(trail).toMatchObject({ retainedDays: 28, rotation: { keepsDays: 35 } });
});

test('a file that no stanza names grows without limit', () => {
  const trail = openKeeping(
    memoryView({ ...base, '/etc/logrotate.conf': 'weekly\n' }),
    now,
  ).trailOf({ to: 'file', path });
  expect(trail).toMatchObject({
    path,
    newest: '2026-11-25T10:00:00.000Z',
    rotation: { keepsDays: null },
  });
  expect(trail.retainedDays).toBeUndefined();
  expect(trail.unknown).toContain('grows without limit');
});

test('a logrotate that has not run for long, or that nothing starts, removes nothing', () => {
  const stalled = kept('', {
    '/var/lib/logrotate/status':
      'logrotate state -- version 2\n"/var/log/a" 2026-1-4-6:25:1\n"/var/log/b" 2026-2-1-6:25:1\n',
  });
  expect(stalled.rotation?.keepsDays).toBeNull();
  expect(stalled.unknown).toContain('has rotated nothing since 2026-02-01');
  const fresh = kept('', {
    '/var/lib/logrotate/status': 'logrotate state -- version 2\n"/var/log/a" 2026-11-22-0:0:0\n',
  });
  expect(fresh.retainedDays).toBe(28);
  const {
    '/etc/systemd/system/timers.target.wants/logrotate.timer': _,
    '/usr/lib/systemd/system/logrotate.timer': __,
    ...none
  } = base;
  const unstarted = openKeeping(
    memoryView({ ...none, '/etc/logrotate.conf': `weekly\nrotate 4\n${path} {\n}\n` }),
    now,
  ).trailOf({ to: 'file', path });
  expect(unstarted.unknown).toContain('not started');
  // Debian keeps the daily job of a removed logrotate.
  const { '/usr/sbin/logrotate': ___, ...removed } = base;
  const gone = openKeeping(
    memoryView({
      ...removed,
      '/usr/sbin/cron': '',
      '/etc/cron.daily/logrotate': '#!/bin/sh\n/usr/sbin/logrotate /etc/logrotate.conf\n',
      '/etc/logrotate.conf': `weekly\nrotate 4\n${path} {\n}\n`,
    }),
    now,
  ).trailOf({ to: 'file', path });
  expect(gone.unknown).toContain('the program is not installed');
});

test('settings that logrotate passes over do not count', () => {
  const trail = openKeeping(
    memoryView({
      ...base,
      '/etc/logrotate.conf': 'weekly\nrotate 4\ninclude /etc/logrotate.d\n',
      '/etc/logrotate.d/dovecot': { content: `${path} {\n}\n`, mode: 0o664 },
    }),
    now,
  ).trailOf({ to: 'file', path });
  expect(trail.rotation?.keepsDays).toBeNull();
});

test('other settings that a cron job names are read as well', () => {
  const trail = openKeeping(
    memoryView({
      ...base,
      '/etc/cron.d/mail':
        '0 0 * * * root /usr/sbin/logrotate -s /var/lib/mail.state /opt/mail/rotate.conf\n',
      '/opt/mail/rotate.conf': `${path} {\n daily\n rotate 90\n}\n`,
    }),
    now,
  ).trailOf({ to: 'file', path });
  expect(trail).toMatchObject({
    retainedDays: 90,
    rotation: { because: { path: '/opt/mail/rotate.conf', line: 1 } },
  });
});

test('what else removes files makes it uncertain', () => {
  const cron = kept('', {
    '/etc/cron.d/tidy': '0 3 * * * root find /var/log -name "*.gz" -mtime +10 -delete\n',
  });
  expect(cron.retainedDays).toBeUndefined();
  expect(cron.unknown).toContain('/etc/cron.d/tidy:1');
  const tmpfiles = kept('', { '/etc/tmpfiles.d/logs.conf': 'd /var/log 0755 root root 10d\n' });
  expect(tmpfiles.unknown).toContain('older than 10d');
  const elsewhere = kept('', {
    '/usr/lib/tmpfiles.d/tmp.conf': 'q /tmp 1777 root root 10d\nd /var/log 0755 - - -\n',
  });
  expect(elsewhere.retainedDays).toBe(28);
});

describe('Exim may cycle its logs itself', () => {
  const log = '/var/log/exim/mainlog';
  const cycled = (job: string, more: Record<string, TreeFile> = {}, of = log): LogTrail =>
    openKeeping(
      memoryView({
        ...base,
        [log]: '2026-11-25 06:00:00 Start queue run\n',
        '/etc/cron.d/exim': `${job}\n`,
        ...more,
      }),
      now,
    ).trailOf({ to: 'file', path: of });
  const because = { path: '/etc/cron.d/exim', line: 1 };

  test('each day or week, as many files as it is told', () => {
    const daily = cycled('5 0 * * * root /usr/exim/bin/exicyclog -k 30');
    expect(daily).toMatchObject({ retainedDays: 30, rotation: { keepsDays: 31, because } });
    expect(daily.unknown).toBeUndefined();
    expect(
      cycled(`5 0 * * 1 root su exim -c "exicyclog -k 52 -l /var/log/exim/\\%slog"`),
    ).toMatchObject({ retainedDays: 364, rotation: { keepsDays: 371 } });
  });

  test('as many as it was built with', () => {
    const job = '5 0 * * * root /usr/sbin/exicyclog';
    expect(cycled(job, { '/usr/sbin/exicyclog': '#!/bin/sh\nkeep=10\n' })).toMatchObject({
      retainedDays: 10,
      rotation: { keepsDays: 11 },
    });
    const unseen = cycled(job);
    expect(unseen.retainedDays).toBeUndefined();
    expect(unseen.rotation).toEqual({
      why: 'exicyclog keeps only its newest files (10, unless Exim was built otherwise)',
      because,
    });
  });

  test('no number where its runs, or who else rotates, cannot be told', () => {
    const often = cycled('*/5 * * * * root exicyclog -k 30');
    expect(often.retainedDays).toBeUndefined();
    expect(often.unknown).toContain('how often it runs');
    const beside = cycled('5 0 * * * root exicyclog -k 30', {
      '/etc/logrotate.conf': `${log} {\n daily\n rotate 10\n}\n`,
    });
    expect([beside.retainedDays, beside.rotation?.keepsDays]).toEqual([undefined, undefined]);
    expect(beside.unknown).toContain('each takes files from the other');
  });

  test('not those of others', () => {
    const job = '5 0 * * * root exicyclog -k 30 -l /srv/exim/\\%slog';
    expect(cycled(job).rotation?.keepsDays).toBeNull();
    expect(
      cycled('5 0 * * * root exicyclog -k 30', {}, '/var/log/dovecot.log').rotation?.keepsDays,
    ).toBeNull();
  });
});

test('the oldest line is found in whatever rotation left', () => {
  const found = kept('olddir /var/log/old', {
    [path]: '',
    '/var/log/old/dovecot.log-20261101.gz': gzipSync(
      '2026-10-25 00:00:01 first\n2026-11-01 x\n'.repeat(5_000),
    ),
    '/var/log/old/dovecot.log-20261108': {
      content: '2026-11-01 00:00:01 a\n2026-11-08 00:00:00 last\n',
      mtime: '2026-11-08T00:00:01Z',
    },
    '/var/log/dovecot.log.notes': '1999-01-01 00:00:00 mine\n',
  });
  expect(found).toMatchObject({ oldest: '2026-10-25T00:00:01.000Z' });
});

test('a file that is not there, and one that is somebody else’s', () => {
  const ask = (sink: string, more: Record<string, TreeFile> = {}): LogTrail =>
    openKeeping(memoryView({ ...base, ...more }), now).trailOf({ to: 'file', path: sink });
  expect(ask('/var/log/none.log').unknown).toContain('does not exist');
  expect(ask('/srv/x/none.log').unknown).toContain('the folder /srv/x does not exist');
  expect(ask('/var/log/app-%Y.log').unknown).toContain('many files');
  expect(ask('/dev/null')).toMatchObject({ retainedDays: 0 });
  expect(
    ask('/var/log/nginx.log', { '/var/log/nginx.log': { link: '/dev/stdout' }, '/dev/stdout': '' })
      .unknown,
  ).toContain('/dev/stdout');
});

test('no text makes the reader throw or run away', () => {
  const pieces = fc.constantFrom(
    '/var/log/a',
    '"',
    "'",
    '{',
    '}',
    '\n',
    ' ',
    '#',
    'rotate 4',
    'weekly',
    'include /etc/x',
    'postrotate',
    'endscript',
    'size',
    '=',
    '~',
    'tabooext +',
    '\\',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 2_000 }),
        fc.array(pieces, { maxLength: 300 }).map(parts => parts.join('')),
      ),
      text => {
        const { items, faults } = parseLogrotate(
          text,
          '/x',
          rotateDefaults,
          (_, options) => options,
        );
        expect(items.length).toBeLessThanOrEqual(text.length);
        expect(faults.length).toBeLessThanOrEqual(text.length + 1);
      },
    ),
    { numRuns: 500 },
  );
  const started = performance.now();
  parseLogrotate('/var/log/x {\n'.repeat(50_000), '/x', rotateDefaults, (_, options) => options);
  parseLogrotate('a'.repeat(1 << 20), '/x', rotateDefaults, (_, options) => options);
  expect(performance.now() - started).toBeLessThan(3_000);
});
