import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../../test/support/host-tree.ts';
import type { Tree } from '../../../test/support/tree.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts } from '../../core/patch.ts';
import type { WantedPackage } from '../local-source.ts';
import { dnf } from './dnf.ts';

const scratch = mkdtempSync(join(tmpdir(), 'postern-dnf-'));
afterAll(() => {
  removeTrees();
  rmSync(scratch, { recursive: true, force: true });
});

const now = new Date('2026-03-10T12:00:00Z');
const day = (text: string): number => Date.parse(text) / 1000;
const distribution = (id: string, versionId: string): Distribution => ({
  id,
  idLike: [],
  versionId,
  codename: '',
  prettyName: `${id} ${versionId}`,
});
const almalinux = distribution('almalinux', '9.6');

interface Build {
  readonly release: string;
  readonly epoch?: string;
  readonly arch?: string;
}

const primary = (builds: readonly Build[]): string =>
  `<?xml version="1.0"?><metadata xmlns="http://linux.duke.edu/metadata/common" packages="1">${builds
    .map(
      ({ release, epoch = '2', arch = 'x86_64' }) =>
        `<package type="rpm"><name>postfix</name><arch>${arch}</arch><version epoch="${epoch}" ver="3.5.25" rel="${release}"/></package>`,
    )
    .join('')}</metadata>`;

const updates = (
  all: readonly (readonly [id: string, type: string, release: string, issued: string])[],
): string =>
  `<?xml version="1.0"?><updates>${all
    .map(
      ([id, type, release, issued]) =>
        `<update from="x" status="final" type="${type}" version="1"><id>${id}</id><issued date="${issued}"/><pkglist><collection><package name="postfix" version="3.5.25" release="${release}" epoch="2" arch="x86_64" src="x"><filename>f</filename></package></collection></pkglist></update>`,
    )
    .join('')}</updates>`;

interface Repository {
  readonly builds?: readonly Build[];
  readonly updateinfo?: string;
  readonly generated?: string;
  readonly checked?: string;
  readonly pack?: (text: string) => Uint8Array;
}

/** One repository as dnf caches it. */
const cached = (id: string, repository: Repository = {}): Tree => {
  const { builds = [], updateinfo, generated = '2026-03-09T00:00:00Z', checked } = repository;
  const pack = repository.pack ?? gzipSync;
  const folder = `/var/cache/dnf/${id}-0123456789abcdef/repodata`;
  const data = (kind: string): string =>
    `<data type="${kind}"><location href="repodata/0a-${kind}.xml.gz"/><timestamp>${day(generated)}</timestamp></data>`;
  return {
    [`${folder}/repomd.xml`]: `<?xml version="1.0"?><repomd><revision>${day(generated)}</revision>${data('primary')}${updateinfo === undefined ? '' : data('updateinfo')}</repomd>`,
    [`${folder}/0a-primary.xml.gz`]: {
      content: pack(primary(builds)),
      mtime: checked ?? generated,
    },
    ...(updateinfo === undefined ? {} : { [`${folder}/0a-updateinfo.xml.gz`]: pack(updateinfo) }),
  };
};

const repoFile = (text: string): Tree => ({ '/etc/yum.repos.d/a.repo': text });
const release: Tree = {
  '/etc/os-release': { content: 'ID=almalinux\n', mtime: '2025-01-01T00:00:00Z' },
};

const postfix = (
  versionRelease: string,
  differently: Partial<WantedPackage> = {},
): WantedPackage => ({
  ecosystem: 'rpm',
  name: 'postfix',
  version: `2:3.5.25-${versionRelease}`,
  arch: 'x86_64',
  origin: 'distribution',
  ...differently,
});

const facts = (tree: Tree, wanted: WantedPackage, of: Distribution = almalinux): PatchFacts => {
  const found = dnf.facts(hostTree({ ...release, ...tree }), [wanted], of, now).get('postfix');
  if (found === undefined) throw new Error('no facts');
  return found;
};

test('Fedora’s list in zchunk is read where dnf fetched that one', () => {
  // Made by zck(1) with a dictionary: postfix 2:3.5.25-2.el9.
  const packed = Buffer.from(
    [
      'AFpDSzGBy3Qm4ujy4wR7qkBG4THvZJCFkxgCT+HndCnZH5XgUh/AWPrs3nJtkFpfppfQ1PQJi7B0l4+lJMPY8R',
      'oOsWhLv7OAgqeDgpsRUJouofmfg59WpxWzWRHHvpJRJnwq24bwxG6OBohWa9zaB4GAKLUv/SA+8QEAPHBhY2th',
      'Z2UgdHlwZT0icnBtIj48bmFtZT5wPC9uYW1lPjx2ZXJzaW9uIHZlcj0iMSIvPjwvcGFja2FnZT4otS/9IIeNAg',
      'CkAzxtZXRhZGF0YT48b3N0Zml4YXJjaD54ODZfNjQ8L2Vwb2NoPSIyIjMuNS4yNSIgcmVsPSIyLmVsOS8HAAAr',
      'hD9kcAMLGWqFuT9Coiw29gI=',
    ].join(''),
    'base64',
  );
  const folder = '/var/cache/libdnf5/updates-0123456789abcdef/repodata';
  const tree = {
    [`${folder}/repomd.xml`]: `<repomd><revision>${day('2026-03-09T00:00:00Z')}</revision><data type="primary"><location href="repodata/a-primary.xml.zst"/></data><data type="primary_zck"><location href="repodata/b-primary.xml.zck"/></data></repomd>`,
    [`${folder}/b-primary.xml.zck`]: packed,
  };
  expect(facts(tree, postfix('1.el9')).waiting).toMatchObject({
    state: 'update',
    version: '2:3.5.25-2.el9',
  });
});

describe('nothing waiting', () => {
  const tree = cached('baseos', { builds: [{ release: '1.el9' }], updateinfo: updates([]) });

  test('is said of the newest build, as of the day on which dnf last checked', () => {
    expect(facts(tree, postfix('1.el9'))).toMatchObject({
      waiting: { state: 'none' },
      indexAsOf: '2026-03-09T00:00:00.000Z',
      repository: { origin: 'baseos' },
      support: { state: 'supported' },
    });
    const checked = cached('baseos', {
      builds: [{ release: '1.el9' }],
      checked: '2026-03-10T09:00:00Z',
    });
    expect(facts(checked, postfix('1.el9')).indexAsOf).toBe('2026-03-10T09:00:00.000Z');
  });

  test('is as old as a former minor release’s repository, however often dnf looks at it', () => {
    const vault = cached('baseos', {
      builds: [{ release: '1.el9' }],
      generated: '2025-06-01T00:00:00Z',
      checked: '2026-03-10T09:00:00Z',
    });
    expect(facts(vault, postfix('1.el9')).indexAsOf).toBe('2025-06-01T00:00:00.000Z');
    const vendor = postfix('1.el9', { origin: 'vendor' });
    expect(facts(vault, vendor).indexAsOf).toBe('2026-03-10T09:00:00.000Z');
  });

  test('is promised for the release, not for its minor release, and by EPEL’s volunteers', () => {
    const found = facts(tree, postfix('1.el9', { supplier: 'Fedora EPEL' })).support;
    expect(found.state === 'supported' && found.why).toBe(
      'volunteers keep it up in EPEL, which goes on as long as its release: almalinux 9 is supported until 2032-05-31 (Postern’s table of releases)',
    );
  });

  test('is not dated by a tree that was copied without its times', () => {
    const copied = cached('baseos', {
      builds: [{ release: '1.el9' }],
      checked: '2026-03-10T09:00:00Z',
    });
    const time = {
      '/etc/os-release': { content: 'ID=almalinux\n', mtime: '2026-03-10T09:00:00Z' },
    };
    expect(facts({ ...copied, ...time }, postfix('1.el9')).indexAsOf).toBe(
      '2026-03-09T00:00:00.000Z',
    );
  });

  test.each<[string, Tree, string, Distribution]>([
    ['without a cache', {}, 'there is no package index', almalinux],
    [
      'of a build that nobody offers',
      cached('baseos', { builds: [{ release: '0.el9' }] }),
      'offers the installed build',
      almalinux,
    ],
    [
      'of a package that nobody offers',
      cached('baseos'),
      'no repository in the package index offers postfix',
      almalinux,
    ],
    [
      'when a repository that is switched on was never fetched',
      { ...tree, ...repoFile('[baseos]\nenabled=1\n[appstream]\nname=x\n') },
      'the repository appstream is switched on',
      almalinux,
    ],
    [
      'by a repository that is switched off',
      { ...tree, ...repoFile('[baseos]\nenabled = 0\n') },
      'there is no package index',
      almalinux,
    ],
    [
      'when its list is missing',
      {
        '/var/cache/dnf/baseos-0123456789abcdef/repodata/repomd.xml':
          '<repomd><data type="primary"><location href="repodata/p.xml.gz"/></data></repomd>',
      },
      'could not be read',
      almalinux,
    ],
    [
      'when its list is damaged',
      {
        ...tree,
        '/var/cache/dnf/baseos-0123456789abcdef/repodata/0a-primary.xml.gz': gzipSync(
          primary([{ release: '1.el9' }]),
        ).subarray(0, 60),
      },
      'could not be read',
      almalinux,
    ],
    [
      'on Fedora without its updates',
      cached('fedora', { builds: [{ release: '1.el9' }] }),
      'gets its updates',
      distribution('fedora', '42'),
    ],
    [
      'on CentOS 7 without its updates',
      cached('base', { builds: [{ release: '1.el9' }] }),
      'gets its updates',
      distribution('centos', '7'),
    ],
  ])('is not claimed %s', (_, files, why, of) => {
    const { waiting } = facts(files, postfix('1.el9'), of);
    expect(waiting.state).toBe('unknown');
    expect(waiting.state === 'unknown' && waiting.why).toContain(why);
  });

  test('is not claimed of a module’s build', () => {
    const version = '1.module_el8+1';
    const tree = cached('appstream', { builds: [{ release: version }] });
    expect(facts(tree, postfix(version)).waiting.state).toBe('unknown');
  });

  describe('of a module’s build', () => {
    const stream = (name: string, releases: readonly string[]): string =>
      `---\ndocument: modulemd\nversion: 2\ndata:\n  name: mail\n  stream: "${name}"\n  dependencies:\n  - requires:\n      platform: [el8]\n  artifacts:\n    rpms:\n${releases.map(each => `    - postfix-2:3.5.25-${each}.x86_64\n`).join('')}...\n`;
    const old = '1.module+el8+1';
    const next = '2.module+el8+2';
    const other = '9.module+el8+3';
    const tree = (streams: readonly string[], more: Tree = {}): Tree => {
      const repository = cached('appstream', {
        builds: [{ release: old }, { release: next }, { release: other }],
        updateinfo: updates([['RLSA-2026:7', 'security', next, '2026-03-01 10:00:00']]),
      });
      const folder = '/var/cache/dnf/appstream-0123456789abcdef/repodata';
      const written = repository[`${folder}/repomd.xml`];
      const repomd = (typeof written === 'string' ? written : '').replace(
        '</repomd>',
        '<data type="modules"><location href="repodata/0a-modules.yaml.gz"/></data></repomd>',
      );
      return {
        ...repository,
        [`${folder}/repomd.xml`]: repomd,
        [`${folder}/0a-modules.yaml.gz`]: gzipSync(streams.join('')),
        ...more,
      };
    };
    const streams = [stream('3.5', [old, next]), stream('3.9', [other])];

    test('only builds of its own stream follow it', () => {
      expect(facts(tree(streams), postfix(old)).waiting).toMatchObject({
        state: 'update',
        version: `2:3.5.25-${next}`,
        security: true,
      });
      expect(facts(tree(streams), postfix(next)).waiting.state).toBe('none');
    });

    test('nothing is said where no stream is known to have it, or dnf follows another', () => {
      expect(facts(tree([streams[1] ?? '']), postfix(old)).waiting.state).toBe('unknown');
      const follows = (text: string) =>
        facts(tree(streams, { '/etc/dnf/modules.d/mail.module': text }), postfix(next)).waiting
          .state;
      expect(follows('[mail]\nname=mail\nstream=3.5\nprofiles=\nstate=enabled\n')).toBe('none');
      expect(follows('[mail]\nname=mail\nstream=3.9\nprofiles=\nstate=enabled\n')).toBe('unknown');
      expect(follows('[mail]\nname=mail\nstream=\nprofiles=\nstate=disabled\n')).toBe('unknown');
    });
  });

  test('is as old as Fedora’s updates', () => {
    const tree = {
      ...cached('fedora', { builds: [{ release: '1.el9' }], generated: '2025-04-01T00:00:00Z' }),
      ...cached('updates', { generated: '2026-03-08T00:00:00Z' }),
    };
    expect(facts(tree, postfix('1.el9'), distribution('fedora', '42'))).toMatchObject({
      waiting: { state: 'none' },
      indexAsOf: '2026-03-08T00:00:00.000Z',
    });
  });
});

describe('a waiting update', () => {
  const builds = [{ release: '1.el9' }, { release: '3.el9' }, { release: '2.el9' }];
  const advisories = updates([
    ['ALSA-2026:2', 'security', '2.el9', '2026-02-01 10:00:00'],
    ['ALBA-2026:3', 'bugfix', '3.el9', '2026-03-01 10:00:00'],
  ]);

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('is dated by the first advisory that is missing (%s)', (_, pack) => {
    const tree = cached('baseos', { builds, updateinfo: advisories, pack });
    expect(facts(tree, postfix('1.el9')).waiting).toMatchObject({
      state: 'update',
      version: '2:3.5.25-3.el9',
      security: true,
      since: { notBefore: '2026-02-01T10:00:00.000Z', notAfter: '2026-02-01T10:00:00.000Z' },
      remedy: 'dnf upgrade postfix',
    });
  });

  test('mends no flaw when every repository says what does', () => {
    const tree = cached('baseos', { builds, updateinfo: advisories });
    expect(facts(tree, postfix('2.el9')).waiting).toMatchObject({
      state: 'update',
      security: false,
    });
    const silent = cached('baseos', { builds });
    expect(facts(silent, postfix('2.el9')).waiting).toMatchObject({
      state: 'update',
      security: null,
    });
    const local = postfix('2.el9', { origin: 'unknown' });
    expect(facts(tree, local).waiting).toMatchObject({ state: 'update', security: null });
  });

  test('of another architecture does not count', () => {
    const tree = cached('baseos', {
      builds: [{ release: '1.el9' }, { release: '9.el9', arch: 'i686' }],
    });
    expect(facts(tree, postfix('1.el9')).waiting.state).toBe('none');
  });

  test.each([
    ['/etc/dnf/dnf.conf', '[main]\nexcludepkgs=dovecot postfix*\n', 2],
    ['/etc/yum.repos.d/a.repo', '[baseos]\nname=a\nexclude=postfix*\n', 3],
    ['/etc/zypp/locks', '\ntype: package\nsolvable_name: postfix\n', 3],
    ['/etc/dnf/versionlock.toml', 'version = "1.0"\n[[packages]]\nname = "postfix"\n', 3],
    ['/etc/dnf/plugins/versionlock.list', '# Added by hand\npostfix-2:3.5.25-1.el9.*\n', 2],
  ])('is held by %s', (path, text, line) => {
    const tree = { ...cached('baseos', { builds, updateinfo: advisories }), [path]: text };
    const { waiting } = facts(tree, postfix('1.el9'));
    expect(waiting.state === 'update' && waiting.held).toContain(`${path}:${line}`);
  });

  test('is installed by the program that the host has', () => {
    const tree = (id: string): Tree => cached(id, { builds, updateinfo: advisories });
    const remedy = (of: Distribution, id: string): string => {
      const { waiting } = facts(tree(id), postfix('1.el9'), of);
      return waiting.state === 'update' ? waiting.remedy : '';
    };
    expect(remedy(distribution('centos', '7'), 'updates')).toBe('yum update postfix');
    expect(remedy(distribution('opensuse-leap', '15.6'), 'repo-update')).toContain(
      'zypper update postfix',
    );
  });
});

/** A history as dnf writes it: statements with comments, and what they hold. */
const history = (statements: string): Uint8Array => {
  const path = join(scratch, `${Math.random()}.sqlite`);
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec(statements);
  database.close();
  return readFileSync(path);
};

describe('the past', () => {
  const tree = cached('baseos', {
    builds: [{ release: '3.el9' }],
    updateinfo: updates([
      ['ALSA-2026:2', 'security', '2.el9', '2026-01-01 10:00:00'],
      ['ALSA-2026:3', 'security', '3.el9', '2026-02-01 10:00:00'],
    ]),
  });
  const expected = [
    { from: '2:3.5.25-1.el9', to: '2:3.5.25-2.el9', days: 40, security: true },
    { from: '2:3.5.25-1.el9', to: '2:3.5.25-3.el9', days: 9, security: true },
  ];

  test('is read from dnf 4’s history, without what failed', () => {
    const bytes = history(`
      CREATE TABLE trans ( id INTEGER PRIMARY KEY AUTOINCREMENT, dt_begin INTEGER NOT NULL, /* begin, (unix timestamp) */ dt_end INTEGER, state INTEGER NOT NULL /* (enum) */ , comment TEXT DEFAULT '');
      CREATE TABLE trans_item ( id INTEGER PRIMARY KEY AUTOINCREMENT, trans_id INTEGER REFERENCES trans(id), item_id INTEGER, repo_id INTEGER, action INTEGER NOT NULL, /* 1, 2, ... */ reason INTEGER NOT NULL, state INTEGER NOT NULL );
      CREATE TABLE rpm ( item_id INTEGER UNIQUE NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL, version TEXT NOT NULL, release TEXT NOT NULL, arch TEXT NOT NULL, CONSTRAINT u UNIQUE (name, epoch, version, release, arch));
      INSERT INTO trans VALUES (7, 1, ${day('2026-02-10T12:00:00Z')}, 1, ''), (8, 1, ${day('2026-02-12T12:00:00Z')}, 2, '');
      INSERT INTO rpm VALUES (1, 'postfix', 2, '3.5.25', '1.el9', 'x86_64'), (2, 'postfix', 2, '3.5.25', '3.el9', 'x86_64'), (3, 'postfix', 2, '3.5.25', '4.el9', 'x86_64'), (4, 'other', 0, '1', '1', 'x86_64');
      INSERT INTO trans_item VALUES (1, 7, 1, 1, 7, 0, 1), (2, 7, 2, 1, 6, 0, 1), (3, 7, 4, 1, 6, 0, 1), (4, 8, 2, 1, 7, 0, 2), (5, 8, 3, 1, 6, 0, 2);
    `);
    const files = { ...tree, '/var/lib/dnf/history.sqlite': bytes };
    expect(facts(files, postfix('3.el9')).history).toMatchObject(expected);
  });

  test('is read from dnf 5’s history', () => {
    const bytes = history(`
      CREATE TABLE "trans" ("id" INTEGER, "dt_begin" INTEGER NOT NULL, /* begin, (unix timestamp) */ "dt_end" INTEGER, "state_id" INTEGER, PRIMARY KEY("id" AUTOINCREMENT), FOREIGN KEY("state_id") REFERENCES "trans_state"("id"));
      CREATE TABLE "pkg_names" ("id" INTEGER, "name" TEXT NOT NULL UNIQUE, PRIMARY KEY("id"));
      CREATE TABLE "trans_item" ("id" INTEGER, "trans_id" INTEGER, "item_id" INTEGER, "repo_id" INTEGER, "action_id" INTEGER NOT NULL, "reason_id" INTEGER NOT NULL, "state_id" INTEGER NOT NULL, PRIMARY KEY("id" AUTOINCREMENT));
      CREATE TABLE "rpm" ("item_id" INTEGER NOT NULL UNIQUE, "name_id" INTEGER NOT NULL, "epoch" INTEGER NOT NULL, "version" TEXT NOT NULL, "release" TEXT NOT NULL, "arch_id" INTEGER NOT NULL);
      INSERT INTO trans VALUES (7, 1, ${day('2026-02-10T12:00:00Z')}, 2);
      INSERT INTO pkg_names VALUES (4, 'dovecot'), (5, 'postfix');
      INSERT INTO rpm VALUES (1, 5, 2, '3.5.25', '1.el9', 1), (2, 5, 2, '3.5.25', '3.el9', 1), (3, 4, 1, '2.3', '1', 1);
      INSERT INTO trans_item VALUES (1, 7, 1, 1, 6, 0, 2), (2, 7, 2, 1, 2, 0, 2), (3, 7, 3, 1, 2, 0, 3);
    `);
    const path = '/usr/lib/sysimage/libdnf5/transaction_history.sqlite';
    expect(facts({ ...tree, [path]: bytes }, postfix('3.el9')).history).toMatchObject(expected);
  });

  test('is read from dnf’s log, packed or not', () => {
    const log = [
      '2026-02-10T12:00:00+0000 INFO --- logging initialized ---',
      '2026-02-10T12:00:00+0000 SUBDEBUG Upgrade: postfix-2:3.5.25-3.el9.x86_64',
      '2026-02-10T12:00:01+0000 SUBDEBUG Upgraded: postfix-2:3.5.25-1.el9.x86_64',
      '',
    ].join('\n');
    for (const file of [
      { '/var/log/dnf.rpm.log': log },
      { '/var/log/dnf.rpm.log-20260215.gz': gzipSync(log) },
    ]) {
      expect(facts({ ...tree, ...file }, postfix('3.el9')).history).toMatchObject(expected);
    }
  });

  test('is unseen where the history is damaged', () => {
    const files = hostTree({
      ...release,
      ...tree,
      '/var/lib/dnf/history.sqlite': 'SQLite format 3\0 but no more',
    });
    dnf.facts(files, [postfix('3.el9')], almalinux, now);
    expect(files.unseen.map(({ what }) => what)).toEqual(['/var/lib/dnf/history.sqlite']);
  });
});
