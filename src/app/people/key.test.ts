import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { destroyKey, givenKey, keyPath, openKey, openOrMakeKey } from './key.ts';

let folder = '';
let store = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-key-'));
  store = join(folder, 'store');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the key', () => {
  test('is made once, beside the store, for its owner alone', () => {
    const made = openOrMakeKey({ store });
    expect(statSync(`${store}.key`).mode & 0o777).toBe(0o600);
    expect(openOrMakeKey({ store }).fingerprint).toBe(made.fingerprint);
    expect(openKey({ store, expected: made.fingerprint }).of('email', 'a@example.jp')).toEqual(
      made.of('email', 'a@example.jp'),
    );
    expect(readdirSync(folder)).toEqual(['store.key']);
  });

  test('of the system lies in /etc', () => {
    expect(keyPath({ store: '/var/lib/postern/' })).toBe('/etc/postern/exposure.key');
    expect(keyPath({ store, given: '/run/secrets/k' })).toBe('/run/secrets/k');
    expect(givenKey({}, 'k', '/etc/postern')).toBe('/etc/postern/k');
    expect(givenKey({ POSTERN_EXPOSURE_KEY: '/x' }, 'k', '/etc/postern')).toBe('/x');
  });

  test('is refused where others may read it, where it is none, where it is another', () => {
    const { fingerprint } = openOrMakeKey({ store });
    const path = `${store}.key`;
    chmodSync(path, 0o640);
    expect(() => openKey({ store })).toThrow(`chmod 600 ${path}`);
    chmodSync(path, 0o600);
    expect(() => openKey({ store, expected: '0123456789abcdef' })).toThrow('another key');
    writeFileSync(path, 'hunter2 and other secrets');
    expect(() => openKey({ store })).toThrow(/: this is no key of Postern's exposure index$/);
    rmSync(path);
    expect(() => openOrMakeKey({ store, expected: fingerprint })).toThrow('the key is not there');
    expect(existsSync(path)).toBe(false);
  });

  test('never lies in the store', () => {
    expect(() => openOrMakeKey({ store, given: join(store, 'exposure.key') })).toThrow(
      'this is in the store',
    );
  });

  test('may be given as text', () => {
    openOrMakeKey({ store });
    const given = readFileSync(`${store}.key`, 'utf8');
    expect(openKey({ store: '/elsewhere', given }).fingerprint).toBe(
      openKey({ store }).fingerprint,
    );
  });

  test('is overwritten and gone when it is destroyed', () => {
    const { fingerprint } = openOrMakeKey({ store });
    const path = `${store}.key`;
    const kept = join(folder, 'kept');
    linkSync(path, kept);
    const before = readFileSync(kept);
    expect(destroyKey({ store })).toBe(path);
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(kept)).not.toEqual(before);
    expect(() => openKey({ store, expected: fingerprint })).toThrow('the key is not there');
  });
});
