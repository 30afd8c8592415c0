import { expect, test } from 'vitest';
import { loginLog, settingWith, subjectWith } from '../../test/support/subject.ts';
import type { LogTrail } from '../core/access-log.ts';
import type { Verdict } from '../core/verdict.ts';
import { retained } from './retained.ts';

const weekly: LogTrail = {
  path: '/var/log/mail.log',
  oldest: '2026-10-25T06:00:00.000Z',
  newest: '2026-11-25T06:00:00.000Z',
  rotation: {
    keepsDays: 35,
    why: 'logrotate keeps a line 28 to 35 days (weekly, rotate 4)',
    because: { path: '/etc/logrotate.d/rsyslog', line: 1 },
  },
  retainedDays: 28,
  level: 'debug',
};

const ask = (trail: LogTrail | undefined, days = 365): Verdict =>
  retained(subjectWith([loginLog(trail)]), settingWith([], days));

test('a log kept shorter than the policy asks fails, with the stanza that mends it', () => {
  const verdict = ask(weekly);
  expect(verdict.state).toBe('fail');
  expect(verdict.why).toBe(
    '/var/log/mail.log is certain to be kept for only 28 days and goes nowhere else; the policy asks for 365 days',
  );
  expect(verdict.remedy).toBe(
    '# in /etc/logrotate.d/rsyslog, in the stanza of /var/log/mail.log:\nweekly\nrotate 53\ncompress',
  );
  expect(verdict.evidence).toContainEqual({
    what: 'logrotate keeps a line 28 to 35 days (weekly, rotate 4)',
    path: '/etc/logrotate.d/rsyslog',
    line: 1,
  });
});

test('a log kept long enough is unknown, not passed: nothing proves it whole', () => {
  const verdict = ask(weekly, 28);
  expect(verdict.state).toBe('unknown');
  expect(verdict.why).toContain('kept for at least 28 days');
});

test('a copy elsewhere makes a short time here unknown', () => {
  const verdict = ask({ ...weekly, shippedTo: 'tls://loghost.example.jp:6514' });
  expect(verdict.state).toBe('unknown');
  expect(verdict.why).toContain(
    'a copy of /var/log/mail.log goes to tls://loghost.example.jp:6514',
  );
});

test('what rotation keeps at most decides where the least cannot be told', () => {
  const { retainedDays: _, ...uncertain } = weekly;
  const trail: LogTrail = {
    ...uncertain,
    rotation: {
      keepsDays: 35,
      why: 'logrotate keeps a line at most 35 days (weekly, rotate 4, maxsize 5M)',
      because: { path: '/etc/logrotate.d/rsyslog', line: 1 },
    },
    unknown: 'it is also rotated whenever it grows beyond 5M',
  };
  expect(ask(trail).state).toBe('fail');
  expect(ask(trail).why).toContain('kept for at most 35 days');
  expect(ask(trail).remedy).toContain('in place of its maxsize');
  expect(ask(trail, 30).state).toBe('unknown');
});

test('where a job removes lines, the remedy is in the job, not in a stanza beside it', () => {
  const verdict = ask({
    path: '/opt/zimbra/log/audit.log',
    rotation: {
      keepsDays: 11,
      why: 'a cron job removes files there that have not been written for 9 days: a line stays at most 11 days',
      because: { path: '/var/spool/cron/crontabs/zimbra', line: 12 },
    },
    retainedDays: 9,
  });
  expect(verdict.state).toBe('fail');
  expect(verdict.why).toContain('certain to be kept for only 9 days');
  expect(verdict.remedy).toContain(
    '# in /var/spool/cron/crontabs/zimbra, line 12, which removes older lines of /opt/zimbra/log/audit.log: have it keep 365 days',
  );
  expect(verdict.remedy).not.toContain('rotate ');
});

test('a log that nothing removes is unknown, with the reason', () => {
  const verdict = ask({
    path: '/var/log/dovecot.log',
    rotation: { keepsDays: null, why: 'no stanza of logrotate names it' },
    unknown: 'nothing that was found removes lines from it',
  });
  expect(verdict.state).toBe('unknown');
  expect(verdict.why).toContain('nothing that was found removes lines');
});

test('a journal in memory keeps no day for certain', () => {
  const verdict = ask({
    path: '/run/log/journal',
    rotation: { why: 'the journal is held in memory and lost at every restart (Storage=volatile)' },
    retainedDays: 0,
  });
  expect(verdict.state).toBe('fail');
  expect(verdict.why).toContain('no day of /run/log/journal is certain to be kept');
  expect(verdict.remedy).toContain('install rsyslog');
});

test('without a trail nothing is claimed; without a log it fails; switched off it does not apply', () => {
  expect(ask(undefined).state).toBe('unknown');
  expect(
    retained(subjectWith([{ question: 'who logged in', emitted: 'off', why: 'x' }]), settingWith())
      .state,
  ).toBe('fail');
  expect(retained(subjectWith([loginLog(weekly)], { enabled: false }), settingWith()).state).toBe(
    'not-applicable',
  );
});
