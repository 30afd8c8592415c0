import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { mailIn, mailTree } from '../../../test/support/mail-tree.ts';

test('archives of mail are there, unseen; others and mboxes that are read are none', async () => {
  const mail = 'From: erin@example.test\nTo: a@example.jp\n\n';
  const tar = Buffer.alloc(1_024);
  tar.write('ustar', 257);
  const tree = mailTree({
    '/home/taro/mail-2025.tar': tar,
    '/home/taro/maildir.tar.gz': gzipSync(tar),
    '/home/taro/Sent.mbox.xz': Buffer.from('fd377a585a000004', 'hex'),
    '/home/taro/inbox.7z': Buffer.from('377abcaf271c0004', 'hex'),
    '/home/taro/photos.tar.gz': gzipSync(tar),
    '/home/taro/Kept.mbox.gz': gzipSync(`From x Thu Nov 26 07:40:20 2026\n${mail}`),
  });
  const found = await mailIn(tree.files, '/home');
  expect(found.map(({ mailbox, store, read }) => `${mailbox} ${store} ${read.state}`)).toEqual([
    'taro mbox read',
    ...Array.from({ length: 4 }, () => 'taro packed unseen'),
  ]);
  tree.remove();
});
