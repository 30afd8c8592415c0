import { expect, test } from 'vitest';
import { rpmNamespace, rpmOrigin } from './origin.ts';

const on = (id: string, ...idLike: readonly string[]) => ({
  id,
  idLike,
  versionId: '9.4',
  codename: '',
  prettyName: '',
});

test.each([
  [on('fedora'), 'Fedora'],
  [on('nobara', 'fedora'), 'Fedora'],
  // As RHEL, Oracle Linux and Amazon Linux call themselves.
  [on('rhel', 'fedora'), 'Fedora EPEL'],
  [on('ol', 'fedora'), 'Fedora EPEL'],
  [on('amzn', 'fedora'), 'Fedora EPEL'],
  [on('rocky', 'rhel', 'centos', 'fedora'), 'Fedora EPEL'],
])('what Fedora Project built for %j is from %s', (distribution, supplier) => {
  expect(rpmOrigin('Fedora Project', undefined, distribution)).toMatchObject({
    origin: 'distribution',
    supplier,
  });
});

test.each([
  ['AlmaLinux', 'almalinux', 'almalinux'],
  ['Fedora EPEL', 'almalinux', 'fedora'],
  ['Red Hat', 'rhel', 'redhat'],
  ['SUSE', 'opensuse-leap', 'opensuse'],
  ['SUSE', 'sles', 'suse'],
])('a package URL of %s on %s has the namespace %s', (supplier, id, namespace) => {
  expect(rpmNamespace(supplier, on(id))).toBe(namespace);
});
