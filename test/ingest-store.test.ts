import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sourceNameOf } from '../src/app/ingest/source-name.ts';
import { folderReader } from '../src/evidence/verify/reader.ts';
import { keptOf } from './support/evidence-run.ts';

const program = fileURLToPath(new URL('../bin/postern.js', import.meta.url));
const fullDisk = fileURLToPath(new URL('support/full-disk.mjs', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = (more: Readonly<Record<string, string>> = {}) => ({
  ...process.env,
  POSTERN_STORE: join(folder, 'store'),
  ...more,
});
const postern = (args: readonly string[], more = {}, node: readonly string[] = []) =>
  spawnSync(process.execPath, [...node, program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: env(more),
  });
const login = (n: number): string =>
  `2026-06-29T10:00:${String(n % 60).padStart(2, '0')}Z mx1 dovecot: imap-login: Login: user=<u${n % 9}@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=${n}, TLS, session=<s${n}>\n`;
const logins = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => login(from + i)).join('');
const log = (): string => join(folder, 'mail.log');
const kept = (): string => keptOf(folderReader(join(folder, 'store')), sourceNameOf(log()));
const verified = (): number | null => postern(['evidence', 'verify', '--deep']).status;

const until = async (isTrue: () => boolean): Promise<void> => {
  for (let n = 0; n < 2_000 && !isTrue(); n += 1) await wait(5);
};
const ended = (child: ChildProcess): Promise<void> =>
  new Promise(done => {
    child.once('exit', () => done());
  });

describe('postern ingest', () => {
  test('keeps what is new, says what that was, and ends with 3 when something is not understood', () => {
    writeFileSync(log(), logins(0, 30));
    const first = postern(['ingest', '.']);
    expect([first.status, first.stdout]).toEqual([0, '']);
    expect(first.stderr).toContain('1 log, 30 lines: 30 events');
    expect(first.stderr).toContain('30 new lines of 1 file');
    // The store lies among the logs, and is none.
    const again = postern(['ingest', '.']);
    expect([again.status, again.stdout, again.stderr]).toEqual([0, '', 'nothing new in 1 file\n']);
    appendFileSync(log(), `${login(30)}what nobody knows\nhalf a`);
    const second = postern(['ingest', '--unparsed', 'mail.log']);
    expect([second.status, second.stdout]).toEqual([
      3,
      `${log()}:32: not understood: no format knows such a line: what nobody knows\n`,
    ]);
    expect(second.stderr).toContain('its last line has no end yet: 6 bytes wait for it');
    expect(kept()).toBe(`${logins(0, 31)}what nobody knows\n`);
    expect(verified()).toBe(0);
  });

  test('keeps what comes through a pipe', () => {
    const result = spawnSync(process.execPath, [program, 'ingest', '-'], {
      cwd: folder,
      encoding: 'utf8',
      env: env(),
      input: logins(0, 5),
    });
    expect([result.status, result.stderr]).toEqual([0, expect.stringContaining('5 new lines')]);
    expect(keptOf(folderReader(join(folder, 'store')), 'stdin')).toBe(logins(0, 5));
  });

  test.each([
    ['--raw', ['--raw', 'x.log'], /--raw is for --dry-run and --unparsed/],
    ['a file that is not there', ['nowhere.log'], /nowhere\.log: no such file/],
  ])('%s is a mistake that one line explains, and no store is made', (_, args, why) => {
    const { status, stderr } = postern(['ingest', ...args]);
    expect([status, stderr]).toEqual([64, expect.stringMatching(why)]);
    expect(stderr).toMatch(/^postern: [^\n]+\n$/);
    expect(existsSync(join(folder, 'store'))).toBe(false);
  });

  test('is refused while another one is at work, and says so on one line', async () => {
    writeFileSync(log(), logins(0, 5));
    const first = spawn(process.execPath, [program, 'ingest', '-'], { cwd: folder, env: env() });
    first.stdin.write(login(1));
    await until(() => existsSync(join(folder, 'store/log/checkpoint')));
    const second = postern(['ingest', 'mail.log']);
    expect([second.status, second.stderr]).toEqual([
      1,
      expect.stringMatching(/^postern: another run of Postern is at work in [^\n]+\n$/),
    ]);
    first.stdin.end();
    await ended(first);
    expect(postern(['ingest', 'mail.log']).status).toBe(0);
  });

  test('says of a full disk what is kept, and goes on there when there is room', () => {
    writeFileSync(log(), logins(0, 9_000));
    const full = postern(['ingest', 'mail.log'], { ROOM_BYTES: '600000' }, ['--import', fullDisk]);
    expect([full.status, full.stdout]).toEqual([1, '']);
    expect(full.stderr).toMatch(
      /^postern: ingest: the disk of [^\n]+ is full; [\d,]+ new lines are kept for certain\. Make room, and run the same command again[^\n]*\n$/,
    );
    const said = Number(/([\d,]+) new lines/.exec(full.stderr)?.[1]?.replaceAll(',', ''));
    const next = postern(['ingest', 'mail.log']);
    const now = Number(/([\d,]+) new lines of/.exec(next.stderr)?.[1]?.replaceAll(',', ''));
    expect([next.status, said + now <= 9_000, kept() === logins(0, 9_000), verified()]).toEqual([
      0,
      true,
      true,
      0,
    ]);
  });

  test('says of a store that cannot be written why', () => {
    writeFileSync(log(), logins(0, 5));
    const { status, stderr } = postern(['ingest', 'mail.log'], { POSTERN_STORE: join(log(), 'x') });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^postern: ingest: [^\n]+ cannot be written: ENOTDIR[^\n]+\n$/),
    ]);
  });

  test('ends in good order by a signal, and goes on there', async () => {
    writeFileSync(log(), logins(0, 60_000));
    const child = spawn(process.execPath, [program, 'ingest', 'mail.log'], {
      cwd: folder,
      env: env(),
    });
    let said = '';
    child.stderr.on('data', chunk => {
      said += String(chunk);
    });
    const end = ended(child);
    await until(() => existsSync(join(folder, 'store/spool', sourceNameOf(log()))));
    child.kill('SIGTERM');
    await end;
    const isStopped = child.signalCode === 'SIGTERM';
    expect(isStopped || child.exitCode === 0).toBe(true);
    if (isStopped) expect(said).toContain('stopped; run the same command again');
    expect(verified()).toBe(0);
    postern(['ingest', 'mail.log']);
    expect(kept() === logins(0, 60_000)).toBe(true);
  });
});
