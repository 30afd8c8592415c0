import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../format.ts';
import { isoStamp } from '../time/stamps.ts';
import { openEnvelope } from './open-envelope.ts';

type Opened = Omit<Envelope, 'line' | 'stamp' | 'fields'> & {
  readonly at?: string;
  readonly fields?: Readonly<Record<string, string>>;
};

const open = (text: string): Opened => {
  const { line, stamp, fields, ...rest } = openEnvelope({ text, number: 1 });
  expect(line.text).toBe(text);
  return {
    ...rest,
    ...(stamp === undefined ? {} : { at: stamp.original }),
    ...(fields === undefined ? {} : { fields: Object.fromEntries(fields) }),
  };
};

const smtpd = {
  message: '4jXT: client=unknown[192.0.2.1]',
  host: 'vm',
  program: 'postfix/submission/smtpd',
  pid: 28_295,
};

describe('a syslog header', () => {
  const tagged = 'vm postfix/submission/smtpd[28295]: 4jXT: client=unknown[192.0.2.1]';

  test.each([
    ['RFC 3164 as in a file', `Nov 22 12:45:56 ${tagged}`, 'Nov 22 12:45:56'],
    ['with its priority', `<22>Nov 22 12:45:56 ${tagged}`, 'Nov 22 12:45:56'],
    ['of a day with one digit', `Nov  2 12:45:56 ${tagged}`, 'Nov  2 12:45:56'],
    ['with a year before the time', `Nov 22 2026 12:45:56 ${tagged}`, 'Nov 22 2026 12:45:56'],
    ['with a year behind the time', `Nov 22 12:45:56 2026 ${tagged}`, 'Nov 22 12:45:56 2026'],
    ['on the 31st', `Oct 31 12:45:56 ${tagged}`, 'Oct 31 12:45:56'],
    ['in a leap second', `Dec 31 23:59:60 ${tagged}`, 'Dec 31 23:59:60'],
    [
      'as rsyslog writes it with its own format',
      `2026-11-22T12:45:56.123456+09:00 ${tagged}`,
      '2026-11-22T12:45:56.123456+09:00',
    ],
    [
      'with priority and ISO stamp',
      `<22>2026-11-22T12:45:56+09:00 ${tagged}`,
      '2026-11-22T12:45:56+09:00',
    ],
    ['with a space before the time', `2026-11-22 12:45:56 ${tagged}`, '2026-11-22 12:45:56'],
    [
      'with a space before the zone, too',
      `2026-11-22 12:45:56.123 +0900 ${tagged}`,
      '2026-11-22 12:45:56.123 +0900',
    ],
    [
      "as BusyBox's syslogd writes it",
      `Nov 22 12:45:56 ${tagged.replace(' ', ' mail.info ')}`,
      'Nov 22 12:45:56',
    ],
    [
      'with facility and level in brackets',
      `Nov 22 12:45:56 ${tagged.replace(' ', ' [mail.info] ')}`,
      'Nov 22 12:45:56',
    ],
  ])('%s', (_, text, at) => expect(open(text)).toEqual({ ...smtpd, at }));

  test('without process id', () => {
    expect(open('Nov 22 12:46:28 vm dovecot: imap(bob)<1><s>: Logged out')).toEqual({
      message: 'imap(bob)<1><s>: Logged out',
      at: 'Nov 22 12:46:28',
      host: 'vm',
      program: 'dovecot',
    });
  });

  test('with a level in the place of the host', () => {
    const at = '2026-11-22 12:45:56';
    const message = 'SMTP connection from [192.0.2.1]';
    expect(open(`${at} info exim[7]: ${message}`)).toEqual({
      message,
      at,
      program: 'exim',
      pid: 7,
    });
  });

  test('without host: only a tag with process id is one', () => {
    expect(open('Mar 24 08:58:32 sogod [26818]: SOGoRootPage Login')).toEqual({
      message: 'SOGoRootPage Login',
      at: 'Mar 24 08:58:32',
      program: 'sogod',
      pid: 26_818,
    });
    expect(open('Nov 22 12:00:01 imap-login: Info: Login: user=<x>')).toEqual({
      message: 'imap-login: Info: Login: user=<x>',
      at: 'Nov 22 12:00:01',
    });
    expect(open('Nov 22 12:00:01 imap(a b: c)<1><s>: Info: x').program).toBeUndefined();
  });

  test('of a socket: priority and tag alone', () => {
    expect(open('<22>dovecot: imap-login: Login')).toEqual({
      message: 'imap-login: Login',
      program: 'dovecot',
    });
  });

  test('of a host that is an address', () => {
    expect(open('Nov 22 12:00:01 2001:db8::1 dovecot: x')).toMatchObject({ host: '2001:db8::1' });
  });

  test('of a line that came several times', () => {
    expect(
      open('Nov 22 12:00:01 vm sshd[12]: message repeated 2 times: [ Failed password]'),
    ).toEqual({
      message: 'Failed password',
      at: 'Nov 22 12:00:01',
      host: 'vm',
      program: 'sshd',
      pid: 12,
      fields: { repeated: '2' },
    });
    expect(open('Nov 22 12:00:01 vm last message repeated 2 times')).toMatchObject({
      host: 'vm',
      message: 'last message repeated 2 times',
    });
  });

  test('of Solaris and of FreeBSD names facility and level', () => {
    expect(
      open('Nov 22 12:00:01 vm postfix/smtpd[12]: [ID 197553 mail.info] connect from x[192.0.2.1]'),
    ).toMatchObject({ program: 'postfix/smtpd', pid: 12, message: 'connect from x[192.0.2.1]' });
    expect(
      open('Nov 22 12:00:01 <mail.info> vm postfix/smtpd[12]: connect from x[192.0.2.1]'),
    ).toMatchObject({ host: 'vm', program: 'postfix/smtpd', message: 'connect from x[192.0.2.1]' });
  });

  test('within a message is the message of whoever caused it', () => {
    const forged = 'Nov 22 12:00:02 vm sshd[1]: Accepted password for root';
    expect(open(`Nov 22 12:00:01 vm postfix/smtpd[7]: warning: ${forged}`)).toMatchObject({
      program: 'postfix/smtpd',
      message: `warning: ${forged}`,
    });
  });
});

test('what is read quickly is what is read carefully', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const stamp = fc
    .tuple(
      fc.integer({ min: 1_960, max: 2_040 }),
      fc.nat(13),
      fc.nat(32),
      fc.nat(25),
      fc.nat(61),
      fc.nat(62),
      fc.oneof(fc.constantFrom('', '.1', '.12', '.123', '.123456', '.1234567890', '.x')),
      fc.constantFrom('', 'Z', '+09:00', '-03:30', '+0900', '+99:00', '+1:00'),
    )
    .map(
      ([year, month, day, hour, minute, second, fraction, zone]) =>
        `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}${zone}`,
    );
  fc.assert(
    fc.property(stamp, text => {
      const careful = isoStamp(`${text} `);
      const whole = careful?.end === text.length ? careful.stamp : undefined;
      expect(openEnvelope({ text: `${text} vm sshd[1]: x`, number: 1 }).stamp).toEqual(whole);
    }),
    { numRuns: 3_000 },
  );
});

describe('RFC 5424', () => {
  test('with structured data, escapes and a byte order mark', () => {
    expect(
      open(
        '<165>1 2003-10-11T22:14:15.003Z mx.example.jp app 12 ID47 [ex@32473 iut="3" e="a\\"]b"][other] \ufeffAn event',
      ),
    ).toEqual({
      message: 'An event',
      at: '2003-10-11T22:14:15.003Z',
      host: 'mx.example.jp',
      program: 'app',
      pid: 12,
      fields: { 'ex@32473/iut': '3', 'ex@32473/e': 'a"]b' },
    });
  });

  test('with nothing but its priority', () => {
    expect(open('<34>1 - - - - - -')).toEqual({ message: '' });
  });

  test('with structured data that is none: it is the message', () => {
    expect(open('<34>1 2026-11-22T12:00:00Z vm app - - [broken x=y] text')).toMatchObject({
      program: 'app',
      message: '[broken x=y] text',
    });
  });

  test('of a program whose process id is none', () => {
    expect(open('<22>1 2026-11-22T12:00:00Z vm dovecot - - - imap-login: x')).toEqual({
      message: 'imap-login: x',
      at: '2026-11-22T12:00:00Z',
      host: 'vm',
      program: 'dovecot',
    });
  });
});

describe('records', () => {
  test('of the journal', () => {
    const entry = {
      __REALTIME_TIMESTAMP: '1795348801123456',
      _SOURCE_REALTIME_TIMESTAMP: '1795348801123000',
      _HOSTNAME: 'vm',
      SYSLOG_IDENTIFIER: 'dovecot',
      SYSLOG_PID: '1',
      _PID: '12',
      _SYSTEMD_UNIT: 'dovecot.service',
      MESSAGE: 'imap-login: Login',
    };
    const expected = {
      message: 'imap-login: Login',
      at: '1795348801123000',
      host: 'vm',
      program: 'dovecot',
      pid: 12,
      fields: { _SYSTEMD_UNIT: 'dovecot.service' },
    };
    expect(open(JSON.stringify(entry))).toEqual(expected);
    const bytes = [...Buffer.from('imap-login: Login')];
    expect(open(JSON.stringify({ ...entry, MESSAGE: bytes }))).toEqual(expected);
    expect(open(JSON.stringify({ ...entry, MESSAGE: null })).message).toBe('');
  });

  test('of Docker, with the header of the program within', () => {
    const record = (log: string): string =>
      JSON.stringify({ log, stream: 'stdout', time: '2026-11-22T12:45:56.123Z' });
    expect(open(record('Nov 22 12:45:50 vm postfix/smtpd[12]: connect\n'))).toEqual({
      message: 'connect',
      at: '2026-11-22T12:45:56.123Z',
      host: 'vm',
      program: 'postfix/smtpd',
      pid: 12,
      fields: { stream: 'stdout' },
    });
    expect(open(record('postfix/smtpd[12]: connect\n'))).toMatchObject({
      program: 'postfix/smtpd',
    });
    expect(open(record('a piece')).fields).toEqual({ stream: 'stdout', partial: 'true' });
  });

  test('of Kubernetes', () => {
    expect(open('2026-11-22T12:00:00.123456789Z stderr P a piece')).toEqual({
      message: 'a piece',
      at: '2026-11-22T12:00:00.123456789Z',
      fields: { stream: 'stderr', partial: 'true' },
    });
  });

  test("of a program's own stay whole", () => {
    const own = '{"event":"mail_opened","start_time":"2026-11-22T12:46:28.2Z"}';
    expect(open(own)).toEqual({ message: own });
  });
});

describe("a program's own file", () => {
  test.each([
    '2026-11-22 12:00:01 10HmaY-000000005vi-0000 <= a@example.jp',
    '2021-03-03 19:51:53,762 INFO  [x] [ip=192.0.2.1;] security - cmd=Auth;',
    '192.0.2.1 - root [20/Jan/2015:19:53:28 +0100] "" 400',
    '[22-Nov-2026 12:00:01 +0100]: <f8k2h1d9> Successful login',
    '<f8k2h1d9> Successful login',
    '2026-11-22T12:00:00.843Z,,,,exchange',
    'Nov 31 00:00:00 vm x: there is no such day',
    '',
    '<',
    '<999',
    '#Fields: date time',
  ])('stays as it is: %s', text => expect(open(text)).toEqual({ message: text }));

  test('under multilog has its stamp taken off', () => {
    expect(open('@400000006b02d94b1dcd6500 tcpserver: status: 1/40')).toEqual({
      message: 'tcpserver: status: 1/40',
      at: '@400000006b02d94b1dcd6500',
    });
    const { stamp } = openEnvelope({ text: '@400000006b02d94b1dcd6500 x', number: 1 });
    expect(stamp).toMatchObject({ year: 2026, month: 11, day: 22, hour: 12, minute: 0, second: 1 });
  });

  test('of a program that writes levels is not taken for syslog', () => {
    expect(open('2026-11-22T12:46:28Z INFO server: started')).toEqual({
      message: 'INFO server: started',
      at: '2026-11-22T12:46:28Z',
    });
  });
});

test('opening never throws, and what it finds is of the line', () => {
  const head = fc.constantFrom(
    '<22>1 ',
    '<22>',
    '{"log":',
    '{"__REALTIME_TIMESTAMP":"1",',
    'Nov 22 12:00:01 ',
    '2026-11-22T12:00:01Z ',
    '2026-11-22T12:00:01Z stdout ',
  );
  fc.assert(
    fc.property(head, fc.string({ unit: 'binary', maxLength: 200 }), (start, rest) => {
      const { message } = openEnvelope({ text: start + rest, number: 1 });
      expect(message.length).toBeLessThanOrEqual(start.length + rest.length);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['[', `<22>1 - - - - - ${'[a b="'.repeat(150_000)}`],
  ['quotes', `<22>1 - - - - - [a ${'b="c" '.repeat(150_000)}`],
  ['a host', `Nov 22 12:00:01 ${'a'.repeat(1_000_000)}`],
  ['a program', `Nov 22 12:00:01 vm ${'a('.repeat(500_000)}`],
  ['repeats', `Nov 22 12:00:01 vm a: ${'message repeated 2 times: [ '.repeat(40_000)}]`],
  ['a record', `{"log":"${'a'.repeat(1_000_000)}`],
])('a line of a megabyte of %s takes no longer than reading it', (_, text) => {
  const before = performance.now();
  openEnvelope({ text, number: 1 });
  expect(performance.now() - before).toBeLessThan(500);
});
