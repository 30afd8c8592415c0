import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../test/support/host-tree.ts';
import type { Tree } from '../../test/support/tree.ts';
import { type Component, componentId } from '../core/component.ts';
import type { Cut, FileView } from '../core/files.ts';
import { hostLimits } from '../core/limits.ts';
import type { Unseen } from '../core/unseen.ts';
import type { Platform } from './platform.ts';
import { markers, takeInventory } from './take.ts';
import { withoutUnread } from './unread.ts';

afterAll(removeTrees);

const platform = (id: string, ...reads: string[]): Platform => ({
  id,
  title: id,
  reads,
  read: () => ({ components: [] }),
});

const platforms = [
  platform('postfix', '/etc/postfix/main.cf', '/etc/postfix/master.cf', '/etc/aliases'),
  platform('exim', '/etc/exim4/exim4.conf', '/etc/aliases'),
  platform('opendkim', '/etc/opendkim/opendkim.conf', '/etc/default/opendkim'),
];

const part = (id: string, more: Partial<Component> = {}): Component => ({
  id: componentId(id),
  name: id,
  version: { value: '1' },
  kind: 'milter',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: id.split(/[@/]/)[0] ?? id,
  foundAt: [{ path: `/usr/sbin/${id}` }],
  reach: [],
  logs: [],
  ...more,
});

const logging = (path: string): Component['logs'] => [
  { question: 'what was changed', emitted: 'on', why: 'by default', because: { path } },
];

const told = (
  unseen: readonly (readonly [string, string])[],
  components: readonly Component[],
  cut?: Cut,
): { readonly parts: readonly Component[]; readonly notes: readonly Unseen[] } => {
  const notes: Unseen[] = [];
  const files: FileView = {
    ...hostTree({}),
    unseen: unseen.map(([what, why]) => ({ what, why, how: '' })),
    note: unseenNow => notes.push(unseenNow),
    cut,
  };
  return { parts: withoutUnread(files, components, platforms), notes };
};

const denied = 'cannot be read (EACCES)';
const closed = 'cannot be entered (EACCES)';
const long = 'is 5000000 bytes long, more than the 4194304 that are read';

const postfix = part('postfix', { kind: 'mta', foundAt: [{ path: '/etc/postfix/main.cf' }] });
const spf = part('policyd-spf', {
  kind: 'policy-service',
  enabled: false,
  partOf: postfix.id,
  foundAt: [{ path: '/etc/postfix/master.cf', line: 9 }],
});

describe('what a part logs', () => {
  test.each([
    ['its own file', [['/etc/opendkim/opendkim.conf', denied]]],
    ['a folder above it', [['/etc/opendkim', closed]]],
    ['a file that its log rests on', [['/usr/share/opendkim', 'cannot be listed (EIO)']]],
  ] as const)('is open where %s could not be read', (_, unseen) => {
    const milter = part('opendkim', {
      foundAt: [{ path: '/usr/sbin/opendkim' }],
      logs: logging('/usr/share/opendkim/defaults'),
      exposure: { internet: 'no', why: 'x', because: { path: '/etc/opendkim/opendkim.conf' } },
    });
    const path = unseen[0][0];
    const [found] = told(unseen, [milter]).parts;
    expect(found?.logs).toEqual([
      {
        question: 'what was changed',
        emitted: 'unknown',
        why: `${path} could not be read`,
        because: { path },
      },
    ]);
    expect(found?.enabled).toBe(true);
    expect(found?.exposure?.internet).toBe(path.startsWith('/etc/') ? 'unknown' : 'no');
  });

  test.each([
    ['another program’s file', '/etc/exim4/exim4.conf', denied],
    ['a file that many programs read', '/etc/aliases', denied],
    ['a table that is too long', '/etc/postfix/virtual', long],
    ['a file that was read, and not understood', '/etc/postfix/master.cf', 'is not UTF-8'],
  ])('stands whatever becomes of %s', (_, path, why) => {
    const components = [{ ...postfix, logs: logging('/etc/postfix/main.cf') }];
    expect(told([[path, why]], components).parts).toEqual(components);
  });

  test('stands for a copy elsewhere, whose settings were read', () => {
    const copy = part('opendkim@/srv/dkim', { logs: logging('/srv/dkim/opendkim.conf') });
    expect(told([['/etc/opendkim', closed]], [copy]).parts).toEqual([copy]);
  });
});

describe('that a part is switched off', () => {
  test.each([
    ['main.cf is too long', '/etc/postfix/main.cf', long],
    ['main.cf may not be read', '/etc/postfix/main.cf', denied],
    ['its folder may not be entered', '/etc/postfix', closed],
    ['bytes were used up', '/etc/postfix/main.cf', 'was not read: 9 files had been read before it'],
    ['a file beside it may not be read', '/etc/postfix/more.cf', denied],
  ])('is open for what Postfix starts where %s, and that file is named', (_, path, why) => {
    const { parts, notes } = told([[path, why]], [postfix, spf]);
    expect(parts.map(({ enabled }) => enabled)).toEqual([true, null]);
    expect(notes).toEqual([
      expect.objectContaining({
        what: path,
        why: expect.stringMatching(/may switch on .*policyd-spf/),
      }),
    ]);
  });

  test('stands for a daemon that the host does not start, whoever calls it', () => {
    const milter = part('opendkim', { enabled: false, partOf: postfix.id });
    expect(told([['/etc/postfix/main.cf', denied]], [postfix, milter]).parts[1]).toEqual(milter);
  });

  test('stands where another mail server’s file could not be read', () => {
    const { parts, notes } = told([['/etc/exim4/exim4.conf', denied]], [postfix, spf]);
    expect([parts[1]?.enabled, notes]).toEqual([false, []]);
  });

  test('is open for everything where time ran out', () => {
    const cut = { why: 'reading stopped after 60 s', before: '/etc/z', how: '' };
    const milter = part('opendkim', { enabled: false, exposure: { internet: 'no', why: 'x' } });
    expect(told([], [milter], cut).parts).toMatchObject([
      { enabled: null, exposure: { internet: 'unknown', why: cut.why } },
    ]);
  });

  test('ends with parts that are said to be part of each other', () => {
    const loop = [
      part('a', { enabled: false, kind: 'policy-service', partOf: componentId('b') }),
      part('b', { enabled: false, kind: 'policy-service', partOf: componentId('a') }),
    ];
    expect(told([['/etc/exim4/exim4.conf', denied]], loop).parts).toEqual(loop);
  });
});

test('a policy service that master.cf starts, and main.cf is too long to tell who calls', () => {
  const tree = (main: string): Tree => ({
    '/usr/sbin/postfix': '',
    '/usr/lib/postfix/sbin/master': '',
    '/usr/bin/policyd-spf': '',
    '/etc/postfix/main.cf': `mail_version = 3.7.11\n${main}`,
    '/etc/postfix/master.cf':
      'policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf\n',
  });
  const enabledWith = (main: string): boolean | null | undefined =>
    takeInventory(hostTree(tree(main), markers)).components.find(({ id }) =>
      id.includes('policyd-spf'),
    )?.enabled;
  expect(enabledWith('')).toBe(false);
  expect(enabledWith('#'.repeat(hostLimits.fileBytesMax))).toBe(null);
});
