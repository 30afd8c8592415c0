import { describe, expect, test } from 'vitest';
import { watchedLines } from '../../../test/support/rules.ts';
import { loadSourceMaps } from '../../app/hunt/source-maps.ts';
import type { RuleFit } from '../../core/rule-fit.ts';
import { readRules } from '../sigma/read-rules.ts';
import { Applicability, type SeenLog } from './applicability.ts';

const maps = loadSourceMaps('rules/sources');

const logOf = (source: string, text: string): SeenLog => {
  const samples = watchedLines(text);
  return { source, log: `/var/log/${source}`, samples, events: samples.length };
};

const dovecot = logOf(
  'mail.log',
  'Nov 25 03:00:01 mail dovecot: imap-login: Login: user=<hanako@example.jp>, method=PLAIN, rip=203.0.113.23, lip=192.0.2.25, mpid=4001, TLS, session=<kKrX3dxgl95/AAAX>\n',
);
const access = logOf(
  'access.log',
  '203.0.113.9 - - [25/Nov/2026:03:00:01 +0000] "GET /roundcube/ HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n',
);

const rule = (logsource: string, detection: string): string =>
  `title: T\nid: 00000000-0000-4000-8000-000000000001\nlogsource:\n  ${logsource}\ndetection:\n  selection:\n    ${detection}\n  condition: selection\n`;

const fitOf = (yaml: string, logs: readonly SeenLog[]): RuleFit | undefined => {
  const { rules, problems } = readRules([{ path: 'x.yml', text: yaml }]);
  expect(problems).toEqual([]);
  return new Applicability(maps, logs).rules(rules).at(-1)?.fit;
};

describe('a rule', () => {
  test('applies to the logs whose events may fulfil it', () => {
    expect(fitOf(rule('category: webserver', 'cs-method: GET'), [dovecot, access])).toEqual({
      state: 'applies',
      logs: ['access.log'],
    });
    expect(fitOf(rule('product: dovecot', 'kind: login'), [dovecot, access])).toMatchObject({
      state: 'applies',
      logs: ['mail.log'],
    });
  });

  test('waits where its events lack what it asks for, and says what to switch on', () => {
    const text = rule(
      'product: dovecot\n  definition: Add auth_user=<%{auth_user}>.',
      'actor.name: backup',
    );
    expect(fitOf(text, [dovecot])).toEqual({
      state: 'waits',
      logs: ['mail.log'],
      why: 'of 1 events that were looked at none has actor.name',
      how: 'Add auth_user=<%{auth_user}>.',
    });
    const exported = rule('product: dovecot\n  definition: Export events.', 'kind: rule.changed');
    expect(fitOf(exported, [dovecot])).toMatchObject({
      state: 'waits',
      why: 'of 1 events that were looked at none is of the kind that it asks for',
    });
    const okta = logOf(
      'okta.ndjson',
      '{"eventType":"user.session.start","published":"2026-06-29T08:00:00Z"}\n',
    );
    expect(fitOf(rule('product: okta\n  service: okta', 'nothing: x'), [okta])).toMatchObject({
      state: 'waits',
      why: 'of 1 events that were looked at none has nothing',
    });
  });

  test('applies where what it asks for has merely not happened', () => {
    expect(fitOf(rule('product: dovecot', 'kind: message.delete'), [dovecot])).toMatchObject({
      state: 'applies',
    });
  });

  test('cannot where no such log is kept, and what to collect is said', () => {
    expect(fitOf(rule('product: m365\n  service: audit', 'Operation: x'), [dovecot])).toMatchObject(
      { state: 'cannot', because: 'no-log', how: expect.stringContaining('unified audit log') },
    );
  });

  test('cannot where Postern does not read its log, or knows no such source', () => {
    expect(
      fitOf(rule('category: process_creation\n  product: windows', 'Image: x'), [dovecot]),
    ).toMatchObject({ state: 'cannot', because: 'not-read' });
    expect(fitOf(rule('product: nobody', 'a: x'), [dovecot])).toMatchObject({
      state: 'cannot',
      because: 'unknown-source',
      why: 'nobody has said which events its log source means (product: nobody)',
    });
  });

  test('cannot where no event ever has a field that it needs', () => {
    expect(fitOf(rule('category: webserver', 'cs-cookie|contains: x'), [access])).toEqual({
      state: 'cannot',
      because: 'no-field',
      why: 'Web servers: no event has cs-cookie',
      how: 'No access log holds cookies.',
    });
    // What it does not need does not matter.
    const either = rule('category: webserver', 'cs-cookie|contains: x').replace(
      'condition: selection',
      'other:\n    cs-method: GET\n  condition: selection or other',
    );
    expect(fitOf(either, [access])).toMatchObject({ state: 'applies' });
    expect(fitOf(rule('category: webserver', 'cs-cookie: null'), [access])).toMatchObject({
      state: 'applies',
    });
  });
});

const base = (name: string, logsource: string): string =>
  `---\ntitle: ${name}\nname: ${name}\nlogsource:\n  ${logsource}\ndetection:\n  selection:\n    user.name|exists: true\n  condition: selection\n`;

const correlation = (type: string): string =>
  `${base('one', 'product: dovecot')}${base('two', 'product: zimbra')}---\ntitle: C\ncorrelation:\n  type: ${type}\n  rules: [one, two]\n  group-by: [user.name]\n  timespan: 1h\n${type === 'temporal' ? '' : '  condition: { gte: 2 }\n'}`;

test('a correlation that counts needs one of its rules, one that joins needs all', () => {
  expect(fitOf(correlation('event_count'), [dovecot])).toMatchObject({ state: 'applies' });
  expect(fitOf(correlation('temporal'), [dovecot])).toMatchObject({
    state: 'cannot',
    because: 'no-log',
  });
});

test('logs are counted with the rules that are about them', () => {
  const { rules } = readRules([
    { path: 'x.yml', text: rule('product: dovecot', 'kind: login') },
    {
      path: 'y.yml',
      text: rule('product: dovecot', 'actor.name: x')
        .replace('01\n', '02\n')
        .replace('dovecot\n', 'dovecot\n  definition: Say who.\n'),
    },
  ]);
  const judged = new Applicability(maps, [dovecot, access]);
  expect(judged.counted(judged.rules(rules))).toEqual([
    {
      source: 'mail.log',
      log: '/var/log/mail.log',
      components: ['dovecot'],
      events: 1,
      applies: 1,
      waits: 1,
    },
    {
      source: 'access.log',
      log: '/var/log/access.log',
      components: ['web-front'],
      events: 1,
      applies: 0,
      waits: 0,
    },
  ]);
});
