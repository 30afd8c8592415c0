import { expect, test } from 'vitest';
import { loginLog, settingWith, subjectWith } from '../../test/support/subject.ts';
import { logged } from './logged.ts';

const setting = settingWith();

test('a log that is written and ends somewhere passes', () => {
  const verdict = logged(
    subjectWith([loginLog({ path: '/var/log/mail.log', level: 'info' })]),
    setting,
  );
  expect(verdict.state).toBe('pass');
});

test('lines that syslog drops leave no log, whatever the program writes', () => {
  const verdict = logged(
    subjectWith([loginLog({ path: '/var/log/mail.warn', level: 'warning' })]),
    setting,
  );
  expect(verdict.state).toBe('fail');
  expect(verdict.why).toBe(
    '"who logged in" is written, but only lines of level warning and worse reach /var/log/mail.warn, and access is logged below that',
  );
  expect(verdict.remedy).toContain('mail.info');
});

test('a copy elsewhere may have what the file here lacks', () => {
  const trail = {
    path: '/var/log/mail.warn',
    level: 'warning',
    shippedTo: 'tcp://loghost.example.jp:514',
  };
  expect(logged(subjectWith([loginLog(trail)]), setting).state).toBe('pass');
});

test('what is switched off fails before what is dropped', () => {
  const verdict = logged(
    subjectWith([
      loginLog(undefined, {
        emitted: 'off',
        why: 'auth_verbose is off',
        remedy: 'auth_verbose = yes',
      }),
    ]),
    setting,
  );
  expect(verdict).toMatchObject({ state: 'fail', remedy: 'auth_verbose = yes' });
});

test('no known log is unknown', () => {
  expect(logged(subjectWith([]), setting).state).toBe('unknown');
});
