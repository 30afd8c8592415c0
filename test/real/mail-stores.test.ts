import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect as connectTo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImapLogin } from '../../src/app/scan/imap/server.ts';
import { imapFolders } from '../../src/app/scan/imap.ts';
import { openMailFiles } from '../../src/app/scan/mail-files.ts';
import { mailIn, messagesIn, type TreeMessage } from '../support/mail-tree.ts';
import { answered, freePorts, talk } from '../support/talk.ts';

/**
 * What a real Dovecot writes in each of its formats, read from the files and over IMAP, and compared with what was
 * delivered. It runs on loopback, in a folder of its own, started and stopped here.
 */
const version = spawnSync('dovecot', ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? '';
const nobody = 65_534;

/** The configuration is written for 2.3. */
const missing = !version.startsWith('2.3.')
  ? 'Dovecot 2.3 is not on this machine'
  : process.getuid?.() !== 0
    ? 'only root may start it'
    : !existsSync('/usr/lib/dovecot/imap')
      ? 'its IMAP server is not on this machine'
      : undefined;

const accounts = {
  maildir: 'maildir:~/Maildir',
  maildirfs: 'maildir:~/Maildir:LAYOUT=fs',
  maildirgz: 'maildir:~/Maildir userdb_zlib_save=gz',
  maildirbz2: 'maildir:~/Maildir userdb_zlib_save=bz2',
  mbox: 'mbox:~/mail:INBOX=~/inbox',
  sdbox: 'sdbox:~/sdbox',
  sdboxzstd: 'sdbox:~/sdbox userdb_zlib_save=zstd',
  mdbox: 'mdbox:~/mdbox',
  mdboxlz4: 'mdbox:~/mdbox userdb_zlib_save=lz4',
} as const;
const users = Object.keys(accounts);

const encrypted = {
  maildircrypt: 'maildir:~/Maildir userdb_mail_plugins=mail_crypt',
  sdboxcrypt: 'sdbox:~/sdbox userdb_mail_plugins=mail_crypt',
} as const;

const message = (subject: string, lines = 3): string =>
  `From: erin@example.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@example.test>\r\n\r\n${'From here on it goes.\r\n>From there.\r\n'.repeat(lines)}`;

const append = (folder: string, subject: string, lines?: number): string => {
  const text = message(subject, lines);
  return `APPEND "${folder}" {${text.length}}\r\n${text}\r\n`;
};

const imap = (port: number, user: string, commands: readonly string[]): Promise<string> => {
  const pieces = [
    `a0 LOGIN ${user} secret\r\n`,
    ...commands.map((command, i) => `a${i + 1} ${command}`),
    'a99 LOGOUT\r\n',
  ];
  return talk(
    port,
    pieces.flatMap(piece => piece.split(/(?<=\d\}\r\n)/)),
    answered.imap,
  );
};

const configuration = (root: string, port: number): string => `
base_dir = ${root}/run
state_dir = ${root}/state
log_path = ${root}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_master_user_separator = *
auth_failure_delay = 0
first_valid_uid = 1
mail_plugins = zlib
mbox_lazy_writes = no
plugin {
  mail_crypt_global_private_key = <${root}/private.pem
  mail_crypt_global_public_key = <${root}/public.pem
  mail_crypt_save_version = 2
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
passdb {
  driver = passwd-file
  args = ${root}/master
  master = yes
}
passdb {
  driver = passwd-file
  args = ${root}/users
}
userdb {
  driver = passwd-file
  args = ${root}/users
  default_fields = uid=${nobody} gid=${nobody} home=${root}/home/%n
}
`;

interface Known {
  readonly folder: string | undefined;
  readonly uid: number | undefined;
  readonly subject: string;
}

const subjectOf = (text: string): string => /^Subject: (.*?)\r?$/m.exec(text)?.[1] ?? '';
const known = ({ folder, message: { uid }, text }: TreeMessage): Known => ({
  folder,
  uid,
  subject: subjectOf(text),
});
const bySubject = (a: Known, b: Known): number => (a.subject < b.subject ? -1 : 1);
const lines = (text: string): string => text.replaceAll('\r\n', '\n');
const bodyOf = (text: string): string => lines(text).replace(/^[^]*?\n\n/, '');

/** What lies in folders after what `beforeAll` did. */
const delivered = (user: string): readonly Known[] => [
  { folder: 'INBOX', uid: 1, subject: `${user}-1` },
  { folder: 'INBOX', uid: 3, subject: `${user}-3` },
  { folder: '日本語', uid: 1, subject: `${user}-4` },
  { folder: 'Work/2026', uid: 1, subject: `${user}-5` },
];

describe.skipIf(missing !== undefined)(
  `dovecot: mail as it stores it${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 60_000 },
  () => {
    const root = missing === undefined ? mkdtempSync(join(tmpdir(), 'postern-stores-')) : '';
    const at = (path: string): string => join(root, path);
    const sent: string[] = [];
    let port = 0;
    let watched = 0;
    let watcher: Server | undefined;
    /** Bytes from the server after which a connection breaks, once. */
    let breaksAfter = Number.POSITIVE_INFINITY;

    beforeAll(async () => {
      const [first = 0, second = 0] = await freePorts(2);
      port = first;
      watched = second;
      for (const folder of ['home', 'state']) mkdirSync(at(folder));
      chmodSync(root, 0o755);
      chownSync(at('home'), nobody, nobody);
      writeFileSync(
        at('users'),
        Object.entries({ ...accounts, ...encrypted })
          .map(([user, mail]) => `${user}:{PLAIN}secret::::::userdb_mail=${mail}\n`)
          .join(''),
      );
      const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      writeFileSync(at('private.pem'), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
      writeFileSync(at('public.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
      writeFileSync(at('master'), 'scanner:{PLAIN}hidden\n');
      writeFileSync(at('dovecot.conf'), configuration(root, port));
      execFileSync('dovecot', ['-c', at('dovecot.conf')], { stdio: 'ignore' });
      for (let tries = 0; tries < 50; tries++) {
        const isUp = await talk(port, ['a1 LOGOUT\r\n'], answered.imap).catch(() => '');
        if (isUp.includes('OK')) break;
        await sleep(100);
      }
      for (const user of users) {
        const separator = user.startsWith('maildir') && user !== 'maildirfs' ? '.' : '/';
        await imap(port, user, [
          'CREATE "&ZeVnLIqe-"\r\n',
          `CREATE "Work${separator}2026"\r\n`,
          ...[1, 2, 3, 4].map(n => append('INBOX', `${user}-${n}`, n * 40)),
          append(`Work${separator}2026`, `${user}-5`),
          'SELECT INBOX\r\n',
          'UID STORE 3 +FLAGS (\\Seen work)\r\n',
          'UID MOVE 4 "&ZeVnLIqe-"\r\n',
          'UID STORE 2 +FLAGS (\\Deleted)\r\n',
          'EXPUNGE\r\n',
        ]);
      }
      watcher = createServer(client => {
        const server = connectTo(port, '127.0.0.1');
        client.on('data', (bytes: Buffer) => {
          sent.push(bytes.toString('latin1'));
          server.write(bytes);
        });
        server.on('data', (bytes: Buffer) => {
          client.write(bytes);
          breaksAfter -= bytes.length;
          if (breaksAfter > 0) return;
          breaksAfter = Number.POSITIVE_INFINITY;
          client.destroy();
        });
        for (const socket of [client, server]) socket.on('error', () => client.destroy());
        client.on('close', () => server.destroy());
      });
      await new Promise<void>(done => watcher?.listen(watched, '127.0.0.1', done));
    });

    afterAll(() => {
      watcher?.close();
      if (root === '') return;
      spawnSync('doveadm', ['-c', at('dovecot.conf'), 'stop']);
      rmSync(root, { recursive: true, force: true });
    });

    const accessed = (folder: string): readonly string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap(name => {
        const stats = statSync(join(folder, name));
        return stats.isFile() ? [`${name} ${stats.atimeMs} ${stats.ctimeMs}`] : [];
      });

    const inFiles = async (user: string): Promise<readonly TreeMessage[]> => {
      const files = openMailFiles({ root: '/', roots: [root] });
      try {
        const found = await mailIn(files, at(`home/${user}`), { templates: [`${root}/home/%n`] });
        expect(files.unseen).toEqual([]);
        expect(found.every(({ mailbox }) => mailbox === user)).toBe(true);
        return found;
      } finally {
        files.close();
      }
    };

    test.each(users)(
      '%s: each message, its folder and its UID, as it was delivered',
      async user => {
        const before = accessed(at(`home/${user}`));
        const found = (await inFiles(user)).filter(
          ({ message: { isExpunged } }) => isExpunged !== true,
        );
        expect(accessed(at(`home/${user}`))).toEqual(before);
        expect(found.map(known).sort(bySubject)).toEqual(delivered(user));
        for (const { text, read } of found) {
          const n = Number(subjectOf(text).at(-1));
          expect(read).toMatchObject({ state: 'read', isCut: false });
          // In an mbox, the server's own headers stand before it.
          expect(bodyOf(text)).toBe(bodyOf(message('', n === 5 ? 3 : n * 40)));
          if (user !== 'mbox')
            expect(lines(text)).toBe(lines(message(`${user}-${n}`, n === 5 ? 3 : n * 40)));
        }
      },
    );

    test.each(['maildircrypt', 'sdboxcrypt'])(
      '%s: what mail_crypt encrypted is seen as such',
      async user => {
        await imap(port, user, [append('INBOX', 'secret')]);
        const found = await inFiles(user);
        expect(found.map(({ read }) => read)).toEqual([{ state: 'unseen', why: 'encrypted' }]);
      },
    );

    test.each(['mdbox', 'mdboxlz4'])('%s: what was expunged and lies there still', async user => {
      const found = (await inFiles(user)).filter(
        ({ message: { isExpunged } }) => isExpunged === true,
      );
      expect(found.map(known)).toEqual([
        { folder: undefined, uid: undefined, subject: `${user}-2` },
      ]);
      execFileSync('doveadm', ['-c', at('dovecot.conf'), 'purge', '-u', user]);
      const after = await inFiles(user);
      expect(after.map(known).sort(bySubject)).toEqual(delivered(user));
    });

    test('mdbox: folders and UIDs of indexes and the logs beside them, as Dovecot tells them', async () => {
      const many = Array.from({ length: 400 }, (_, i) => message(`many-${i}`, 1));
      const literals = many.map(text => ` {${text.length}+}\r\n${text}`).join('');
      const numbers = (step: number): string =>
        Array.from({ length: Math.floor(390 / step) }, (_, i) => 10 + i * step).join(',');
      await imap(port, 'mdbox', [
        `APPEND INBOX${literals}\r\n`,
        'SELECT INBOX\r\n',
        `UID STORE ${numbers(7)} +FLAGS (\\Deleted)\r\n`,
        'EXPUNGE\r\n',
        `UID COPY ${numbers(11)} "Work/2026"\r\n`,
        `UID MOVE ${numbers(13)} "&ZeVnLIqe-"\r\n`,
      ]);
      const told = execFileSync(
        'doveadm',
        [
          '-c',
          at('dovecot.conf'),
          '-f',
          'tab',
          'fetch',
          '-u',
          'mdbox',
          'mailbox uid hdr.subject',
          'ALL',
        ],
        { encoding: 'utf8' },
      );
      const found = (await inFiles('mdbox')).filter(
        ({ message: { isExpunged } }) => isExpunged !== true,
      );
      expect(found.length).toBeGreaterThan(350);
      expect(existsSync(at('home/mdbox/mdbox/mailboxes/INBOX/dbox-Mails/dovecot.index'))).toBe(
        true,
      );
      expect(
        found
          .map(known)
          .map(({ folder, uid, subject }) => `${folder}\t${uid}\t${subject}`)
          .sort(),
      ).toEqual(told.trim().split('\n').slice(1).sort());
    });

    const overImap = async (login: ImapLogin, names = users): Promise<readonly TreeMessage[]> => {
      const server = { host: '127.0.0.1', port: watched, tls: 'none', login } as const;
      const noted: string[] = [];
      const found: TreeMessage[] = [];
      const folders = imapFolders({
        server,
        accounts: names.map(name => ({ name, password: 'secret' })),
        note: (_, why) => noted.push(why),
      });
      for await (const folder of folders) found.push(...(await messagesIn(folder)));
      expect(noted).toEqual([]);
      return found;
    };

    /** Names, flags with them, and times of change of the messages in a Maildir. Dovecot writes its own files beside. */
    const traces = (folder: string): readonly string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter(name => name.includes(',S='))
        .map(name => {
          const { mtimeMs, ctimeMs, size } = statSync(join(folder, name));
          return `${name} ${size} ${mtimeMs} ${ctimeMs}`;
        })
        .sort();
    const asked = (user: string): Promise<string> =>
      imap(port, user, [
        'STATUS INBOX (MESSAGES RECENT UNSEEN UIDNEXT)\r\n',
        'EXAMINE INBOX\r\n',
        'UID FETCH 1:* (FLAGS)\r\n',
      ]);
    const flags = (answer: string): readonly string[] =>
      answer.split('\r\n').filter(line => /FETCH|STATUS INBOX|RECENT/.test(line));

    test('over IMAP, as a master user: all of it, and no trace', async () => {
      const before = await Promise.all(['maildir', 'sdbox', 'mbox'].map(asked));
      const lying = traces(at('home/maildir/Maildir'));
      const found = await overImap({
        as: 'master',
        master: 'scanner',
        separator: '*',
        password: 'hidden',
      });
      for (const user of users.filter(each => each !== 'mdbox')) {
        const mine = found.filter(({ mailbox }) => mailbox === user);
        expect(mine.map(known).sort(bySubject)).toEqual(delivered(user));
        for (const { text } of mine) {
          const n = Number(subjectOf(text).at(-1));
          expect(text).toBe(message(`${user}-${n}`, n === 5 ? 3 : n * 40));
        }
      }
      expect(found.filter(({ mailbox }) => mailbox === 'mdbox').length).toBeGreaterThan(350);
      const commands = sent.join('').split('\r\n');
      expect(commands.join('\n')).not.toMatch(
        /\bSELECT\b|\bSTORE\b|\bENABLE\b|CONDSTORE|BODY\[|RFC822\b(?!\.SIZE)|hidden/,
      );
      expect(commands.filter(each => each.includes('EXAMINE')).length).toBeGreaterThan(20);
      expect(commands.filter(each => each.includes('BODY.PEEK[]')).length).toBeGreaterThan(20);
      expect((await Promise.all(['maildir', 'sdbox', 'mbox'].map(asked))).map(flags)).toEqual(
        before.map(flags),
      );
      expect(traces(at('home/maildir/Maildir'))).toEqual(lying);
      expect(lying.length).toBe(4);
    });

    test('by authorization identity, and each by his own password', async () => {
      const master = await overImap({ as: 'master', master: 'scanner', password: 'hidden' }, [
        'sdbox',
      ]);
      const own = await overImap({ as: 'user' }, ['sdbox']);
      expect(master.map(known).sort(bySubject)).toEqual(delivered('sdbox'));
      expect(own.map(({ message }) => message.key)).toEqual(
        master.map(({ message }) => message.key),
      );
    });

    test('where the connection breaks, it is made again, and nothing is lost', async () => {
      const whole = await overImap({ as: 'user' }, ['mdbox']);
      breaksAfter = 60_000;
      const broken = await overImap({ as: 'user' }, ['mdbox']);
      expect(breaksAfter).toBe(Number.POSITIVE_INFINITY);
      expect(broken.map(({ text }) => text)).toEqual(whole.map(({ text }) => text));
    });

    test('a folder’s state changes with its mail; who is refused is noted, without his name', async () => {
      const noted: string[] = [];
      const login = { as: 'user' } as const;
      const states = async (): Promise<readonly (string | undefined)[]> => {
        const found: (string | undefined)[] = [];
        const accounts = [
          { name: 'nobody', password: 'wrong' },
          { name: 'sdbox', password: 'secret' },
        ];
        const server = { host: '127.0.0.1', port, tls: 'none', login } as const;
        const folders = imapFolders({ server, accounts, note: (_, why) => noted.push(why) });
        for await (const { state } of folders) found.push(state);
        return found;
      };
      const before = await states();
      expect(before).not.toContain(undefined);
      expect(await states()).toEqual(before);
      await imap(port, 'sdbox', [append('INBOX', 'sdbox-6')]);
      const after = await states();
      expect(after.filter((state, i) => state !== before[i])).toHaveLength(1);
      expect(new Set(noted)).toEqual(new Set(['cannot be logged in to (the server refuses)']));
    });
  },
);
