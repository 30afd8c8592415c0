import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HuntState } from '../../src/store/hunt-state.ts';
import {
  alertsIn,
  huntLines,
  huntRules,
  keepLogs,
  openKept,
  sameAlerts,
} from '../support/hunt-run.ts';
import { numbersFrom } from '../support/simulated-disk.ts';

/** How often the process is killed: some hundred times where somebody asks for it. */
const kills = Number(process.env['POSTERN_KILLS'] ?? 4);
const seed = Number(process.env['POSTERN_SEED'] ?? 1) || Date.now();
const program = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

/** What arrived where people look: by letter, the alerts in it. */
const arrived = new Map<string, readonly string[]>();
let server: Server;
let folder = '';
let store = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-hunt-killed-'));
  store = join(folder, 'store');
  arrived.clear();
  server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      const { kind, alerts } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        readonly kind: string;
        readonly alerts: readonly { readonly id: string }[];
      };
      // A digest tells again of what goes on.
      const ids = kind === 'alert' ? alerts.map(({ id }) => id) : [];
      arrived.set(String(asked.headers['x-postern-letter']), ids);
      answer.end('ok');
    });
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  writeFileSync(join(folder, 'rules.yml'), huntRules);
  writeFileSync(
    join(folder, 'postern.yaml'),
    `watch:
  ownRules: false
  rules: [rules.yml]
  channels:
    - { name: desk, kind: webhook, url: "http://127.0.0.1:${port}/", from: low, atOnce: low }
`,
  );
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (...more: readonly string[]): ChildProcess =>
  spawn(
    process.execPath,
    [
      program,
      'hunt',
      '--quiet',
      '--zone',
      'UTC',
      '--config',
      'postern.yaml',
      '--store',
      store,
      ...more,
    ],
    { cwd: folder, stdio: 'ignore' },
  );

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise(done => child.once('exit', done))
    : Promise.resolve();

/** How many lines of all logs were seen; none where the state is being made at this moment. */
const seen = (): number => {
  let state: HuntState | undefined;
  try {
    state = new HuntState(store, false);
    return state.ran().reduce((sum, { events }) => sum + events, 0);
  } catch {
    return 0;
  } finally {
    state?.close();
  }
};

const until = async (isThere: () => boolean, childIsGone: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 600 && !isThere() && !childIsGone(); turn += 1) await wait(50);
  expect(isThere()).toBe(true);
};

test('a hunt that is killed again and again loses no alert, and tells none twice', async () => {
  const random = numbersFrom(seed);
  const lines = huntLines(random, 40 * (kills + 1));
  const evidence = await openKept(store);
  let child: ChildProcess | undefined;
  const isGone = (): boolean => child?.exitCode !== null;
  try {
    let at = 0;
    const more = async (): Promise<void> => {
      const size = 1 + Math.floor(random() * 10);
      for (const [log, line] of lines.slice(at, at + size)) appendFileSync(join(folder, log), line);
      at += size;
      await keepLogs(evidence, folder);
      if (random() < 0.2) await evidence.evidence.flush();
    };
    await more();
    for (let kill = 0; kill < kills; kill += 1) {
      child = start('--follow');
      const end = ended(child);
      const before = seen();
      // It is killed while it works: lines come all the time.
      for (let turn = 0; turn < 100 && seen() === before; turn += 1) {
        if (at < lines.length - 40) await more();
        await wait(100);
      }
      if (at < lines.length - 40) await more();
      await wait(random() * 1_500);
      child.kill('SIGKILL');
      await end;
      expect(child.signalCode).toBe('SIGKILL');
    }
    while (at < lines.length) await more();
    child = start('--follow');
    const end = ended(child);
    await until(() => seen() >= lines.length, isGone);
    await until(
      () => alertsIn(store).length === new Set([...arrived.values()].flat()).size,
      isGone,
    );
    child.kill('SIGTERM');
    await end;
    await evidence.evidence.flush();
  } finally {
    child?.kill('SIGKILL');
    await evidence.close();
  }
  const found = alertsIn(store);
  const told = [...arrived.values()].flat();
  expect(found.length).toBeGreaterThan(3);
  expect(told.toSorted()).toEqual(found.map(({ id }) => id).toSorted());
  // The same hunt over all of it at once, which knows nothing of the others.
  renameSync(join(store, 'hunt.sqlite'), join(store, 'before.sqlite'));
  await ended(start('--offline'));
  expect(sameAlerts(found)).toEqual(sameAlerts(alertsIn(store)));
}, 180_000);
