import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { mailReaders } from './mail-readers.ts';

const packages: PackageIndex = {
  all: [],
  named: () => undefined,
  ownerOf: () => undefined,
  filesOf: () => [],
  distribution: { id: '', idLike: [], versionId: '', codename: '', prettyName: '' },
};

test.each([
  [0o600, 'the password of one account, in clear in /etc/fetchmailrc'],
  [0o640, 'the password of one account, in clear in /etc/fetchmailrc'],
  [
    0o644,
    'the password of one account, in clear in /etc/fetchmailrc, which every user of this host may read (mode 0644)',
  ],
])('who may read the passwords at mode %o is said, and none is shown', (mode, extent) => {
  const content = 'poll imap.example.jp proto imap user somebody pass hunter2\n';
  const files = memoryView({ '/etc/fetchmailrc': { content, mode } });
  const { components } = mailReaders.read(files, packages);
  const reach = components.flatMap(component => component.reach);
  expect(reach.find(({ resource }) => resource === 'credentials')?.extent).toBe(extent);
  expect(JSON.stringify(components)).not.toMatch(/hunter2|somebody/);
});
