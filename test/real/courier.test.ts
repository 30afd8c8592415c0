import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModuleList } from '../../src/inventory/platforms/courier/auth-file.ts';

/**
 * What authdaemond says of its module list, and what Postern reads in it. `POSTERN_COURIER_ROOTS`
 * names roots (apart by colons) that hold courier-authlib unpacked with the libraries that it needs;
 * it is run there by chroot(8), because it reads no file but `/etc/courier/authdaemonrc`.
 */
const program = '/usr/lib/courier/courier-authlib/authdaemond';
const roots = (process.env['POSTERN_COURIER_ROOTS'] ?? '')
  .split(':')
  .filter(root => root !== '' && existsSync(join(root, program)));

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
  const child = spawn('chroot', [root, program], { stdio: ['ignore', 'ignore', 'pipe'] });
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
