import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type MailTree, mailIn, mailTree } from '../../../test/support/mail-tree.ts';
import { foldersBelow } from '../mail-folders.ts';
import type { MailFolder } from '../mail-store.ts';
import { namingOf } from '../places/mailbox-naming.ts';
import { maildir } from './maildir.ts';

const mail = (subject: string): string =>
  `From: erin@example.test\r\nSubject: ${subject}\r\n\r\nText.\r\n`;
const day = Date.UTC(2026, 0, 31);

let tree: MailTree = mailTree();
const stores = [maildir];
const has = (content: Readonly<Record<string, string | Uint8Array>>): MailTree => {
  tree.remove();
  tree = mailTree(content);
  return tree;
};
const one = async (path: string): Promise<MailFolder> => {
  for await (const folder of foldersBelow(path, tree.files, stores, namingOf(path))) return folder;
  throw new Error('no folder');
};
const subjects = (found: readonly { readonly text: string }[]): readonly string[] =>
  found.map(({ text }) => /Subject: (.*?)\r/.exec(text)?.[1] ?? '');

afterEach(() => {
  has({});
});

describe('Maildir', () => {
  test('messages, flags, sizes, folders and whose they are', async () => {
    has({
      '/var/vmail/example.jp/taro/Maildir/tmp/': '',
      '/var/vmail/example.jp/taro/Maildir/new/1769817600.M2P1.host': mail('new'),
      '/var/vmail/example.jp/taro/Maildir/cur/1769817600.M1P1.host,S=58,W=60:2,S': mail('seen'),
      '/var/vmail/example.jp/taro/Maildir/.Sent.&ZeVnLIqe-/cur/1769817601.M1P1.host:2,':
        mail('sent'),
      '/var/vmail/example.jp/taro/Maildir/.Sent.&ZeVnLIqe-/new/': '',
      '/var/vmail/example.jp/taro/Maildir/dovecot.index.log': 'From: not mail',
      '/home/hanako/Maildir/cur/1769817600.M1P1.host:2,': mail('own'),
      '/home/hanako/Maildir/Sent/2026/cur/1769817600.M1P1.host:2,': mail('below'),
      '/home/hanako/Maildir/Sent/2026/new/': '',
      '/home/hanako/Maildir/dovecot-users/cur/1769817600.M1P1.host:2,': mail('list'),
    });
    tree.write('/home/hanako/Maildir/cur/1769817600.M1P1.host:2,', mail('own'), day);
    const found = await mailIn(tree.files, '/', { stores });
    expect(
      found.map(({ mailbox, folder, text }) => [mailbox, folder, subjects([{ text }])[0]]),
    ).toEqual([
      ['hanako', 'INBOX', 'own'],
      ['hanako', 'Sent/2026', 'below'],
      ['hanako', 'dovecot-users', 'list'],
      ['taro@example.jp', 'INBOX', 'seen'],
      ['taro@example.jp', 'INBOX', 'new'],
      ['taro@example.jp', 'Sent/日本語', 'sent'],
    ]);
    expect(found[0]?.read).toMatchObject({ state: 'read', isCut: false, received: day });
    expect(found[3]?.message).toMatchObject({
      key: '1769817600.M1P1.host',
      sizeBytes: 58,
      received: 1_769_817_600_000,
    });
    expect(tree.files.unseen).toEqual([]);
  });

  test('where nothing tells whose it is, folders are of the Maildir that they lie in', async () => {
    has({
      '/mnt/old/7/cur/1769817600.M1.h:2,': mail('a'),
      '/mnt/old/7/.Sent/cur/1769817600.M1.h:2,': mail('b'),
      '/mnt/old/7/Kept/cur/1769817600.M1.h:2,': mail('c'),
    });
    const found = await mailIn(tree.files, '/mnt/old', { stores });
    expect(found.map(({ mailbox, folder }) => [mailbox, folder])).toEqual([
      ['7', 'INBOX'],
      ['7', 'Sent'],
      ['7', 'Kept'],
    ]);
  });

  test('UIDs stand in Dovecot’s list and in Courier’s', async () => {
    has({
      '/home/a/Maildir/new/': '',
      '/home/a/Maildir/cur/1.a,S=9:2,S': mail('1'),
      '/home/a/Maildir/cur/2.b:2,': mail('2'),
      '/home/a/Maildir/cur/3.c:2,': mail('3'),
      '/home/a/Maildir/dovecot-uidlist':
        '3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n7 S9 W9 :1.a,S=9\n9 :2.b:2,\nx :3.c\n10 :3.c',
      '/home/b/Maildir/new/': '',
      '/home/b/Maildir/cur/1.a:2,S': mail('4'),
      '/home/b/Maildir/courierimapuiddb': '1 1275660208 5\n4 1.a\n',
    });
    const found = await mailIn(tree.files, '/', { stores });
    // The last line has no end yet: it may be a part of a number.
    expect(found.map(({ message }) => message.uid)).toEqual([7, 9, undefined, 4]);
  });

  test('what was renamed while it was read is read once', async () => {
    has({
      '/home/a/Maildir/new/1.a': mail('moved'),
      '/home/a/Maildir/cur/2.b:2,': mail('flagged'),
      '/home/a/Maildir/cur/3.c:2,': mail('flagged so'),
      '/home/a/Maildir/cur/4.d:2,': mail('deleted'),
    });
    const at = (path: string): string => join(tree.root, '/home/a/Maildir', path);
    const found: string[] = [];
    for await (const message of (await one('/home/a')).messages()) {
      if (found.length === 0) {
        renameSync(at('new/1.a'), at('cur/1.a:2,'));
        renameSync(at('cur/2.b:2,'), at('cur/2.b:2,S'));
        renameSync(at('cur/3.c:2,'), at('cur/3.c:2,DFRSabcd'));
        rmSync(at('cur/4.d:2,'));
      }
      const read = await message.read();
      found.push(read.state === 'read' ? Buffer.from(read.bytes).toString() : read.state);
    }
    expect(found).toEqual([mail('moved'), mail('flagged'), mail('flagged so'), 'gone']);
  });

  test('a message in new and in cur, as between link and unlink, is one', async () => {
    has({ '/home/a/Maildir/new/1.a': mail('x'), '/home/a/Maildir/cur/1.a:2,S': mail('x') });
    expect(await mailIn(tree.files, '/', { stores })).toHaveLength(1);
  });

  test('what Dovecot packed is unpacked, what it encrypted is unseen', async () => {
    const large = mail('large') + 'x'.repeat(100_000);
    has({
      '/home/a/Maildir/new/': '',
      '/home/a/Maildir/cur/1.gz:2,': gzipSync(mail('gzip')),
      '/home/a/Maildir/cur/2.zst:2,': zstdCompressSync(Buffer.from(mail('zstd'))),
      '/home/a/Maildir/cur/3.cut:2,': gzipSync(large).subarray(0, 120),
      '/home/a/Maildir/cur/4.crypt:2,': Buffer.from('CRYPTED\x03\x07\x02\0\0\0', 'latin1'),
      '/home/a/Maildir/cur/5.bz2:2,': Buffer.from('BZh91AY&SY\0\0', 'latin1'),
      '/home/a/Maildir/cur/6.xz:2,': execFileSync('xz', ['-c'], { input: mail('xz') }),
    });
    const found = await mailIn(tree.files, '/', { stores });
    expect(subjects(found)).toEqual(['gzip', 'zstd', 'large', '', '', 'xz']);
    expect(
      found.map(({ read }) =>
        read.state === 'read' ? read.isCut : read.state === 'unseen' && read.why,
      ),
    ).toEqual([false, false, true, 'encrypted', 'damaged', false]);
  });

  test('a bomb gives as much as a message may have', async () => {
    tree.remove();
    tree = mailTree(
      {
        '/m/new/': '',
        '/m/cur/1.a:2,': gzipSync(Buffer.alloc(20_000_000, 'a')),
        '/m/cur/2.b:2,': 'b'.repeat(5_000),
      },
      { messageBytesMax: 4_000 },
    );
    const found = await mailIn(tree.files, '/m', { stores });
    expect(found.map(({ text, read }) => [text.length, read])).toMatchObject([
      [4_000, { isCut: true }],
      [4_000, { isCut: true }],
    ]);
  });

  test('its state changes with its mail, and is not told while it is young', async () => {
    has({ '/home/a/Maildir/new/': '', '/home/a/Maildir/cur/1.a:2,': mail('x') });
    expect((await one('/home/a')).state).toBeUndefined();
    const old = (path: string, ms: number): void => {
      execFileSync('touch', ['-d', new Date(ms).toISOString(), join(tree.root, path)]);
    };
    old('/home/a/Maildir/new', day);
    old('/home/a/Maildir/cur', day);
    const before = (await one('/home/a')).state;
    expect(before).toBeDefined();
    expect((await one('/home/a')).state).toBe(before);
    old('/home/a/Maildir/cur', day + 1_000);
    expect((await one('/home/a')).state).not.toBe(before);
  });

  test('links to the same Maildir are one, and loops end', async () => {
    has({ '/home/a/Maildir/new/': '', '/home/a/Maildir/cur/1.a:2,': mail('x') });
    symlinkSync('/home/a', join(tree.root, '/home/z'));
    symlinkSync('..', join(tree.root, '/home/a/Maildir/.loop'));
    expect(await mailIn(tree.files, '/', { stores })).toHaveLength(1);
  });
});
