import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sourceNameOf } from '../../src/app/ingest/source-name.ts';
import { folderReader } from '../../src/evidence/verify/reader.ts';
import { keptOf } from '../support/evidence-run.ts';
import { numbersFrom } from '../support/simulated-disk.ts';

/** How often the process is killed: some hundred times where somebody asks for it. */
const kills = Number(process.env['POSTERN_KILLS'] ?? 12);
const seed = Number(process.env['POSTERN_SEED'] ?? 1);
const program = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-killed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** A day lasts some hundred lines, so that there are segments to be made all the time. */
const lines = (howMany: number): string =>
  Array.from({ length: howMany }, () => {
    count += 1;
    const stamp = new Date(Date.UTC(2026, 5, 1) + count * 120_000).toISOString().slice(0, 19);
    return `${stamp}+00:00 mx1 dovecot: imap-login: Login: user=<u${count % 40}@example.jp>, method=PLAIN, rip=203.0.113.${count % 250}, lip=192.0.2.1, mpid=${count}, TLS, session=<s${count}>\n`;
  }).join('');

const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [program, ...args], { cwd: folder, stdio: 'ignore' });

const postern = (...args: readonly string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise(done => child.once('exit', done))
    : Promise.resolve();

/** The processes are started where there is something to do, and killed while they do it. */
const killedOnce = async (store: string, random: () => number): Promise<boolean> => {
  const checkpoint = join(store, 'log/checkpoint');
  const before = existsSync(checkpoint) ? readFileSync(checkpoint, 'utf8') : '';
  const child = start(['ingest', '--quiet', '--store', store, 'mail.log*']);
  const end = ended(child);
  while (child.exitCode === null && child.signalCode === null) {
    const isAtWork =
      (existsSync(checkpoint) && readFileSync(checkpoint, 'utf8') !== before) ||
      (existsSync(join(store, 'spool')) && readdirSync(join(store, 'spool')).length > 0);
    if (isAtWork) break;
    await wait(3);
  }
  await wait(random() * random() * 400);
  child.kill('SIGKILL');
  await end;
  return child.signalCode === 'SIGKILL';
};

describe(`postern ingest, killed ${kills} times`, () => {
  test(
    'has every line once, and a store that is whole',
    async () => {
      const random = numbersFrom(seed);
      const store = join(folder, 'store');
      const log = join(folder, 'mail.log');
      let written = lines(12_000);
      writeFileSync(log, written);
      let killed = 0;
      for (let n = 0; n < kills; n += 1) {
        if (await killedOnce(store, random)) killed += 1;
        const rotated = `${log}.1`;
        if (n % 6 === 3 && existsSync(rotated)) {
          const names = readdirSync(folder).filter(name => /^mail\.log\.\d+\.gz$/.test(name));
          writeFileSync(`${log}.${names.length + 2}.gz`, gzipSync(readFileSync(rotated)));
          rmSync(rotated);
        } else if (n % 6 === 2 && !existsSync(rotated)) {
          renameSync(log, rotated);
        }
        const more = lines(700);
        appendFileSync(log, more);
        written += more;
      }
      expect(postern('ingest', '--store', store, 'mail.log*').stderr).toContain('kept in');
      expect(postern('ingest', '--store', store, 'mail.log*').stderr).toMatch(/^nothing new in/);
      const verified = postern('evidence', 'verify', '--deep', '--store', store);
      expect([verified.status, verified.stdout]).toEqual([0, expect.stringMatching(/^whole: /)]);
      const kept = keptOf(folderReader(store), sourceNameOf(log));
      expect(kept === written).toBe(true);
      expect(killed).toBeGreaterThan(kills / 3);
    },
    60_000 + kills * 5_000,
  );
});
