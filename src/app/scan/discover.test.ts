import { afterEach, describe, expect, test } from 'vitest';
import { type MailTree, mailTree } from '../../../test/support/mail-tree.ts';
import { foldersBelow } from '../../exposure/mail-folders.ts';
import { namingOf } from '../../exposure/places/mailbox-naming.ts';
import { mailStores } from '../../exposure/stores.generated.ts';
import { discoverMail } from './discover.ts';

let tree: MailTree = mailTree();
const has = (content: Readonly<Record<string, string>>): void => {
  tree.remove();
  tree = mailTree(content);
};
afterEach(() => has({}));

const dovecot = {
  '/usr/sbin/dovecot': 'a program: 2.3.19.1 (9b53102964)',
  '/etc/passwd':
    'root:x:0:0::/root:/bin/sh\ntaro:x:1000:1000::/home/taro:/bin/sh\nvmail:x:200:200::/var/vmail:/bin/false\n',
};
const places = (): readonly unknown[] =>
  discoverMail(tree.root).places.map(({ path, templates, because }) => [
    path,
    templates,
    because.map(({ kind }) => kind).join(),
  ]);

const mailboxes = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { path, templates, wanted } of discoverMail(tree.root).places) {
    const naming = namingOf(path, templates);
    for await (const each of foldersBelow(path, tree.files, mailStores, naming, wanted)) {
      found.push(`${each.mailbox} ${each.name ?? ''}`);
    }
  }
  return found;
};

const mail = 'From: erin@example.test\nTo: taro@example.jp\nSubject: x\n\n';

describe('mail that servers say they keep', () => {
  test('Dovecot’s mail_location with variables, in homes and with an inbox elsewhere', async () => {
    has({
      ...dovecot,
      '/etc/dovecot/dovecot.conf':
        'protocols = imap\nmail_location = mbox:~/mail:INBOX=/var/mail/%u\nuserdb {\n  driver = passwd\n}\n',
      '/home/taro/mail/Sent': `From x Thu Nov 26 07:40:20 2026\n${mail}`,
      '/home/taro/export/1.eml': mail,
      '/home/taro/note.eml': mail,
      '/var/mail/taro': `From x Thu Nov 26 07:40:20 2026\n${mail}`,
    });
    expect(places()).toEqual([
      ['/home', ['/home/%n/mail'], 'mbox'],
      ['/var/mail', ['/var/mail/%u'], 'mbox'],
    ]);
    // What else lies in a home is not of the server.
    expect(await mailboxes()).toEqual(['taro Sent', 'taro INBOX']);
  });

  test('a static user database, mail_home, and what SQL says', () => {
    has({
      ...dovecot,
      '/etc/dovecot/dovecot.conf':
        'protocols = imap\nmail_location = mdbox:~/mdbox:ALT=/alt/%d/%n\nuserdb {\n  driver = static\n  args = uid=vmail gid=vmail home=/var/vmail/%d/%n\n}\n',
      '/var/vmail/': '',
      '/alt/': '',
    });
    expect(places()).toEqual([
      ['/var/vmail', ['/var/vmail/%d/%n/mdbox'], 'dbox'],
      ['/alt', ['/alt/%d/%n'], 'dbox'],
    ]);
    has({
      ...dovecot,
      '/etc/dovecot/dovecot.conf':
        'protocols = imap\nmail_location = maildir:~/Maildir\nuserdb {\n  driver = sql\n  args = /etc/dovecot/sql.conf.ext\n}\n',
      '/etc/dovecot/sql.conf.ext':
        "driver = mysql\nuser_query = SELECT '/srv/vmail/%d/%n' AS home, CONCAT('maildir:/srv/more/', maildir) AS mail FROM users\n",
      '/srv/vmail/': '',
      '/srv/more/': '',
    });
    expect(places()).toEqual([
      ['/srv/vmail', ['/srv/vmail/%d/%n/Maildir'], 'maildir'],
      ['/srv/more', [], 'maildir'],
    ]);
  });

  test('a file of users, whose homes are made of name and domain', () => {
    has({
      ...dovecot,
      '/etc/dovecot/dovecot.conf':
        'protocols = imap\nmail_location = maildir:~/Maildir\nuserdb {\n  driver = passwd-file\n  args = username_format=%u /etc/dovecot/users\n}\n',
      '/etc/dovecot/users':
        'taro@example.jp:{PLAIN}x:5000:5000::/var/vmail/example.jp/taro::\nhanako@example.jp:{PLAIN}x:5000:5000::/var/vmail/example.jp/hanako::\n',
      '/var/vmail/': '',
    });
    expect(places()).toEqual([['/var/vmail', ['/var/vmail/%d/%n/Maildir'], 'maildir']]);
  });

  test('Dovecot 2.4, with driver and paths apart', () => {
    has({
      '/usr/sbin/dovecot': 'a program: 2.4.1 (9b53102964)',
      '/etc/dovecot/dovecot.conf':
        'dovecot_config_version = 2.4.1\ndovecot_storage_version = 2.4.1\nprotocols = imap\nmail_driver = sdbox\nmail_home = /srv/mail/%{user | domain}/%{user | username}\nmail_path = ~/sdbox\n',
      '/srv/mail/': '',
    });
    expect(places()).toEqual([
      ['/srv/mail', ['/srv/mail/%{user | domain}/%{user | username}/sdbox'], 'dbox'],
    ]);
  });

  test('Cyrus’s partitions and Postfix’s own mailboxes; mail on another server is nowhere', () => {
    has({
      ...dovecot,
      '/etc/dovecot/dovecot.conf': 'protocols = imap\nmail_location = imapc:\n',
      '/usr/sbin/postfix': 'a program',
      '/etc/postfix/main.cf':
        'home_mailbox = Maildir/\nvirtual_mailbox_base = /srv/virtual\nvirtual_mailbox_maps = hash:/etc/postfix/vmaps\n',
      '/etc/postfix/master.cf': 'smtp inet n - n - - smtpd\n',
      '/usr/lib/cyrus/bin/master': 'a program',
      '/etc/imapd.conf':
        'configdirectory: /var/lib/cyrus\npartition-default: /var/spool/cyrus/mail\n',
      '/etc/cyrus.conf': 'SERVICES {\n  imap cmd="imapd" listen="imap"\n}\n',
      '/var/spool/cyrus/mail/': '',
      '/srv/virtual/': '',
      '/home/taro/': '',
    });
    expect(places()).toEqual([
      ['/var/spool/cyrus/mail', [], 'cyrus'],
      ['/home', ['/home/%n/Maildir'], 'maildir'],
      ['/srv/virtual', [], 'unknown'],
    ]);
  });

  test('where nothing says where homes are, it is unseen; without servers there is nothing', () => {
    has({
      ...dovecot,
      '/etc/dovecot/dovecot.conf': 'protocols = imap\nmail_location = maildir:~/Maildir\n',
    });
    expect(places()).toEqual([]);
    expect(
      discoverMail(tree.root)
        .unseen.map(({ why }) => why)
        .join(),
    ).toContain('keeps mail in homes');
    has({ '/etc/passwd': dovecot['/etc/passwd'] });
    expect(places()).toEqual([]);
    // What was gone before the test looked.
    expect(discoverMail(tree.root).unseen.filter(({ why }) => why.includes('homes'))).toEqual([]);
  });
});
