import { describe, expect, test } from 'vitest';
import { loginLog, settingWith, subjectWith } from '../../test/support/subject.ts';
import type { KeptLogs } from '../core/kept-log.ts';
import type { ToldChannel, WatchedLog, Watching } from '../core/watching.ts';
import { monitored } from './monitored.ts';
import type { Setting } from './question.ts';

const path = '/var/log/mail.log';
const nowMs = Date.parse('2026-11-25T12:00:00Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const trail = { path, newest: '2026-11-25T11:59:00Z' };
const part = {
  component: 'dovecot',
  rules: ['a', 'b'],
  baselines: ['mailboxes-per-hour'],
};

const goodLog: WatchedLog = {
  source: 'var-log-mail.log',
  parts: [part, { component: 'postfix', rules: ['c'], baselines: [], noBaseline: '3 of 14 days' }],
  notUnderstood: 0.01,
  seenToMs: nowMs - hourMs,
  ranMs: nowMs - hourMs,
};
const goodChannel: ToldChannel = { name: 'security', workedMs: nowMs - dayMs, deadLetters: 0 };

interface Given {
  readonly log?: Partial<WatchedLog> | 'none';
  readonly channels?: readonly ToldChannel[];
  readonly kept?: Partial<KeptLogs>;
}

const settingOf = ({ log = {}, channels = [goodChannel], kept = {} }: Given): Setting => {
  const watching: Watching = {
    logs: new Map(log === 'none' ? [] : [[path, { ...goodLog, ...log }]]),
    channels,
    ranHoursMax: 30,
    workedDaysMax: 8,
  };
  const logs: KeptLogs['logs'] = new Map([
    [path, { source: 'var-log-mail.log', keepsDays: null, missing: [], retired: false }],
  ]);
  return { ...settingWith(), watching, kept: { witnesses: 0, logs, ...kept } };
};

const ask = (given: Given = {}, logTrail: object = trail) =>
  monitored(subjectWith([loginLog({ ...trail, ...logTrail })]), settingOf(given));

test('passes when rules and a baseline ran up to now and somebody was told lately', () => {
  const verdict = ask();
  expect(verdict.state).toBe('pass');
  expect(verdict.why).toBe(
    '2 rules and 1 baseline ran over the events of dovecot in /var/log/mail.log at 2026-11-25 11:00; alerts go to security',
  );
  expect(verdict.evidence.map(({ what }) => what).join('\n')).toContain(
    'security last took a message at 2026-11-24 12:00',
  );
});

describe('what falls short does not pass', () => {
  test.each([
    ['no rule is about it', { log: { parts: [{ ...part, rules: [] }] } }, 'no rule tells of'],
    [
      'no baseline judges yet',
      { log: { parts: [{ ...part, baselines: [], noBaseline: 'it has 3 of 14 days' }] } },
      'it has 3 of 14 days',
    ],
    [
      'its events are not there',
      { log: { parts: [{ ...part, component: 'postfix' }] } },
      'no event of dovecot',
    ],
    ['nobody understands the lines', { log: { notUnderstood: 0.4 } }, '40 %'],
    ['the store does not verify', { kept: { broken: 'log/checkpoint: x' } }, 'does not verify'],
  ])('%s: unknown', (_, given, why) => {
    const verdict = ask(given);
    expect(verdict.state).toBe('unknown');
    expect(verdict.why).toContain(why);
    expect(verdict.remedy).toBeDefined();
  });

  test.each([
    ['the last run was long ago', { log: { ranMs: nowMs - 31 * hourMs } }, 'last ran over'],
    ['lines wait', { log: { waitsSinceMs: nowMs - 31 * hourMs } }, 'wait since 2026-11-24 05:00'],
    ['the store is not fed', { log: { seenToMs: nowMs - 5 * dayMs } }, 'its newest line is of'],
    ['nobody is named', { channels: [] }, 'names no channel'],
    [
      'the channel failed since',
      { channels: [{ ...goodChannel, failedMs: nowMs, failedWhy: 'it answers 404' }] },
      'it answers 404',
    ],
    ['there are dead letters', { channels: [{ ...goodChannel, deadLetters: 2 }] }, '2 messages'],
    [
      'it worked long ago',
      { channels: [{ ...goodChannel, workedMs: nowMs - 9 * dayMs }] },
      'more than 8 days ago',
    ],
    ['it was never tried', { channels: [{ name: 'x', deadLetters: 0 }] }, 'nothing was ever sent'],
  ])('%s: fail, and unknown where somebody else may watch', (_, given, why) => {
    const verdict = ask(given);
    expect(verdict.state).toBe('fail');
    expect(verdict.why).toContain(why);
    expect(verdict.remedy).toBeDefined();
    const shipped = ask(given, { shippedTo: 'tls://siem.example.jp:6514' });
    expect(shipped.state).toBe('unknown');
  });

  test('by UDP alone nobody is known to be told', () => {
    const verdict = ask({ channels: [{ ...goodChannel, unsure: 'it goes by UDP' }] });
    expect(verdict.state).toBe('unknown');
    expect(verdict.why).toContain('it goes by UDP');
  });

  test('one channel that works is enough, and the others are named', () => {
    const verdict = ask({
      channels: [{ name: 'chat', failedMs: nowMs, failedWhy: 'gone', deadLetters: 1 }, goodChannel],
    });
    expect(verdict.state).toBe('pass');
    expect(verdict.evidence.map(({ what }) => what).join('\n')).toContain('gone');
  });

  test('one of two logs that the store has is not all of it', () => {
    const other = loginLog({ path: '/var/log/other.log' });
    const verdict = monitored(subjectWith([loginLog(trail), other]), settingOf({}));
    expect(verdict.state).toBe('unknown');
    expect(verdict.why).toContain('does not have /var/log/other.log');
  });

  test('a log that goes nowhere that is known, beside one that is watched', () => {
    const verdict = monitored(subjectWith([loginLog(trail), loginLog()]), settingOf({}));
    expect(verdict.state).toBe('unknown');
    expect(verdict.why).toContain('where the log of who logged in goes is not known');
  });

  test('without a stamp of the newest line, the seals tell whether the store is fed', () => {
    const bare = loginLog({ path });
    const setting = settingOf({});
    expect(monitored(subjectWith([bare]), setting).state).toBe('unknown');
    const sealed: KeptLogs['logs'] = new Map(
      [...(setting.kept?.logs ?? [])].map(([key, log]) => [key, { ...log, lastDay: '2026-11-24' }]),
    );
    const kept: KeptLogs = { witnesses: 0, logs: sealed };
    expect(monitored(subjectWith([bare]), { ...setting, kept }).state).toBe('pass');
  });
});

test('a store that has other logs says nothing of this one', () => {
  expect(ask({ log: 'none' }).why).toContain('nothing on this host is known to read its log');
});

test('a program that one server serves is found in that server’s log', () => {
  const log = { parts: [{ component: 'nginx', rules: ['w'], baselines: ['requests'] }] };
  const subject = subjectWith([loginLog(trail)], { platform: 'roundcube' });
  expect(monitored(subject, settingOf({ log })).state).toBe('pass');
});
