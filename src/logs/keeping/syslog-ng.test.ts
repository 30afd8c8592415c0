import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { mildest } from './severities.ts';
import { openSyslogNg } from './syslog-ng.ts';
import { ngItems, ngTokens } from './syslog-ng-syntax.ts';

const config = '/etc/syslog-ng/syslog-ng.conf';

const where = (text: string, facility = 'mail', program = 'dovecot', more = {}) =>
  (
    openSyslogNg(memoryView({ [config]: text, ...more }))?.destinationsOf({ facility, program }) ??
    []
  )
    .filter(({ may }) => may !== 0)
    .map(({ name, sure, may, because }) => ({
      name,
      level: mildest(sure),
      ...(sure === may ? {} : { open: true }),
      line: because.line,
    }));

const debian = `@version: 3.38
@include "scl.conf"
options { chain_hostnames(off); perm(0640); };
source s_src { system(); internal(); };
source s_net { network(ip(0.0.0.0) port(514)); };
destination d_mail { file("/var/log/mail.log"); };
destination d_err { file("/var/log/error"); };
destination d_console { usertty("root"); };
filter f_dbg { level(debug); };
filter f_mail { facility(mail) and not filter(f_dbg); };
filter f_error { level(err .. emerg) ; };
filter f_news { facility(news, uucp); };
log { source(s_src); filter(f_mail); destination(d_mail); };
log { source(s_src); filter(f_error); destination(d_err); };
log { source(s_src); filter(f_news); destination(d_console); };
log { source(s_net); destination { file("/var/log/remote.log"); }; };
`;

test("Debian's settings: mail without debug, errors as well, nothing from the network", () => {
  expect(where(debian)).toEqual([
    { name: '/var/log/mail.log', level: 'info', line: 6 },
    { name: '/var/log/error', level: 'err', line: 7 },
  ]);
});

test('a final path ends the way, a program is known by its name', () => {
  const text = `source s { unix-dgram("/dev/log"); };
filter f_imap { program("^dovecot$"); };
log { source(s); filter(f_imap); destination { file("/var/log/dovecot.log"); }; flags(final); };
log { source(s); destination { file("/var/log/all.log"); syslog("loghost.example.jp" transport("tls") port(6514)); }; };
`;
  expect(where(text).map(({ name }) => name)).toEqual(['/var/log/dovecot.log']);
  expect(where(text, 'mail', 'postfix').map(({ name }) => name)).toEqual([
    '/var/log/all.log',
    'tls://loghost.example.jp:6514',
  ]);
});

test('files included from a folder, and what is not understood stays open', () => {
  const text = `@include "/etc/syslog-ng/conf.d/*.conf"\nsource s { system(); };\n`;
  const more = {
    '/etc/syslog-ng/conf.d/a.conf':
      'log { source(s); filter { message("Login") }; destination { file("/var/log/logins"); }; };',
    '/etc/syslog-ng/conf.d/b.conf':
      'log { source(s); destination { file("/var/log/$HOST/m.log"); }; };',
  };
  expect(where(text, 'mail', 'dovecot', more)).toEqual([
    { name: '/var/log/logins', level: undefined, open: true, line: 1 },
    { name: 'files named /var/log/$HOST/m.log', level: 'debug', line: 1 },
  ]);
});

test('from where it takes local lines', () => {
  const takes = (source: string) =>
    openSyslogNg(memoryView({ [config]: `source s { ${source} };` }))?.takes;
  expect(takes('system();')).toBe('journal');
  expect(takes('unix-dgram("/dev/log");')).toBe('socket');
  expect(takes('network(port(514));')).toBe('neither');
});

test('no text makes it throw or run long', () => {
  const pieces = fc.constantFrom(
    'log {',
    'source(s);',
    'filter {',
    'not',
    '(',
    ')',
    '}',
    ';',
    '"',
    "'",
    '#',
    '..',
    '@include',
    ' "x"',
    'level(err..emerg)',
    'if (',
    'else',
    '\n',
    'flags(final)',
    'destination(d)',
    'destination d { file("/a"); };',
    'source s { system(); };',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 200 }), parts => {
      const text = parts.join(' ');
      expect(ngItems(ngTokens(text), '/x').length).toBeLessThanOrEqual(text.length);
      expect(Array.isArray(where(text))).toBe(true);
    }),
    { numRuns: 300 },
  );
  fc.assert(fc.property(fc.string({ maxLength: 3_000 }), text => Array.isArray(where(text))));
});
