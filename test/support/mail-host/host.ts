import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answered, freePorts, talk } from '../talk.ts';
import { dovecotConf, mailOwner, mainCf, masterCf, type Ports } from './configuration.ts';
import { remoteServer } from './sink.ts';

const said = (command: string, ...words: readonly string[]): string =>
  spawnSync(command, words, { encoding: 'utf8' }).stdout?.trim() ?? '';

const versions = {
  postfix: said('postconf', '-dh', 'mail_version'),
  dovecot: /^\d+\.\d+\.\d+/.exec(said('dovecot', '--version'))?.[0] ?? '',
};
const postfixUser = Number(said('id', '-u', 'postfix'));

/** Why the mail host cannot be had on this machine; the configuration is written for Dovecot 2.3. */
export const missingMailHost: string | undefined =
  versions.postfix === '' || !versions.dovecot.startsWith('2.3.')
    ? 'Postfix and Dovecot 2.3 are not both on this machine'
    : process.getuid?.() !== 0 || !(postfixUser > 0)
      ? 'only root may start them'
      : ['pop3', 'lmtp', 'managesieve'].find(name => !existsSync(`/usr/lib/dovecot/${name}`)) ===
          undefined
        ? undefined
        : 'not all of Dovecot is on this machine';

const domain = 'example.test';
const names = ['alice', 'bob', 'carol'] as const;
export const password = 'correct horse';
export const master = 'helpdesk';

/** Postfix and Dovecot on loopback, in a folder of their own. */
export interface MailHost {
  readonly root: string;
  readonly ports: Ports;
  readonly logs: { readonly dovecot: string; readonly postfix: string; readonly events: string };
  /** Until a log has a line of that kind behind what it had before. @throws after half a minute */
  readonly until: (log: string, has: (text: string) => boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const installed = (name: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`;

const lay = (root: string, ports: Ports): void => {
  const at = (path: string): string => join(root, path);
  const folders = ['spool', 'data', 'mail', 'state', 'etc/postfix', 'etc/dovecot', 'var/lib/dpkg'];
  for (const folder of folders) mkdirSync(at(folder), { recursive: true });
  chmodSync(root, 0o755);
  chownSync(at('data'), postfixUser, -1);
  chownSync(at('mail'), mailOwner, mailOwner);
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      .concat(['-subj', '/CN=mx.example.test', '-days', '2'])
      .concat(['-keyout', at('etc/dovecot/key.pem'), '-out', at('etc/dovecot/cert.pem')]),
    { stdio: 'ignore' },
  );
  const addresses = names.map(name => `${name}@${domain}`);
  const lines = addresses.map(address => `${address}:{PLAIN}${password}\n`);
  writeFileSync(at('etc/dovecot/users'), lines.join(''));
  writeFileSync(at('etc/dovecot/master'), `${master}:{PLAIN}${password}\n`);
  writeFileSync(at('etc/dovecot/dovecot.conf'), dovecotConf(root, ports));
  writeFileSync(at('etc/postfix/main.cf'), mainCf(root, ports, addresses));
  writeFileSync(at('etc/postfix/master.cf'), masterCf(ports));
  writeFileSync(
    at('var/lib/dpkg/status'),
    installed('postfix', versions.postfix) + installed('dovecot-core', versions.dovecot),
  );
};

const isUp = async (port: number, bye: string, done: RegExp): Promise<boolean> =>
  (await talk(port, [bye], done).catch(() => '')) !== '';

/** Starts it. Its logs then say so; what they had before a client comes is cut off. */
export const startMailHost = async (): Promise<MailHost> => {
  const root = mkdtempSync(join(tmpdir(), 'postern-mail-host-'));
  const at = (path: string): string => join(root, path);
  const free = await freePorts(9);
  const [smtp = 0, submission = 0, imap = 0, imaps = 0, pop3 = 0, sieve = 0] = free;
  const [lmtp = 0, remote = 0, events = 0] = free.slice(6);
  const ports: Ports = { smtp, submission, imap, imaps, pop3, sieve, lmtp, remote, events };
  lay(root, ports);
  const logs = { dovecot: at('dovecot.log'), postfix: at('mail.log'), events: at('events.ndjson') };
  const read = (log: string): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');

  const collector = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      appendFileSync(logs.events, `${body.trim()}\n`);
      response.end();
    });
  });
  await new Promise<void>(done => collector.listen(ports.events, '127.0.0.1', done));
  const outside = await remoteServer(ports.remote);

  const stop = async (): Promise<void> => {
    spawnSync('postfix', ['-c', at('etc/postfix'), 'abort'], { stdio: 'ignore' });
    spawnSync('doveadm', ['-c', at('etc/dovecot/dovecot.conf'), 'stop'], { stdio: 'ignore' });
    collector.closeAllConnections();
    await new Promise<void>(done => collector.close(() => done()));
    await new Promise<void>(done => outside.close(() => done()));
    rmSync(root, { recursive: true, force: true });
  };

  execFileSync('dovecot', ['-c', at('etc/dovecot/dovecot.conf')], { stdio: 'ignore' });
  spawnSync('postfix', ['-c', at('etc/postfix'), 'start'], { stdio: 'ignore' });
  for (let tries = 0; ; tries++) {
    const [mail, boxes] = await Promise.all([
      isUp(ports.submission, 'QUIT\r\n', answered.smtp),
      isUp(ports.imap, 'a1 LOGOUT\r\n', answered.imap),
    ]);
    if (mail && boxes) break;
    if (tries > 50) {
      const told = `${read(logs.postfix)}${read(logs.dovecot)}`;
      await stop();
      throw new Error(`the mail host does not answer:\n${told}`);
    }
    await sleep(100);
  }

  return {
    root,
    ports,
    logs,
    until: async (log, has) => {
      for (let tries = 0; tries < 500; tries++) {
        if (has(read(log))) return;
        await sleep(50);
      }
      throw new Error(`${log} never had what was waited for:\n${read(log)}`);
    },
    stop,
  };
};
