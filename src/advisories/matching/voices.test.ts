import { expect, test } from 'vitest';
import { type Component, componentId } from '../../core/component.ts';
import type { Distribution } from '../../core/packages.ts';
import { ecosystemOf } from '../feeds/osv/ecosystems.ts';
import { releaseHolds } from './statements.ts';
import { voicesOf } from './voices.ts';

const el9: Distribution = {
  id: 'almalinux',
  idLike: ['rhel', 'centos', 'fedora'],
  versionId: '9.6',
  codename: '',
  prettyName: 'AlmaLinux 9.6',
};

const rpm = (namespace: string, supplier: string): Component => ({
  id: componentId('amavis'),
  name: 'amavis',
  version: { value: '2.12.2-6.el9' },
  purl: `pkg:rpm/${namespace}/amavis@2.12.2-6.el9?arch=noarch&distro=almalinux-9.6`,
  supplier,
  kind: 'content-filter',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: 'amavis',
  foundAt: [],
  package: { ecosystem: 'rpm', name: 'amavis', version: '2.12.2-6.el9', arch: 'noarch' },
  reach: [],
  logs: [],
});

test('the silence of AlmaLinux says nothing of what EPEL built', () => {
  const { voices, silence } = voicesOf(rpm('fedora', 'Fedora EPEL'), [], el9);
  expect(voices).toEqual([]);
  expect(silence?.why).toContain('EPEL');
  expect(voicesOf(rpm('almalinux', 'AlmaLinux'), [], el9).voices).toMatchObject([
    { key: 'package|almalinux|amavis', release: '9' },
  ]);
});

test.each([
  ['SUSE:Linux Enterprise Module for Server Applications 15 SP6', '15.6', true],
  ['SUSE:Linux Enterprise Module for Server Applications 15 SP5', '15.6', false],
  ['SUSE:Linux Enterprise Server 15 SP6-LTSS', '15.6', false],
  ['SUSE:Linux Enterprise Server for SAP Applications 15 SP6', '15.6', false],
  ['SUSE:Linux Enterprise Server 12 SP5', '12.5', true],
] as const)('%s is about SLES %s: %s', (ecosystem, versionId, holds) => {
  const sles: Distribution = {
    id: 'sles',
    idLike: ['suse'],
    versionId,
    codename: '',
    prettyName: 'SUSE Linux Enterprise Server',
  };
  const [voice] = voicesOf(rpm('sles', 'SUSE'), [], sles).voices;
  expect(releaseHolds(ecosystemOf(ecosystem).release, voice?.release)).toBe(holds);
});
