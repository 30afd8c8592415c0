import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../core/access-event.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import type { FieldValue } from './field-space.ts';
import type { SourceMap } from './source-map.ts';
import { recordTest, scopeKeyOf, scopesOf, sourceSpace, sourceTest } from './source-space.ts';
import { watchedSpace } from './watched-space.ts';

const watched = (event: Partial<AccessEvent>, text = 'the line'): WatchedEvent => ({
  source: 'mail.log',
  seq: 3,
  line: 7,
  isUnparsed: false,
  format: 'dovecot',
  log: '/var/log/mail.log',
  timeMs: Date.UTC(2026, 5, 29),
  text,
  event: {
    kind: 'login',
    outcome: 'success',
    component: 'dovecot',
    time: { original: 'Jun 29 00:00:00' },
    ...event,
  },
});

const full = watched(
  {
    user: { name: 'hanako@example.jp', uid: '7' },
    app: { name: 'Thunderbird' },
    from: { ip: '203.0.113.5', port: 4_711 },
    tls: true,
    count: 12,
    messages: [
      { messageId: '<a@example.jp>', to: ['b@example.jp', 'c@example.jp'] },
      { messageId: '<b@example.jp>', uid: 4 },
    ],
    request: { method: 'GET', path: '/mail/?_task=mail&x=1', status: 200 },
    change: { ForwardTo: 'x@example.test', 'a.b': 'y' },
    flags: ['repeats'],
  },
  '{"Operation":"Set-Mailbox","Parameters":[{"Name":"ForwardTo","Value":"x\\u0040example.test"}]}',
);

describe('a field of an event', () => {
  test.each<[field: string, value: FieldValue]>([
    ['kind', 'login'],
    ['user.name', 'hanako@example.jp'],
    ['user', 'hanako@example.jp'],
    ['user.uid', '7'],
    ['actor.name', undefined],
    ['actor.user.name', 'hanako@example.jp'],
    ['src_endpoint.ip', '203.0.113.5'],
    ['from.port', 4_711],
    ['tls', true],
    ['count', 12],
    ['messages.messageId', ['<a@example.jp>', '<b@example.jp>']],
    ['messages.to', ['b@example.jp', 'c@example.jp']],
    ['messages.uid', [4]],
    ['messages.subject', undefined],
    ['request.stem', '/mail/'],
    ['http_request.url.query_string', '_task=mail&x=1'],
    ['http_response.code', 200],
    ['change.ForwardTo', 'x@example.test'],
    ['change.a.b', 'y'],
    ['flags', ['repeats']],
    ['log', '/var/log/mail.log'],
    ['format', 'dovecot'],
    ['unparsed', false],
    ['time', Date.UTC(2026, 5, 29)],
    ['record.Operation', 'Set-Mailbox'],
    ['record.Parameters.ForwardTo', 'x@example.test'],
    ['record.Nothing', undefined],
  ])('%s', (field, value) => {
    expect(watchedSpace.getter(field)?.(full)).toEqual(value);
  });

  test.each(['user.constructor', 'constructor', 'Operation', 'user.name.x', '', 'toString'])(
    '%j is in no event',
    field => {
      expect(watchedSpace.getter(field)).toBeUndefined();
    },
  );

  test('change.toString is not what every object has', () => {
    expect(watchedSpace.getter('change.toString')?.(full)).toBeUndefined();
  });

  test('record.X is in no line that is not JSON', () => {
    expect(watchedSpace.getter('record.Operation')?.(watched({}))).toBeUndefined();
    expect(watchedSpace.getter('record.Operation')?.(watched({}, '{"Operation":'))).toBeUndefined();
  });
});

describe('the record of a line', () => {
  const operation = (text: string): FieldValue =>
    watchedSpace.getter('record.Operation')?.(watched({}, text));

  test.each<[line: string, value: FieldValue]>([
    ['{"AuditData":"{\\"Operation\\":\\"Send\\"}","Operation":"x"}', 'Send'],
    ['{"auditData":{"Operation":"Send"}}', 'Send'],
    ['{"AuditData":"{broken","Operation":"x"}', 'x'],
    ['r1,50,"{""Operation"":""Send"",""Text"":""a,\\""b""}",,', 'Send'],
    ['"{""Operation"":""Send""}"', 'Send'],
    ['GET /?x="{""Operation"":""Send""}"', undefined],
    ['r1,"{""Operation', undefined],
    ['[{"Operation":"Send"}]', undefined],
  ])('%s', (line, value) => {
    expect(operation(line)).toEqual(value);
  });
});

test('keywords see the line, and what a record says', () => {
  expect([...watchedSpace.texts(full)]).toEqual(
    expect.arrayContaining([full.text, 'Set-Mailbox', 'x@example.test']),
  );
  expect([...watchedSpace.texts(watched({}))]).toEqual(['the line']);
});

describe('a log source', () => {
  const map: SourceMap = {
    id: 'm365',
    title: 'Microsoft 365',
    logSources: [{ product: 'm365' }],
    events: [
      { formats: ['m365'], has: ['record.Operation'] },
      { components: ['dovecot'], kinds: ['login'] },
    ],
    fields: new Map([['eventName', ['record.Operation', 'record.Name']]]),
    constants: new Map([['eventService', 'login']]),
    otherwise: 'record',
    lacking: new Map([['cookie', 'No log has cookies.']]),
    advice: '',
  };

  test.each<[field: string, value: FieldValue]>([
    ['eventName', 'Set-Mailbox'],
    ['Operation', 'Set-Mailbox'],
    ['user.name', 'hanako@example.jp'],
    ['eventService', 'login'],
    ['cookie', undefined],
  ])('calls its fields in its own way: %s', (field, value) => {
    expect(sourceSpace(map).getter(field)?.(full)).toEqual(value);
  });

  test('says which events it means', () => {
    expect(scopesOf(map, scopeKeyOf(full))).toEqual([map.events[1]]);
    expect(recordTest(scopesOf(map, scopeKeyOf(full)))).toBeUndefined();
    const other = { ...full, format: 'm365', event: { ...full.event, component: 'm365' } };
    const scopes = scopesOf(map, scopeKeyOf(other));
    expect(scopes).toEqual([map.events[0]]);
    expect(recordTest(scopes)?.(other)).toBe(true);
    expect(recordTest(scopes)?.({ ...other, text: '{}' })).toBe(false);
    const isOfSource = sourceTest(map);
    expect([full, other, { ...other, text: '{}' }].map(isOfSource)).toEqual([true, true, false]);
    const strange = { ...full, event: { ...full.event, kind: 'logout' as const } };
    expect(isOfSource(strange)).toBe(false);
  });
});
