import { expect, test } from 'vitest';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { mailReaders } from './mail-readers.ts';

const packages: PackageIndex = {
  all: [],
  named: () => undefined,
  ownerOf: () => undefined,
  filesOf: () => [],
  distribution: { id: '', idLike: [], versionId: '', codename: '', prettyName: '' },
};

const view = (texts: Readonly<Record<string, string>>, mode: number): FileView => ({
  text: path => texts[path],
  slice: () => undefined,
  *chunks() {},
  stat: path =>
    texts[path] === undefined
      ? undefined
      : { kind: 'file', sizeBytes: 1, mtimeMs: 0, mode, uid: 0, gid: 0 },
  real: path => path,
  list: () => [],
  glob: pattern => (texts[pattern] === undefined ? [] : [pattern]),
  note: () => undefined,
  unseen: [],
});

test.each([
  [0o600, 'the password of one account, in clear in /etc/fetchmailrc'],
  [0o640, 'the password of one account, in clear in /etc/fetchmailrc'],
  [
    0o644,
    'the password of one account, in clear in /etc/fetchmailrc, which every user of this host may read (mode 0644)',
  ],
])('who may read the passwords at mode %o is said, and none is shown', (mode, extent) => {
  const texts = {
    '/etc/fetchmailrc': 'poll imap.example.jp proto imap user somebody pass hunter2\n',
  };
  const { components } = mailReaders.read(view(texts, mode), packages);
  const reach = components.flatMap(component => component.reach);
  expect(reach.find(({ resource }) => resource === 'credentials')?.extent).toBe(extent);
  expect(JSON.stringify(components)).not.toMatch(/hunter2|somebody/);
});
