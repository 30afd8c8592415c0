import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { ownNames } from './own-names.ts';

const hosts = `127.0.0.1 localhost
127.0.1.1 box.example.jp
192.0.2.10 mail.example.jp mx1 # this host
192.0.2.11 imap.example.jp imap
`;

test('a host goes by its host name and by what /etc/hosts gives the same address', () => {
  const names = ownNames(memoryView({ '/etc/hostname': 'mx1\n', '/etc/hosts': hosts }));
  expect([...names].sort()).toEqual(['box.example.jp', 'localhost', 'mail.example.jp', 'mx1']);
});

test("Postfix's name counts where an IMAP server is, too: a relay may bear another's", () => {
  const relay = { '/etc/postfix/main.cf': 'myhostname = Mail.example.jp\n' };
  expect([...ownNames(memoryView(relay))]).toEqual([]);
  const both = { ...relay, '/usr/sbin/dovecot': '' };
  expect([...ownNames(memoryView(both))]).toEqual(['mail.example.jp']);
  const hidden = { ...both, '/etc/postfix/main.cf': 'myhostname = $name.example.jp\n' };
  expect([...ownNames(memoryView(hidden))]).toEqual([]);
});
