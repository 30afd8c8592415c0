import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRoot } from './view.ts';

/** What was looked at once is remembered: a link put in its place afterwards must not be followed. */
let base: string;
let root: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'postern-swap-'));
  root = join(base, 'root');
  mkdirSync(join(root, 'etc/dovecot'), { recursive: true });
  writeFileSync(join(root, 'etc/dovecot/dovecot.conf'), 'inside');
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(base, 'outside/dovecot.conf'), 'outside');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const swapFolder = (): void => {
  renameSync(join(root, 'etc/dovecot'), join(root, 'etc/was'));
  symlinkSync(join(base, 'outside'), join(root, 'etc/dovecot'));
};

test('a folder swapped for a link is neither read through nor listed', () => {
  const files = openRoot(root);
  expect(files.stat('/etc/dovecot/dovecot.conf')?.kind).toBe('file');
  swapFolder();
  expect(files.text('/etc/dovecot/dovecot.conf')).toBeUndefined();
  expect(files.list('/etc/dovecot')).toEqual([]);
  expect(files.glob('/etc/dovecot/*.conf')).toEqual([]);
  expect(files.unseen.map(({ what, why }) => `${what} ${why}`)).toEqual([
    '/etc/dovecot/dovecot.conf changed while it was being opened',
    '/etc/dovecot changed while it was being opened',
  ]);
});

test('a file swapped for a link, or for another file, is not read', () => {
  const files = openRoot(root);
  const path = join(root, 'etc/dovecot/dovecot.conf');
  expect(files.stat('/etc/dovecot/dovecot.conf')?.kind).toBe('file');
  renameSync(path, `${path}.was`);
  symlinkSync(join(base, 'outside/dovecot.conf'), path);
  expect(files.text('/etc/dovecot/dovecot.conf')).toBeUndefined();
  rmSync(path);
  writeFileSync(path, 'another');
  expect(files.text('/etc/dovecot/dovecot.conf')).toBeUndefined();
  expect(files.unseen).toHaveLength(1);
});
