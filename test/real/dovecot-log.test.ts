import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../src/core/access-event.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { readLines } from '../support/formats.ts';
import { answered, freePorts, talk } from '../support/talk.ts';

/**
 * What a real Dovecot writes, in its log and by its event exporter, while a client does known things; and what
 * Postern reads in it. It runs on loopback, in a folder of its own, started and stopped here.
 */
const said = (command: string, ...words: readonly string[]): string =>
  spawnSync(command, words, { encoding: 'utf8' }).stdout?.trim() ?? '';

const version = said('dovecot', '--version');
const nobody = 65_534;

/** The configuration is written for 2.3. */
const missing = !version.startsWith('2.3.')
  ? 'Dovecot 2.3 is not on this machine'
  : process.getuid?.() !== 0
    ? 'only root may start it'
    : !existsSync('/usr/lib/dovecot/pop3')
      ? 'its POP3 server is not on this machine'
      : undefined;

const message = (n: number): string =>
  `From: erin@example.test\r\nSubject: Number ${n}\r\nMessage-ID: <n${n}@example.test>\r\n\r\nText.\r\n`;

const imap = (
  port: number,
  user: string,
  password: string,
  commands: readonly string[],
): Promise<string> => {
  const quoted = user.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const pieces = [
    `a0 LOGIN "${quoted}" ${password}\r\n`,
    ...commands.map((command, i) => `a${i + 1} ${command}`),
    'a99 LOGOUT\r\n',
  ];
  // A literal goes out once the server says that it wants it.
  return talk(
    port,
    pieces.flatMap(piece => piece.split(/(?<=\}\r\n)/)),
    answered.imap,
  );
};

const append = (n: number): string => `APPEND INBOX {${message(n).length}}\r\n${message(n)}\r\n`;

const configuration = (
  root: string,
  ports: { imap: number; pop3: number; http: number },
): string => `
base_dir = ${root}/run
state_dir = ${root}/state
log_path = ${root}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_username_chars =
auth_verbose = yes
auth_verbose_passwords = plain
auth_master_user_separator = *
mail_location = maildir:${root}/mail/%n
first_valid_uid = 1
mail_plugins = notify mail_log
login_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}> auth_user=<%{auth_user}>
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
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
  driver = static
  args = uid=${nobody} gid=${nobody} home=${root}/mail/%n
}
plugin {
  mail_log_events = save delete expunge copy flag_change mailbox_create mailbox_delete mailbox_rename
  mail_log_fields = uid box msgid size from subject flags
}
event_exporter here {
  format = json
  format_args = time-rfc3339
  transport = http-post
  transport_args = http://127.0.0.1:${ports.http}/
}
${['mail_opened', 'mail_expunged', 'imap_command_finished', 'auth_request_finished']
  .map(
    name => `metric ${name} {
  filter = event=${name}
  exporter = here
  exporter_include = name hostname timestamps categories fields
}`,
  )
  .join('\n')}
`;

describe.skipIf(missing !== undefined)(
  `dovecot: what its logs tell of a client${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 60_000 },
  () => {
    const root = missing === undefined ? mkdtempSync(join(tmpdir(), 'postern-dovecot-')) : '';
    const at = (path: string): string => join(root, path);
    const exported: string[] = [];
    let http: Server | undefined;
    let events: readonly AccessEvent[] = [];
    let records: readonly AccessEvent[] = [];
    let unread: readonly string[] = [];
    const forged = 'bob>, method=PLAIN, rip=198.51.100.66, session=<x';
    // As auth_username_format leaves it.
    const lower = forged.toLowerCase();

    const read = (text: string): readonly AccessEvent[] => {
      const lines = readLines(logFormats, text, { writtenBy: new Date().toISOString() });
      unread = [
        ...unread,
        ...lines.flatMap(each => ('unparsed' in each.parsed ? [each.line.text] : [])),
      ];
      return lines.flatMap(({ parsed }) => ('event' in parsed ? [parsed.event] : []));
    };

    beforeAll(async () => {
      const [imapPort = 0, pop3 = 0, post = 0] = await freePorts(3);
      const ports = { imap: imapPort, pop3, http: post };
      http = createHttpServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          exported.push(body.trim());
          response.end();
        });
      });
      await new Promise<void>(done => http?.listen(ports.http, '127.0.0.1', done));
      for (const folder of ['mail', 'state']) mkdirSync(at(folder));
      chmodSync(root, 0o755);
      chownSync(at('mail'), nobody, nobody);
      writeFileSync(at('users'), 'bob:{PLAIN}secret\ncarol:{PLAIN}secret\n');
      writeFileSync(at('master'), 'backupadmin:{PLAIN}secret\n');
      writeFileSync(at('dovecot.conf'), configuration(root, ports));
      execFileSync('dovecot', ['-c', at('dovecot.conf')], { stdio: 'ignore' });
      for (let tries = 0; tries < 50; tries++) {
        const isUp = await talk(ports.imap, ['a1 LOGOUT\r\n'], answered.imap).catch(() => '');
        if (isUp.includes('OK')) break;
        await sleep(200);
      }
      await imap(ports.imap, 'bob', 'secret', [
        append(1),
        append(2),
        append(3),
        'SELECT INBOX\r\n',
        'UID FETCH 2 (BODY[])\r\n',
        'UID STORE 3 +FLAGS (\\Deleted)\r\n',
        'EXPUNGE\r\n',
        'CREATE Work\r\n',
      ]);
      await imap(ports.imap, forged, 'hunter2', []);
      await imap(ports.imap, 'bob*backupadmin', 'secret', [
        'EXAMINE INBOX\r\n',
        'UID FETCH 1:* (BODY.PEEK[])\r\n',
      ]);
      await talk(
        ports.pop3,
        ['USER bob\r\n', 'PASS secret\r\n', 'RETR 1\r\n', 'QUIT\r\n'],
        answered.pop3,
      );
      await sleep(1_500);
      events = read(readFileSync(at('dovecot.log'), 'utf8'));
      records = read(`${exported.join('\n')}\n`);
    }, 60_000);

    afterAll(async () => {
      if (root === '') return;
      spawnSync('doveadm', ['-c', at('dovecot.conf'), 'stop'], { stdio: 'ignore' });
      await new Promise<void>(done => (http === undefined ? done() : http.close(() => done())));
      rmSync(root, { recursive: true, force: true });
    });

    test('every line and every record is understood', () => {
      expect(events.length).toBeGreaterThan(5);
      expect(records.length).toBeGreaterThan(5);
      expect(unread).toEqual([]);
    });

    test('the log tells of logins, of changes with their messages, and of how many were read', () => {
      expect(events).toContainEqual(
        expect.objectContaining({
          kind: 'login',
          outcome: 'success',
          service: 'imap',
          user: { name: 'bob' },
          from: { ip: '127.0.0.1' },
        }),
      );
      expect(events).toContainEqual(
        expect.objectContaining({
          kind: 'login',
          outcome: 'success',
          service: 'pop3',
          user: { name: 'bob' },
        }),
      );
      const saved = events
        .filter(event => event.kind === 'message.save')
        .map(event => event.messages?.[0]?.messageId);
      expect(saved).toEqual(['<n1@example.test>', '<n2@example.test>', '<n3@example.test>']);
      const gone = events.filter(event => event.detail === 'expunge');
      expect(
        gone.map(event => [
          event.kind,
          event.folder,
          event.messages?.[0]?.uid,
          event.messages?.[0]?.messageId,
        ]),
      ).toEqual([['message.delete', 'INBOX', 3, '<n3@example.test>']]);
      const reads = events.filter(event => event.kind === 'message.read');
      expect(
        reads.map(event => [event.service, event.user?.name, event.actor?.name, event.count]),
      ).toEqual([
        ['imap', 'bob', undefined, 1],
        ['imap', 'bob', 'backupadmin', 2],
        ['pop3', 'bob', undefined, 1],
      ]);
    });

    test('the exported events name each message that was read, and nothing that was only stored', () => {
      const reads = records.filter(event => event.kind === 'message.read');
      const told = reads.map(event => [
        event.service,
        event.actor?.name,
        event.messages?.[0]?.uid,
        event.messages?.[0]?.part,
      ]);
      expect(told).toHaveLength(4);
      expect(told).toEqual(
        expect.arrayContaining([
          ['imap', undefined, 2, 'body'],
          ['imap', 'backupadmin', 1, 'body'],
          ['imap', 'backupadmin', 2, 'body'],
          ['pop3', undefined, 1, 'body'],
        ]),
      );
      for (const event of reads) expect(event.from?.ip).toBe('127.0.0.1');
      expect(
        records.filter(event => event.kind === 'message.delete' && event.outcome === 'success'),
      ).toHaveLength(1);
    });

    test('a master user is named, as the one who acted', () => {
      for (const log of [events, records]) {
        const entered = log.filter(
          event => event.kind === 'login.impersonated' && event.from !== undefined,
        );
        expect(entered.length).toBeGreaterThan(0);
        for (const event of entered) {
          expect(event).toMatchObject({
            outcome: 'success',
            user: { name: 'bob' },
            actor: { name: 'backupadmin' },
          });
        }
      }
    });

    test('a name that tells another address is a name, and the password that came with it is nowhere', () => {
      const tried = events.filter(event => event.kind === 'login' && event.outcome === 'failure');
      expect(tried.length).toBeGreaterThan(0);
      for (const event of tried) expect(event.from?.ip ?? '127.0.0.1').toBe('127.0.0.1');
      expect(tried).toContainEqual(
        expect.objectContaining({
          user: { name: lower },
          from: { ip: '127.0.0.1' },
          flags: ['forged-looking'],
        }),
      );
      expect(JSON.stringify([events, records])).not.toContain('hunter2');
    });
  },
);
