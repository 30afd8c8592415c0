import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

/** The package that `npm pack` makes, unpacked elsewhere beside nothing but its dependencies. */
describe('the published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-pack-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const unpacked = join(folder, 'package');

  test('holds the build, the sample, the schemas and the docs, and no sources or tests', () => {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { stdio: 'ignore' });
    const archive = readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '';
    execFileSync('tar', ['-xzf', join(folder, archive), '-C', folder]);
    const held = readdirSync(unpacked);
    expect(held).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'bin', 'dist', 'docs', 'sample', 'schemas']),
    );
    expect(held.filter(name => ['src', 'test', 'node_modules', '.ci'].includes(name))).toEqual([]);
    expect(existsSync(join(unpacked, 'sample/root/var/lib/dpkg/status'))).toBe(true);
  }, 180_000);

  test('says of the sample what the sources say', () => {
    symlinkSync(resolve('node_modules'), join(unpacked, 'node_modules'));
    const ask = (
      bin: string,
      node = process.execPath,
    ): readonly [number | null, string, string] => {
      const { status, stdout, stderr } = spawnSync(node, [bin, 'confirm', '--sample'], {
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      });
      return [status, stdout, stderr];
    };
    const built = ask(join(unpacked, 'bin/postern.js'));
    expect(built[0]).toBe(2);
    expect(built).toEqual(ask(resolve('bin/postern.js')));
    // What Debian brings is older than what `npm ci` brings, and an installed package runs on it.
    if (existsSync('/usr/bin/node')) {
      expect(ask(join(unpacked, 'bin/postern.js'), '/usr/bin/node')).toEqual(built);
    }
  }, 60_000);
});
