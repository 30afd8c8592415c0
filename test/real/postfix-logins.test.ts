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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessLog } from '../../src/core/access-log.ts';
import { openRoot } from '../../src/host/view.ts';
import { takeInventory } from '../../src/inventory/take.ts';
import { applySteps } from '../support/apply-remedy.ts';
import { readRemedy } from '../support/remedy.ts';
import { answered, freePorts, talk as talkTo } from '../support/talk.ts';

/**
 * What Postfix and the Dovecot that checks its logins write of one that hands in nothing. Both run
 * on loopback, in a folder of their own, started and stopped here.
 */
const said = (command: string, ...words: readonly string[]): string =>
  spawnSync(command, words, { encoding: 'utf8' }).stdout?.trim() ?? '';

const versions = {
  postfix: said('postconf', '-dh', 'mail_version'),
  dovecot: /^\d+\.\d+\.\d+/.exec(said('dovecot', '--version'))?.[0] ?? '',
};
const owner = Number(said('id', '-u', 'postfix'));

/** The configuration is written for 2.3. */
const missing =
  versions.postfix === '' || !versions.dovecot.startsWith('2.3.')
    ? 'Postfix and Dovecot 2.3 are not both on this machine'
    : process.getuid?.() !== 0 || !(owner > 0)
      ? 'only root may start them'
      : undefined;

/** Sends each line once the answer to the one before is whole; gives all answers. */
const talk = (port: number, lines: readonly string[]): Promise<string> =>
  talkTo(
    port,
    lines.map(line => `${line}\r\n`),
    answered.smtp,
  );

const login = (name: string): string =>
  `AUTH PLAIN ${Buffer.from(`\0${name}\0secret`).toString('base64')}`;

const services = (port: number): string => `127.0.0.1:${port} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
anvil unix - - n - 1 anvil
discard unix - - n - - discard
postlog unix-dgram n - n - 1 postlogd
`;

const installed = (name: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`;

describe.skipIf(missing !== undefined)(
  `postfix: a login that hands in nothing${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 60_000 },
  () => {
    const root = missing === undefined ? mkdtempSync(join(tmpdir(), 'postern-logins-')) : '';
    const at = (path: string): string => join(root, path);
    const read = (path: string): string =>
      existsSync(at(path)) ? readFileSync(at(path), 'utf8') : '';
    let port = 0;

    const stop = (): void => {
      spawnSync('postfix', ['-c', at('etc/postfix'), 'stop'], { stdio: 'ignore' });
      spawnSync('doveadm', ['-c', at('etc/dovecot/dovecot.conf'), 'stop'], { stdio: 'ignore' });
    };

    const start = async (): Promise<void> => {
      execFileSync('dovecot', ['-c', at('etc/dovecot/dovecot.conf')], { stdio: 'ignore' });
      spawnSync('postfix', ['-c', at('etc/postfix'), 'start'], { stdio: 'ignore' });
      for (let tries = 0; tries < 50; tries++) {
        const isUp = await talk(port, ['QUIT']).catch(() => '');
        if (isUp.startsWith('220')) return;
        await sleep(200);
      }
      throw new Error(`Postfix does not answer:\n${read('mail.log')}`);
    };

    /** What both logs have when it is written that the client went. */
    const linesAfter = async (
      lines: readonly string[],
    ): Promise<{ smtpd: string; auth: string }> => {
      const before = { smtpd: read('mail.log').length, auth: read('dovecot.log').length };
      const answers = await talk(port, lines);
      expect(answers).toContain('235 2.7.0');
      for (let tries = 0; tries < 50; tries++) {
        if (/ disconnect from .*auth=1/.test(read('mail.log').slice(before.smtpd))) break;
        await sleep(100);
      }
      await sleep(300);
      return {
        smtpd: read('mail.log').slice(before.smtpd),
        auth: read('dovecot.log').slice(before.auth),
      };
    };

    const whoLoggedIn = (): AccessLog | undefined =>
      takeInventory(openRoot(root))
        .components.find(({ id }) => id === 'postfix')
        ?.logs.find(({ question }) => question === 'who logged in');

    beforeAll(async () => {
      [port = 0] = await freePorts(1);
      for (const folder of ['spool', 'data', 'etc/postfix', 'etc/dovecot', 'var/lib/dpkg']) {
        mkdirSync(at(folder), { recursive: true });
      }
      chmodSync(root, 0o755);
      chownSync(at('data'), owner, -1);
      writeFileSync(
        at('var/lib/dpkg/status'),
        installed('postfix', versions.postfix) + installed('dovecot-core', versions.dovecot),
      );
      writeFileSync(
        at('etc/dovecot/dovecot.conf'),
        `base_dir = ${at('run')}
log_path = ${at('dovecot.log')}
protocols =
ssl = no
auth_verbose = yes
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}
service auth {
  unix_listener ${at('auth')} {
    mode = 0666
  }
}
`,
      );
      writeFileSync(
        at('etc/postfix/main.cf'),
        `compatibility_level = 3.6
queue_directory = ${at('spool')}
data_directory = ${at('data')}
myhostname = mx.example.jp
mydestination = example.jp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_transport = discard:
maillog_file_prefixes = ${root}
maillog_file = ${at('mail.log')}
smtpd_tls_loglevel = 2
smtpd_log_access_permit_actions = static:all
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${at('auth')}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
`,
      );
      writeFileSync(at('etc/postfix/master.cf'), services(port));
      await start();
    }, 60_000);

    afterAll(() => {
      if (root === '') return;
      stop();
      rmSync(root, { recursive: true, force: true });
    });

    test('one that hands in a message is named beside it', async () => {
      const { smtpd } = await linesAfter([
        'EHLO client.test',
        login('carol@example.jp'),
        'MAIL FROM:<carol@example.jp>',
        'RCPT TO:<dave@example.jp>',
        'DATA',
        'Subject: x\r\n\r\nx\r\n.',
        'QUIT',
      ]);
      expect(smtpd).toMatch(/client=.*, sasl_method=PLAIN, sasl_username=carol@example\.jp/);
    });

    test('one that hands in nothing is named nowhere, until Dovecot exports it', async () => {
      const lines = ['EHLO client.test', login('alice@example.jp'), 'QUIT'];
      const before = await linesAfter(lines);
      expect(before.smtpd).toMatch(/disconnect from .* auth=1 /);
      expect(before.smtpd + before.auth).not.toContain('alice');
      const told = whoLoggedIn();
      expect(told).toMatchObject({ emitted: 'partial', sink: { path: at('mail.log') } });

      stop();
      const steps = readRemedy(told?.remedy ?? '').steps;
      expect(steps.map(({ file }) => file)).toEqual(['/etc/dovecot/dovecot.conf']);
      applySteps(root, steps);
      await start();
      const after = await linesAfter(lines);
      expect(after.smtpd).not.toContain('alice');
      expect(after.auth).toMatch(
        /"auth_request_finished".*"success":"yes".*"service":"smtp".*"remote_ip":"127\.0\.0\.1".*"user":"alice@example\.jp"/,
      );
      expect(whoLoggedIn()).toMatchObject({
        emitted: 'on',
        sink: { to: 'file', path: at('dovecot.log') },
      });
    });
  },
);
