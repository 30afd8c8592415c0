import { expect, test } from 'vitest';
import type { KnownBaseline, KnownSpeech } from '../../src/core/known-baseline.ts';
import { type AlertsAnswer, alertsJson } from '../../src/report/hunt/alerts-text.ts';
import { baselinesJson, baselinesText } from '../../src/report/hunt/baselines-text.ts';
import { ownSchema } from '../support/schemas.ts';

const atMs = Date.parse('2026-06-29T02:04:00Z');

const known: KnownBaseline = {
  component: 'dovecot',
  days: 20,
  firstDay: 20_600,
  lastDay: 20_633,
  daysToLearn: 0,
  usual: {
    window: { median: 4.5, highest: 30 },
    hour: { median: 9, highest: 31 },
    reads: { median: 0, highest: 0 },
    events: { median: 410, highest: 900 },
  },
  followed: { actor: 1, app: 0, address: 2, account: 0 },
  addresses: 17,
  late: 3,
  limits: ['There are more addresses than are remembered: none is told as new.'],
};

const speech: readonly KnownSpeech[] = [
  {
    source: 'var_log_mail.log',
    log: '/var/log/mail.log',
    late: 2,
    voices: [
      { days: 36, expected: Array.from({ length: 24 }, (_, i) => i), lastMs: atMs },
      { host: 'mail01', days: 36, expected: [0, 1, 2, 8, 17, 18], lastMs: atMs },
      { component: 'dovecot', days: 36, expected: [3], lastMs: atMs, silentSinceMs: atMs },
      { component: 'sogo', days: 4, expected: [] },
    ],
  },
];

const answer: AlertsAnswer = {
  alerts: [
    {
      id: 'a0f3b29c41d',
      rule: 'baseline/silence',
      title: 'A log tells of nothing any more',
      level: 'medium',
      component: 'dovecot',
      who: 'var_log_mail.log',
      firstMs: atMs,
      lastMs: atMs,
      sentence: '`dovecot` had no event',
      tags: ['attack.t1685'],
      sightings: 1,
      events: 1,
      lines: [{ source: 'var_log_mail.log', seq: 3, line: 9 }],
    },
  ],
  muted: new Set(),
  hasMore: false,
  suppressions: [
    {
      alert: 'a0f3b29c41d',
      rule: 'baseline/silence',
      component: 'dovecot',
      who: '',
      until: '2026-12-31',
      why: 'migration',
      by: 'mori',
      madeMs: atMs,
    },
  ],
  allowed: [{ entry: '{"rule":"*"}', sightings: 2, lastMs: atMs }],
  channels: [{ name: 'chat' }, { name: 'mail', workedMs: atMs, failedMs: atMs, failedWhy: 'x' }],
  undelivered: [
    { id: 'x', channel: 'mail', state: 'dead', attempts: 9, dueMs: atMs, lastWhy: 'refused' },
    { id: 'y', channel: 'mail', state: 'waiting', attempts: 0, dueMs: atMs },
  ],
};

test('what hunt lists is as its schemas say', () => {
  expect(ownSchema('hunt-alerts')(JSON.parse(alertsJson(answer)))).toEqual([]);
  expect(ownSchema('hunt-baselines')(JSON.parse(baselinesJson([known], speech)))).toEqual([]);
});

test('when logs have events is said in lines of a terminal', () => {
  const text = baselinesText([known], speech);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  expect(text.slice(text.indexOf('/var/log'))).toBe(
    [
      '/var/log/mail.log: events are expected of',
      '    all of it: at every hour',
      '    mail01: at 00-02, 08, 17-18 h UTC',
      '    dovecot: silent since 2026-06-29 02:04:00 UTC',
      '    sogo: no hour that always has some in 4 days',
      '    2 events came too late and are not counted',
      '',
    ].join('\n'),
  );
});
