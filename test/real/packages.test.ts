import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apt } from '../../src/advisories/local/apt.ts';
import { dnf } from '../../src/advisories/local/dnf.ts';
import type { InstalledPackage, PackageIndex } from '../../src/core/packages.ts';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { dpkg } from '../../src/inventory/packages/dpkg.ts';
import { rpm } from '../../src/inventory/packages/rpm.ts';

/** What the package managers of this machine say of their own databases, and what Postern reads. */
const run = (program: string, args: readonly string[]): string =>
  spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', HOME: tmpdir() },
    maxBuffer: 1 << 28,
  }).stdout ?? '';
const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const lines = (text: string): readonly string[] => text.split('\n').filter(line => line !== '');

const scratch = mkdtempSync(join(tmpdir(), 'postern-packages-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Every `step`th of a list, so that a sample is spread over it. */
const spread = <T>(all: readonly T[], count: number): readonly T[] =>
  all.filter((_, i) => i % Math.max(1, Math.floor(all.length / count)) === 0).slice(0, count);

const hasDpkg = has('dpkg-query') && existsSync('/var/lib/dpkg/status');

describe.skipIf(!hasDpkg)(`dpkg${hasDpkg ? '' : ' (skipped: no dpkg on this machine)'}`, () => {
  let index: PackageIndex;
  beforeAll(() => {
    index = readPackages(openRoot('/'), [dpkg]);
  });

  test('lists the packages that dpkg-query lists, with version, architecture and source', () => {
    const format =
      '${db:Status-Status}\t${Package}\t${Architecture}\t${Version}\t${source:Package}\t${source:Version}\n';
    const theirs = lines(run('dpkg-query', ['-W', '-f', format]))
      .filter(line => /^(?:installed|unpacked|half-configured|triggers-\w+)\t/.test(line))
      .map(line => line.slice(line.indexOf('\t') + 1));
    const ours = index.all.map(({ name, arch, version, source }) =>
      [name, arch, version, source?.name ?? name, source?.version ?? version].join('\t'),
    );
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  test('knows the owner of a file as dpkg -S does', () => {
    const some = spread(
      index.all.flatMap(({ name }) => index.filesOf(name)),
      300,
    );
    const said = lines(run('dpkg', ['-S', ...some])).filter(line => !line.startsWith('diversion'));
    expect(said.length).toBeGreaterThan(100);
    for (const path of some) {
      const owners = said
        .filter(line => line.endsWith(`: ${path}`))
        .flatMap(line => line.slice(0, line.lastIndexOf(': ')).split(', '))
        .map(name => name.split(':')[0] ?? '');
      if (owners.length === 0) continue;
      expect([path, owners]).toEqual([path, expect.arrayContaining([index.ownerOf(path)?.name])]);
    }
  });

  test('lists the files of a package as dpkg -L does', () => {
    for (const { name } of spread(index.all, 40)) {
      const theirs = lines(run('dpkg', ['-L', name])).filter(
        line => line.startsWith('/') && line !== '/.',
      );
      expect([name, index.filesOf(name).toSorted()]).toEqual([name, theirs.toSorted()]);
    }
  });
});

const hasLists =
  has('apt-cache') &&
  existsSync('/var/lib/apt/lists') &&
  readdirSync('/var/lib/apt/lists').some(name => name.includes('_Packages'));

describe.skipIf(!hasLists)(`apt${hasLists ? '' : ' (skipped: no apt lists here)'}`, () => {
  test('sees the updates that apt list --upgradable sees, and apt-cache’s candidates', () => {
    const files = openRoot('/');
    const index = readPackages(files, [dpkg]);
    const native = index.all.filter(({ name }) => index.named(name) !== undefined);
    const facts = apt.facts(files, native, index.distribution, new Date());
    const upgradable = new Map(
      lines(run('apt', ['list', '--upgradable'])).flatMap(line => {
        const match = /^([^/]+)\/\S+ (\S+) /.exec(line);
        return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
      }),
    );
    const ours = new Map(
      [...facts].flatMap(([name, { waiting }]) =>
        waiting.state === 'update' && waiting.held === undefined
          ? [[name, waiting.version] as const]
          : [],
      ),
    );
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(upgradable));

    const some = spread(native, 50);
    const policies = run('apt-cache', ['policy', ...some.map(({ name }) => name)]).split(
      /\n(?=\S)/,
    );
    for (const { name, version } of some) {
      const policy = policies.find(each => each.startsWith(`${name}:`)) ?? '';
      const candidate = /^ {2}Candidate: (\S+)/m.exec(policy)?.[1];
      const waiting = facts.get(name)?.waiting;
      expect([name, waiting?.state === 'update' ? waiting.version : version]).toEqual([
        name,
        candidate,
      ]);
      // A build that apt knows from nowhere but dpkg's own status must not be called up to date.
      const offered = /^ \*\*\*[^\n]*\n(?: {8}[^\n]*\n)* {8} *\d+ (?!\/var\/lib\/dpkg)/m.test(
        policy,
      );
      if (!offered) expect([name, waiting?.state]).not.toEqual([name, 'none']);
    }
  });
});

interface Spec {
  readonly name: string;
  readonly version?: string;
  readonly release: string;
  readonly epoch?: string;
  readonly vendor?: string;
  readonly files: readonly string[];
}

/** Builds a small package and answers the path of its file. */
const build = ({ name, version = '1.0', release, epoch, vendor, files }: Spec): string => {
  const top = mkdtempSync(join(scratch, 'build-'));
  const spec = join(top, `${name}.spec`);
  const plain = files.map(file => file.replace(/^%\w+(?:\([^)]*\))? /, ''));
  writeFileSync(
    spec,
    [
      `Name: ${name}`,
      `Version: ${version}`,
      `Release: ${release}`,
      ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
      ...(vendor === undefined ? [] : [`Vendor: ${vendor}`]),
      'Summary: Small stand-in',
      'License: none',
      'BuildArch: noarch',
      '%description',
      'Small.',
      '%install',
      ...plain.map(
        file => `mkdir -p %{buildroot}${dirname(file)}; echo ${release} > %{buildroot}${file}`,
      ),
      '%files',
      ...files,
    ].join('\n'),
  );
  const { status, stderr } = spawnSync(
    'rpmbuild',
    ['-bb', '--quiet', '--define', `_topdir ${top}`, '--define', '__os_install_post %{nil}', spec],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const [file = ''] = readdirSync(join(top, 'RPMS/noarch'));
  return join(top, 'RPMS/noarch', file);
};

const hasRpm = has('rpm') && has('rpmbuild');

describe.skipIf(!hasRpm)(`rpm${hasRpm ? '' : ' (skipped: no rpmbuild here)'}`, () => {
  const root = join(scratch, 'rpm');
  const database = join(root, 'var/lib/rpm');
  const ask = (...args: readonly string[]): readonly string[] =>
    lines(run('rpm', ['--dbpath', database, ...args]));
  let index: PackageIndex;

  beforeAll(() => {
    mkdirSync(database, { recursive: true });
    const packages = [
      {
        name: 'postfix',
        release: '1.el9',
        epoch: '2',
        vendor: 'AlmaLinux',
        files: [
          '/usr/sbin/postfix',
          '%config /etc/postfix/main.cf',
          '%ghost /var/lib/postfix/lock',
        ],
      },
      {
        name: 'opendkim',
        version: '2.11.0~rc1',
        release: '0.1^git1',
        files: ['/usr/sbin/opendkim', '%doc /usr/share/doc/opendkim/README'],
      },
      ...Array.from({ length: 60 }, (_, i) => ({
        name: `plug-in-${i}`,
        release: `${i}`,
        files: Array.from({ length: 40 }, (_, k) => `/opt/plug-ins/${i}/share/file-${k}.conf`),
      })).slice(0, 12),
    ].map(build);
    spawnSync('rpm', [
      '--dbpath',
      database,
      '-i',
      '--justdb',
      '--nodeps',
      '--noscripts',
      ...packages,
    ]);
    index = readPackages(openRoot(root), [rpm]);
  }, 120_000);

  test('lists what rpm -qa lists', () => {
    const format =
      '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE} %{ARCH} %{BUILDTIME} %{INSTALLTIME}\n';
    const seconds = (stamp: string | undefined): number => Date.parse(stamp ?? '') / 1000;
    const ours = index.all.map(({ name, version, arch, built, installed }) =>
      [name, version, arch, seconds(built), seconds(installed)].join(' '),
    );
    expect(ours.length).toBe(14);
    expect(ours.toSorted()).toEqual(ask('-qa', '--qf', format).toSorted());
  });

  test('lists the files that rpm -ql lists, and knows their owners as rpm -qf does', () => {
    for (const { name } of index.all) {
      const theirs = ask('-ql', name);
      expect([name, index.filesOf(name).toSorted()]).toEqual([name, theirs.toSorted()]);
      for (const path of theirs.slice(0, 5)) expect(index.ownerOf(path)?.name).toBe(name);
    }
    expect(ask('-q', '--whatprovides', '/usr/sbin/opendkim')[0]).toContain('opendkim');
    expect(index.ownerOf('/usr/sbin/nobody')).toBeUndefined();
  });
});

const hasDnf = hasRpm && has('dnf') && has('createrepo_c') && has('modifyrepo_c');

describe.skipIf(!hasDnf)(`dnf${hasDnf ? '' : ' (skipped: no dnf and createrepo_c here)'}`, () => {
  const root = join(scratch, 'dnf');
  const repository = join(scratch, 'repository');
  const call = (...args: readonly string[]): string =>
    run('dnf', [
      `--installroot=${root}`,
      '--releasever=9',
      `--setopt=reposdir=${root}/etc/yum.repos.d`,
      `--setopt=cachedir=${root}/var/cache/dnf`,
      `--setopt=persistdir=${root}/var/lib/dnf`,
      `--setopt=logdir=/var/log`,
      '--setopt=gpgcheck=0',
      '-y',
      ...args,
    ]);
  const advisory = (id: string, release: string, issued: string): string =>
    `<update from="x" status="final" type="security" version="1"><id>${id}</id><title>t</title><issued date="${issued}"/><pkglist><collection short="c"><name>c</name><package name="postfix" version="1.0" release="${release}" epoch="2" arch="noarch" src="x"><filename>x.rpm</filename></package></collection></pkglist></update>`;
  const publish = (release: string, advisories: readonly string[]): void => {
    const file = build({
      name: 'postfix',
      release,
      epoch: '2',
      vendor: 'AlmaLinux',
      files: ['/opt/postfix/x'],
    });
    cpSync(file, join(repository, `postfix-${release}.rpm`));
    spawnSync('createrepo_c', ['-q', repository]);
    if (advisories.length === 0) return;
    const xml = join(scratch, 'updates.xml');
    writeFileSync(xml, `<?xml version="1.0"?><updates>${advisories.join('')}</updates>`);
    spawnSync('modifyrepo_c', ['--mdtype=updateinfo', xml, join(repository, 'repodata')]);
  };
  const almalinux = {
    id: 'almalinux',
    idLike: ['rhel'],
    versionId: '9.6',
    codename: '',
    prettyName: 'AlmaLinux 9.6',
  };
  const installed = (release: string): InstalledPackage => ({
    ecosystem: 'rpm',
    name: 'postfix',
    version: `2:1.0-${release}`,
    arch: 'noarch',
    origin: 'distribution',
    originWhy: '',
    purl: '',
  });
  const factsFor = (release: string) => {
    const files = openRoot(root);
    const facts = dnf.facts(files, [installed(release)], almalinux, new Date()).get('postfix');
    return { facts, unseen: files.unseen };
  };

  test('tells what waits, since when, and how long past updates took, as dnf does', () => {
    mkdirSync(join(root, 'etc/yum.repos.d'), { recursive: true });
    mkdirSync(repository);
    writeFileSync(join(root, 'etc/os-release'), 'ID=almalinux\n');
    utimesSync(join(root, 'etc/os-release'), 1_700_000_000, 1_700_000_000);
    writeFileSync(
      join(root, 'etc/yum.repos.d/a.repo'),
      `[appstream]\nname=a\nbaseurl=file://${repository}\nenabled=1\n[old]\nname=o\nbaseurl=file:///nowhere\nenabled=0\n`,
    );
    const first = advisory('ALSA-2026:0001', '2.el9', '2026-03-01 10:00:00');
    const second = advisory('ALSA-2026:0002', '3.el9', '2026-03-05 10:00:00');
    publish('1.el9', []);
    call('install', 'postfix');
    publish('2.el9', [first]);
    call('--refresh', 'upgrade');

    expect(call('-C', 'check-update')).not.toMatch(/^postfix/m);
    const upToDate = factsFor('2.el9');
    expect(upToDate.unseen).toEqual([]);
    expect(upToDate.facts?.waiting).toMatchObject({ state: 'none' });
    expect(upToDate.facts?.history).toMatchObject([
      {
        from: '2:1.0-1.el9',
        to: '2:1.0-2.el9',
        released: '2026-03-01T10:00:00.000Z',
        security: true,
      },
    ]);
    expect(Date.parse(upToDate.facts?.indexAsOf ?? '')).toBeGreaterThan(Date.now() - 600_000);

    publish('3.el9', [first, second]);
    call('--refresh', 'makecache');
    expect(call('-C', 'check-update')).toMatch(/^postfix\.noarch +2:1\.0-3\.el9 /m);
    expect(call('-C', 'updateinfo', 'list')).toContain('ALSA-2026:0002');
    expect(factsFor('2.el9').facts?.waiting).toMatchObject({
      state: 'update',
      version: '2:1.0-3.el9',
      security: true,
      since: { notBefore: '2026-03-05T10:00:00.000Z', notAfter: '2026-03-05T10:00:00.000Z' },
    });

    writeFileSync(
      join(root, 'etc/yum.repos.d/b.repo'),
      '[updates]\nname=b\nbaseurl=file:///nowhere\n',
    );
    expect(factsFor('3.el9').facts?.waiting).toMatchObject({ state: 'unknown' });
  }, 120_000);
});
