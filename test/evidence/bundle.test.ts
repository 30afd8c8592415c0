import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { runEvidence } from '../../src/cli/run-evidence.ts';
import { exitCodes, messageOf, UsageError } from '../../src/core/errors.ts';
import { lineOf } from '../support/evidence-run.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-bundle-test-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const store = join(base, 'store');
/** What a user gets, without a process of its own. */
const run = async (
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> => {
  try {
    const { text, exit } = await runEvidence(parseArguments(['evidence', ...args], {}));
    return { status: exit, stdout: text, stderr: '' };
  } catch (thrown) {
    const status = thrown instanceof UsageError ? exitCodes.usage : exitCodes.failed;
    return { status, stdout: '', stderr: `${messageOf(thrown)}\n` };
  }
};

let now = new Date('2026-06-28T10:00:00Z');
const { evidence, close } = await openEvidenceStore(store, { now: () => now });
const source = await evidence.source('mail.log');
for (const day of ['2026-06-28', '2026-06-29']) {
  now = new Date(`${day}T10:00:00Z`);
  for (let n = 0; n < 9; n += 1) await source.append(Buffer.from(lineOf(day, n)), `${day} ${n}`);
}
now = new Date('2026-06-30T00:10:00Z');
source.readToEnd();
await evidence.seal();
await close();
const keys = join(base, 'keys');
copyFileSync(join(store, 'log/keys'), keys);

const archive = join(base, 'june.tgz');
const days = ['--from', '2026-06-29', '--to', '2026-06-29'];
const made = await run('bundle', ...days, '--out', archive, '--store', store);
const unpacked = join(base, 'unpacked');
mkdirSync(unpacked);
const untarred = spawnSync('tar', ['-xzf', archive, '-C', unpacked], { encoding: 'utf8' });
const folder = join(unpacked, 'evidence-bundle');
const readme = readFileSync(join(folder, 'README.txt'), 'utf8');
/** Commands of a numbered step of the README. */
const commandsOf = (step: number): string =>
  (readme.split(/^\d\. /m)[step] ?? '')
    .split('\n')
    .filter(line => line.startsWith('    '))
    .join('\n');
const shell = (script: string) =>
  spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, keys },
  });
const missing = ['openssl', 'zstd', 'sha256sum'].filter(
  tool => spawnSync(tool, ['--version']).error !== undefined,
);

describe('postern evidence bundle', () => {
  test('writes what tar unpacks and verify believes, as a file and as a folder', async () => {
    expect([made.status, made.stderr, untarred.stderr]).toEqual([0, '', '']);
    expect(made.stdout).toMatch(/june\.tgz: 9 lines in 1 segments\n/);
    for (const path of [archive, folder, unpacked]) {
      const { status, stdout } = await run('verify', path, '--key', keys, '--deep');
      expect([status, stdout]).toEqual([
        0,
        'whole: 9 lines in 1 segments of all sources, 2026-06-29 to 2026-06-29; in a log of 6 leaves, sealed up to 2026-06-29\nevery day of them is sealed, without a gap\n',
      ]);
    }
  });

  test('writes the same bytes again, packed or not', async () => {
    const [plain, again] = [join(base, 'june.tar'), join(base, 'again.tar')];
    for (const out of [plain, again]) await run('bundle', ...days, '--out', out, '--store', store);
    expect(readFileSync(plain).equals(readFileSync(again))).toBe(true);
    expect((await run('verify', plain, '--key', keys)).status).toBe(0);
    const bytes = readFileSync(plain);
    const at = bytes.indexOf('postern-segment1') + 60;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(again, bytes);
    const broken = await run('verify', again, '--key', keys);
    expect([broken.status, broken.stdout.slice(0, 18)]).toEqual([2, 'BROKEN in 1 places']);
    writeFileSync(again, bytes.subarray(0, bytes.length - 1024));
    expect((await run('verify', again)).stderr).toContain('it is cut off');
  });

  test('is refused in one line where the question is wrong', async () => {
    for (const [args, said] of [
      [[], '--out FILE is missing'],
      [['--out', join(base, 'x.tar'), '--from', 'June'], 'is no day'],
      [['--out', join(base, 'x.tar'), '--source', 'other'], 'there is no source other'],
      [['--out', join(base, 'x.tar'), '--case', 'case-9'], 'there is no hold case-9'],
      [['--out', join(base, 'x.tar'), '--key', keys], '--key is for verify'],
    ] as const) {
      const { status, stderr } = await run('bundle', ...args, '--store', store);
      expect([status, stderr.split('\n').length]).toEqual([64, 2]);
      expect(stderr).toContain(said);
    }
  });
});

describe.skipIf(missing.length > 0)(
  `the commands of its README${missing.length > 0 ? ` (skipped: ${missing.join(', ')} not installed)` : ''}`,
  () => {
    test('check the files, print the lines, check the signature and the hash of the lines', () => {
      const first = shell([commandsOf(1), commandsOf(2)].join('\n'));
      expect([first.stderr, first.stdout.split('\n')[0]]).toEqual([
        '',
        lineOf('2026-06-29', 0).trim(),
      ]);
      const signed = shell(commandsOf(3));
      expect(signed.stdout).toBe('Signature Verified Successfully\n');
      const file = commandsOf(2).split('\n')[0] ?? '';
      const [twice, again] = shell(`${file}\n${commandsOf(5)}`).stdout.split('\n');
      expect([twice?.length, again]).toEqual([64, twice]);
    });

    test('find a file and a checkpoint that are others', () => {
      const path = join(folder, 'log/checkpoint');
      const checkpoint = readFileSync(path, 'utf8');
      writeFileSync(path, checkpoint.replace('\n6\n', '\n7\n'));
      expect(shell(commandsOf(3)).stdout).toContain('Signature Verification Failure');
      writeFileSync(path, checkpoint);
    });
  },
);
