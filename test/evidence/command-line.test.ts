import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { lineOf } from '../support/evidence-run.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-evidence-cli-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const store = join(base, 'store');
const program = new URL('../../bin/postern.js', import.meta.url).pathname;
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [program, 'evidence', ...args, '--store', store], {
    encoding: 'utf8',
    cwd: base,
  });

let now = new Date('2026-06-29T10:00:00Z');
const { evidence, close } = await openEvidenceStore(store, { now: () => now });
const source = await evidence.source('mail.log', { title: 'the mail log' });
for (let n = 0; n < 9; n += 1) await source.append(Buffer.from(lineOf('dovecot', n)), String(n));
await source.gap('2026-06-28', '2026-06-28', 'the file was rotated away');
await evidence.flush();
const old = join(base, 'checkpoint');
copyFileSync(join(store, 'log/checkpoint'), old);
now = new Date('2026-06-30T00:10:00Z');
source.readToEnd();
await evidence.seal();
await close();
const keys = join(base, 'keys');
copyFileSync(join(store, 'log/keys'), keys);

describe('postern evidence', () => {
  test('verify says that all is whole, and what that rests on', () => {
    const own = run('verify');
    expect([own.status, own.stderr]).toEqual([0, '']);
    expect(own.stdout).toMatch(
      /^whole: \d+ leaves, 1 segments, 9 lines; sealed up to 2026-06-29\n/,
    );
    expect(own.stdout).toContain('not who wrote it');
    const given = run('verify', '--key', keys, '--remembered', old, '--deep');
    expect([given.status, given.stdout.includes('not who wrote it')]).toEqual([0, false]);
    expect(JSON.parse(run('verify', '--format', 'json').stdout)).toMatchObject({
      ok: true,
      lines: 9,
    });
  });

  test('status and gaps tell what is kept and what is missing', () => {
    expect(run('status').stdout).toContain('mail.log: 9 lines in 1 segments');
    const gaps = run('gaps');
    expect([gaps.status, gaps.stdout]).toEqual([
      3,
      '2026-06-28 mail.log: the file was rotated away\n',
    ]);
  });

  test('prove writes what verify believes, and nobody else can alter', () => {
    const proof = join(base, 'line.json');
    expect(run('prove', 'mail.log/1/4', '--out', proof).status).toBe(0);
    const verified = run('verify', proof, '--key', keys);
    expect([verified.status, verified.stdout.split('\n')[1]]).toEqual([
      0,
      lineOf('dovecot', 3).trim(),
    ]);
    const text = readFileSync(proof, 'utf8');
    writeFileSync(proof, text.replace('"index": 3', '"index": 4'));
    expect(run('verify', proof)).toMatchObject({ status: 2 });
  });

  test('keep, hold, release and prune decide and delete, and the log says why', () => {
    const saying = (...args: readonly string[]): string => run(...args).stdout;
    expect(saying('keep', '30', '--why', 'a month is agreed')).toContain('are kept 30 days');
    expect(saying('hold', 'case-7', '2026-06-29', '2026-06-29', '--why', 'a break-in')).toBe(
      'held: case-7\n',
    );
    expect(saying('prune')).toBe('0 segments deleted\n');
    expect(run('verify', '--key', keys)).toMatchObject({ status: 0 });
    expect(saying('release', 'case-7', '--why', 'closed')).toBe('released: case-7\n');
    const { status, stderr } = run('release', 'case-7', '--why', 'closed');
    expect([status, stderr]).toEqual([1, 'postern: there is no hold case-7\n']);
  });

  test('rotate-key has another key sign, and whoever trusts the first one follows', () => {
    const { status, stdout } = run('rotate-key', '--why', 'once a year');
    expect([status, stdout.split('\n')[1]]).toEqual([
      0,
      readFileSync(join(store, 'log/keys'), 'utf8').trim(),
    ]);
    expect(stdout).not.toContain('PRIVATE');
    expect(readFileSync(keys, 'utf8')).not.toContain(stdout.split('\n')[1]);
    expect(run('keep', '40', '--why', 'more').status).toBe(0);
    for (const key of [keys, join(store, 'log/keys')]) {
      expect(run('verify', '--key', key, '--remembered', old).status).toBe(0);
    }
    expect(readdirSync(join(store, 'keys'))).toEqual(['evidence.key']);
    expect(statSync(join(store, 'keys/evidence.key')).mode & 0o777).toBe(0o600);
  });

  test('a mistake is one line', () => {
    for (const [args, said] of [
      [['prove', 'mail.log'], 'expected SOURCE/SEGMENT/LINE'],
      [['prove', 'mail.log/1/99'], 'has 9 lines'],
      [['verify', './nowhere'], 'there is no ./nowhere'],
      [['verify', '--key', old], '--key'],
      [['status', '--deep'], '--deep is for verify'],
      [['keep', '0', '--why', 'x'], '"0" is no number of days'],
      [['keep', '30'], '--why TEXT is missing'],
      [['rotate-key', 'new.key', '--why', 'x'], 'FILE is for a key that POSTERN_EVIDENCE_KEY'],
      [['hold', 'a', '2026-06-30', '2026-06-29', '--why', 'x'], 'comes after'],
    ] as const) {
      const { status, stderr } = run(...args);
      expect([status, stderr.split('\n').length]).toEqual([64, 2]);
      expect(stderr).toContain(said);
    }
  });

  // The last: it breaks the store.
  test('verify names what is broken', () => {
    const path = 'segments/mail.log/2026-06-29/00000001.raw.zst';
    const bytes = readFileSync(join(store, path));
    bytes[100] = (bytes[100] ?? 0) ^ 4;
    writeFileSync(join(store, path), bytes);
    const { status, stdout } = run('verify', '--key', keys);
    expect(status).toBe(2);
    expect(stdout).toMatch(/^BROKEN in 1 places/);
    expect(stdout).toContain(`${path} (byte 0, leaf 3): its SHA-256 is not the one in the log`);
  });
});
