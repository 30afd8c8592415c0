import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeSigningKey, readSigningKey } from '../../evidence/note.ts';
import { verifyStore } from '../../evidence/verify/verify-store.ts';
import { rotateKey } from './decide.ts';
import { openEvidenceStore } from './open.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-keys-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const now = (): Date => new Date('2026-06-29T10:00:00Z');

const keep = async (store: string, line: string, key?: string): Promise<void> => {
  const options = key === undefined ? { now } : { now, key };
  const { evidence, close } = await openEvidenceStore(store, options);
  await (await evidence.source('mail')).append(Buffer.from(line), line);
  await close();
};
const keyIn = (store: string): string => readFileSync(join(store, 'keys/evidence.key'), 'utf8');
const next = (store: string): string => join(store, 'keys/evidence.key.next');
const signerIn = (text: string) => {
  const read = readSigningKey(text);
  if (!read.ok) throw new Error(read.why);
  return read.signer;
};

describe('a change of keys that was killed', () => {
  test('before the log said so is forgotten', async () => {
    const store = join(base, 'before');
    await keep(store, 'one\n');
    const key = keyIn(store);
    writeFileSync(next(store), makeSigningKey(signerIn(key).name), { mode: 0o600 });
    await keep(store, 'two\n');
    expect([keyIn(store), existsSync(next(store))]).toEqual([key, false]);
    expect(verifyStore(store).ok).toBe(true);
  });

  test('after the log said so is finished', async () => {
    const store = join(base, 'after');
    await keep(store, 'one\n');
    const old = signerIn(keyIn(store));
    const key = makeSigningKey(old.name);
    const { evidence, close } = await openEvidenceStore(store, { now });
    writeFileSync(next(store), key, { mode: 0o600 });
    await evidence.rotateKey(signerIn(key), 'a test');
    await close();
    await keep(store, 'two\n');
    expect([keyIn(store), existsSync(next(store))]).toEqual([key, false]);
    expect(verifyStore(store, { keys: [old.verifierKey] }).broken).toEqual([]);
  });
});

describe('a key that is given', () => {
  test('is changed for one in a file, which is given from then on', async () => {
    const store = join(base, 'given');
    const [first, second] = [join(base, 'first.key'), join(base, 'second.key')];
    writeFileSync(first, makeSigningKey('log.example.jp/evidence'), { mode: 0o600 });
    await keep(store, 'one\n', first);
    const at = { store, now, key: first };
    await expect(rotateKey(at, undefined, 'a test')).rejects.toThrow('FILE is missing');
    const named = await rotateKey(at, second, 'a test');
    expect(statSync(second).mode & 0o777).toBe(0o600);
    expect(signerIn(readFileSync(second, 'utf8')).verifierKey).toBe(named);
    await expect(keep(store, 'two\n', first)).rejects.toMatchObject({ code: 'WRONG_KEY' });
    await keep(store, 'two\n', second);
    expect(existsSync(join(store, 'keys'))).toBe(false);
    const { verifierKey } = signerIn(readFileSync(first, 'utf8'));
    expect(verifyStore(store, { keys: [verifierKey] }).broken).toEqual([]);
  });

  test('that others may read is refused, new or old', async () => {
    const store = join(base, 'open');
    await keep(store, 'one\n');
    const path = join(base, 'open.key');
    writeFileSync(path, makeSigningKey('x'), { mode: 0o644 });
    await expect(keep(store, 'two\n', path)).rejects.toThrow('others may read this key');
  });
});
