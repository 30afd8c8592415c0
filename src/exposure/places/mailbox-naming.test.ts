import { describe, expect, test } from 'vitest';
import { decodeModifiedUtf7, folderNameOf } from './folder-name.ts';
import { namingOf } from './mailbox-naming.ts';

describe('whose mail a path holds', () => {
  test.each([
    ['/var/vmail/example.jp/taro/Maildir', 'taro@example.jp', 'INBOX'],
    ['/var/vmail/example.jp/taro', 'taro@example.jp', 'INBOX'],
    ['/srv/mail/taro@example.jp/Maildir/.Sent.2026', 'taro@example.jp', 'Sent/2026'],
    ['/home/taro/Maildir', 'taro', 'INBOX'],
    ['/home/t/taro/mail/Sent', 'taro', 'Sent'],
    ['/home/vmail/example.jp/hanako/mail/Sent/2026', 'hanako@example.jp', 'Sent/2026'],
    ['/home/shop/mail/example.com/info', 'info@example.com', 'INBOX'],
    ['/home/taro/archive/example.com/info', 'taro', 'archive/example.com/info'],
    ['/home/taro/mail/hanako@example.jp', 'taro', 'hanako@example.jp'],
    ['/var/mail/taro', 'taro', 'INBOX'],
    ['/var/spool/mail/t/taro', 'taro', 'INBOX'],
    [
      '/var/vmail/vmail1/example.jp/t/a/r/taro-2026.01.31.10.20.30/Maildir',
      'taro@example.jp',
      'INBOX',
    ],
    ['/var/vmail/vmail1/example.jp/t/o/_/to-2026.01.31.10.20.30/Maildir', 'to@example.jp', 'INBOX'],
    ['/var/vmail/example.jp/t/Maildir', 't@example.jp', 'INBOX'],
    ['/var/qmail/mailnames/example.jp/taro/Maildir', 'taro@example.jp', 'INBOX'],
    ['/home/vpopmail/domains/0/example.jp/A/anna/Maildir', 'anna@example.jp', 'INBOX'],
    ['/root/Maildir', 'root', 'INBOX'],
    ['/mnt/mail01.example.jp/var/vmail/example.jp/taro/Maildir', 'taro@example.jp', 'INBOX'],
    ['/mnt/mail01.example.jp/home/taro/Maildir', 'taro', 'INBOX'],
  ])('%s is of %s, %s', (path, mailbox, folder) => {
    const found = namingOf('/').mailboxOf(path);
    expect([found.mailbox, folderNameOf(found.within), found.isTold]).toEqual([
      mailbox,
      folder,
      true,
    ]);
  });

  test('templates are Dovecot’s, and the first that fits counts', () => {
    const naming = namingOf('/', [
      '/data/%Ld/%1n/%n/Maildir',
      '/data/%u',
      '/x/%{user | domain}/%{user|username}@mail',
    ]);
    const of = (path: string): unknown => {
      const { mailbox, within } = naming.mailboxOf(path);
      return [mailbox, within];
    };
    expect(of('/data/example.jp/t/taro/Maildir/.Sent')).toEqual(['taro@example.jp', '.Sent']);
    expect(of('/data/taro@example.jp/Maildir')).toEqual(['taro@example.jp', 'Maildir']);
    expect(of('/x/example.jp/taro@mail')).toEqual(['taro@example.jp', '']);
  });

  test('a path that tells nothing stands for itself, and says so', () => {
    const naming = namingOf('/mnt/backup');
    expect(naming.mailboxOf('/mnt/backup/old/taro/Maildir')).toEqual({
      mailbox: 'old/taro',
      within: '',
      isTold: false,
    });
    expect(naming.mailboxOf('/mnt/backup').mailbox).toBe('backup');
    expect(namingOf('/').mailboxOf('/').mailbox).toBe('/');
    expect(naming.mailboxOf('/mnt/backup/www.example.com/data/taro/Maildir').isTold).toBe(false);
  });
});

describe('names of folders', () => {
  test.each([
    ['&ZeVnLIqe-', '日本語'],
    ['A&-B', 'A&B'],
    ['~peter/mail/&U,BTFw-/&ZeVnLIqe-', '~peter/mail/台北/日本語'],
    ['&2D3eAA-', '😀'],
    ['&2D0-', '&2D0-'],
    ['&broken', '&broken'],
    ['&a b-', '&a b-'],
    ['plain', 'plain'],
  ])('%s is %s', (encoded, decoded) => {
    expect(decodeModifiedUtf7(encoded)).toBe(decoded);
  });

  test('levels are dots in Maildir++ and slashes elsewhere', () => {
    expect(folderNameOf('Maildir/.&kAFP4W4IMH8w4TD8MOs-.2026')).toBe('送信済みメール/2026');
    expect(folderNameOf('mdbox/mailboxes/Sent/2026/dbox-Mails')).toBe('Sent/2026');
    expect(folderNameOf('Maildir/inbox')).toBe('INBOX');
    expect(folderNameOf('mail/a.b')).toBe('a.b');
  });
});
