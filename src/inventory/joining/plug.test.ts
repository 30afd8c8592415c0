import { describe, expect, test } from 'vitest';
import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { Endpoint, Link, Listener } from '../platform.ts';
import { plug } from './plug.ts';

const make = (id: string, kind: Component['kind'], more: Partial<Component> = {}): Component => ({
  id: componentId(id),
  name: id,
  version: { value: '1' },
  kind,
  origin: 'distribution',
  thirdParty: true,
  enabled: null,
  platform: id,
  foundAt: [{ path: `/etc/${id}.conf` }],
  reach: [],
  logs: [],
  ...more,
});

const reach: Reach = { resource: 'mail-in-transit', mode: 'read', extent: 'every message' };
const at = (host: string, port: number): Endpoint => ({ net: 'tcp', host, port });
const listens = (id: string, endpoint: Endpoint): Listener => ({
  component: componentId(id),
  endpoint,
  because: { path: `/etc/${id}.conf`, line: 1 },
});
const calls = (from: string, to: Endpoint, more: Partial<Link> = {}): Link => ({
  from: componentId(from),
  to,
  as: 'milter',
  reach: [reach],
  because: { path: `/etc/${from}.conf`, line: 7 },
  ...more,
});

describe('a caller and who listens there', () => {
  const mta = make('postfix', 'mta');
  const listening = [listens('opendkim', at('127.0.0.1', 8891))];
  const link = calls('postfix', at('localhost', 8891));
  const plugged = (milter: Component, ...links: readonly Link[]) =>
    plug([mta, milter], listening, links).find(({ id }) => id === milter.id);

  test('are plugged together, and being called shows that it runs', () => {
    expect(plugged(make('opendkim', 'milter'), link)).toMatchObject({
      enabled: true,
      partOf: 'postfix',
      foundAt: [{ path: '/etc/opendkim.conf' }, { path: '/etc/postfix.conf', line: 7 }],
      reach: [reach],
    });
  });

  test('a masked one does not run, whoever calls it', () => {
    expect(plugged(make('opendkim', 'milter', { enabled: false }), link)?.enabled).toBe(false);
  });

  test('a call that is not certain leaves open whether it runs', () => {
    const milter = make('opendkim', 'milter');
    expect(plugged(milter, { ...link, isCertain: false })?.enabled).toBe(null);
  });

  test('two calls grant the same reach once', () => {
    expect(plugged(make('opendkim', 'milter'), link, link)?.reach).toEqual([reach]);
  });
});

describe('a client and its server', () => {
  const webmail = make('roundcube', 'webmail');
  const client = (to: Endpoint) =>
    calls('roundcube', to, { as: 'imap', isClient: true, reach: [] });

  test('the server stands by itself, and says who talks to it', () => {
    const server = make('dovecot', 'imap');
    const [, found] = plug(
      [webmail, server],
      [listens('dovecot', at('*', 143))],
      [client(at('localhost', 143))],
    );
    expect(found).toEqual({
      ...server,
      foundAt: [...server.foundAt, { path: '/etc/roundcube.conf', line: 7 }],
    });
  });

  test('one on another host is a component that is no part of its client', () => {
    const [, found] = plug([webmail], [], [client(at('imap.example.jp', 993))]);
    expect(found?.id).toBe('roundcube/imap:imap.example.jp:993');
    expect(found?.partOf).toBeUndefined();
  });

  test('one on this host that nobody claims is left to the reach of its client', () => {
    expect(plug([webmail], [], [client(at('127.0.0.1', 143))])).toEqual([webmail]);
  });
});

describe('a caller whose callee nobody knows', () => {
  const callers = [make('postfix', 'mta'), make('exim', 'mta')];
  const socket: Endpoint = { net: 'unix', path: '/run/scan/clamd.sock' };

  test('names it as its own settings do, or by its socket', () => {
    const [, , named] = plug(
      callers,
      [],
      [calls('exim', at('127.0.0.1', 6379), { name: 'redis' })],
    );
    expect(named?.name).toBe('redis');
    const [, , bare] = plug(callers, [], [calls('exim', socket)]);
    expect(bare?.name).toBe('clamd');
  });

  test('is not certain of what it may not call', () => {
    const [, , found] = plug(callers, [], [calls('exim', socket, { isCertain: false })]);
    expect(found?.enabled).toBe(null);
  });

  test('shares it with others who call it', () => {
    const found = plug(callers, [], [calls('exim', socket), calls('postfix', socket)]).slice(2);
    expect(found).toMatchObject([{ id: 'exim/milter:unix:/run/scan/clamd.sock', partOf: 'exim' }]);
    expect(found[0]?.foundAt).toHaveLength(2);
  });
});

describe('logins that are checked elsewhere', () => {
  const own: AccessLog = {
    question: 'who logged in',
    emitted: 'partial',
    why: 'not of all is it written whose they were',
    remedy: '# No setting of its own names the others.',
    sink: { to: 'file', path: '/var/log/mta' },
  };
  const asked = { net: 'unix', path: '/run/auth' } as const;
  const answerOf = (checked: AccessLog, more: Partial<Link> = {}, log: AccessLog = own) => {
    const link = calls('mta', asked, { as: 'auth-backend', asksLogins: true, ...more });
    const listener = { ...listens('store', asked), checkedLogins: checked };
    const pair = [make('mta', 'mta', { logs: [log] }), make('store', 'imap')];
    return plug(pair, [listener], [link, link]).find(({ id }) => id === 'mta')?.logs;
  };
  const written: AccessLog = {
    question: 'who logged in',
    emitted: 'on',
    why: 'whoever checks them writes each down',
    sink: { to: 'file', path: '/var/log/store' },
  };
  const unwritten: AccessLog = {
    question: 'who logged in',
    emitted: 'off',
    why: 'nothing exports them',
    remedy: '# in /etc/store.conf, at its end:\nexport = yes',
  };

  test('are told by the log of the one that checks them all', () => {
    expect(answerOf(written)).toEqual([written]);
  });

  test('are not while that one writes none: the remedy says how, once', () => {
    expect(answerOf(unwritten)).toEqual([
      { ...own, remedy: `${own.remedy ?? ''}\n${unwritten.remedy ?? ''}` },
    ]);
  });

  test('are not where it checks only some of them', () => {
    expect(answerOf(written, { asksLogins: false })).toEqual([own]);
  });

  test('leave alone what the caller itself answers, or loses', () => {
    for (const emitted of ['on', 'off'] as const) {
      expect(answerOf(written, {}, { ...own, emitted })).toEqual([{ ...own, emitted }]);
    }
  });
});
