import { spawnSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../../test/support/host-tree.ts';
import type { Tree } from '../../../test/support/tree.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts } from '../../core/patch.ts';
import type { WantedPackage } from '../local-source.ts';
import { apt } from './apt.ts';

afterAll(removeTrees);

const now = new Date('2026-03-10T12:00:00Z');
const bookworm: Distribution = {
  id: 'debian',
  idLike: [],
  versionId: '12',
  codename: 'bookworm',
  prettyName: 'Debian GNU/Linux 12 (bookworm)',
};
const noble: Distribution = {
  id: 'ubuntu',
  idLike: ['debian'],
  versionId: '24.04',
  codename: 'noble',
  prettyName: 'Ubuntu 24.04 LTS',
};

const lists = '/var/lib/apt/lists';

interface Suite {
  readonly site?: string;
  readonly origin?: string;
  readonly label?: string;
  readonly suite?: string;
  readonly date?: string;
  readonly validUntil?: string;
  readonly component?: string;
  readonly more?: string;
}

const inRelease = (codename: string, suite: Suite): string =>
  [
    '-----BEGIN PGP SIGNED MESSAGE-----',
    'Hash: SHA512',
    '',
    `Origin: ${suite.origin ?? 'Debian'}`,
    `Label: ${suite.label ?? (codename.endsWith('-security') ? 'Debian-Security' : 'Debian')}`,
    `Suite: ${suite.suite ?? codename}`,
    `Codename: ${codename}`,
    `Date: ${suite.date ?? 'Tue, 10 Mar 2026 02:00:00 UTC'}`,
    ...(suite.validUntil === undefined ? [] : [`Valid-Until: ${suite.validUntil}`]),
    ...(suite.more === undefined ? [] : [suite.more]),
    'SHA256:',
    ` ${'0'.repeat(64)} 1 main/binary-amd64/Packages`,
    '',
  ].join('\n');

const listOf = (packages: Readonly<Record<string, string>>): string =>
  Object.entries(packages)
    .map(
      ([name, version]) =>
        `Package: ${name}\nArchitecture: amd64\nVersion: ${version}\nSection: mail\nDescription: small\n`,
    )
    .join('\n');

/** One suite as apt keeps it. */
const suiteOf = (
  codename: string,
  packages: Readonly<Record<string, string>>,
  suite: Suite = {},
): Tree => {
  const stem = `${lists}/${suite.site ?? 'deb.example.test_debian'}_dists_${codename}`;
  return {
    [`${stem}_InRelease`]: inRelease(codename, suite),
    [`${stem}_${suite.component ?? 'main'}_binary-amd64_Packages`]: listOf(packages),
  };
};

const roundcube: WantedPackage = {
  ecosystem: 'deb',
  name: 'roundcube-core',
  version: '1.6.5+dfsg-1+deb12u13',
  source: { name: 'roundcube', version: '1.6.5+dfsg-1+deb12u13' },
  arch: 'all',
  origin: 'distribution',
};

const facts = (
  tree: Tree,
  wanted: WantedPackage = roundcube,
  distribution: Distribution = bookworm,
): PatchFacts => {
  const found = apt.facts(hostTree(tree), [wanted], distribution, now).get(wanted.name);
  if (found === undefined) throw new Error('no facts');
  return found;
};

const main = suiteOf(
  'bookworm',
  { 'roundcube-core': '1.6.5+dfsg-1+deb12u4' },
  {
    date: 'Sat, 10 Jan 2026 10:00:00 UTC',
  },
);

describe('nothing waiting', () => {
  test('is said when the installed build is on offer and the security suite is there', () => {
    const { waiting, indexAsOf, support, repository } = facts({
      ...main,
      ...suiteOf('bookworm-security', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
    });
    expect(waiting).toMatchObject({
      state: 'none',
      why: '1.6.5+dfsg-1+deb12u13 is the newest build on offer, bookworm-security included',
    });
    expect(indexAsOf).toBe('2026-03-10T02:00:00.000Z');
    expect(support).toMatchObject({ state: 'supported' });
    expect(repository).toMatchObject({ origin: 'Debian', suite: 'bookworm-security' });
  });

  test.each<[string, Tree, string]>([
    ['without any list', {}, 'there is no package index on this host'],
    [
      'without the security suite',
      suiteOf('bookworm', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
      'the package index holds nothing of the security suite of bookworm (main)',
    ],
    [
      'with the security suite of another release',
      {
        ...suiteOf('bookworm', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
        ...suiteOf('bullseye-security', {}),
      },
      'nothing of the security suite of bookworm',
    ],
    [
      'with the security suite of another component',
      {
        ...suiteOf('bookworm', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
        ...suiteOf('bookworm-security', {}, { component: 'contrib' }),
      },
      'nothing of the security suite of bookworm',
    ],
    [
      'when nobody offers the installed build',
      {
        ...main,
        ...suiteOf('bookworm-security', { 'roundcube-core': '1.6.5+dfsg-1+deb12u12' }),
      },
      'no repository in the package index offers the installed build 1.6.5+dfsg-1+deb12u13 (the newest on offer is 1.6.5+dfsg-1+deb12u12)',
    ],
    [
      'when nobody offers the package',
      { ...suiteOf('bookworm', { exim4: '4.96-15' }), ...suiteOf('bookworm-security', {}) },
      'no repository in the package index offers roundcube-core',
    ],
    [
      'when a version on offer is none',
      {
        ...suiteOf('bookworm', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
        ...suiteOf('bookworm-security', { 'roundcube-core': 'unknown' }),
      },
      'cannot be compared',
    ],
    [
      'when a list is damaged',
      {
        ...main,
        ...suiteOf('bookworm-security', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
        [`${lists}/x_dists_y_main_binary-amd64_Packages.lz4`]: Buffer.from('04224d18ff', 'hex'),
      },
      'could not be read',
    ],
  ])('is not claimed %s', (_, tree, why) => {
    const { waiting } = facts(tree);
    expect(waiting.state).toBe('unknown');
    expect(waiting.state === 'unknown' && waiting.why).toContain(why);
    expect(waiting.state === 'unknown' && waiting.how).not.toBe('');
  });

  test('is not claimed for backports, which nobody looks after', () => {
    const { waiting, support } = facts(
      {
        ...main,
        ...suiteOf('bookworm-security', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
        ...suiteOf(
          'bookworm-backports',
          { 'roundcube-core': '1.6.11+dfsg-1~bpo12+1' },
          {
            more: 'NotAutomatic: yes\nButAutomaticUpgrades: yes',
          },
        ),
      },
      { ...roundcube, version: '1.6.11+dfsg-1~bpo12+1' },
    );
    expect(waiting).toMatchObject({ state: 'unknown' });
    expect(waiting.state === 'unknown' && waiting.why).toContain('bookworm-backports');
    expect(support).toMatchObject({ state: 'unknown' });
  });

  test('counts in a vendor’s own repository, whose age is its own', () => {
    const rspamd: WantedPackage = {
      ecosystem: 'deb',
      name: 'rspamd',
      version: '3.11.1-1~bookworm',
      arch: 'amd64',
      origin: 'vendor',
    };
    const { waiting, indexAsOf, support, repository } = facts(
      {
        ...suiteOf('bookworm', { rspamd: '3.4-1' }),
        ...suiteOf('bookworm-security', {}),
        ...suiteOf(
          'bookworm',
          { rspamd: '3.11.1-1~bookworm' },
          {
            site: 'rspamd.example.test_apt-stable',
            origin: 'Rspamd',
            label: 'Rspamd',
            date: 'Mon, 01 Dec 2025 10:00:00 UTC',
          },
        ),
      },
      rspamd,
    );
    expect(waiting.state).toBe('none');
    expect(indexAsOf).toBe('2025-12-01T10:00:00.000Z');
    expect(support).toMatchObject({ state: 'unknown' });
    expect(repository).toMatchObject({ label: 'Rspamd' });
  });

  test('is not claimed of Debian’s build behind a mirror that does not say that it is Debian', () => {
    const mirror = { site: 'mirror.example.test', origin: 'aptly', label: 'aptly' };
    const { waiting } = facts(suiteOf('bookworm', { 'roundcube-core': roundcube.version }, mirror));
    expect(waiting.state === 'unknown' && waiting.why).toContain('only aptly offers it');
  });

  test('is as old as the security suite, however young the others are', () => {
    const { indexAsOf } = facts({
      ...main,
      ...suiteOf('bookworm-updates', { other: '1.0-1' }),
      ...suiteOf(
        'bookworm-security',
        { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' },
        {
          date: 'Sun, 01 Feb 2026 10:00:00 UTC',
          validUntil: 'Sun, 08 Feb 2026 10:00:00 UTC',
        },
      ),
      '/var/lib/apt/periodic/update-success-stamp': {
        content: '',
        mtime: '2026-03-10T06:00:00Z',
      },
    });
    expect(indexAsOf).toBe('2026-02-01T10:00:00.000Z');
  });

  test('is as young as the stamp of apt’s timer where the suite was young then', () => {
    const { indexAsOf } = facts({
      ...main,
      ...suiteOf(
        'bookworm-security',
        { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' },
        {
          date: 'Sat, 07 Mar 2026 10:00:00 UTC',
          validUntil: 'Sat, 14 Mar 2026 10:00:00 UTC',
        },
      ),
      '/var/lib/apt/periodic/update-success-stamp': {
        content: '',
        mtime: '2026-03-10T06:00:00Z',
      },
    });
    expect(indexAsOf).toBe('2026-03-10T06:00:00.000Z');
  });
});

const changelog = (entries: readonly (readonly [string, string, string])[]): Uint8Array =>
  gzipSync(
    entries
      .map(
        ([version, suite, date]) =>
          `roundcube (${version}) ${suite}; urgency=high\n\n  * Mend it.\n\n -- A Maintainer <a@example.jp>  ${date}\n`,
      )
      .join('\n'),
  );

const changelogPath = '/usr/share/doc/roundcube-core/changelog.Debian.gz';
const fix = suiteOf(
  'bookworm-security',
  { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' },
  {
    date: 'Mon, 09 Mar 2026 10:00:00 UTC',
  },
);

describe('a waiting security update', () => {
  const installed: WantedPackage = { ...roundcube, version: '1.6.5+dfsg-1+deb12u12' };

  test('is dated by the installed build’s changelog and by the suite that has it', () => {
    const { waiting } = facts(
      {
        ...main,
        ...fix,
        [changelogPath]: changelog([
          ['1.6.5+dfsg-1+deb12u12', 'bookworm-security', 'Sun, 01 Mar 2026 08:00:00 +0100'],
        ]),
      },
      installed,
    );
    expect(waiting).toMatchObject({
      state: 'update',
      version: '1.6.5+dfsg-1+deb12u13',
      security: true,
      since: { notBefore: '2026-03-01T07:00:00.000Z', notAfter: '2026-03-09T10:00:00.000Z' },
      remedy: 'apt update && apt install --only-upgrade roundcube-core',
    });
  });

  test.each([
    ['a rebuild made here', '1.6.5+dfsg-1+deb12u12~local1', 'bookworm'],
    ['an unreleased build', '1.6.5+dfsg-1+deb12u12', 'UNRELEASED'],
  ])('has no lower bound behind %s', (_, version, suite) => {
    const { waiting } = facts(
      {
        ...main,
        ...fix,
        [changelogPath]: changelog([[version, suite, 'Mon, 09 Mar 2026 08:00:00 +0000']]),
      },
      { ...installed, version },
    );
    expect(waiting.state === 'update' && waiting.since).toEqual({
      notAfter: '2026-03-09T10:00:00.000Z',
      basis: expect.stringContaining('offers 1.6.5+dfsg-1+deb12u13'),
    });
  });

  test('is not made older by a stranger’s old repository', () => {
    const { waiting } = facts(
      {
        ...main,
        ...fix,
        ...suiteOf(
          'stable',
          { 'roundcube-core': '2.0-1' },
          {
            site: 'stranger.example.test',
            origin: 'Stranger',
            label: 'Stranger',
            date: 'Wed, 01 Jan 2020 10:00:00 UTC',
          },
        ),
      },
      installed,
    );
    expect(waiting.state === 'update' && waiting.security).toBe(true);
    expect(waiting.state === 'update' && waiting.since.notAfter).toBe('2026-03-09T10:00:00.000Z');
  });

  test('is older when a build of it was downloaded long ago', () => {
    const { waiting } = facts(
      {
        ...main,
        ...fix,
        '/var/cache/apt/archives/roundcube-core_1.6.5+dfsg-1+deb12u13_all.deb': {
          content: '',
          mtime: '2026-02-01T00:00:00Z',
        },
        '/var/cache/apt/archives/roundcube-core_1.7.0-1_all.deb': {
          content: '',
          mtime: '2025-02-01T00:00:00Z',
        },
      },
      installed,
    );
    expect(waiting.state === 'update' && waiting.since.notAfter).toBe('2026-02-01T00:00:00.000Z');
  });

  test('shows behind a hold and behind a pin, with the way out', () => {
    const status = `Package: roundcube-core\nStatus: hold ok installed\nVersion: ${installed.version}\n`;
    const held = facts({ ...main, ...fix, '/var/lib/dpkg/status': status }, installed).waiting;
    expect(held).toMatchObject({ state: 'update', security: true });
    expect(held.state === 'update' && held.held).toContain('apt-mark hold');
    expect(held.state === 'update' && held.remedy).toContain('apt-mark unhold roundcube-core');
    const pinned = facts(
      {
        ...main,
        ...fix,
        '/etc/apt/preferences.d/no-security':
          'Package: *\nPin: release n=bookworm-security\nPin-Priority: -1\n',
      },
      installed,
    ).waiting;
    expect(pinned).toMatchObject({ state: 'update', security: true });
    expect(pinned.state === 'update' && pinned.held).toContain(
      '/etc/apt/preferences.d/no-security:1',
    );
    expect(pinned.state === 'update' && pinned.remedy).toContain('=1.6.5+dfsg-1+deb12u13');
  });
});

describe('apt’s preferences', () => {
  const installed: WantedPackage = { ...roundcube, version: '1.6.5+dfsg-1+deb12u12' };
  const conf = (value: string): Tree => ({
    ...main,
    ...fix,
    '/etc/apt/apt.conf.d/50release': `APT {\n  // the release\n  Default-Release "${value}";\n};\n`,
  });

  test('for a release that forgets its security suite hold the fix back', () => {
    const tree = {
      ...conf('bookworm'),
      ...suiteOf('bookworm', { 'roundcube-core': installed.version }),
    };
    const { waiting } = facts(tree, installed);
    expect(waiting.state === 'update' && waiting.held).toContain('Default-Release "bookworm"');
  });

  test('for a release with its security suite do not', () => {
    const { waiting } = facts(conf('/^bookworm(|-security|-updates)$/'), installed);
    expect(waiting).toMatchObject({ state: 'update', security: true });
    expect(waiting.state === 'update' && waiting.held).toBeUndefined();
  });

  test.each([
    ['/etc/apt/apt.conf.d/x', 'APT::Default-Release "/book.*/";'],
    ['/etc/apt/preferences', 'Package: *\nPin: release n=/^book/\nPin-Priority: 900\n'],
    ['/etc/apt/preferences.d/arch', 'Package: *\nPin: release b=i386\nPin-Priority: 900\n'],
    [
      '/etc/apt/preferences.d/source',
      'Package: src:roundcube\nPin: release n=x\nPin-Priority: 900\n',
    ],
  ])('that are not understood are unseen: %s', (path, text) => {
    const files = hostTree({ ...main, ...fix, [path]: text });
    apt.facts(files, [installed], bookworm, now);
    expect(files.unseen.map(({ what }) => what)).toEqual([path]);
  });
});

describe('an update that is perhaps about security', () => {
  test('comes with a point release', () => {
    const { waiting } = facts(
      {
        ...suiteOf('bookworm', { 'roundcube-core': '1.6.5+dfsg-1+deb12u14' }),
        ...suiteOf('bookworm-security', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
      },
      roundcube,
    );
    expect(waiting).toMatchObject({ state: 'update', security: null });
  });

  const postfix: WantedPackage = {
    ecosystem: 'deb',
    name: 'postfix',
    version: '3.8.6-1build2',
    arch: 'amd64',
    origin: 'distribution',
  };
  const ubuntu = (codename: string, version: string): Tree =>
    suiteOf(codename, version === '' ? {} : { postfix: version }, {
      origin: 'Ubuntu',
      label: 'Ubuntu',
    });

  test('is none in Ubuntu’s -updates alone, where -security would have it too', () => {
    const tree = {
      ...ubuntu('noble', '3.8.6-1build2'),
      ...ubuntu('noble-updates', '3.8.6-1ubuntu0.1'),
    };
    expect(facts(tree, postfix, noble).waiting).toMatchObject({ state: 'update', security: null });
    const whole = { ...tree, ...ubuntu('noble-security', '') };
    expect(facts(whole, postfix, noble).waiting).toMatchObject({
      state: 'update',
      security: false,
    });
    expect(
      facts(whole, { ...postfix, version: '3.8.6-1build2~local1', origin: 'unknown' }, noble)
        .waiting,
    ).toMatchObject({ state: 'update', security: null });
  });

  test('is not promised for Ubuntu’s universe without a subscription', () => {
    const universe = { origin: 'Ubuntu', label: 'Ubuntu', component: 'universe' };
    const tree = {
      ...suiteOf('noble', { rspamd: '3.8.1-1ubuntu3' }, universe),
      ...suiteOf('noble-security', {}, universe),
    };
    const rspamd: WantedPackage = {
      ecosystem: 'deb',
      name: 'rspamd',
      version: '3.8.1-1ubuntu3',
      arch: 'amd64',
      origin: 'distribution',
    };
    expect(facts(tree, rspamd, noble).support).toMatchObject({ state: 'unknown' });
    const esm = suiteOf(
      'noble-apps-security',
      {},
      { origin: 'UbuntuESMApps', label: 'UbuntuESMApps' },
    );
    expect(facts({ ...tree, ...esm }, rspamd, noble).support).toMatchObject({ state: 'supported' });
  });
});

describe('Ubuntu Pro', () => {
  const rspamd: WantedPackage = {
    ecosystem: 'deb',
    name: 'rspamd',
    version: '3.8.1-1ubuntu3',
    arch: 'amd64',
    origin: 'distribution',
  };
  const universe = { origin: 'Ubuntu', label: 'Ubuntu', component: 'universe' };
  const apps = {
    origin: 'UbuntuESMApps',
    label: 'UbuntuESMApps',
    date: 'Sun, 01 Feb 2026 10:00:00 UTC',
  };
  const free = {
    ...suiteOf('noble', { rspamd: '3.8.1-1ubuntu3' }, universe),
    ...suiteOf('noble-security', {}, universe),
  };
  const paid = suiteOf('noble-apps-security', { rspamd: '3.8.1-1ubuntu3+esm1' }, apps);
  const missed = Object.fromEntries(
    Object.entries(paid).map(([path, content]) => [
      `/var/lib/ubuntu-advantage/apt-esm${path}`,
      content,
    ]),
  );

  test('fixes what a host without it only hears of', () => {
    const { waiting, support } = facts({ ...free, ...missed }, rspamd, noble);
    expect(waiting).toMatchObject({
      state: 'update',
      version: '3.8.1-1ubuntu3+esm1',
      security: true,
      since: { notAfter: '2026-02-01T10:00:00.000Z' },
      held: 'it comes with Ubuntu Pro, to which this host is not attached',
    });
    expect(waiting.state === 'update' && waiting.remedy).toContain('pro attach');
    expect(support.state).toBe('unknown');
  });

  test('fixes what a host with it installs', () => {
    const { waiting, support } = facts({ ...free, ...paid }, rspamd, noble);
    expect(waiting).toMatchObject({ state: 'update', security: true });
    expect(waiting.state === 'update' && waiting.held).toBeUndefined();
    expect(support.state).toBe('supported');
    const after = { ...rspamd, version: '3.8.1-1ubuntu3+esm1' };
    expect(facts({ ...free, ...paid }, after, noble)).toMatchObject({
      waiting: { state: 'none' },
      support: { state: 'supported' },
      indexAsOf: '2026-02-01T10:00:00.000Z',
    });
  });
});

describe('packed lists', () => {
  const name = `${lists}/deb.example.test_debian_dists_bookworm-security_main_binary-amd64_Packages`;
  const plain = listOf({ 'roundcube-core': '1.6.5+dfsg-1+deb12u13', other: '1' }).repeat(300);
  const packers: readonly (readonly [string, (text: string) => Uint8Array | undefined])[] = [
    ['gz', text => gzipSync(text)],
    ['zst', text => zstdCompressSync(text)],
    ...(['lz4', 'xz'] as const).map(
      tool =>
        [
          tool,
          (text: string) => {
            const { status, stdout } = spawnSync(tool, ['-c'], { input: text });
            return status === 0 ? stdout : undefined;
          },
        ] as const,
    ),
  ];

  test.each(packers)('are read: %s', (ending, pack) => {
    const packed = pack(plain);
    if (packed === undefined) return;
    const { waiting } = facts({
      ...main,
      [`${lists}/deb.example.test_debian_dists_bookworm-security_InRelease`]: inRelease(
        'bookworm-security',
        {},
      ),
      [`${name}.${ending}`]: packed,
    });
    expect(waiting.state).toBe('none');
    const cut = facts({
      ...main,
      ...suiteOf('bookworm-security', { 'roundcube-core': '1.6.5+dfsg-1+deb12u13' }),
      [`${name}.${ending}`]: packed.subarray(0, packed.length - 20),
    });
    expect(cut.waiting.state).toBe('unknown');
  });
});

describe('the past', () => {
  test('counts the days of every security update that an upgrade passed', () => {
    const { history } = facts({
      ...main,
      ...fix,
      '/etc/timezone': 'Asia/Tokyo\n',
      '/var/log/dpkg.log.2.gz': gzipSync(
        '2026-02-11 04:00:00 upgrade roundcube-core:all 1.6.5+dfsg-1+deb12u10 1.6.5+dfsg-1+deb12u12\n',
      ),
      '/var/log/apt/history.log': [
        'Start-Date: 2026-03-10  09:00:00',
        'Commandline: apt upgrade',
        'Upgrade: roundcube-core:amd64 (1.6.5+dfsg-1+deb12u12, 1.6.5+dfsg-1+deb12u13), other:amd64 (1, 2)',
        'End-Date: 2026-03-10  09:00:05',
        '',
      ].join('\n'),
      [changelogPath]: changelog([
        ['1.6.5+dfsg-1+deb12u13', 'bookworm-security', 'Mon, 09 Mar 2026 00:00:00 +0000'],
        ['1.6.5+dfsg-1+deb12u12', 'bookworm-security', 'Tue, 10 Feb 2026 00:00:00 +0000'],
        ['1.6.5+dfsg-1+deb12u11', 'bookworm-security', 'Sun, 01 Feb 2026 00:00:00 +0000'],
        ['1.6.5+dfsg-1+deb12u10', 'bookworm', 'Thu, 01 Jan 2026 00:00:00 +0000'],
      ]),
    });
    expect(
      history.map(({ to, days, installed, security }) => [to, days, installed, security]),
    ).toEqual([
      ['1.6.5+dfsg-1+deb12u11', 9, '2026-02-10T19:00:00.000Z', true],
      ['1.6.5+dfsg-1+deb12u12', 0, '2026-02-10T19:00:00.000Z', true],
      ['1.6.5+dfsg-1+deb12u13', 1, '2026-03-10T00:00:00.000Z', true],
    ]);
  });
});
