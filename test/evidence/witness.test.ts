import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { askWitnesses, shownLog, witnessKeys } from '../../src/app/evidence/witness.ts';
import { planBundle } from '../../src/evidence/bundle.ts';
import { readManifest, verifyBundle } from '../../src/evidence/verify/bundle.ts';
import { readKey } from '../../src/evidence/verify/note.ts';
import { folderReader } from '../../src/evidence/verify/reader.ts';
import { verifyStore } from '../../src/evidence/verify/verify-store.ts';
import { WitnessServer } from '../support/witness-server.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-witness-'));
const store = join(base, 'store');
const old = join(base, 'old');
const now = (): Date => new Date('2026-06-29T10:00:00Z');
const at = '2026-06-29T11:00:00Z';

const keep = async (line: string, where = store): Promise<void> => {
  const { evidence, close } = await openEvidenceStore(where, { now });
  await (await evidence.source('mail')).append(Buffer.from(line), line);
  await close();
};

let one: WitnessServer;
let two: WitnessServer;
const witnesses = () => [one, two].map(({ url, verifierKey: key }) => ({ url, key }));
const asked = async (where = store) =>
  (await askWitnesses(shownLog(where), witnesses())).map(({ state }) => state);
const verified = (where = store) => verifyStore(where, { witnesses: witnessKeys(witnesses()) });

beforeAll(async () => {
  one = await WitnessServer.start('witness.example/w1', at);
  two = await WitnessServer.start('witness.example/w2', at);
  await keep('one\n');
  const { checkpoint } = shownLog(store);
  const key = readKey(readFileSync(join(store, 'log/keys'), 'utf8').trim());
  if (!key.ok) throw new Error(key.why);
  for (const each of [one, two]) each.logs.set(checkpoint.origin, [key.key]);
});

afterAll(async () => {
  await one.close();
  await two.close();
  rmSync(base, { recursive: true, force: true });
});

describe('witnesses', () => {
  test('sign the log as it stands, once', async () => {
    expect(await asked()).toEqual(['signed', 'signed']);
    expect(await asked()).toEqual(['already', 'already']);
    expect(one.asked).toEqual([{ old: 0, status: 200 }]);
    const { ok, witnessed, size } = verified();
    expect([ok, witnessed]).toEqual([
      true,
      ['w1', 'w2'].map(name => ({
        name: `witness.example/${name}`,
        size,
        at: '2026-06-29T11:00:00.000Z',
        checked: true,
      })),
    ]);
    cpSync(store, old, { recursive: true });
  });

  test('are shown that the log goes on from what they know', async () => {
    await keep('two\n');
    expect(await asked()).toEqual(['signed', 'signed']);
    expect(one.asked.at(-1)).toEqual({ old: 3, status: 200 });
    expect(verified()).toMatchObject({ ok: true, witnessed: [{ size: 4 }, { size: 4 }] });
  });

  test('who know another size say so, and are asked again from there', async () => {
    rmSync(join(store, 'log/witnessed'), { recursive: true });
    await keep('three\n');
    expect(await asked()).toEqual(['signed', 'signed']);
    expect(one.asked.slice(-2)).toEqual([
      { old: 0, status: 409 },
      { old: 4, status: 200 },
    ]);
  });

  test('find a store that was put back', async () => {
    const [first] = await askWitnesses(shownLog(old), witnesses());
    expect(first?.state).toBe('already');
    rmSync(join(old, 'log/witnessed'), { recursive: true });
    const [again] = await askWitnesses(shownLog(old), witnesses());
    expect(again).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('has seen 5 leaves'),
    });
  });

  test('find another history of the same key', async () => {
    const forked = join(base, 'forked');
    cpSync(old, forked, { recursive: true });
    for (const line of ['x\n', 'y\n', 'z\n']) await keep(line, forked);
    const [first] = await askWitnesses(shownLog(forked), witnesses());
    expect(first).toMatchObject({ state: 'failed', why: expect.stringContaining('rewritten') });
    expect(one.asked.at(-1)?.status).toBe(422);
    // Whoever is shown what a witness signed finds it without asking anybody.
    cpSync(join(store, 'log/witnessed'), join(forked, 'log/witnessed'), { recursive: true });
    expect(verified(forked).broken[0]).toMatchObject({
      path: 'log/witnessed/5',
      why: expect.stringContaining('history was rewritten'),
    });
  });

  test('that fail are told, and keep no other from signing', async () => {
    await keep('four\n');
    one.forges = true;
    expect(await askWitnesses(shownLog(store), witnesses())).toEqual([
      {
        name: one.name,
        state: 'failed',
        why: 'it did not sign with the key that it is known by',
      },
      { name: two.name, state: 'signed' },
    ]);
    one.forges = false;
    one.logs.clear();
    const gone = { url: 'http://127.0.0.1:1/', key: two.verifierKey };
    await keep('five\n');
    const [unknown, absent] = await askWitnesses(shownLog(store), [
      ...witnesses().slice(0, 1),
      gone,
    ]);
    expect(unknown?.why).toContain('does not know this log');
    expect(absent).toMatchObject({ state: 'failed' });
  });
});

/** The command line, while the witnesses of this process go on answering. */
const run = (
  ...args: readonly string[]
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> =>
  new Promise(done => {
    const program = new URL('../../bin/postern.js', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, ...args], { cwd: base });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (text: Buffer) => {
      said.stdout += text.toString('utf8');
    });
    child.stderr.on('data', (text: Buffer) => {
      said.stderr += text.toString('utf8');
    });
    child.on('close', status => done({ status, ...said }));
  });

test('ingest shows the log to those that postern.yaml names; witness and verify say who signed', async () => {
  const [config, mine] = [join(base, 'postern.yaml'), join(base, 'mine')];
  const log = join(base, 'mail.log');
  writeFileSync(log, 'Jun 29 10:00:00 mx1 x[1]: one\n');
  const { url, verifierKey: key } = two;
  writeFileSync(config, JSON.stringify({ evidence: { witnesses: [{ url, key }] } }));
  const options = ['--config', config, '--store', mine];
  const first = await run('ingest', log, ...options);
  expect(first.stderr).toContain('witness.example/w2: NOT signed: it does not know this log');
  const { checkpoint } = shownLog(mine);
  const own = readKey(readFileSync(join(mine, 'log/keys'), 'utf8').trim());
  if (!own.ok) throw new Error(own.why);
  two.logs.set(checkpoint.origin, [own.key]);
  expect((await run('evidence', 'witness', '--offline', ...options)).status).toBe(64);
  const signed = await run('evidence', 'witness', ...options);
  expect([signed.status, signed.stdout]).toEqual([
    0,
    `the log at ${checkpoint.size} leaves\nwitness.example/w2: signed\n`,
  ]);
  const whole = await run('evidence', 'verify', ...options);
  expect(whole.stdout).toContain(
    `witnessed by witness.example/w2 at ${checkpoint.size} leaves, 2026-06-29T11:00:00.000Z\n`,
  );
}, 60_000);

describe('what they signed', () => {
  test('goes with a bundle', () => {
    const reader = folderReader(store);
    const planned = planBundle(reader, {});
    if (!planned.ok) throw new Error(planned.why);
    const files = new Map([...planned.bundle.files()].map(({ path, bytes }) => [path, bytes]));
    const manifest = readManifest(files.get('bundle.json'));
    if (manifest === undefined) throw new Error('no manifest');
    const list = (folder: string): readonly string[] =>
      [...files.keys()].flatMap(path =>
        path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [],
      );
    const found = verifyBundle({ read: path => files.get(path), list }, manifest, {
      witnesses: witnessKeys(witnesses()),
    });
    expect([found.ok, found.witnessed.map(({ name }) => name)]).toEqual([
      true,
      ['witness.example/w1', 'witness.example/w2'],
    ]);
  });

  test('is compared with their keys where these are known', () => {
    const path = join(store, 'log/witnessed/6');
    const text = readFileSync(path, 'utf8');
    const line = text.split('\n').find(each => each.includes('witness.example/w2')) ?? '';
    const hurt = line.replace(/.{8}==?$|.{8}$/, each =>
      each.startsWith('A') ? `B${each.slice(1)}` : `A${each.slice(1)}`,
    );
    writeFileSync(path, text.replace(line, hurt));
    expect(verified().broken).toMatchObject([{ path: 'log/witnessed/6' }]);
    expect(verifyStore(store).witnessed.map(({ checked }) => checked)).toEqual([false, false]);
    writeFileSync(path, text);
  });
});
