import { describe, expect, test } from 'vitest';
import { loginLog, settingWith, subjectWith } from '../../test/support/subject.ts';
import type { LogTrail } from '../core/access-log.ts';
import type { KeptLog, KeptLogs } from '../core/kept-log.ts';
import type { Verdict } from '../core/verdict.ts';
import { retained } from './retained.ts';
import { trailWithStore } from './retained-store.ts';

const path = '/var/log/mail.log';
/** Rotation keeps four weeks of it on the host. */
const trail: LogTrail = {
  path,
  oldest: '2026-10-25T06:00:00.000Z',
  newest: '2026-11-25T06:00:00.000Z',
  rotation: { keepsDays: 35, why: 'logrotate keeps a line 28 to 35 days (weekly, rotate 4)' },
  retainedDays: 28,
};
/** Today is 2026-11-25, and a year is asked for. */
const whole: KeptLog = {
  source: 'var_log_mail.log',
  firstDay: '2025-10-01',
  lastDay: '2026-11-24',
  keepsDays: null,
  missing: [],
  retired: false,
};

const settingOf = (log: Partial<KeptLog>, more: Partial<KeptLogs> = {}) => ({
  ...settingWith([], 365),
  kept: { witnesses: 0, logs: new Map([[path, { ...whole, ...log }]]), ...more },
});

const ask = (
  log: Partial<KeptLog>,
  more: Partial<KeptLogs> = {},
  where: LogTrail = trail,
): Verdict => retained(subjectWith([loginLog(where)]), settingOf(log, more));

describe('a log that an evidence store has', () => {
  test('passes when each day of the time is sealed, without a gap', () => {
    const verdict = ask({});
    expect(verdict).toMatchObject({
      state: 'pass',
      why: 'each day of var_log_mail.log from 2025-11-25 to 2026-11-24 (365 days) is sealed in the evidence store, without a gap',
    });
    const evidence = verdict.evidence.map(({ what }) => what);
    expect(evidence).toContain('no policy of the store deletes its lines');
    expect(evidence.join()).toContain('whoever holds its key could have written it anew');
    expect(ask({ keepsDays: 365 }).state).toBe('pass');
    expect(ask({ said: true }).evidence.map(({ what }) => what)).toContain(
      'that its lines come to var_log_mail.log is what postern.yaml says',
    );
    expect(ask({}, { witnesses: 2 }).evidence.map(({ what }) => what)).toContain(
      '2 witnesses have signed the store’s log',
    );
  });

  test('says of which days lines lay in files of the host before', () => {
    const told = (addedDay: string): string =>
      ask({ addedDay })
        .evidence.map(({ what }) => what)
        .join();
    expect(told('2026-11-01')).toContain('it was first read on 2026-11-01: lines of days before');
    expect(told('2025-10-01')).not.toContain('first read');
  });

  test('is unknown while the store is younger than the time', () => {
    const verdict = ask({ firstDay: '2026-11-01' });
    expect(verdict.state).toBe('unknown');
    expect(verdict.why).toContain('from 2026-11-01 to 2026-11-24 (24 days) is sealed');
    expect(verdict.why).toContain('before 2026-11-01 nothing is shown');
    expect(verdict.remedy).toContain('postern ingest');
  });

  test('fails when lines of a day are known to be gone', () => {
    const missing = [
      { day: '2025-11-24', is: 'lost', why: 'before the time' },
      { day: '2026-03-01', is: 'open', why: 'it was not read to its end after that day' },
      { day: '2026-05-04', is: 'lost', why: 'the file was cut off' },
    ] as const;
    const verdict = ask({ missing });
    expect(verdict.state).toBe('fail');
    expect(verdict.why).toContain(
      'of 2026-05-04 lines of var_log_mail.log are missing in the evidence store: the file was cut off, and 1 more such days',
    );
    // The host itself keeps all of the time.
    const long = { ...trail, retainedDays: 400 };
    expect(ask({ missing }, {}, long).state).toBe('unknown');
    expect(ask({ missing: missing.slice(0, 2) })).toMatchObject({ state: 'unknown' });
    expect(ask({ missing: missing.slice(0, 1) })).toMatchObject({ state: 'pass' });
  });

  test('fails when the store deletes its lines too soon', () => {
    const verdict = ask({ keepsDays: 90 });
    expect(verdict.state).toBe('fail');
    expect(verdict.why).toContain('keeps lines of var_log_mail.log for 90 days');
    expect(verdict.remedy).toContain('postern evidence keep 365 var_log_mail.log');
  });

  test.each<[Partial<KeptLog>, Partial<KeptLogs>, string]>([
    [{}, { broken: 'segments/x: its SHA-256 is not the one in the log' }, 'does not verify'],
    [{ lastDay: '2026-11-22' }, {}, 'up to 2026-11-22 only: it is not fed any more'],
    [{ lastDay: '2026-11-25' }, {}, 'which is not over'],
    [{ retired: true }, {}, 'takes no more lines'],
  ])('never passes where the store cannot be relied on: %j %j', (log, more, said) => {
    const verdict = ask(log, more);
    expect(verdict.state).toBe('fail');
    expect(verdict.why).toContain(said);
    const long = ask(log, more, { ...trail, retainedDays: 400 });
    expect(long.state).toBe('unknown');
    expect(long.why).toContain(said);
  });

  test('without a sealed day, or a day at all, passes nothing', () => {
    const { lastDay: _, ...unsealed } = whole;
    const { firstDay: __, ...empty } = whole;
    for (const log of [unsealed, empty]) {
      const kept = { witnesses: 0, logs: new Map([[path, log]]) };
      const verdict = retained(subjectWith([loginLog(trail)]), { ...settingWith([], 365), kept });
      expect(verdict.state).toBe('fail');
    }
  });
});

describe('a component with several logs', () => {
  const other = loginLog({ ...trail, path: '/var/log/other.log' }, { question: 'who read what' });

  test('passes only when each of them is kept', () => {
    const setting = settingOf({});
    const both = retained(subjectWith([loginLog(trail), other]), setting);
    expect([both.state, both.why.includes('/var/log/other.log')]).toEqual(['fail', true]);
    const nowhere = loginLog(undefined, { question: 'who read what', emitted: 'unknown' });
    const half = retained(subjectWith([loginLog(trail), nowhere]), setting);
    expect([half.state, half.why.includes('where the log of who read what goes')]).toEqual([
      'unknown',
      true,
    ]);
    const off = loginLog(undefined, { question: 'who read what', emitted: 'off' });
    expect(retained(subjectWith([loginLog(trail), off]), setting).state).toBe('pass');
  });
});

test('what the store has beyond the host is told of the log, where it can be relied on', () => {
  expect(trailWithStore(trail, settingOf({ keepsDays: 500 }))).toMatchObject({
    oldest: '2025-10-01T00:00:00.000Z',
    retainedDays: 500,
  });
  expect(trailWithStore(trail, settingOf({ lastDay: '2026-10-01' }))).toBe(trail);
  expect(trailWithStore(trail, settingOf({}, { broken: 'x' }))).toBe(trail);
});
