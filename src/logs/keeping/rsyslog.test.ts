import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { TreeFile } from '../../../test/support/tree.ts';
import { openRsyslog } from './rsyslog.ts';
import { selectorSet } from './rsyslog-conditions.ts';
import { parseRsyslog } from './rsyslog-syntax.ts';
import { mildest } from './severities.ts';

const rules = (text: string, more: Record<string, TreeFile> = {}) =>
  openRsyslog(memoryView({ '/etc/rsyslog.conf': text, ...more }));

const names = (text: string): readonly string[] =>
  (rules(text)?.destinationsOf({ facility: 'mail', program: 'dovecot' }) ?? []).map(
    ({ name }) => name,
  );

test.each([
  ['mail.*', 'debug'],
  ['*.info;mail.none', undefined],
  ['mail.=err', 'err'],
  ['*.*;mail.!info', 'debug'],
  ['user,mail.crit', 'crit'],
  ['2.6', 'info'],
])('%s lets mail through down to %s', (selector, level) => {
  expect(mildest(selectorSet(selector, 'mail') ?? 0)).toBe(level);
});

test.each([
  ['*.* @loghost.example.jp', ['udp://loghost.example.jp:514']],
  ['*.* @@(o,z9)[2001:db8::1]:10514;RSYSLOG_SyslogProtocol23Format', ['tcp://[2001:db8::1]:10514']],
  ['*.* :omrelp:loghost.example.jp:2514', ['relp://loghost.example.jp:2514']],
  [
    '*.* action(type="omelasticsearch" server="es.example.jp" serverport="9201")',
    ['elasticsearch://es.example.jp:9201'],
  ],
  [
    '*.* action(type="omelasticsearch" server=["https://u:p@es1.example.jp:9200"])',
    ['https://es1.example.jp:9200'],
  ],
  [
    '*.* action(type="omkafka" broker=["k1.example.jp:9092"] topic="mail")',
    ['kafka://k1.example.jp:9092'],
  ],
  ['*.* action(type="omfwd" target="loghost.example.jp")', ['udp://loghost.example.jp:514']],
  ['*.* root,alice', []],
  ['*.* :omusrmsg:*', []],
  ['*.* |/dev/xconsole', ['the pipe /dev/xconsole']],
  ['*.* -/var/log/a;RSYSLOG_FileFormat', ['/var/log/a']],
  ['$outchannel o,/var/log/o,1048576,/bin/rotate\n*.* :omfile:$o', ['/var/log/o']],
])('%s', (text, expected) => {
  expect(names(text)).toEqual(expected);
});

test('conditions over several lines, with comments, as SUSE ships them', () => {
  const text = [
    'if ( \\',
    "    /* kernel's lines, then those of the firewall */ \\",
    "    ($syslogfacility-text == 'kern')      and      \\",
    '    ($syslogseverity <= 4 /* warning */ ) and not  \\',
    "    ($msg contains 'IN=' and $msg contains 'OUT=') \\",
    ') or ( \\',
    '    ($syslogseverity <= 3 /* errors  */ ) and not  \\',
    "    ($syslogfacility-text == 'authpriv')           \\",
    ') \\',
    'then {',
    '\t/var/log/console',
    '}',
    "if\t($syslogfacility-text == 'kern') and \\",
    "\t($msg contains 'IN=' and $msg contains 'OUT=') \\",
    'then {',
    '\t-/var/log/firewall',
    '\tstop',
    '}',
    'mail.*\t\t-/var/log/mail',
  ].join('\n');
  const found = rules(text)?.destinationsOf({ facility: 'mail', program: 'postfix' }) ?? [];
  expect(found.map(({ name, sure, may }) => [name, mildest(sure), mildest(may)])).toEqual([
    ['/var/log/console', 'err', 'err'],
    ['/var/log/mail', 'debug', 'debug'],
  ]);
});

test('which lines it takes, and the files that it reads itself', () => {
  expect(rules('module(load="imuxsock")')?.takes).toBe('socket');
  expect(rules('$ModLoad imuxsock.so')?.takes).toBe('socket');
  expect(rules('$ModLoad imuxsock\n$OmitLocalLogging on\n$ModLoad imjournal')?.takes).toBe(
    'journal',
  );
  expect(rules('module(load="imudp")')?.takes).toBe('neither');
  expect(
    rules(
      'input(type="imfile" File="/var/log/exim4/mainlog" Tag="exim:" Facility="mail" ruleset="out")',
    )?.inputs,
  ).toEqual([
    {
      pattern: '/var/log/exim4/mainlog',
      message: { facility: 'mail', program: 'exim' },
      ruleset: 'out',
      because: { path: '/etc/rsyslog.conf', line: 1 },
    },
  ]);
});

test('old words with comments behind them, objects switched off, actions that only stand in', () => {
  const text = [
    '$ModLoad imuxsock # provides support for local system logging',
    '$IncludeConfig /etc/rsyslog.d/*.conf # all',
    'action(type="omfile" file="/var/log/off" config.enabled="off")',
    "if $programname == 'dovecot' \\\n  and $syslogseverity <= 6 then /var/log/on",
    '*.* action(type="omfwd" target="backup.example.jp" action.execOnlyWhenPreviousIsSuspended="on")',
  ].join('\n');
  const found = rules(text, { '/etc/rsyslog.d/a.conf': '*.* /var/log/included\n' });
  expect(found?.takes).toBe('socket');
  const to = found?.destinationsOf({ facility: 'mail', program: 'dovecot' }) ?? [];
  expect(to.map(({ name, sure }) => [name, mildest(sure)])).toEqual([
    ['/var/log/included', 'debug'],
    ['/var/log/on', 'info'],
    ['udp://backup.example.jp:514', undefined],
  ]);
});

test('a circle of includes and of rulesets ends', () => {
  const found = rules('include(file="/etc/rsyslog.d/*.conf")\n*.* /var/log/a', {
    '/etc/rsyslog.d/a.conf':
      '$IncludeConfig /etc/rsyslog.conf\nruleset(name="a") { call a }\ncall a\n',
  });
  expect(found?.destinationsOf({ facility: 'mail' }).length).toBeGreaterThan(0);
});

test('no text makes it throw or run away', () => {
  const pieces = fc.constantFrom(
    'if ',
    '$programname',
    ' == ',
    '"dovecot"',
    ' then ',
    '{',
    '}',
    '(',
    ')',
    'not ',
    ' and ',
    ' or ',
    'stop',
    '\n',
    '& ',
    '*.*',
    ' /var/log/a',
    'action(type="omfile" file="/b")',
    'ruleset(name="r") {',
    'call r',
    ':msg, contains, "x" ',
    '$IncludeConfig /etc/rsyslog.conf',
    'else ',
    '/*',
    '#',
    '\\\n',
    '[',
    ']',
    'prifilt("mail.*")',
    'set $.a = 1;',
    'foreach (',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 2_000 }),
        fc.array(pieces, { maxLength: 200 }).map(parts => parts.join('')),
      ),
      text => {
        for (const { sure, may } of rules(text)?.destinationsOf({
          facility: 'mail',
          program: 'dovecot',
        }) ?? []) {
          expect(sure & ~may).toBe(0);
        }
      },
    ),
    { numRuns: 500 },
  );
  const started = performance.now();
  parseRsyslog('if '.repeat(20_000), '/x');
  parseRsyslog('{'.repeat(100_000), '/x');
  parseRsyslog('mail.* { '.repeat(20_000), '/x');
  parseRsyslog(`*.* ${'\\\n'.repeat(50_000)}`, '/x');
  rules(`if ${'('.repeat(50_000)} then stop`)?.destinationsOf({ facility: 'mail' });
  expect(performance.now() - started).toBeLessThan(5_000);
});
