import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { indexedMessages } from '../support/exposure-index.ts';
import { numbersFrom } from '../support/simulated-disk.ts';

/** How often the process is killed: some dozens of times where somebody asks for it. */
const kills = Number(process.env['POSTERN_KILLS'] ?? 4);
const seed = Number(process.env['POSTERN_SEED'] ?? 1);
const program = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
const environment = {
  ...process.env,
  POSTERN_EXPOSURE_KEY: `POSTERN-EXPOSURE-KEY-1:${'5a'.repeat(32)}`,
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-scan-killed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mailboxes = 4;
let count = 0;

const message = (n: number): string =>
  [
    `From: Person ${n} <person${n % 700}@example.jp>`,
    `To: user${n % mailboxes}@example.jp`,
    `Message-ID: <m${n}@example.jp>`,
    'Date: Mon, 29 Jun 2026 10:00:00 +0900',
    `Subject: Order ${n}`,
    '',
    `My telephone number is 090-1234-${String(n % 10_000).padStart(4, '0')}.`,
    'A line of text that says nothing of anybody.\n'.repeat(20 + (n % 60)),
  ].join('\n');

const cur = (n: number): string => join(folder, `mail/example.jp/user${n % mailboxes}/Maildir/cur`);
const nameOf = (n: number, flags = ''): string =>
  join(cur(n), `${1_780_000_000 + n}.M${n}.mx1:2,${flags}`);

const deliver = (howMany: number): void => {
  for (const last = count + howMany; count < last; count += 1) {
    if (count < mailboxes) {
      for (const part of ['cur', 'new', 'tmp']) {
        mkdirSync(join(cur(count), '..', part), { recursive: true });
      }
    }
    writeFileSync(nameOf(count), message(count));
  }
};

const args = (store: string): readonly string[] => ['scan', join(folder, 'mail'), '--store', store];

const start = (store: string): ChildProcess =>
  spawn(process.execPath, [program, ...args(store), '--quiet'], {
    cwd: folder,
    stdio: 'ignore',
    env: environment,
  });

const scanned = (store: string): { readonly status: number | null; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args(store)], {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
  });
  return { status, text: stdout + stderr };
};

/** Killed while it writes, or soon after. */
const killedOnce = async (store: string, random: () => number): Promise<boolean> => {
  const segments = join(store, 'exposure/segments');
  const names = (): string => (existsSync(segments) ? readdirSync(segments).join(' ') : '');
  const before = names();
  const child = start(store);
  const end = new Promise<unknown>(done => child.once('exit', done));
  while (child.exitCode === null && child.signalCode === null && names() === before) await wait(1);
  await wait(random() * random() * 120);
  child.kill('SIGKILL');
  await end;
  return child.signalCode === 'SIGKILL';
};

describe(`postern scan, killed ${kills} times`, () => {
  test(
    'ends with what a scan finds that nobody disturbed',
    async () => {
      const random = numbersFrom(seed);
      const store = join(folder, 'store');
      deliver(3_000);
      let killed = 0;
      for (let n = 0; n < kills; n += 1) {
        if (await killedOnce(store, random)) killed += 1;
        deliver(400);
        // Somebody reads: the same message by another name.
        for (let i = 0; i < 40; i += 1) {
          const at = n * 40 + i;
          renameSync(nameOf(at), nameOf(at, 'S'));
        }
      }
      expect(scanned(store).text).toContain(`${count.toLocaleString('en-US')} messages`);
      const other = join(folder, 'other');
      expect(scanned(other).status).toBe(0);
      const [disturbed, quiet] = [indexedMessages(store), indexedMessages(other)];
      expect(quiet).toHaveLength(count);
      expect(disturbed).toEqual(quiet);
      expect(quiet[0]?.people.length).toBeGreaterThan(1);
      const left = readdirSync(join(store, 'exposure/segments'));
      expect(left.filter(name => name.endsWith('.partial'))).toEqual([]);
      expect(killed).toBeGreaterThan(kills / 3);
    },
    60_000 + kills * 5_000,
  );
});
