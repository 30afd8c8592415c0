import { expect, test } from 'vitest';
import { memoryView } from '../../test/support/memory.ts';
import type { TreeFile } from '../../test/support/tree.ts';
import { identify } from './identify.ts';
import { readPackages } from './package-index.ts';
import { dpkg } from './packages/dpkg.ts';
import { rpm } from './packages/rpm.ts';

const claim = {
  files: ['/usr/sbin/opendkim'],
  otherwise: { origin: 'upstream', supplier: 'The Trusted Domain Project' },
} as const;

const on = (host: Record<string, TreeFile>) => {
  const files = memoryView({ '/usr/sbin/opendkim': '', ...host });
  const index = readPackages(files, [dpkg, rpm]);
  return {
    daemon: identify(index, claim),
    copy: identify(index, { ...claim, ownVersion: { value: '1.6.11' } }),
    unseen: files.unseen.map(({ what, why }) => `${what}: ${why}`).join('\n'),
  };
};

const almalinux = { '/etc/os-release': 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n' };

test.each([
  ['lacks its database', almalinux, 'there is no package database'],
  [
    'has a damaged one',
    { ...almalinux, '/var/lib/rpm/Packages': 'x'.repeat(9_000) },
    '/var/lib/rpm/Packages',
  ],
  ['has one in a strange form', { ...almalinux, '/var/lib/rpm/rpmdb.lmdb': 'x' }, 'no known form'],
])('nothing is said to be unpacked by hand on a host that %s', (_, host, why) => {
  const { daemon, copy, unseen } = on(host);
  expect(daemon).toMatchObject({ origin: 'unknown', version: { unknown: expect.any(String) } });
  expect('unknown' in daemon.version ? daemon.version.unknown : '').toContain(why);
  expect(daemon.supplier).toBeUndefined();
  expect(copy).toMatchObject({ origin: 'unknown', version: { value: '1.6.11' } });
  expect(unseen).toContain('/var/lib/rpm');
});

test('nor on a system whose record of packages is not read', () => {
  const { daemon, unseen } = on({ '/etc/os-release': 'ID=nixos\nPRETTY_NAME="NixOS 24.11"\n' });
  expect(daemon).toMatchObject({ origin: 'unknown' });
  expect(daemon.supplier).toBeUndefined();
  expect(unseen).toContain('NixOS 24.11, whose record of packages Postern does not read');
});

test('a tree that names no distribution is taken as it is', () => {
  const { daemon, unseen } = on({});
  expect(daemon).toMatchObject({ origin: 'upstream', supplier: 'The Trusted Domain Project' });
  expect(unseen).toBe('');
});
