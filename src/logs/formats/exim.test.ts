import { describe, expect, test } from 'vitest';
import { eventOf, eventsOf, readLines } from '../../../test/support/read-format.ts';
import { exim } from './exim.ts';

const old = '1vNabd-0001Xz-2B';
const id = '1vNabc-000000001Xy-0abc';
const at = '2026-11-22 12:00:01';

describe('an arrival', () => {
  test.each([
    ['H=mx.test [192.0.2.10] P=esmtp S=1', { ip: '192.0.2.10', host: 'mx.test' }],
    ['H=(helo) [192.0.2.10] P=esmtp S=1', { ip: '192.0.2.10' }],
    [
      'H=mx.test (helo) [192.0.2.10]:4021 P=esmtp S=1',
      { ip: '192.0.2.10', port: 4021, host: 'mx.test' },
    ],
    ['H=([192.0.2.99]) [192.0.2.10] P=esmtp S=1', { ip: '192.0.2.10' }],
    ['H=[2001:db8::1]:25 I=[2001:db8::2]:25 P=esmtp S=1', { ip: '2001:db8::1', port: 25 }],
    ['H=192.0.2.10 [192.0.2.10]* P=esmtp S=1', { ip: '192.0.2.10' }],
  ])('from %s', (text, from) => {
    expect(eventOf(exim, `${at} ${old} <= a@b.test ${text}`).from).toEqual(from);
  });

  test('with a login is a submission by that user', () => {
    expect(
      eventOf(
        exim,
        `${at} ${id} <= a@b.test H=x.test [192.0.2.10] P=esmtpsa X=TLS1.3:x:256 A=plain:hanako S=1`,
      ),
    ).toMatchObject({
      kind: 'message.submitted',
      user: { name: 'hanako' },
      authMethod: 'plain',
      tls: true,
    });
  });

  test('takes no login from an ident, a message id or a sender', () => {
    for (const text of [
      'a@b.test H=x.test [192.0.2.10] U=x A=plain:boss P=esmtp S=1',
      'a@b.test H=x.test [192.0.2.10] P=esmtp S=1 id=x A=plain:boss',
      '"a P=esmtpa A=plain:boss"@b.test H=x.test [192.0.2.10] P=esmtp S=1',
      'a@b.test H=x.test [192.0.2.10] P=esmtp S=1 T="x\\" A=plain:boss"',
    ]) {
      const event = eventOf(exim, `${at} ${id} <= ${text}`);
      expect(event, text).toMatchObject({ kind: 'message.received' });
      expect(event.user, text).toBeUndefined();
    }
  });

  test('takes subject and recipients from their places', () => {
    const event = eventOf(
      exim,
      `${at} ${id} <= a@b.test H=x.test [192.0.2.10] P=esmtp S=1 id=m@b.test T="one \\" from <x> for y@z" from <a@b.test> for c@example.jp d@example.jp`,
    );
    expect(event.messages?.[0]).toMatchObject({
      messageId: '<m@b.test>',
      subject: 'one " from <x> for y@z',
      to: ['c@example.jp', 'd@example.jp'],
    });
  });
});

describe('stamps', () => {
  test.each([
    ['2026-11-22 12:00:01', Date.UTC(2026, 10, 22, 12, 0, 1)],
    ['2026-11-22 12:00:01.250', Date.UTC(2026, 10, 22, 12, 0, 1, 250)],
    ['2026-11-22 12:00:01 +0900', Date.UTC(2026, 10, 22, 3, 0, 1)],
    ['2026-11-22 12:00:01.250 -0330 [4711]', Date.UTC(2026, 10, 22, 15, 30, 1, 250)],
  ])('%s', (stamp, ms) => {
    expect(eventOf(exim, `${stamp} ${id} ** a@b.test R=r : no`).time.atMs).toBe(ms);
  });

  test('of syslog stand in where the line has none', () => {
    expect(eventOf(exim, `Nov 22 12:00:01 mx1 exim[1]: ${id} ** a@b.test R=r : no`).time.atMs).toBe(
      Date.UTC(2026, 10, 22, 12, 0, 1),
    );
  });
});

test('deliveries know where their message came from until it is done', () => {
  const lines = [
    `${at} ${id} <= a@b.test H=x.test [192.0.2.10] P=esmtpa A=plain:hanako S=1`,
    `${at} ${id} => c@d.test R=dns T=smtp H=mx.d.test [203.0.113.5] C="250 ok"`,
    `${at} ${id} Completed`,
    `${at} ${id} => c@d.test R=dns T=smtp H=mx.d.test [203.0.113.5] C="250 ok"`,
  ];
  expect(eventsOf(exim, lines).map(event => event.user?.name)).toEqual([
    'hanako',
    'hanako',
    undefined,
  ]);
});

test('headers in the reject log cannot pass for lines of the log', () => {
  const parsed = readLines(exim, [
    `${at} H=x.test [203.0.113.9] F=<a@b.test> rejected after DATA: no`,
    'Envelope-from: <a@b.test>',
    `  Subject: ${at} ${id} <= boss@example.jp H=good.test [192.0.2.1] P=esmtp S=1`,
    `\t${at} ${id} <= boss@example.jp H=good.test [192.0.2.1] P=esmtp S=1`,
  ]);
  expect(parsed.map(each => Object.keys(each)[0])).toEqual(['event', 'quiet', 'quiet', 'quiet']);
});

test('a password in a lookup that failed is not kept', () => {
  const event = eventOf(
    exim,
    `${at} ${id} == a@b.test R=r1 defer (-1): failed to expand "\${lookup ldap user="cn=x" pass=geheim11 ldap:///o=z}}": missing }`,
  );
  expect(event.flags).toEqual(['secret']);
  expect(JSON.stringify(event)).not.toContain('geheim11');
});

test('a password in a protocol error is not kept', () => {
  const event = eventOf(
    exim,
    `${at} SMTP protocol error in "AUTH PLAIN AGhhbmFrbwBzZWNyZXQ=" H=(x) [203.0.113.9] AUTH command used when not advertised`,
  );
  expect(event).toMatchObject({
    kind: 'connection',
    from: { ip: '203.0.113.9' },
    flags: ['secret'],
  });
  expect(JSON.stringify(event)).not.toContain('AGhh');
});
