import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../../test/support/memory.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { readPackages } from '../../package-index.ts';
import { dpkg } from '../dpkg.ts';

const names = ['amavisd', 'dovecot-core', 'exim4', 'nginx', 'opendkim', 'postfix', 'rspamd'];
const versionOf = (name: string): string => `${name.length}.0-1`;

/** As dpkg writes it. */
const stanza = (name: string): string =>
  [
    `Package: ${name}`,
    'Status: install ok installed',
    'Priority: optional',
    'Section: mail',
    'Installed-Size: 1200',
    'Maintainer: Hanako Example <hanako@example.jp>',
    'Architecture: amd64',
    `Version: ${versionOf(name)}`,
    'Depends: libc6 (>= 2.36)',
    'Conffiles:',
    ` /etc/${name}/main.cf 0123456789abcdef0123456789abcdef`,
    `Description: what ${name} does`,
    ' In more words than one.',
    `Homepage: https://${name}.example.test/`,
    '',
    '',
  ].join('\n');

const whole = names.map(stanza).join('');
const removed = 'Package: mailman\nStatus: deinstall ok config-files\nVersion: 2\n\n';

const read = (status: string, lists: readonly string[] = [], more: object = {}): PackageIndex =>
  readPackages(
    memoryView({
      '/etc/os-release': 'ID=debian\n',
      '/var/lib/dpkg/status': status,
      ...Object.fromEntries(
        lists.flatMap(name => [
          [`/var/lib/dpkg/info/${name}.list`, `/.\n/usr\n/usr/sbin/${name}\n`],
          [`/usr/sbin/${name}`, ''],
        ]),
      ),
      ...more,
    }),
    [dpkg],
  );

const versions = ({ all }: PackageIndex): Readonly<Record<string, string>> =>
  Object.fromEntries(all.map(({ name, version }) => [name, version]));

const truth = Object.fromEntries(names.map(name => [name, versionOf(name)]));

describe('a status that is cut off', () => {
  test('anywhere: what is missing is doubted, and no version is half a one', () => {
    for (let length = stanza('amavisd').length; length < whole.length; length += 1) {
      const text = whole.slice(0, length);
      const index = read(text);
      expect(truth).toMatchObject(versions(index));
      // Between two stanzas nothing in the file itself shows it.
      if (!text.endsWith('\n\n'))
        expect([length, index.doubt]).toEqual([length, expect.stringContaining('cut off')]);
      expect([length, read(text, names).doubt]).toEqual([length, expect.any(String)]);
    }
  });

  test('is said in one line that names the file, the line and what to compare with', () => {
    const files = memoryView({ '/var/lib/dpkg/status': whole.slice(0, -40) });
    readPackages(files, [dpkg]);
    expect(files.unseen).toEqual([
      {
        what: '/var/lib/dpkg/status',
        why: 'is cut off in the stanza that begins in line 91: packages that came after it are missing',
        how: expect.stringContaining('/var/lib/dpkg/status-old'),
      },
    ]);
  });

  test('whose last package has all its lines keeps it', () => {
    const index = read(whole.slice(0, -1));
    expect(versions(index)).toEqual(truth);
    expect(index.doubt).toContain('cut off');
  });
});

test('a status with a hole in it lost packages: none that is left has the version of another', () => {
  for (let at = 0; at < whole.length - 900; at += 5) {
    for (const bytes of [512, 900]) {
      const index = read(whole.slice(0, at) + whole.slice(at + bytes), names);
      expect(truth).toMatchObject(versions(index));
      if (Object.keys(versions(index)).length < names.length) {
        expect([at, bytes, index.doubt]).toEqual([at, bytes, expect.any(String)]);
      }
    }
  }
});

test.each([
  ['zeros that a crash left', `${whole}${'\0'.repeat(500)}`],
  ['a line that is no field', whole.replace('Priority: optional', '<<<<<<<')],
  ['a state that there is not', whole.replace('ok installed', 'ok instaled')],
  ['no state', whole.replace('Status: install ok installed\n', '')],
  ['no version', whole.replace('Version: 7.0-1\n', '')],
  ['a field that stands twice', whole.replace('Section: mail', 'Maintainer: another')],
  ['a stanza without a name', whole.replace('Package: nginx\n', '')],
])('%s: packages may be missing', (_, status) => {
  expect(read(status).doubt).toMatch(/ is damaged at line | is cut off /);
});

test('changes that dpkg did not finish leave a doubt', () => {
  expect(read(whole, [], { '/var/lib/dpkg/updates/0001': stanza('sympa') }).doubt).toContain(
    'changes that dpkg did not finish',
  );
});

test.each([
  ['dpkg wrote', whole],
  ['dpkg wrote, with packages that were removed', whole + removed],
  [
    'with a package of which half is installed',
    `${whole}${stanza('sympa').replace('ok installed', 'reinstreq half-installed')}`,
  ],
  [
    'somebody wrote by hand, without an empty line at its end',
    names
      .map(name => `Package: ${name}\nStatus: install ok installed\nVersion: ${versionOf(name)}\n`)
      .join('\n'),
  ],
  [
    'somebody wrote by hand, without a line feed at its end',
    names
      .map(name => `Package: ${name}\nStatus: install ok installed\nVersion: ${versionOf(name)}`)
      .join('\n\n'),
  ],
  [
    'somebody wrote by hand, with less said of the last',
    `Package: apt\nStatus: install ok installed\nVersion: 1\nDescription: x\n\nPackage: b\nStatus: install ok installed\nVersion: 2\n`,
  ],
])('a status that %s is not doubted', (_, status) => {
  const index = read(status);
  expect(index.doubt).toBeUndefined();
  const first = Object.keys(versions(index));
  expect(first.length).toBe(status.startsWith('Package: apt') ? 2 : names.length);
});

test('a list that was left behind, of files that are gone, is no lost package', () => {
  expect(
    read(whole, names, { '/var/lib/dpkg/info/ancient.list': '/.\n/usr\n/usr/sbin/ancient\n' })
      .doubt,
  ).toBeUndefined();
  expect(read(whole + removed, [...names, 'mailman']).doubt).toBeUndefined();
  expect(read(whole, [...names, 'mailman:amd64']).doubt).toContain('such as mailman');
});
