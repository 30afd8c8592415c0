import { expect, test } from 'vitest';
import { loginLog, settingWith, subjectWith } from '../../test/support/subject.ts';
import { monitored } from './monitored.ts';

const because = { path: '/etc/fail2ban/jail.d/mail.conf', line: 2 };
const jail = {
  name: 'fail2ban jail dovecot',
  logPaths: ['/var/log/mail.log'],
  tells: 'the firewall, which blocks addresses; no person',
  because,
};
const fileLog = loginLog({ path: '/var/log/mail.log' });

test('a reader of the log is named with its place, and is no proof', () => {
  const verdict = monitored(subjectWith([fileLog]), settingWith([jail]));
  expect(verdict.state).toBe('unknown');
  expect(verdict.why).toContain('fail2ban jail dovecot reads its log here');
  expect(verdict.evidence).toEqual([
    {
      what: 'fail2ban jail dovecot reads it and tells the firewall, which blocks addresses; no person',
      ...because,
    },
  ]);
});

test('a name is said once, however many of its files are read', () => {
  const verdict = monitored(subjectWith([fileLog]), settingWith([jail, jail]));
  expect(verdict.why.match(/fail2ban/g)).toHaveLength(1);
});

test('readers of other files do not count', () => {
  const verdict = monitored(
    subjectWith([fileLog]),
    settingWith([{ ...jail, logPaths: ['/var/log/auth.log', '/var/log/*.err'] }]),
  );
  expect(verdict.why).toContain('nothing on this host is known to read its log');
});

test('in the journal a reader counts by the unit that it reads', () => {
  const journal = loginLog({ path: '/var/log/journal' });
  const why = (logPaths: readonly string[]): string =>
    monitored(subjectWith([journal]), settingWith([{ ...jail, logPaths }])).why;
  expect(why(['journal:sshd.service'])).toContain('nothing on this host');
  expect(why(['journal:dovecot.service'])).toContain('reads its log here');
  expect(why(['/var/log/journal'])).toContain('reads its log here');
});

test('where the log ends is not known: neither is who reads it', () => {
  expect(monitored(subjectWith([loginLog()]), settingWith([jail])).why).toContain(
    'where its log ends on this host is not known',
  );
});

test('nothing written is nothing watched', () => {
  const off = { question: 'who logged in', emitted: 'off', why: 'x' } as const;
  expect(monitored(subjectWith([off]), settingWith([jail])).state).toBe('fail');
});
