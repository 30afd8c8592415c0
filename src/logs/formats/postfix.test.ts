import { describe, expect, test } from 'vitest';
import { eventOf, eventsOf, readLines } from '../../../test/support/read-format.ts';
import { postfix } from './postfix.ts';

const head = (service: string, pid = 11): string =>
  `Nov 22 12:00:01 mx1 postfix/${service}[${pid}]: `;

const submission = [
  `${head('submission/smtpd')}connect from laptop.example.jp[192.0.2.10]`,
  `${head('submission/smtpd')}Anonymous TLS connection established from laptop.example.jp[192.0.2.10]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`,
  `${head('submission/smtpd')}4jXTMS3Gv2zL1gH: client=laptop.example.jp[192.0.2.10], sasl_method=PLAIN, sasl_username=hanako@example.jp`,
  `${head('cleanup', 12)}4jXTMS3Gv2zL1gH: message-id=<m1@example.jp>`,
  `${head('qmgr', 13)}4jXTMS3Gv2zL1gH: from=<president@example.jp>, size=4711, nrcpt=2 (queue active)`,
] as const;

describe('a message that is handed in', () => {
  test('is a login, a submission, and an event for each recipient that knows all of it', () => {
    const events = eventsOf(postfix, [
      ...submission,
      `${head('smtp', 14)}4jXTMS3Gv2zL1gH: to=<taro@partner.test>, relay=mx.partner.test[203.0.113.5]:25, delay=1.2, delays=0.1/0/0.5/0.6, tls=secured, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ABCDEF12)`,
      `${head('virtual', 15)}4jXTMS3Gv2zL1gH: to=<jiro@example.jp>, orig_to=<sales@example.jp>, relay=virtual, delay=0.1, delays=0/0/0/0, dsn=5.1.1, status=bounced (unknown user: "jiro@example.jp")`,
    ]);
    expect(events.map(event => event.kind)).toEqual([
      'connection',
      'connection',
      'login',
      'message.submitted',
      'message.delivered',
      'message.bounced',
    ]);
    expect(events[2]).toMatchObject({
      user: { name: 'hanako@example.jp' },
      from: { ip: '192.0.2.10', host: 'laptop.example.jp' },
      service: 'submission',
      authMethod: 'PLAIN',
      tls: true,
    });
    const message = {
      queueId: '4jXTMS3Gv2zL1gH',
      messageId: '<m1@example.jp>',
      from: 'president@example.jp',
      sizeBytes: 4711,
    };
    expect(events[3]).toMatchObject({
      user: { name: 'hanako@example.jp' },
      count: 2,
      messages: [message],
    });
    expect(events[4]).toMatchObject({
      outcome: 'success',
      user: { name: 'hanako@example.jp' },
      from: { ip: '192.0.2.10' },
      to: { ip: '203.0.113.5', host: 'mx.partner.test', port: 25 },
      direction: 'outbound',
      tls: true,
      messages: [{ ...message, to: ['taro@partner.test'] }],
    });
    expect(events[5]).toMatchObject({
      outcome: 'failure',
      messages: [{ ...message, to: ['jiro@example.jp'] }],
    });
    expect(events[5]?.detail).toMatch(
      /^orig_to=<sales@example\.jp>, relay=virtual, .*status=bounced/,
    );
  });

  test('is told once, however often it is tried', () => {
    const again = submission[4];
    const kinds = eventsOf(postfix, [...submission, again, again]).map(event => event.kind);
    expect(kinds.filter(kind => kind === 'message.submitted')).toHaveLength(1);
  });

  test('on the host itself names the account that handed it in', () => {
    const event = eventOf(
      postfix,
      `${head('pickup')}3F1A92B: uid=1001 from=<www-data>`,
      `${head('cleanup')}3F1A92B: message-id=<w1@mx1.example.jp>`,
      `${head('qmgr')}3F1A92B: from=<www-data@mx1.example.jp>, size=300, nrcpt=1 (queue active)`,
    );
    expect(event).toMatchObject({
      kind: 'message.submitted',
      actor: { uid: '1001' },
      service: 'local',
    });
  });

  test('keeps its user through a content filter that hands it back', () => {
    const event = eventOf(
      postfix,
      ...submission,
      `${head('smtpd', 21)}5kYUNT4Hw3zM2hJ: client=localhost[127.0.0.1], orig_queue_id=4jXTMS3Gv2zL1gH, orig_client=laptop.example.jp[192.0.2.10]`,
      `${head('smtp', 14)}5kYUNT4Hw3zM2hJ: to=<taro@partner.test>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.partner.test[203.0.113.5]:25: Connection refused)`,
    );
    expect(event).toMatchObject({
      kind: 'message.deferred',
      user: { name: 'hanako@example.jp' },
      from: { ip: '192.0.2.10' },
      through: { ip: '127.0.0.1' },
    });
  });

  test('of one instance is not taken for that of another with the same id', () => {
    const event = eventOf(
      postfix,
      ...submission,
      'Nov 22 12:00:02 mx1 postfix-out/smtp[31]: 4jXTMS3Gv2zL1gH: to=<a@partner.test>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (x)',
    );
    expect(event.user).toBeUndefined();
  });

  test('is forgotten when more are open than may be', () => {
    const events = eventsOf(
      postfix,
      [
        ...submission,
        `${head('smtpd')}AAAAA1: client=unknown[192.0.2.77]`,
        `${head('smtpd')}AAAAA2: client=unknown[192.0.2.78]`,
        `${head('smtp')}4jXTMS3Gv2zL1gH: to=<a@b.test>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (x)`,
      ],
      2,
    );
    expect(events.at(-1)?.user).toBeUndefined();
  });
});

test.each([
  ['127.0.0.1', undefined],
  ['10.1.2.3', undefined],
  ['203.0.113.5', 'inbound'],
])('a message from %s without a login goes %s', (ip, direction) => {
  const events = eventsOf(postfix, [
    `${head('smtpd')}3F1A92B: client=x[${ip}]`,
    `${head('qmgr')}3F1A92B: from=<a@b.test>, size=1, nrcpt=1 (queue active)`,
    `${head('local')}3F1A92B: to=<c@example.jp>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to mailbox)`,
  ]);
  expect(events.map(event => event.direction)).toEqual([direction, direction]);
});

describe('a refused login', () => {
  test('names the user where Postfix does', () => {
    const event = eventOf(
      postfix,
      `${head('smtps/smtpd')}warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=hanako@example.jp`,
    );
    expect(event).toMatchObject({
      kind: 'login',
      outcome: 'failure',
      user: { name: 'hanako@example.jp' },
      from: { ip: '203.0.113.9' },
      service: 'submission',
      authMethod: 'LOGIN',
    });
  });

  test('with an address in the user name keeps the true one', () => {
    const event = eventOf(
      postfix,
      `${head('smtpd')}warning: unknown[203.0.113.9]: SASL PLAIN authentication failed: generic failure, sasl_username=x, sasl_username=root from good[192.0.2.1]`,
    );
    expect(event.from).toEqual({ ip: '203.0.113.9' });
    expect(event.user?.name).toBe('x, sasl_username=root from good[192.0.2.1]');
  });
});

describe('values that a client chooses', () => {
  test('in a HELO name do not become sender and recipient', () => {
    const event = eventOf(
      postfix,
      `${head('smtpd')}NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 <a@other.test>: Relay access denied; from=<x@spam.test> to=<a@other.test> proto=ESMTP helo=<x> to=<victim@example.jp> proto=ESMTP helo=<mx.good.test>`,
    );
    expect(event).toMatchObject({
      kind: 'message.refused',
      from: { ip: '203.0.113.9' },
      flags: ['forged-looking'],
    });
    expect(event.messages).toBeUndefined();
  });

  test('in a recipient do not become a delivery', () => {
    const event = eventOf(
      postfix,
      `${head('smtp')}4jXTMS3Gv2zL1gH: to=<"a>, relay=mx.good.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)"@spam.test>, relay=mx.spam.test[203.0.113.9]:25, delay=1, delays=0/0/0/1, dsn=5.0.0, status=bounced (no)`,
    );
    expect(event).toMatchObject({ kind: 'other', outcome: 'unknown', flags: ['forged-looking'] });
    expect(event.to).toBeUndefined();
  });

  test('in a subject do not become the client of the message', () => {
    const event = eventOf(
      postfix,
      `${head('smtpd')}3F1A92B: client=unknown[203.0.113.9]`,
      `${head('cleanup')}3F1A92B: reject: header Subject: win from good.test[192.0.2.1]; free from unknown[203.0.113.9]; from=<x@spam.test> to=<a@example.jp> proto=ESMTP helo=<spam.test>: 5.7.1 no`,
    );
    expect(event.from).toEqual({ ip: '203.0.113.9' });
  });

  test('behind a sender do not become his size', () => {
    const event = eventOf(
      postfix,
      `${head('smtpd')}3F1A92B: client=unknown[203.0.113.9]`,
      `${head('qmgr')}3F1A92B: from=<"a>, size=1, nrcpt=1 (queue active)"@spam.test>, size=900, nrcpt=1 (queue active)`,
    );
    expect(event.messages?.[0]).toMatchObject({ sizeBytes: 900 });
  });

  test('that are secrets are not kept', () => {
    const event = eventOf(
      postfix,
      `${head('smtpd')}warning: non-SMTP command from unknown[203.0.113.9]: Authorization: Basic aGFuYWtvOnNlY3JldA==`,
    );
    expect(event.flags).toEqual(['secret']);
    expect(event.detail).not.toContain('aGFuYWtv');
  });
});

describe('other lines', () => {
  test.each([
    ['smtpd', 'lost connection after AUTH from unknown[203.0.113.9]', 'failure'],
    [
      'smtpd',
      'disconnect from unknown[203.0.113.9] ehlo=1 auth=0/3 quit=1 commands=2/5',
      'failure',
    ],
    ['smtpd', 'disconnect from unknown[203.0.113.9] ehlo=1 quit=1 commands=2', 'success'],
    ['smtpd', 'SSL_accept error from unknown[203.0.113.9]: -1', 'failure'],
    [
      'smtpd',
      'warning: hostname host.spam.test does not resolve to address 203.0.113.9',
      'failure',
    ],
    [
      'smtpd',
      'warning: Connection rate limit exceeded: 61 from unknown[203.0.113.9] for service smtp',
      'failure',
    ],
    ['postscreen', 'CONNECT from [203.0.113.9]:40312 to [192.0.2.25]:25', 'success'],
    [
      'postscreen',
      'PREGREET 14 after 0.05 from [203.0.113.9]:40312: EHLO ylmf-pc\\r\\n',
      'failure',
    ],
    ['postscreen', 'DNSBL rank 6 for [203.0.113.9]:40312', 'failure'],
    ['postscreen', 'PASS OLD [203.0.113.9]:40312', 'success'],
    ['dnsblog', 'addr 203.0.113.9 listed by domain zen.example.test as 127.0.0.4', 'failure'],
    [
      'anvil',
      'statistics: max connection rate 3/60s for (smtp:203.0.113.9) at Nov 22 12:00:01',
      'unknown',
    ],
    ['tlsproxy', 'CONNECT from [203.0.113.9]:40312', 'success'],
    ['smtpd', 'NOQUEUE: abort: TLS from unknown[203.0.113.9]: no common cipher', 'failure'],
    ['smtpd', 'Refusing STARTTLS request from unknown[203.0.113.9] for service smtp', 'failure'],
    [
      'smtpd',
      'NOQUEUE: reject: CONNECT from unknown[203.0.113.9]: 554 5.7.1 <unknown[203.0.113.9]>: Client host rejected: Access denied; proto=SMTP',
      'failure',
    ],
    [
      'smtpd',
      'NOQUEUE: reject: EHLO from unknown[203.0.113.9]: 504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname; proto=ESMTP helo=<x>',
      'failure',
    ],
    ['smtpd', 'connect from unknown[203.0.113.9]', 'success'],
    ['smtpd', 'warning: 203.0.113.9: address not listed for hostname mx.spam.test', 'failure'],
    [
      'smtpd',
      'warning: unknown[203.0.113.9] sent message header instead of SMTP command: From: x',
      'failure',
    ],
  ])('of %s, %s, is a connection', (service, text, outcome) => {
    expect(eventOf(postfix, head(service) + text)).toMatchObject({
      kind: 'connection',
      outcome,
      from: { ip: '203.0.113.9' },
    });
  });

  test.each([
    ['qmgr', '3F1A92B: removed'],
    ['cleanup', '3F1A92B: message-id=<a@b.test>'],
    ['smtp', 'connect to mx.partner.test[203.0.113.5]:25: Connection timed out'],
    ['master', 'daemon started -- version 3.7.11, configuration /etc/postfix'],
    [
      'smtp',
      '3F1A92B: host mx.partner.test[203.0.113.5] said: 450 4.7.1 try later (in reply to RCPT TO command)',
    ],
    [
      'trivial-rewrite',
      'warning: do not list domain example.jp in BOTH mydestination and virtual_mailbox_domains',
    ],
  ])('of %s, %s, say nothing of access', (service, text) => {
    expect(readLines(postfix, [head(service) + text])[0]).toHaveProperty('quiet');
  });

  test('that nobody knows are kept as such', () => {
    expect(readLines(postfix, [`${head('smtpd')}zork`])[0]).toHaveProperty('unparsed');
  });

  test('of an administrator who empties the queue name what was lost', () => {
    expect(
      eventOf(postfix, ...submission, `${head('postsuper')}4jXTMS3Gv2zL1gH: removed`),
    ).toMatchObject({
      kind: 'message.discarded',
      user: { name: 'hanako@example.jp' },
    });
  });
});
