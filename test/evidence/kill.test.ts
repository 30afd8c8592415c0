import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { folderReader } from '../../src/evidence/verify/reader.ts';
import { verifyStore } from '../../src/evidence/verify/verify-store.ts';
import { keptOf, lineOf } from '../support/evidence-run.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-evidence-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const feeder = new URL('./feeder.ts', import.meta.url).pathname;
const kills = Number(process.env['POSTERN_KILLS'] ?? 24);
const open = (store: string) => openEvidenceStore(store, { now: () => new Date() });

const linesIn = (kept: string): number => kept.split('\n').length - 1;
const linesUpTo = (source: string, n: number): string =>
  Array.from({ length: n }, (_, i) => lineOf(source, i)).join('');

describe('the real process', () => {
  test(`killed ${kills} times loses nothing that it acknowledged, and has nothing twice`, async () => {
    const store = join(base, 'killed');
    const acknowledged = new Map<string, number>();
    for (let kill = 0; kill < kills; kill += 1) {
      const child = spawn(process.execPath, [feeder, store], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        told += text;
      });
      const ended = once(child, 'close');
      await Promise.race([once(child.stdout, 'data'), ended]);
      await pause((kill * 53) % 211);
      child.kill('SIGKILL');
      await ended;
      for (const [, id = '', n] of told.matchAll(/^(\w+) (\d+)$/gm)) {
        acknowledged.set(id, Math.max(Number(n), acknowledged.get(id) ?? 0));
      }
      expect(acknowledged.size).toBeGreaterThan(0);
    }
    await (await open(store)).close();
    expect(verifyStore(store, { deep: true }).broken).toEqual([]);
    for (const [id, n] of acknowledged) {
      const kept = keptOf(folderReader(store), id);
      expect(linesIn(kept)).toBeGreaterThanOrEqual(n);
      expect(kept).toBe(linesUpTo(id, linesIn(kept)));
    }
  }, 300_000);

  test('leaves its store to one process at a time', async () => {
    const store = join(base, 'locked');
    const opened = await open(store);
    await expect(open(store)).rejects.toThrow('another run of Postern is at work');
    await opened.close();
    await (await open(store)).close();
  });

  test('makes its key on first use, for nobody else to read, and takes no key that others may', async () => {
    const store = join(base, 'key');
    await (await open(store)).close();
    const path = join(store, 'keys/evidence.key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const key = readFileSync(path, 'utf8').trim();
    const written = spawnSync('grep', ['-rlF', key.split('+').at(-1) ?? '', store], {
      encoding: 'utf8',
    });
    expect(written.stdout.trim()).toBe(path);
    const copy = join(base, 'copy.key');
    writeFileSync(copy, key, { mode: 0o644 });
    await expect(openEvidenceStore(store, { now: () => new Date(), key: copy })).rejects.toThrow(
      'others may read this key',
    );
    await (await openEvidenceStore(store, { now: () => new Date(), key })).close();
  });

  test('keeps policies and holds in its state, and deletes by them after it was opened again', async () => {
    const store = join(base, 'pruned');
    let opened = await open(store);
    const source = await opened.evidence.source('mail.log');
    for (const day of ['2020-01-01', '2020-01-02', '2020-01-03']) {
      await source.append(Buffer.from(lineOf('mail.log', 1)), day, { day });
    }
    await opened.evidence.flush();
    await opened.evidence.policy({ id: 'year', keepDays: 365, why: 'a year is agreed' });
    const held = { fromDay: '2020-01-02', toDay: '2020-01-02', why: 'case 7' };
    await opened.evidence.hold({ id: 'case-7', source: 'mail.log', ...held });
    await opened.close();
    opened = await open(store);
    expect(await opened.evidence.prune()).toBe(2);
    await opened.evidence.release('case-7', 'closed');
    await opened.close();
    opened = await open(store);
    expect(await opened.evidence.prune()).toBe(1);
    expect(await opened.evidence.prune()).toBe(0);
    await opened.close();
    const verified = verifyStore(store, { deep: true });
    expect([verified.broken, verified.lines]).toEqual([[], 3]);
  });

  test('goes on with no other key than the one that signed', async () => {
    const [store, other] = [join(base, 'mine'), join(base, 'other')];
    await (await open(store)).close();
    await (await open(other)).close();
    const key = readFileSync(join(other, 'keys/evidence.key'), 'utf8');
    await expect(openEvidenceStore(store, { now: () => new Date(), key })).rejects.toMatchObject({
      code: 'WRONG_KEY',
    });
  });

  test('does not go on from an old state, nor with a log that is another', async () => {
    const store = join(base, 'rolled');
    await (await open(store)).close();
    const old = readFileSync(join(store, 'state.sqlite'));
    const opened = await open(store);
    const source = await opened.evidence.source('dovecot');
    await source.append(Buffer.from('one\n'), '1');
    await opened.close();
    const before = join(base, 'before');
    cpSync(store, before, { recursive: true });
    rmSync(join(store, 'state.sqlite-wal'), { force: true });
    writeFileSync(join(store, 'state.sqlite'), old);
    await expect(open(store)).rejects.toMatchObject({ code: 'STATE_ROLLED_BACK' });
    const tile = join(before, 'log/tile/0/000.p/3');
    const bytes = readFileSync(tile);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(tile, bytes);
    await expect(open(before)).rejects.toMatchObject({ code: 'LOG_DIFFERS' });
  });
});
