import { expect, test } from 'vitest';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import { understoodBreach } from './breach-of.ts';

const part = (
  id: string,
  kind: Component['kind'],
  reach: readonly Reach[],
  more: Partial<Component> = {},
): Component => ({
  id: componentId(id),
  name: id,
  version: { value: '1' },
  kind,
  origin: 'upstream',
  thirdParty: true,
  enabled: true,
  platform: id.split('/')[0] ?? id,
  foundAt: [],
  reach,
  logs: [],
  ...more,
});

const mail: Reach = { resource: 'stored-mail', mode: 'admin', extent: 'every mailbox' };
const passing: Reach = { resource: 'mail-in-transit', mode: 'read', extent: 'every message' };

const estate = {
  recordTypes: ['email', 'telephone'],
  components: [
    part('dovecot', 'imap', [mail]),
    part('roundcube', 'webmail', [
      { resource: 'credentials', mode: 'read', extent: 'its database' },
    ]),
    part('roundcube/twofactor', 'webmail-plugin', [], { partOf: componentId('roundcube') }),
    part('opendkim', 'milter', [passing]),
    part('mystery', 'add-on', []),
  ],
};

const window = { fromMs: 0, toMs: 86_400_000 };
const coverage = [
  {
    log: 'dovecot: not written',
    question: 'who read what',
    days: [{ day: '1970-01-01', is: 'off', why: 'off' }],
  },
] as const;

const understood = (component: string, more: object = {}): ReturnType<typeof understoodBreach> =>
  understoodBreach({ component, ...window, ...more }, estate, () => coverage);

test('a plug-in of a webmail reaches what the webmail reaches, and the mailboxes behind it', () => {
  const { breach, parts } = understood('roundcube/twofactor');
  expect(breach.reach).toEqual({ mailboxes: 'all', records: [{ types: ['password'] }] });
  expect(breach.component).toEqual({
    id: 'roundcube/twofactor',
    behind: ['dovecot'],
    hosts: ['127.0.0.1', '::1'],
  });
  expect(parts.map(({ id }) => id)).toEqual(['roundcube/twofactor', 'roundcube', 'dovecot']);
  expect(breach.gaps).toMatchObject([{ is: 'off', fromMs: 0 }]);
});

test('a milter reaches what passes, and no stored mail', () => {
  const { breach, unknown } = understood('opendkim', { controlled: true });
  expect(breach.reach).toEqual({ transit: true });
  expect(breach.component).toMatchObject({ inTransit: true, controlled: true });
  expect(unknown).toEqual([]);
});

test.each(['mystery', 'not/there'])('%s: what is not known is the whole of it, and said', id => {
  const { breach, unknown } = understood(id);
  expect(breach.reach).toEqual({
    mailboxes: 'all',
    transit: true,
    records: [{ types: ['email', 'telephone', 'password'] }],
  });
  expect(unknown).toHaveLength(1);
});

test('accounts without a component reach their own mailboxes', () => {
  const { breach } = understoodBreach(
    { accounts: ['taro@example.jp'], ...window },
    estate,
    () => [],
  );
  expect(breach).toMatchObject({
    reach: { mailboxes: ['taro@example.jp'] },
    accounts: ['taro@example.jp'],
  });
  expect(breach.component).toBeUndefined();
});

test('addresses are those of the networks that were named', () => {
  const { isAddress } = understood('roundcube', {
    addresses: ['203.0.113.0/24', '2001:db8::1'],
  }).breach;
  expect([
    isAddress?.('203.0.113.9'),
    isAddress?.('2001:db8::1'),
    isAddress?.('192.0.2.1'),
  ]).toEqual([true, true, false]);
});
