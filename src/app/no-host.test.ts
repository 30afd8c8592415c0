import { expect, test } from 'vitest';
import { memoryView } from '../../test/support/memory.ts';
import { noteNoHost } from './no-host.ts';

test.each<[string, Readonly<Record<string, string>>, readonly unknown[], number]>([
  ['nothing in an empty folder', {}, [], 1],
  ['nothing in the folder above a host', { '/mail01/etc/passwd': '' }, [], 1],
  ['nothing on a host', { '/etc/hostname': 'mail01' }, [], 0],
  ['something in a part of a host', { '/var/www/mail/index.php': '' }, ['snappymail'], 0],
])('%s', (_, tree, components, notes) => {
  const files = memoryView(tree);
  noteNoHost(files, components);
  expect(files.unseen).toHaveLength(notes);
});
