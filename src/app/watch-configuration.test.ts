import { describe, expect, test } from 'vitest';
import { emptyWatch } from '../core/watch-policy.ts';
import { parseConfiguration } from './configuration.ts';

const watchOf = (yaml: string) => parseConfiguration('postern.yaml', yaml).watch;

test('a file that says nothing of watching has all defaults', () => {
  expect(watchOf('organisation: Example\n')).toEqual(emptyWatch);
});

test('channels of every kind are read', () => {
  const { channels } = watchOf(`
watch:
  channels:
    - { name: soc, kind: webhook, url: "https://soc.example.jp/in", header: { name: authorization, value: { variable: SOC } }, signing: { file: sign } }
    - { name: chat, kind: slack, url: { file: /etc/postern/slack }, from: high }
    - { name: team, kind: teams, url: { variable: TEAMS } }
    - { name: ops, kind: mail, server: "smtp://postern@mail.example.jp:587", password: { file: pw }, sender: postern@example.jp, to: [ops@example.jp], atOnce: never, names: true }
    - { name: local, kind: mail, server: "smtp://localhost", sender: postern@example.jp, to: [ops@example.jp] }
    - { name: siem, kind: syslog, server: "tls://siem.example.jp", facility: 16 }
`);
  expect(channels).toMatchObject([
    { kind: 'webhook', url: 'https://soc.example.jp/in', from: 'low', atOnce: 'critical' },
    { kind: 'slack', url: { file: '/etc/postern/slack' }, from: 'high' },
    { kind: 'teams', url: { variable: 'TEAMS' } },
    { kind: 'mail', tls: 'required', atOnce: 'never', names: true },
    { kind: 'mail', tls: 'none', names: false },
    { kind: 'syslog', facility: 16 },
  ]);
});

describe('what is wrong is named by its line', () => {
  test.each([
    ['{ name: a, kind: slack, url: "https://hooks.slack.example/T0" }', 'is a secret'],
    ['{ name: a, kind: webhook }', 'needs a url'],
    [
      '{ name: a, kind: webhook, url: "https://u:p@soc.example.jp/" }',
      'a password does not belong',
    ],
    ['{ name: a, kind: mail, server: "smtp://mx" }', 'needs sender and to'],
    ['{ name: a, kind: mail, server: "tls://mx", sender: a@b.test, to: [c@d.test] }', 'smtp:'],
    ['{ name: a, kind: syslog, server: "udp://x", to: [c@d.test] }', 'has no to'],
    ['{ name: a, kind: syslog, server: "smtp://x" }', 'udp:'],
    ['{ name: a, kind: pager }', 'kind'],
    ['{ name: "a b", kind: syslog, server: "udp://x" }', 'short name'],
    [
      '{ name: a, kind: mail, server: "smtp://mx", sender: "a@b.test, c@d.test", to: [c@d.test] }',
      'mail address',
    ],
  ])('%s', (channel, why) => {
    expect(() => watchOf(`watch:\n  channels:\n    - ${channel}\n`)).toThrow(why);
    expect(() => watchOf(`watch:\n  channels:\n    - ${channel}\n`)).toThrow(
      /^postern\.yaml:\d+:\d+/,
    );
  });

  test.each([
    ['{ reason: all of it }', 'at least one of'],
    ['{ rule: x }', 'reason'],
    ['{ rule: x, reason: y, until: 2026-02-31 }', 'a day'],
    ['{ address: 203.0.113.0/40, reason: y }', 'a network'],
  ])('allow %s', (entry, why) => {
    expect(() => watchOf(`watch:\n  allow:\n    - ${entry}\n`)).toThrow(why);
  });

  test('two channels of one name', () => {
    const channel = '{ name: a, kind: syslog, server: "udp://x" }';
    expect(() => watchOf(`watch:\n  channels: [${channel}, ${channel}]\n`)).toThrow('same name');
  });
});

test('entries of the allow-list know their lines', () => {
  const { allow } = watchOf(
    'watch:\n  allow:\n    - { rule: a, reason: x }\n    - rule: b\n      reason: y\n      until: 2026-12-31\n',
  );
  expect(allow).toEqual([
    { rule: 'a', reason: 'x', line: 3 },
    { rule: 'b', reason: 'y', until: '2026-12-31', line: 4 },
  ]);
});
