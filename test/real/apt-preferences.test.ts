import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { candidateOf, readPreferences } from '../../src/advisories/local/apt/candidate.ts';
import { readAptLists } from '../../src/core/formats/apt-lists.ts';
import { openRoot } from '../../src/host/view.ts';
import { removeTrees, writeTree } from '../support/host-tree.ts';
import type { Tree } from '../support/tree.ts';

afterAll(removeTrees);

/** Which version `apt-cache policy` would install, and which one Postern says, over random hosts. */
const hasApt = spawnSync('apt-cache', ['--version']).status === 0;

const versions = ['1.0-1', '1.0-1+deb12u1', '1.0-1+deb12u2', '1.1-1~bpo12+1', '1.1-1', '2.0-1'];

interface Suite {
  readonly codename: string;
  readonly origin: string;
  readonly label: string;
  readonly more?: string;
}

const suites: readonly Suite[] = [
  { codename: 'bookworm', origin: 'Debian', label: 'Debian' },
  { codename: 'bookworm-security', origin: 'Debian', label: 'Debian-Security' },
  {
    codename: 'bookworm-backports',
    origin: 'Debian',
    label: 'Debian Backports',
    more: 'NotAutomatic: yes\nButAutomaticUpgrades: yes\n',
  },
  { codename: 'experimental', origin: 'Debian', label: 'Debian', more: 'NotAutomatic: yes\n' },
  { codename: 'vendor', origin: 'Vendor Ltd', label: 'Vendor' },
];

const pinned = fc.record({
  names: fc.constantFrom('*', 'mailer', 'mail*', 'other'),
  pin: fc.constantFrom(
    'release n=bookworm',
    'release a=stable-security',
    'release l=Debian-Security',
    'release o=Vendor Ltd',
    'release o=Debian,n=bookworm-backports',
    'release experimental',
    'release c=main',
    'origin deb.example.test',
    'origin "nowhere.example.test"',
    'version 1.0-1*',
    'version 2.0-1',
  ),
  priority: fc.constantFrom(-1, 1, 99, 100, 101, 490, 500, 501, 990, 1000, 1001),
});

const host = fc.record({
  installed: fc.constantFrom(...versions),
  offers: fc.array(fc.constantFrom('', ...versions), {
    minLength: suites.length,
    maxLength: suites.length,
  }),
  pins: fc.array(pinned, { maxLength: 3 }),
  release: fc.constantFrom('', 'bookworm', 'bookworm-backports', '/^bookworm(|-security)$/'),
});

type Host = typeof host extends fc.Arbitrary<infer T> ? T : never;

const stanza = (version: string): string =>
  `Package: mailer\nArchitecture: amd64\nVersion: ${version}\nMaintainer: A <a@example.jp>\nFilename: pool/m.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\nDescription: small\n`;

const treeOf = ({ installed, offers, pins, release }: Host): Tree => {
  const tree: Record<string, string> = {
    '/var/lib/dpkg/status': `${stanza(installed)}Status: install ok installed\n`,
    '/etc/apt/sources.list': suites
      .map(({ codename }) => `deb [trusted=yes] http://deb.example.test/debian ${codename} main\n`)
      .join(''),
    '/etc/apt/preferences': pins
      .map(
        ({ names, pin, priority }) => `Package: ${names}\nPin: ${pin}\nPin-Priority: ${priority}\n`,
      )
      .join('\n'),
    '/etc/apt/apt.conf': release === '' ? '' : `APT::Default-Release "${release}";\n`,
    '/etc/apt/preferences.d/.keep': '',
    '/var/cache/apt/archives/partial/.keep': '',
    '/var/lib/apt/lists/partial/.keep': '',
  };
  for (const [i, { codename, origin, label, more = '' }] of suites.entries()) {
    const stem = `/var/lib/apt/lists/deb.example.test_debian_dists_${codename}`;
    const suite = codename.replace('bookworm', 'stable');
    tree[`${stem}_InRelease`] =
      `Origin: ${origin}\nLabel: ${label}\nSuite: ${suite}\nCodename: ${codename}\nVersion: 12.1\nDate: Tue, 10 Mar 2026 02:00:00 UTC\nArchitectures: amd64\nComponents: main\n${more}`;
    const version = offers[i] ?? '';
    tree[`${stem}_main_binary-amd64_Packages`] = version === '' ? '' : stanza(version);
  }
  return tree;
};

describe.skipIf(!hasApt)(`apt${hasApt ? '' : ' (skipped: no apt-cache here)'}`, () => {
  test('would install what Postern says', () => {
    fc.assert(
      fc.property(host, each => {
        const root = writeTree(treeOf(each));
        const { stdout, stderr } = spawnSync(
          'apt-cache',
          [
            ['Dir', root],
            ['Dir::State::status', `${root}/var/lib/dpkg/status`],
            ['APT::Architecture', 'amd64'],
            ['APT::Architectures::', 'amd64'],
            ...(each.release === '' ? [] : [['APT::Default-Release', each.release]]),
          ]
            .flatMap(([key, value]) => ['-o', `${key}=${value}`])
            .concat('policy', 'mailer'),
          { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', APT_CONFIG: '' } },
        );
        const candidate = /^ {2}Candidate: (\S+)/m.exec(stdout)?.[1];
        // No candidate at all leaves what is installed in its place.
        const theirs = candidate === '(none)' ? each.installed : candidate;
        const files = openRoot(root);
        const offers = readAptLists(files, ['mailer']).listed.get('mailer') ?? [];
        const choice = candidateOf('mailer', each.installed, offers, readPreferences(files));
        expect([choice?.version ?? each.installed, stderr]).toEqual([theirs, stderr]);
      }),
      { numRuns: 120 },
    );
  }, 120_000);
});
