import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../../test/support/host-tree.ts';
import type { Tree } from '../../../test/support/tree.ts';
import { readUnit, startsAtBoot, switchedOn } from './systemd.ts';

afterAll(removeTrees);

const unit = '[Service]\nExecStart=/usr/sbin/daemon\n';
const etc = '/etc/systemd/system';
const wants = `${etc}/multi-user.target.wants`;
/** A host that systemd starts, whatever it has of the service asked for. */
const systemd: Tree = {
  [`${wants}/cron.service`]: { link: '/usr/lib/systemd/system/cron.service' },
};

const cases: readonly {
  readonly name: string;
  readonly tree: Tree;
  readonly names?: readonly string[];
  readonly boot: boolean | null;
  readonly on?: boolean | null;
}[] = [
  { name: 'nothing shows how services start', tree: { '/etc/hosts': '' }, boot: null, on: true },
  { name: 'systemd, and no unit of that name', tree: systemd, boot: null },
  {
    name: 'a unit that nothing wants',
    tree: { ...systemd, '/usr/lib/systemd/system/daemon.service': unit },
    boot: null,
  },
  {
    name: 'a unit that is wanted',
    tree: {
      '/usr/lib/systemd/system/daemon.service': unit,
      [`${wants}/daemon.service`]: { link: '/usr/lib/systemd/system/daemon.service' },
    },
    boot: true,
  },
  {
    name: 'a socket that a package wants',
    tree: {
      ...systemd,
      '/usr/lib/systemd/system/sockets.target.wants/daemon.socket': { link: '../daemon.socket' },
    },
    boot: true,
  },
  {
    name: 'a mask over a unit that is wanted',
    tree: {
      '/usr/lib/systemd/system/daemon.service': unit,
      [`${wants}/daemon.service`]: { link: '/usr/lib/systemd/system/daemon.service' },
      [`${etc}/daemon.service`]: { link: '/dev/null' },
    },
    boot: false,
  },
  {
    name: 'a mask with dots in its way, and an empty file',
    tree: {
      [`${etc}/daemon.service`]: { link: '../../../dev/null' },
      [`${etc}/other.service`]: '',
    },
    names: ['daemon', 'other'],
    boot: false,
  },
  {
    name: 'a mask over one name, and a wanted unit of another',
    tree: {
      [`${etc}/daemon.service`]: { link: '/dev/null' },
      '/usr/lib/systemd/system/other.service': unit,
      [`${wants}/other.service`]: { link: '/usr/lib/systemd/system/other.service' },
    },
    names: ['daemon', 'other'],
    boot: true,
  },
  {
    name: 'a mask over the name that is wanted, and a unit that is not',
    tree: {
      [`${etc}/daemon.service`]: { link: '/dev/null' },
      [`${wants}/daemon.service`]: { link: '/usr/lib/systemd/system/daemon.service' },
      '/usr/lib/systemd/system/other.service': unit,
    },
    names: ['daemon', 'other'],
    boot: null,
  },
  {
    name: 'a script of System V that a runlevel starts, beside systemd',
    tree: {
      ...systemd,
      '/etc/init.d/daemon': '',
      '/etc/rc3.d/S20daemon': { link: '../init.d/daemon' },
    },
    boot: true,
  },
  {
    name: 'a script of System V that no runlevel starts',
    tree: {
      ...systemd,
      '/etc/init.d/daemon': '',
      '/etc/rc3.d/S20other': { link: '../init.d/other' },
    },
    boot: false,
  },
  {
    name: 'OpenRC',
    tree: { '/etc/runlevels/default/daemon': { link: '/etc/init.d/daemon' } },
    boot: true,
  },
];

describe('whether a service is started with the host', () => {
  test.each(cases)('$name', ({ tree, names = ['daemon'], boot, on = boot }) => {
    const files = hostTree(tree);
    expect(startsAtBoot(files, names)).toBe(boot);
    expect(switchedOn(files, names)).toBe(on);
    expect(names.map(name => readUnit(files, `${name}.service`)?.path)).not.toContain(
      `${etc}/daemon.service`,
    );
    // That a mask leads nowhere below a collected root is how it is meant.
    expect(files.unseen).toEqual([]);
  });
});
