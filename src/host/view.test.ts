import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostLimits } from '../core/limits.ts';
import { openRoot } from './view.ts';

let outside: string;
let root: string;

const put = (path: string, content: string | Uint8Array): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
};

const link = (path: string, target: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  symlinkSync(target, join(root, path));
};

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'postern-view-'));
  root = join(outside, 'root');
  mkdirSync(root);
  writeFileSync(join(outside, 'secret'), 'outside');
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

const whys = (files: { unseen: readonly { what: string; why: string }[] }): string =>
  files.unseen.map(({ what, why }) => `${what} ${why}`).join('\n');

describe('links', () => {
  test('an absolute link starts again at the inspected root', () => {
    put('/usr/share/webmail/version', '1.6');
    link('/var/www/webmail', '/usr/share/webmail');
    const files = openRoot(root);
    expect(files.text('/var/www/webmail/version')).toBe('1.6');
    expect(files.real('/var/www/webmail/version')).toBe('/usr/share/webmail/version');
    expect(files.unseen).toEqual([]);
  });

  test.each([
    ['climbs out of the root', '../../secret', 'leaves the root'],
    [
      'is absolute and exists only outside',
      '/etc/hostname-of-nobody',
      'does not exist below the root',
    ],
    ['leads to itself', 'a', 'loops'],
  ])('a link that %s is unseen, never followed', (_, target, why) => {
    link('/a', target);
    const files = openRoot(root);
    expect(files.text('/a')).toBeUndefined();
    expect(whys(files)).toContain(`/a is a`);
    expect(whys(files)).toContain(why);
  });

  test('an absolute link to the real path of a file outside finds nothing', () => {
    link('/a', join(outside, 'secret'));
    expect(openRoot(root).text('/a')).toBeUndefined();
  });

  test('two links that lead to each other are a loop', () => {
    link('/a', 'b');
    link('/b', 'a');
    const files = openRoot(root);
    expect(files.text('/a')).toBeUndefined();
    expect(whys(files)).toContain('loops');
  });

  test('a path that somebody wrote with too many dots stays inside', () => {
    put('/etc/passwd', 'inside');
    expect(openRoot(root).text('/../../../etc/passwd')).toBe('inside');
  });

  test('no path made of links, dots and names ever reads the file outside', () => {
    link('/l', '/');
    link('/up', '..');
    link('/d/up2', '../..');
    const segment = fc.constantFrom('..', '.', 'l', 'up', 'd', 'up2', 'root', 'secret', '');
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), segments => {
        expect(openRoot(root).text(`/${segments.join('/')}`)).not.toBe('outside');
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is not a file of text', () => {
  test('a FIFO is not opened', () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const files = openRoot(root);
    expect(files.text('/pipe')).toBeUndefined();
    expect(whys(files)).toContain('/pipe is a fifo');
  });

  test('a sparse file of a gigabyte costs nothing', () => {
    put('/big.cf', '');
    truncateSync(join(root, 'big.cf'), 1 << 30);
    const files = openRoot(root);
    expect(files.text('/big.cf')).toBeUndefined();
    expect(files.cost.bytesRead).toBe(0);
    expect(whys(files)).toContain('/big.cf is 1073741824 bytes long');
  });

  test('bytes that are not UTF-8 are read, and said', () => {
    put('/l1.cf', Buffer.from('# Stra\xdfe\nhost = a\n', 'latin1'));
    const files = openRoot(root);
    expect(files.text('/l1.cf')).toContain('host = a');
    expect(whys(files)).toContain('/l1.cf is not valid UTF-8');
  });

  test('NUL bytes are read as nothing else, and said', () => {
    put('/n.cf', 'a = 1\0\nb = 2\n');
    const files = openRoot(root);
    expect(files.text('/n.cf')).toBe('a = 1\ufffd\nb = 2\n');
    expect(whys(files)).toContain('/n.cf holds NUL bytes');
  });

  test('what is not there is silent', () => {
    const files = openRoot(root);
    expect(files.text('/etc/postfix/main.cf')).toBeUndefined();
    expect(files.list('/etc/postfix')).toEqual([]);
    expect(files.unseen).toEqual([]);
  });

  test('after the last byte of text that may be kept, each further file is unseen', () => {
    put('/a', '12');
    put('/b', '2');
    const files = openRoot(root, [], { ...hostLimits, textBytesMax: 2 });
    expect(files.text('/a')).toBe('12');
    expect(files.text('/b')).toBeUndefined();
    expect(files.text('/a')).toBe('12');
    expect(whys(files)).toContain('/b was not read: the texts that were read before it hold');
  });

  test('one folder of settings takes nothing from the others', () => {
    for (const path of ['/etc/a/1', '/etc/a/b/2', '/etc/a/3', '/etc/b/1', '/etc/c'])
      put(path, 'xx');
    const files = openRoot(root, [], { ...hostLimits, settingsBytesMax: 4 });
    const read = ['/etc/a/1', '/etc/a/b/2', '/etc/a/3', '/etc/b/1', '/etc/c'].filter(
      path => files.text(path) !== undefined,
    );
    expect(read).toEqual(['/etc/a/1', '/etc/a/b/2', '/etc/b/1', '/etc/c']);
    expect(files.unseen.map(({ what }) => what)).toEqual(['/etc/a/3']);
    put('/home/x/.forward', 'x'.repeat((256 << 10) + 1));
    expect(openRoot(root).text('/home/x/.forward')).toBeUndefined();
  });

  test('after the last file that may be opened, each further one is unseen', () => {
    put('/a', '1');
    put('/b', '2');
    const files = openRoot(root, [], { ...hostLimits, filesMax: 1 });
    expect(files.text('/a')).toBe('1');
    expect(files.text('/b')).toBeUndefined();
    expect(whys(files)).toContain('/b was not read');
  });
});

describe('the walk', () => {
  test('finds a marker wherever it lies, but not behind a link, in a mailbox or in a container', () => {
    for (const folder of ['/srv/a/b/c', '/home/x/public_html/webmail', '/mail']) {
      put(`${folder}/program/include/iniset.php`, '<?php');
    }
    put('/home/x/Maildir/new/1', '');
    put('/home/x/Maildir/program/include/iniset.php', '<?php');
    put('/var/lib/docker/overlay2/abc/program/include/iniset.php', '<?php');
    link('/srv/again', 'a');
    const marker = '**/program/include/iniset.php';
    const files = openRoot(root, [marker]);
    expect(files.glob(marker)).toEqual([
      '/home/x/public_html/webmail/program/include/iniset.php',
      '/mail/program/include/iniset.php',
      '/srv/a/b/c/program/include/iniset.php',
    ]);
    expect(whys(files)).toContain('/var/lib/docker/overlay2 holds the file systems of containers');
  });

  test('leaves other hosts alone, and says so; leaves its own folder alone without a word', () => {
    const marker = '**/program/include/iniset.php';
    put('/srv/chroots/old/etc/os-release', 'ID=debian');
    put('/srv/chroots/old/var/www/program/include/iniset.php', '<?php');
    put('/opt/postern/sample/program/include/iniset.php', '<?php');
    put('/var/www/program/include/iniset.php', '<?php');
    put('/etc/os-release', 'ID=debian');
    const files = openRoot(root, [marker], hostLimits, [join(root, 'opt/postern/')]);
    expect(files.glob(marker)).toEqual(['/var/www/program/include/iniset.php']);
    expect(files.unseen.map(({ what }) => what)).toEqual(['/srv/chroots/old']);
  });

  test('says where it stopped', () => {
    for (let i = 0; i < 30; i++) put(`/srv/${i}/x`, '');
    const files = openRoot(root, ['**/x'], { ...hostLimits, walkFoldersMax: 10 });
    files.glob('**/x');
    expect(whys(files)).toMatch(
      /^\/srv was not searched to its end .*: the walk stopped after 10 folders; 22 not at all, such as \/srv\/\d+$/m,
    );
    const late = openRoot(root, ['**/x'], { ...hostLimits, walkMsMax: -1 });
    late.glob('**/x');
    expect(whys(late)).toContain('/ was not searched for unpacked mail software: the walk stopped');
  });

  test('a tree of one user keeps it from nothing of another, and is named', () => {
    for (let i = 0; i < 400; i++)
      mkdirSync(join(root, `/home/evil/${i % 20}/${i}/a`), { recursive: true });
    for (const folder of ['/home/good/public_html/webmail', '/var/www/x']) put(`${folder}/b/x`, '');
    const files = openRoot(root, ['**/b/x'], { ...hostLimits, walkFoldersMax: 100 });
    expect(files.glob('**/b/x')).toEqual(['/home/good/public_html/webmail/b/x', '/var/www/x/b/x']);
    expect(files.unseen.length).toBeGreaterThan(0);
    expect(files.unseen.every(({ what }) => what.startsWith('/home/evil'))).toBe(true);
  });

  test('passes by mailboxes of every kind, one look each, and by nothing else', () => {
    const user = (i: number): string => `/mail/d/u${i}`;
    for (let i = 0; i < 100; i++) {
      for (const box of ['', '/.Sent']) {
        for (const part of ['cur', 'new', 'tmp']) {
          mkdirSync(join(root, user(i) + box, part), { recursive: true });
        }
      }
    }
    put('/mail/d/webmail/program/x', '');
    mkdirSync(join(root, '/mail/d/v/cur'), { recursive: true });
    put('/mail/d/v/program/x', '');
    put('/mail/sdbox/u/mailboxes/INBOX/dbox-Mails/program/x', '');
    put('/mail/box/u/mailboxes/INBOX/program/x', '');
    put('/mail/box/u/dovecot.index.cache', '');
    put('/mail/cyrus/a/cyrus.header', '');
    put('/mail/cyrus/a/Sent/program/x', '');
    const files = openRoot(root, ['**/program/x'], { ...hostLimits, walkFoldersMax: 55 });
    expect(files.glob('**/program/x')).toEqual([
      '/mail/d/v/program/x',
      '/mail/d/webmail/program/x',
    ]);
    expect(files.unseen).toEqual([]);
  });

  test('what waits is bounded: the fullest folder gives way, and is named', () => {
    mkdirSync(join(root, '/home/evil'), { recursive: true });
    for (let i = 0; i < 600; i++) mkdirSync(join(root, `/home/evil/${i}`));
    put('/srv/w/x', '');
    const files = openRoot(root, ['**/x'], { ...hostLimits, walkWaitingMax: 200 });
    expect(files.glob('**/x')).toEqual(['/srv/w/x']);
    expect(whys(files)).toMatch(
      /^\/home\/evil holds so many folders that \d+ of them were not searched/m,
    );
  });

  test('of a folder with too many entries the first are searched, and it is named', () => {
    for (let i = 0; i < 50; i++) put(`/srv/${i}`, '');
    const files = openRoot(root, ['**/x'], { ...hostLimits, walkEntriesMax: 40 });
    files.glob('**/x');
    expect(whys(files)).toContain('/srv holds more than 40 entries');
  });
});

test.each([
  ['/etc/p/*.cf', ['/etc/p/a.cf', '/etc/p/b.cf']],
  ['/etc/p/[!a].cf', ['/etc/p/b.cf']],
  ['/etc/p/{a,.h}.cf', ['/etc/p/a.cf']],
  ['/etc/*/a.cf', ['/etc/p/a.cf']],
  ['/etc/p/.*', ['/etc/p/.h.cf']],
  ['/etc/p/a.cf', ['/etc/p/a.cf']],
  ['/etc/p/z.cf', []],
])('the glob %s finds %j', (pattern, wanted) => {
  for (const name of ['a.cf', 'b.cf', '.h.cf']) put(`/etc/p/${name}`, '');
  expect(openRoot(root).glob(pattern)).toEqual(wanted);
});
