import { describe, expect, test } from 'vitest';
import { holdingOf } from '../../../test/support/holding.ts';
import { type Component, componentId } from '../../core/component.ts';
import type { Distribution } from '../../core/packages.ts';
import { ecosystemOf } from '../feeds/osv/ecosystems.ts';
import { osv } from '../feeds/osv.ts';
import { memoryIndex } from '../memory-index.ts';
import { keyOfPackage } from '../product-key.ts';
import { openMatching } from './match.ts';
import { releaseHolds, statementsUnder } from './statements.ts';
import { type Voice, voicesOf } from './voices.ts';

const holding = holdingOf('osv', 'Ubuntu');

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
  // Those who pay for it, and for SAP, get the same packages: who has older ones lacks what is mended.
  ['SUSE:Linux Enterprise Server 15 SP6-LTSS', '15.6', true],
  ['SUSE:Linux Enterprise Server 15 SP5-LTSS', '15.6', false],
  ['SUSE:Linux Enterprise Server LTSS Extended Security 12 SP5', '12.5', true],
  ['SUSE:Linux Enterprise Server for SAP Applications 15 SP6', '15.6', true],
  ['SUSE:Linux Enterprise Desktop 15 SP6', '15.6', false],
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

const says = (
  distribution: string,
  release: string,
  version: string,
  ...affected: readonly (readonly [string, string | undefined])[]
): readonly string[] => {
  const voice: Voice = {
    key: keyOfPackage(distribution, 'dovecot'),
    feeds: ['osv'],
    rank: 1,
    version,
    packaged: true,
    release,
  };
  const reading = osv.read({
    document: 'osv.json',
    number: 1,
    value: {
      id: 'UBUNTU-CVE-2026-10001',
      modified: '2026-06-01T00:00:00Z',
      affected: affected.map(([ecosystem, fixed]) => ({
        package: { ecosystem, name: 'dovecot' },
        ranges: [
          {
            type: 'ECOSYSTEM',
            events: [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])],
          },
        ],
      })),
    },
  });
  if (!('entries' in reading)) throw new Error('the test’s record was refused');
  return statementsUnder(voice, memoryIndex([{ holding, entries: reading.entries }])).map(
    ({ outcome }) => outcome,
  );
};

describe('Ubuntu Pro', () => {
  const saysUbuntu = (
    version: string,
    ...affected: readonly (readonly [string, string | undefined])[]
  ): readonly string[] => says('Ubuntu', '22.04', version, ...affected);
  const open = ['Ubuntu:22.04:LTS', undefined] as const;
  const pro = ['Ubuntu:Pro:22.04:LTS', '2.3-1ubuntu1+esm1'] as const;

  test('mends the packages of subscribers, and nobody else’s', () => {
    expect(saysUbuntu('2.3-1ubuntu1+esm1', open, pro)).toEqual(['not-affected']);
    expect(saysUbuntu('2.3-1ubuntu1', open, pro)).toEqual(['affected']);
  });

  test('alone says that older packages lack what it mends', () => {
    expect(saysUbuntu('2.3-1ubuntu1', pro)).toEqual(['affected']);
  });

  test('alone proves nothing of newer packages that are not of it', () => {
    expect(saysUbuntu('2.3-1ubuntu2', pro)).toEqual(['undetermined']);
    expect(saysUbuntu('2.3-1ubuntu2', ['Ubuntu:22.04:LTS', '2.3-1ubuntu2'], pro)).toEqual([
      'not-affected',
    ]);
    expect(saysUbuntu('2.3-1ubuntu2~esm1', pro)).toEqual(['not-affected']);
  });

  test('a line for special systems says nothing of others', () => {
    expect(saysUbuntu('2.3-1ubuntu1', ['Ubuntu:Pro:FIPS:22.04:LTS', '9'])).toEqual([]);
    expect(saysUbuntu('2.3-1ubuntu1', ['Ubuntu:Pro:20.04:LTS', '9'])).toEqual([]);
  });
});

describe('Red Hat’s extended support', () => {
  const own = ['Red Hat:enterprise_linux:9::appstream', '2.3.16-14.el9'] as const;
  const extended = ['Red Hat:rhel_eus:9.4::appstream', '2.3.16-11.el9_4.1'] as const;
  const each = (version: string): unknown =>
    [own, extended].flatMap(one => says('Red Hat', '9', version, one));

  test('speaks of the builds of its minor release, and of no other', () => {
    expect(each('2.3.16-11.el9_4.1')).toEqual(['affected', 'not-affected']);
    expect(each('2.3.16-11.el9_4')).toEqual(['affected', 'affected']);
    expect(each('2.3.16-11.el9')).toEqual(['affected']);
    expect(each('2.3.16-14.el9_5')).toEqual(['not-affected']);
  });

  test('is heard before the release itself', () => {
    const { findings } = openMatching({
      index: memoryIndex([
        {
          holding,
          entries: [own, extended].flatMap(([ecosystem, fixed], i) => {
            const reading = osv.read({
              document: 'osv.json',
              number: 1,
              value: {
                id: `RHSA-2026:${i}`,
                modified: '2026-06-01T00:00:00Z',
                upstream: ['CVE-2026-10001'],
                affected: [
                  {
                    package: { ecosystem, name: 'dovecot' },
                    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
                  },
                ],
              },
            });
            return 'entries' in reading ? reading.entries : [];
          }),
        },
      ]),
      distribution: { id: 'rhel', idLike: [], versionId: '9.4', codename: '', prettyName: '' },
      now: new Date('2026-06-29T06:00:00Z'),
      maxAgeHours: () => 48,
    })(
      {
        ...rpm('redhat', 'Red Hat'),
        origin: 'distribution',
        version: { value: '2.3.16-11.el9_4.1' },
        package: { ecosystem: 'rpm', name: 'dovecot', version: '2.3.16-11.el9_4.1' },
      },
      [],
    );
    expect(findings.map(({ outcome }) => outcome)).toEqual(['not-affected']);
  });
});

describe('a part is judged as its host', () => {
  const host: Component = {
    ...rpm('fedora', 'The Roundcube Dev Team'),
    id: componentId('roundcube'),
    name: 'roundcube',
    version: { value: '1.5.3' },
    purl: 'pkg:composer/roundcube/roundcubemail@1.5.3',
    platform: 'roundcube',
    origin: 'upstream',
  };
  const { package: _, ...byHand } = host;
  const asHost = (component: Component, of: Component): readonly string[] =>
    voicesOf(component, [of], el9).voices.flatMap(({ as }) => (as === undefined ? [] : [as]));

  test.each([
    ['its own plug-in', 'pkg:composer/roundcube/enigma@0.9', 'The Roundcube Dev Team', true],
    ['another’s under its name', 'pkg:composer/roundcube/carddav@4.4.3', 'Jo Sample', false],
    ['another’s', 'pkg:composer/example/second-factor@0.7.1', 'The Roundcube Dev Team', false],
    ['what has no namespace', 'pkg:pypi/hyperkitty@1.3.4', 'The Roundcube Dev Team', false],
  ])('%s: %s', (_what, purl, supplier, is) => {
    const name = purl.split(/[/@]/).at(-2) ?? '';
    const id = componentId(`roundcube/${name}`);
    const found = asHost({ ...byHand, id, name, purl, supplier }, byHand);
    expect(found.includes('roundcube')).toBe(is);
  });

  test('where both come of one source package of a vendor', () => {
    const from = (source: string, name: string): Component => ({
      ...host,
      id: componentId(`dovecot/${name}`),
      name,
      platform: 'dovecot',
      origin: 'vendor',
      purl: `pkg:deb/${name}@2:2.3.21-1`,
      package: {
        ecosystem: 'deb',
        name,
        version: '2:2.3.21-1',
        source: { name: source, version: '2:2.3.21-1' },
      },
    });
    const core = { ...from('dovecot', 'dovecot-core'), name: 'dovecot' };
    expect(asHost(from('dovecot', 'dovecot-sieve'), core)).toContain('dovecot');
    expect(asHost(from('fts-xapian', 'dovecot-fts-xapian'), core)).toEqual([]);
  });
});

test('a fix in a release proves nothing of what backports made of a later one', () => {
  const fix = ['Debian:12', '2.3-1+deb12u2'] as const;
  expect(says('Debian', '12', '2.3-1+deb12u3', fix)).toEqual(['not-affected']);
  expect(says('Debian', '12', '2.4-1~bpo12+1', fix)).toEqual(['undetermined']);
  expect(says('Debian', '12', '2.2-1~bpo12+1', fix)).toEqual(['affected']);
});

test('a source rpm is of the epoch of what was built of it', () => {
  const sieve: Component = {
    ...rpm('almalinux', 'AlmaLinux'),
    package: {
      ecosystem: 'rpm',
      name: 'dovecot-pigeonhole',
      version: '1:2.3.16-15.el9',
      source: { name: 'dovecot', version: '2.3.16-15.el9' },
      arch: 'x86_64',
    },
  };
  expect(voicesOf(sieve, [], el9).voices).toMatchObject([
    { key: 'package|almalinux|dovecot', version: '1:2.3.16-15.el9' },
    { key: 'package|almalinux|dovecot-pigeonhole', version: '1:2.3.16-15.el9' },
  ]);
});
