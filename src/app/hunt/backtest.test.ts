import { expect, test } from 'vitest';
import { HitBatch } from '../../detect/hit-batch.ts';
import { packHits } from '../../detect/hit-packer.ts';
import { readRules } from '../../detect/sigma/read-rules.ts';
import { Backtest, type BacktestOptions } from './backtest.ts';

const text = `
title: Read
name: read
logsource: { product: dovecot }
detection: { s: { kind: message.read }, condition: s }
---
title: One address reads for many
level: high
correlation:
  type: value_count
  rules: [read]
  group-by: [from.ip]
  timespan: 10m
  condition: { gte: 3, field: user.name }
`;

test('of a correlation as many events are counted as its alert rests on, not how often it held', () => {
  const { rules } = readRules([{ path: 'rules.yml', text }]);
  const [detection, correlation] = rules;
  if (detection === undefined || correlation === undefined) throw new Error('no rules');
  const options: BacktestOptions = {
    rules: { rules, alerting: new Set([correlation.id]) } as unknown as BacktestOptions['rules'],
    allow: [],
    quietMs: 3_600_000,
    labelOf: name => name,
  };
  const backtest = new Backtest(options);
  const fromMs = Date.parse('2026-06-29T02:00:00Z');
  const hits = Array.from({ length: 5 }, (_, i) => ({
    rule: detection.id,
    line: i + 1,
    timeMs: fromMs + i * 1_000,
    component: 'dovecot',
    user: `user${i}@example.jp`,
    address: '203.0.113.9',
    kind: 'message.read',
    values: { 'from.ip': '203.0.113.9', 'user.name': `user${i}@example.jp` },
  }));
  backtest.hits(new HitBatch(packHits('mail.log', 1, hits)));
  const [tried, ...others] = backtest.end(fromMs + 3_600_000, []);
  expect(others).toEqual([]);
  expect(tried).toMatchObject({
    title: 'One address reads for many',
    alerts: 1,
    events: 5,
    addresses: [{ name: '203.0.113.9', events: 5 }],
    days: [{ name: '2026-06-29', events: 5 }],
  });
  expect(tried?.sentences[0]).toContain('5 accounts within 10 minutes for address 203.0.113.9');
});
