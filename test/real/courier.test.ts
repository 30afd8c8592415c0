import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { readAuthFile, readModuleList } from '../../src/inventory/platforms/courier/auth-file.ts';

/**
 * What authdaemond says of its module list, and what Postern reads in it. `POSTERN_COURIER_ROOTS`
 * names roots (apart by colons) that hold courier-authlib unpacked with the libraries that it needs;
 * it is run there by chroot(8), because it reads no file but `/etc/courier/authdaemonrc`.
 */
const program = '/usr/lib/courier/courier-authlib/authdaemond';
const roots = (process.env['POSTERN_COURIER_ROOTS'] ?? '')
  .split(':')
  .filter(root => root !== '' && existsSync(join(root, program)));

/** A command that is run with another root, by chroot(8). */
const within = (root: string, ...words: readonly string[]): readonly string[] => [
  'chroot',
  root,
  ...words,
];

const configs: readonly string[] = [
  'authmodulelist="authpam"\ndaemons=1\n',
  'authmodulelist=authpam authuserdb\ndaemons=1\n',
  'authmodulelist="authuserdb"\nauthmodulelist="authpam authcustom" # the last one\ndaemons=1\n',
  'authmodulelist="authpam # authuserdb"\ndaemons=1\n',
  ' authmodulelist="authpam"\nexport authmodulelist="authuserdb"\ndaemons=1\n',
  'authmodulelist= \t"authuserdb"\ndaemons=1\n# authmodulelist="authpam"\n',
  "authmodulelist='authpam'\ndaemons=1\n",
  'LIST=authpam\nauthmodulelist="$LIST"\ndaemons=1\n',
  'authmodulelist="authpam"\nno setting at all\ndaemons=1\n',
];

/** The names that it lists when it starts; undefined when it refuses its file. */
const say = async (root: string, text: string): Promise<readonly string[] | undefined> => {
  mkdirSync(join(root, 'etc/courier'), { recursive: true });
  mkdirSync(join(root, 'run/courier/authdaemon'), { recursive: true });
  writeFileSync(join(root, 'etc/courier/authdaemonrc'), text);
  const [command = '', ...words] = within(root, program);
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const ended = new Promise<void>(done => child.on('exit', () => done()));
  const listed = new Promise<void>(done => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('daemons=') || said.includes('ERR: Bad line')) done();
    });
  });
  await Promise.race([listed, ended]);
  child.kill('SIGTERM');
  await ended;
  if (said.includes('ERR: Bad line')) return undefined;
  const list = /modules="(.*)", daemons=/.exec(said)?.[1] ?? '';
  return list === '(none)' ? [] : list.split(/\s+/).filter(name => name !== '');
};

describe.skipIf(roots.length === 0)(
  'courier: what authdaemond says (skipped unless POSTERN_COURIER_ROOTS names a root with it)',
  () => {
    for (const root of roots) {
      test.each(configs)('of %j', async text => {
        const ours = readModuleList(text, '/etc/courier/authdaemonrc');
        const theirs = await say(root, text);
        expect(ours.badLine === undefined ? ours.names : undefined).toEqual(theirs);
      });
    }
  },
);

const hasSqlite = (root: string): boolean =>
  existsSync(join(root, 'usr/lib/courier-authlib/libauthsqlite.so'));

/** `authsqliterc` in forms that are easily taken wrong; each names the table that is asked. */
const sqliteConfigs: readonly string[] = [
  'SQLITE_DATABASE /users.db\nSQLITE_USER_TABLE first\nSQLITE_CLEAR_PWFIELD clear\n##NAME: MARKER:0\n',
  'SQLITE_DATABASE\t\t/users.db   \nSQLITE_USER_TABLE second\nSQLITE_USER_TABLE first\nSQLITE_CLEAR_PWFIELD clear\n##NAME: MARKER:0\n',
  '# SQLITE_USER_TABLE second\n  SQLITE_DATABASE /users.db\nSQLITE_USER_TABLE \\\n   first\nSQLITE_CLEAR_PWFIELD clear\n##NAME: MARKER:0\n',
  "SQLITE_DATABASE /users.db\nSQLITE_USER_TABLE first\nSQLITE_WHERE_CLAUSE 'x' != ' \\\nSQLITE_USER_TABLE second'\nSQLITE_CLEAR_PWFIELD clear\n##NAME: MARKER:0\n",
  'SQLITE_DATABASE /users.db\nSQLITE_USER_TABLE first\nSQLITE_CLEAR_PWFIELD clear\n',
  'SQLITE_USER_TABLE second\nSQLITE_CLEAR_PWFIELD clear\nSQLITE_DATABASE /users.db\n ##NAME: MARKER:0\n',
];

const makeDatabase = (root: string): void => {
  const path = join(root, 'users.db');
  rmSync(path, { force: true });
  const database = new DatabaseSync(path);
  for (const table of ['first', 'second']) {
    database.exec(
      `create table ${table} (id text, clear text, name text, uid int, gid int, home text)`,
    );
    database.exec(
      `insert into ${table} values ('anna', 'x', 'Anna', 1000, 1000, '/home/${table}')`,
    );
  }
  database.close();
};

/** The table that a user was found in, by the home that authtest prints; undefined: no answer. */
const foundIn = async (root: string, text: string): Promise<string | undefined> => {
  mkdirSync(join(root, 'etc/courier'), { recursive: true });
  mkdirSync(join(root, 'run/courier/authdaemon'), { recursive: true });
  rmSync(join(root, 'run/courier/authdaemon/socket'), { force: true });
  writeFileSync(join(root, 'etc/courier/authdaemonrc'), 'authmodulelist="authsqlite"\ndaemons=1\n');
  writeFileSync(join(root, 'etc/courier/authsqliterc'), text);
  const [command = '', ...words] = within(root, program);
  const child = spawn(command, words, { stdio: 'ignore' });
  const ended = new Promise<void>(done => child.on('exit', () => done()));
  for (let i = 0; i < 100 && !existsSync(join(root, 'run/courier/authdaemon/socket')); i++) {
    await sleep(20);
  }
  const [asker = '', ...question] = within(root, '/usr/sbin/authtest', 'anna');
  const asked = spawnSync(asker, question, { encoding: 'utf8' });
  child.kill('SIGTERM');
  await ended;
  return /\/home\/(\w+)/.exec(asked.stdout + asked.stderr)?.[1];
};

describe.skipIf(!roots.some(hasSqlite))(
  'courier: what authtest finds (skipped unless such a root holds courier-authlib-sqlite)',
  () => {
    for (const root of roots.filter(hasSqlite)) {
      test.each(sqliteConfigs)('with %j', async text => {
        makeDatabase(root);
        const theirs = await foundIn(root, text);
        const ours = readAuthFile(openRoot(root), '/etc/courier/authsqliterc', true);
        expect(
          ours?.refused === undefined ? ours?.settings.get('SQLITE_USER_TABLE')?.value : undefined,
        ).toBe(theirs);
      });
    }
  },
);
