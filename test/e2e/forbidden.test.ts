import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const program = resolve('bin/postern.js');
const base = mkdtempSync(join(tmpdir(), 'postern-forbidden-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Root may read everything: then it is run as nobody, if nobody may read this checkout. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: '/', encoding: 'utf8', ...nobody });
const mayRun = run('--version').status === 0;

test.skipIf(!mayRun)(
  'a folder that may not be entered is told once, not once for everything in it (needs a checkout that others may read)',
  () => {
    const root = join(base, 'root');
    cpSync('test/fixtures/platforms/opendkim/signing-with-defaults/root', root, {
      recursive: true,
    });
    chmodSync(base, 0o755);
    chmodSync(join(root, 'etc'), 0);
    const { stdout, status } = run('inventory', '--root', root, '--format', 'json');
    const answer: { readonly unseen: readonly { readonly what: string; readonly why: string }[] } =
      JSON.parse(stdout);
    expect(answer.unseen.map(({ what, why }) => `${what} ${why}`)).toEqual([
      '/etc cannot be entered (EACCES)',
      '/etc cannot be listed (EACCES)',
    ]);
    expect(status).toBe(3);
  },
);

test.skipIf(!mayRun)(
  'nothing is found in a root that may not be entered (needs a checkout that others may read)',
  () => {
    const root = join(base, 'locked');
    mkdirSync(root);
    chmodSync(base, 0o755);
    chmodSync(root, 0);
    const { stdout, status } = run('inventory', '--root', root, '--format', 'json');
    const answer: { readonly components: readonly unknown[]; readonly unseen: readonly unknown[] } =
      JSON.parse(stdout);
    expect(answer.components).toEqual([]);
    expect(answer.unseen).not.toEqual([]);
    expect(status).toBe(3);
  },
);
