import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ocsfFaults } from '../../../test/support/ocsf.ts';
import { type AccessEvent, eventKinds } from '../../core/access-event.ts';
import { type OcsfEvent, ocsfOf } from './ocsf.ts';

const context = { toolVersion: '0.1.0', processedMs: 1_795_348_900_000 };
const origin = { log: '/var/log/mail.log', line: 7, format: 'dovecot' };

const time = {
  atMs: 1_795_348_801_000,
  original: 'Nov 22 13:00:01',
  offsetMinutes: 60,
  assumed: ['year'],
} as const;

const told = (event: Partial<AccessEvent>): OcsfEvent => {
  const answer = ocsfOf(
    { kind: 'login', time, outcome: 'success', component: 'dovecot', ...event },
    origin,
    context,
  );
  expect(ocsfFaults(answer)).toEqual([]);
  return answer;
};

describe('an event as OCSF', () => {
  test('names where it is from and when it was', () => {
    expect(told({ user: { name: 'alice@example.jp' } })).toMatchObject({
      class_uid: 3002,
      activity_id: 1,
      type_uid: 300_201,
      time: 1_795_348_801_000,
      timezone_offset: 60,
      metadata: {
        version: '1.8.0',
        product: { name: 'Postern' },
        log_name: '/var/log/mail.log',
        sequence: 7,
        original_time: 'Nov 22 13:00:01',
        processed_time: 1_795_348_900_000,
      },
      user: { name: 'alice@example.jp', email_addr: 'alice@example.jp' },
      unmapped: { postern: { line: 7, format: 'dovecot', kind: 'login', assumed: ['year'] } },
    });
  });

  test('of a failed login says so, and has a user though none was told', () => {
    expect(told({ outcome: 'failure', from: { ip: '192.0.2.7', port: 4_711 } })).toMatchObject({
      status_id: 2,
      status: 'Failure',
      user: { name: 'unknown' },
      src_endpoint: { ip: '192.0.2.7', port: 4_711 },
      unmapped: { postern: { absent: ['user'] } },
    });
  });

  test('of a master user tells him from the owner', () => {
    expect(
      told({
        kind: 'login.impersonated',
        user: { name: 'alice@example.jp' },
        actor: { name: 'backupadmin' },
      }),
    ).toMatchObject({
      class_uid: 3002,
      account_switch_type_id: 2,
      actor: { user: { name: 'backupadmin' } },
      user: { name: 'alice@example.jp' },
    });
  });

  test('of messages that were read names each', () => {
    expect(
      told({
        kind: 'message.read',
        user: { name: 'alice@example.jp' },
        session: 's1',
        service: 'imap',
        folder: 'INBOX',
        from: { ip: '2001:db8::7' },
        messages: [{ messageId: '<1@example.jp>', uid: 3, part: 'body' }, { uid: 4 }],
      }),
    ).toMatchObject({
      class_uid: 6003,
      activity_id: 2,
      api: { operation: 'message.read', service: { name: 'imap' } },
      actor: { user: { name: 'alice@example.jp' }, session: { uid: 's1' } },
      resources: [
        {
          uid: '<1@example.jp>',
          owner: { name: 'alice@example.jp' },
          data: { folder: 'INBOX', imap_uid: 3, part: 'body' },
        },
        { uid: 'INBOX;UID=4' },
      ],
    });
  });

  test('of a mail that was sent is Email Activity, with the sender who logged in', () => {
    expect(
      told({
        kind: 'message.submitted',
        user: { name: 'alice' },
        direction: 'outbound',
        messages: [
          {
            queueId: '4jXT',
            messageId: '<1@example.jp>',
            from: 'alice@example.jp',
            to: ['bob', 'c@example.jp'],
          },
        ],
      }),
    ).toMatchObject({
      class_uid: 4009,
      activity_id: 1,
      direction_id: 2,
      actor: { user: { name: 'alice' } },
      message_trace_uid: '4jXT',
      email: {
        smtp_from: 'alice@example.jp',
        smtp_to: ['c@example.jp'],
        to_mailboxes: ['bob', 'c@example.jp'],
        message_uid: '<1@example.jp>',
      },
      metadata: { profiles: ['host'] },
    });
  });

  test('of a mail between local names is a Base Event that tells the same', () => {
    const messages = [{ queueId: '4jXT', from: 'root', to: ['root@vm'] }];
    expect(told({ kind: 'message.delivered', messages })).toMatchObject({
      class_uid: 0,
      activity_name: 'message.delivered',
      unmapped: { postern: { kind: 'message.delivered', messages } },
    });
  });

  test.each([
    [{ operation: 'New-InboxRule', Name: 'x' }, 1, 'Create'],
    [{ Operation: 'Remove-InboxRule' }, 4, 'Delete'],
    [{ action: 'Disable-InboxRule' }, 9, 'Disable'],
    [{ script: 'vacation' }, 3, 'Update'],
  ])('of a rule: %j', (change, id, name) => {
    expect(told({ kind: 'rule.changed', user: { name: 'a' }, change })).toMatchObject({
      class_uid: 3004,
      activity_id: id,
      activity_name: name,
      entity: { type: 'inbox rule', data: change },
    });
  });

  test('of forwarding names where to', () => {
    const change = { ForwardingSmtpAddress: 'x@example.test' };
    expect(told({ kind: 'forward.changed', user: { name: 'a' }, change })).toMatchObject({
      entity: { user: { forward_addr: 'x@example.test' } },
    });
  });

  test('of permissions and consent names rights, receiver and what it is about', () => {
    expect(
      told({
        kind: 'permission.changed',
        user: { name: 'owner@example.jp' },
        actor: { name: 'admin' },
        folder: 'INBOX',
        change: { aclSubject: 'jane@example.jp', aclRights: 'lrs' },
      }),
    ).toMatchObject({
      class_uid: 3005,
      activity_id: 1,
      privileges: ['lrs'],
      user: { name: 'jane@example.jp' },
      resources: [{ name: 'INBOX', owner: { name: 'owner@example.jp' } }],
    });
    expect(
      told({
        kind: 'app.consent',
        user: { name: 'a@example.jp' },
        app: { name: 'Reader', uid: '00-1' },
        change: { scopes: 'Mail.Read offline_access' },
      }),
    ).toMatchObject({
      privileges: ['Mail.Read', 'offline_access'],
      resources: [{ type: 'application', name: 'Reader', uid: '00-1' }],
    });
  });

  test('of a web request has its parts', () => {
    expect(
      told({
        kind: 'web.request',
        from: { ip: '192.0.2.1' },
        through: { ip: '198.51.100.1' },
        request: { method: 'GET', path: '/?_task=mail&_uid=3', status: 200, userAgent: 'x' },
      }),
    ).toMatchObject({
      class_uid: 4002,
      activity_id: 3,
      http_request: { http_method: 'GET', url: { path: '/', query_string: '_task=mail&_uid=3' } },
      http_response: { code: 200 },
      src_endpoint: { proxy_endpoint: { ip: '198.51.100.1' } },
    });
  });

  test('carries the line, and how often it came, when asked to', () => {
    const event: AccessEvent = { kind: 'connection', time, outcome: 'unknown', component: 'x' };
    const answer = ocsfOf(event, { ...origin, raw: 'a line', repeated: 3, segment: 's' }, context);
    expect(answer).toMatchObject({ raw_data: 'a line', count: 3, class_uid: 0 });
    expect(answer.unmapped?.['postern']).toMatchObject({ segment: 's', repeated: 3 });
    expect(ocsfFaults(answer)).toEqual([]);
  });

  test('of an unknown time stands at the time of reading, and says so', () => {
    expect(told({ time: { original: '' } })).toMatchObject({
      time: context.processedMs,
      unmapped: { postern: { absent: ['user', 'time'] } },
    });
  });
});

const text = fc.string({ unit: 'binary', maxLength: 30 });
const person = fc.record({ name: text, uid: text }, { requiredKeys: ['name'] });
const endpoint = fc.record(
  {
    ip: fc.constantFrom('192.0.2.1', '2001:db8::1'),
    port: fc.integer({ min: 1, max: 65_535 }),
    host: text,
  },
  { requiredKeys: [] },
);
const address = fc.oneof(text, fc.constantFrom('a@example.jp', '<b@example.jp>', ''));

test('whatever an event tells or leaves out, OCSF takes it', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          kind: fc.constantFrom(...eventKinds),
          time: fc.constantFrom(time, { original: 'never' }),
          outcome: fc.constantFrom('success', 'failure', 'unknown'),
          component: text,
          user: person,
          actor: person,
          app: fc.record({ name: text, uid: text }, { requiredKeys: [] }),
          from: endpoint,
          through: endpoint,
          to: endpoint,
          service: text,
          host: text,
          pid: fc.nat(),
          session: text,
          authMethod: text,
          folder: text,
          messages: fc.array(
            fc.record(
              {
                messageId: text,
                queueId: text,
                uid: fc.nat(),
                subject: text,
                from: address,
                to: fc.array(address),
                sizeBytes: fc.nat(),
              },
              { requiredKeys: [] },
            ),
            { maxLength: 3 },
          ),
          count: fc.nat(),
          bytes: fc.nat(),
          direction: fc.constantFrom('inbound', 'outbound', 'internal'),
          detail: text,
          request: fc.record(
            { method: text, path: text, status: fc.nat(999), userAgent: text, referrer: text },
            { requiredKeys: [] },
          ),
          change: fc.dictionary(fc.oneof(text, fc.constantFrom('operation', 'rights')), text),
          eventUid: text,
          flags: fc.constant(['secret', 'truncated']),
        },
        { requiredKeys: ['kind', 'time', 'outcome', 'component'] },
      ),
      event => {
        expect(ocsfFaults(ocsfOf(event as AccessEvent, origin, context))).toEqual([]);
      },
    ),
    { numRuns: 3_000 },
  );
});

test('the validator itself sees what is wrong', () => {
  const good = told({ user: { name: 'a' } });
  const faultsOf = (change: object): string => ocsfFaults({ ...good, ...change }).join('\n');
  expect(faultsOf({ user: undefined })).toContain('user: is required');
  expect(faultsOf({ status: 'Failure' })).toContain('is called Success, not "Failure"');
  expect(faultsOf({ src_endpoint: { ip: 'nonsense' } })).toContain('is no ip_t');
  expect(faultsOf({ src_endpoint: { port: 1 } })).toContain('has none of ip');
  expect(faultsOf({ nonsense: 1 })).toContain('is no attribute');
  expect(faultsOf({ service: undefined })).toContain('has none of service, dst_endpoint');
  expect(faultsOf({ activity_id: 12 })).toContain('has no value 12');
  expect(faultsOf({ time: 'now' })).toContain('is no number');
  expect(faultsOf({ type_uid: 1 })).toContain('type_uid');
  expect(ocsfFaults({ ...good, metadata: { version: '1.8.0' } }).join()).toContain(
    'product: is required',
  );
});
