import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../core/access-event.ts';
import { Belongs, RequestTimes } from './belongs.ts';
import type { Breach } from './breach.ts';
import { extentsOf } from './event-extents.ts';
import type { Shown } from './extent.ts';

const day = 86_400_000;
const at = Date.parse('2026-06-20T08:00:00Z');
const end = Date.parse('2026-06-30T00:00:00Z');
const window = { fromMs: at - 10 * day, toMs: end };
const hour = 3_600_000;

const event = (more: Partial<AccessEvent>): AccessEvent => ({
  kind: 'message.read',
  time: { atMs: at, original: '' },
  outcome: 'success',
  component: 'dovecot',
  user: { name: 'taro@example.jp' },
  ...more,
});

const breach = (more: Partial<Breach> = {}): Breach => ({
  component: { id: 'dovecot' },
  window,
  reach: { mailboxes: 'all' },
  gaps: [],
  ...more,
});

const shown = (more: Partial<AccessEvent>, of: Breach = breach()): readonly Shown[] =>
  extentsOf(event(more), new Belongs(of), end);

/** Rule and what of, without spans. */
const told = (more: Partial<AccessEvent>, of?: Breach): readonly string[] =>
  shown(more, of).map(({ basis, extent, counted }) => {
    const what =
      extent.is === 'messages'
        ? extent.ids.join()
        : extent.is === 'uids'
          ? `${extent.folder} ${extent.uids.join()}`
          : extent.is === 'folder'
            ? extent.folder
            : extent.is;
    return `${basis}: ${what}${counted === undefined ? '' : ` ×${counted}`}`;
  });

const exchange = { component: 'exchange-online', detail: 'MailItemsAccessed Bind' } as const;

describe('what an event shows', () => {
  test.each<[string, Partial<AccessEvent>, readonly string[]]>([
    [
      'a read that names its messages: those',
      { messages: [{ messageId: '<a@x.test>' }, { messageId: '<b@x.test>' }] },
      ['message-read: <a@x.test>,<b@x.test>'],
    ],
    [
      'a read by UID: that message of that folder',
      { folder: 'INBOX', messages: [{ uid: 7, folder: 'INBOX', part: 'body' }] },
      ['message-read: INBOX 7'],
    ],
    [
      'a webmail that shows a message: that one',
      { service: 'webmail', messages: [{ uid: 9, folder: 'Sent' }], request: { status: 200 } },
      ['message-shown: Sent 9'],
    ],
    [
      'bodies that are counted and not named: the mailbox, and the count',
      { count: 11 },
      ['bodies-counted: mailbox ×11'],
    ],
    [
      'bodies counted in a folder: the folder',
      { count: 3, folder: 'INBOX' },
      ['bodies-counted: INBOX ×3'],
    ],
    [
      'more than it names: those, and the rest of the mailbox',
      { ...exchange, count: 6, messages: [{ messageId: '<a@x.test>' }] },
      ['message-read: <a@x.test>', 'bodies-counted: mailbox ×5'],
    ],
    [
      'a sync: the folder',
      { ...exchange, kind: 'mailbox.sync', folder: 'Inbox' },
      ['folder-synced: Inbox'],
    ],
    [
      'a sync of no folder: the mailbox',
      { ...exchange, kind: 'mailbox.sync' },
      ['mailbox-synced: mailbox'],
    ],
    [
      'what Microsoft stopped naming: the mailbox',
      { ...exchange, kind: 'mailbox.sync', folder: 'Inbox', flags: ['throttled'] },
      ['throttled: mailbox', 'folder-synced: Inbox'],
    ],
    [
      'lines that another program left out: a gap',
      { kind: 'login', flags: ['throttled'] },
      ['gap: stored-mail', 'login: mailbox'],
    ],
    [
      'POP3 took all: the mailbox',
      { kind: 'mailbox.sync', service: 'pop3', count: 5 },
      ['mailbox-downloaded: mailbox'],
    ],
    ['an export: the mailbox', { kind: 'mailbox.export' }, ['mailbox-exported: mailbox']],
    [
      'an export that an administrator made, of somebody else’s: that mailbox',
      {
        kind: 'mailbox.export',
        component: 'microsoft-365',
        user: { name: 'admin@example.jp' },
        change: { Mailbox: 'jiro@example.jp' },
      },
      ['mailbox-exported: mailbox'],
    ],
    [
      'an export that does not tell of whom: anybody’s, and nothing evidenced',
      { kind: 'mailbox.export', component: 'mimecast', user: { name: 'admin@example.jp' } },
      ['unclear: stored-mail'],
    ],
    ['a login: the mailbox within reach, nothing evidenced', { kind: 'login' }, ['login: mailbox']],
    ['a search: within reach', { kind: 'search' }, ['touched: mailbox']],
    [
      'a forwarding rule: what comes from then on',
      { kind: 'forward.changed' },
      ['forwarded: mailbox'],
    ],
    [
      'a table read: all its rows',
      { kind: 'other', change: { table: 'users' } },
      ['table-read: records'],
    ],
    [
      'an attempt that failed: nothing',
      { outcome: 'failure', messages: [{ uid: 1, folder: 'INBOX' }] },
      [],
    ],
    [
      'a read of which nobody knows whether it succeeded: within reach',
      { outcome: 'unknown', folder: 'INBOX', messages: [{ uid: 1 }] },
      ['unclear: INBOX 1'],
    ],
    ['an event that repeats another: nothing', { flags: ['repeats'], count: 4 }, []],
    ['a logout, a refused message: nothing', { kind: 'logout' }, []],
  ])('%s', (_, given, expected) => {
    expect(told(given)).toEqual(expected);
  });

  test('a client of the attacker’s that synced one folder has the mailbox', () => {
    const theirs = breach({ component: { id: 'exchange-online' }, apps: ['0b7b-new'] });
    const sync = {
      ...exchange,
      kind: 'mailbox.sync',
      folder: 'Inbox',
      app: { uid: '0B7B-NEW' },
    } as const;
    expect(told(sync, theirs)).toEqual(['mailbox-synced: mailbox']);
  });

  test('a mailbox is what had come by then, and was not gone', () => {
    expect(shown({ kind: 'login' })[0]?.extent).toEqual({
      is: 'mailbox',
      mailbox: 'taro@example.jp',
      span: { fromMs: -8_640_000_000_000_000, toMs: at + hour, lookedMs: at },
    });
    const [throttled] = shown({ ...exchange, flags: ['throttled'], count: 1 });
    expect(throttled?.extent).toMatchObject({ span: { toMs: at + day + hour, lookedMs: at } });
    expect(shown({ kind: 'forward.changed' })[0]?.extent).toMatchObject({
      span: { fromMs: at - hour, toMs: end + hour },
    });
  });

  test('a message that passed a filter counts only where it is one', () => {
    const passed = event({ kind: 'message.scanned', messages: [{ messageId: '<a@x.test>' }] });
    const belongs = new Belongs(breach());
    expect(extentsOf(passed, belongs, end)).toEqual([]);
    expect(extentsOf(passed, belongs, end, undefined, 'in-transit')).toMatchObject([
      { basis: 'in-transit', extent: { ids: ['<a@x.test>'] } },
    ]);
  });
});

describe('which events are the breach’s', () => {
  const webmail = breach({
    component: { id: 'roundcube/twofactor', hosts: ['192.0.2.20'], behind: ['dovecot'] },
  });
  const of = (more: Partial<AccessEvent>, which = webmail, requests?: RequestTimes): unknown =>
    new Belongs(which, requests).of(event(more));

  test('those of its program, of its pages, and sessions that it opened', () => {
    expect(of({ component: 'roundcube' })).toBe('own');
    expect(of({ component: 'web-front', app: { name: 'roundcube' } })).toBe('own');
    expect(of({ from: { ip: '192.0.2.20' } })).toBe('behind');
    expect(of({ from: { ip: '203.0.113.9' }, through: { ip: '192.0.2.20' } })).toBe('behind');
    expect(of({ from: { ip: '203.0.113.9' } })).toBeUndefined();
    expect(of({ component: 'postfix', from: { ip: '192.0.2.20' } })).toBeUndefined();
  });

  test('those in its window, and those that tell no time', () => {
    expect(of({ component: 'roundcube', time: { atMs: end + 1, original: '' } })).toBeUndefined();
    expect(of({ component: 'roundcube', time: { original: '' } })).toBe('own');
    expect(
      extentsOf(event({ time: { original: '' }, count: 2 }), new Belongs(breach()), end),
    ).toMatchObject([{ basis: 'unclear', extent: { span: { toMs: end + hour } } }]);
  });

  test('of somebody’s address: his requests, and sessions that were opened for them', () => {
    const theirs = { ...webmail, isAddress: (ip: string) => ip === '203.0.113.66' };
    const requests = new RequestTimes();
    requests.add(event({ user: { name: 'Taro@example.jp' } }));
    const session = { from: { ip: '192.0.2.20' } };
    expect(of({ component: 'roundcube', from: { ip: '203.0.113.66' } }, theirs)).toBe('own');
    expect(of({ component: 'roundcube', from: { ip: '203.0.113.7' } }, theirs)).toBeUndefined();
    expect(of(session, theirs)).toBeUndefined();
    expect(of(session, theirs, requests)).toBe('behind');
    expect(of({ ...session, user: { name: 'jiro@example.jp' } }, theirs, requests)).toBeUndefined();
    const later = { ...session, time: { atMs: at + 60_000, original: '' } };
    expect(of(later, theirs, requests)).toBeUndefined();
  });

  test('accounts with or without their domain, as user or as who acted; sessions by their ids', () => {
    const account = breach({ accounts: ['taro'] });
    expect(of({}, account)).toBe('own');
    expect(of({ user: { name: 'jiro' }, actor: { name: 'TARO' } }, account)).toBe('own');
    expect(of({ user: { name: 'taro2@example.jp' } }, account)).toBeUndefined();
    const session = breach({ sessions: ['abc'] });
    expect(of({ session: 'abc' }, session)).toBe('own');
    expect(of({ session: 'abd' }, session)).toBeUndefined();
  });
});
