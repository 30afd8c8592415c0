import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const postern: string = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'postern-broken-'));
mkdirSync(join(base, 'root/etc'), { recursive: true });
writeFileSync(join(base, 'root/etc/hostname'), 'mail01\n');
afterAll(() => rmSync(base, { recursive: true, force: true }));

const run = (
  ...more: readonly string[]
): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [postern, 'inventory', '--root', join(base, 'root'), ...more], {
    encoding: 'utf8',
    cwd: base,
    timeout: 60_000,
  });

const many = (line: (i: number) => string, count: number): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

describe('a broken postern.yaml is answered with one line that says where', () => {
  test.each<[string, string, RegExp]>([
    ['a tab', 'policy:\n\tretentionDays: 1\n', /:2:1: not valid YAML: Tabs/],
    ['a key twice', 'policy: {}\npolicy: {}\n', /:2:1: .*unique/],
    [
      'a key twice further in',
      'policy:\n  retentionDays: 1\n  retentionDays: 2\n',
      /:3:3: .*unique/,
    ],
    ['a wrong type', 'tenants: 3\n', /:1:10: tenants: expected array, received number/],
    ['a text for a number', 'policy:\n  retentionDays: x\n', /:2:18: policy\.retentionDays/],
    ['a list for the file', '[a, b]\n', /:1:1: the file: expected object/],
    ['a key that is a map', '? {a: 1}\n: 2\n', /:1:1: unknown key/],
    ['an unknown alias', 'organisation: *nobody\n', /:1:1: .*alias/i],
    ['a tag that runs code', 'organisation: !!js/function "x"\n', /:1:15: .*tag/i],
    ['two documents', 'organisation: a\n---\norganisation: b\n', /:2:1: .*documents/],
    ['a prototype', '__proto__: {a: 1}\n', /:1:1: unknown key "__proto__"/],
    ['escapes for the terminal', '"\\e[31mx\\ny": 1\n', /:1:1: unknown key "�\[31mx y"/],
    [
      'aliases of aliases',
      `a: &a [x, x]\n${many(i => `b${i}: &b${i} [${i === 0 ? '*a, *a' : `*b${i - 1}, *b${i - 1}`}]\n`, 40)}`,
      /not valid YAML: its aliases multiply/,
    ],
    ['an alias of itself', 'tenants: &a [*a]\n', /:1:14: tenants\[0\]: expected object/],
    ['a hundred thousand brackets', `organisation: ${'['.repeat(100_000)}`, /not valid YAML/],
    ['three hundred thousand keys', many(i => `k${i}: 1\n`, 300_000), /:1:1: unknown key "k0"/],
    ['more than four megabytes', '#'.repeat((4 << 20) + 1), /4194305 bytes; at most 4194304/],
  ])('%s', (_, yaml, said) => {
    writeFileSync(join(base, 'given.yaml'), yaml);
    const { status, stdout, stderr } = run('--config', 'given.yaml');
    expect(stderr.replace(/\n$/, '').split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^postern: given\.yaml:/);
    expect(stderr).toMatch(said);
    expect(stdout).toBe('');
    expect(status).toBe(64);
  });
});

const isRoot = process.geteuid?.() === 0;

test.skipIf(!isRoot)(
  `a postern.yaml that another user put into the working folder is not used${isRoot ? '' : ' (skipped: only root can give a file away)'}`,
  () => {
    const path = join(base, 'postern.yaml');
    writeFileSync(path, 'options: { out: written }\n');
    expect(run().status).toBe(0);
    chownSync(path, 12_345, 12_345);
    const { status, stderr } = run();
    expect(stderr).toMatch(/^postern: postern\.yaml: belongs to another user \(uid 12345\)/);
    expect(status).toBe(64);
    expect(run('--config', 'postern.yaml').status).toBe(0);
    rmSync(path);
  },
);
