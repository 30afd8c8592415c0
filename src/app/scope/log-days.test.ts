import { describe, expect, test } from 'vitest';
import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId } from '../../core/component.ts';
import type { KeptLogs } from '../../core/kept-log.ts';
import { daysIn, gapsIn, logDays } from './log-days.ts';

const window = {
  fromMs: Date.parse('2026-06-01T10:00:00Z'),
  toMs: Date.parse('2026-06-05T09:00:00Z'),
};

const component = (...logs: readonly AccessLog[]): Component => ({
  id: componentId('dovecot'),
  name: 'Dovecot',
  version: { value: '2.3.19' },
  kind: 'imap',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: 'dovecot',
  foundAt: [],
  reach: [],
  logs,
});

const log = (more: Partial<AccessLog>): AccessLog => ({
  question: 'who read what',
  emitted: 'on',
  why: 'mail_log is loaded',
  trail: { path: '/var/log/mail.log' },
  ...more,
});

const store = (missing: readonly string[], firstDay = '2026-06-01'): KeptLogs => ({
  witnesses: 0,
  logs: new Map([
    [
      '/var/log/mail.log',
      {
        source: 'mail',
        firstDay,
        lastDay: '2026-06-04',
        keepsDays: null,
        retired: false,
        missing: missing.map(day => ({ day, is: 'lost' as const, why: 'its spool was damaged' })),
      },
    ],
  ]),
});

const states = (logs: readonly AccessLog[], kept?: KeptLogs): readonly string[] =>
  logDays([component(...logs)], kept, window).flatMap(({ days }) => days.map(({ is }) => is));

test('a window has every day that it touches', () => {
  expect(daysIn(window)).toEqual([
    '2026-06-01',
    '2026-06-02',
    '2026-06-03',
    '2026-06-04',
    '2026-06-05',
  ]);
  expect(daysIn({ fromMs: window.fromMs, toMs: window.fromMs })).toEqual(['2026-06-01']);
});

describe('a day is kept only where a seal says so', () => {
  test('lost days are lost, the day that is not sealed yet is partial', () => {
    expect(states([log({})], store(['2026-06-03']))).toEqual([
      'kept',
      'kept',
      'lost',
      'kept',
      'partial',
    ]);
  });

  test('before its first day nothing is known', () => {
    expect(states([log({})], store([], '2026-06-04'))).toEqual([
      'missing',
      'missing',
      'missing',
      'kept',
      'partial',
    ]);
  });

  test('no store, another log, no path: missing', () => {
    for (const [each, kept] of [
      [log({}), undefined],
      [log({ trail: { path: '/var/log/other.log' } }), store([])],
      [log({ trail: {} }), store([])],
    ] as const) {
      expect(new Set(states([each], kept))).toEqual(new Set(['missing']));
    }
  });

  test('of nothing that is known, nothing is known', () => {
    const [none] = logDays([], store([]), window);
    expect(none?.days.map(({ is }) => is)).toEqual(Array.from({ length: 5 }, () => 'missing'));
    expect(gapsIn(none === undefined ? [] : [none])).toHaveLength(1);
  });

  test('what is not written, or less than it needs, is never kept', () => {
    expect(new Set(states([log({ emitted: 'off' })], store([])))).toEqual(new Set(['off']));
    expect(new Set(states([log({ emitted: 'partial' })], store([])))).toEqual(new Set(['partial']));
    expect(new Set(states([], store([])))).toEqual(new Set(['off']));
    expect(new Set(states([log({ emitted: 'unknown' })], store([])))).toEqual(new Set(['missing']));
  });
});

test('neighbouring days of one reason are one gap, and days that are kept are none', () => {
  const gaps = gapsIn(logDays([component(log({}))], store(['2026-06-02', '2026-06-03']), window));
  expect(gaps).toEqual([
    {
      log: 'dovecot: /var/log/mail.log',
      is: 'lost',
      why: 'its spool was damaged',
      fromMs: Date.parse('2026-06-02T00:00:00Z'),
      toMs: Date.parse('2026-06-04T00:00:00Z') - 1,
    },
    {
      log: 'dovecot: /var/log/mail.log',
      is: 'open',
      why: 'the day is not sealed: lines of it may still be missing',
      fromMs: Date.parse('2026-06-05T00:00:00Z'),
      toMs: Date.parse('2026-06-06T00:00:00Z') - 1,
    },
  ]);
});
