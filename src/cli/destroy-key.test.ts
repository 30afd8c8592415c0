import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openOrMakeKey } from '../app/people/key.ts';
import { destroyedKey } from './destroy-key.ts';

test('a key is destroyed by whoever names it, and only then', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-destroy-'));
  try {
    const store = join(folder, 'store');
    const { fingerprint } = openOrMakeKey({ store });
    expect(() => destroyedKey({ store }, 'yes')).toThrow(
      `--destroy-key ${fingerprint} destroys it`,
    );
    expect(existsSync(`${store}.key`)).toBe(true);
    expect(destroyedKey({ store }, fingerprint)).toMatch(/is overwritten and gone/);
    expect(existsSync(`${store}.key`)).toBe(false);
    expect(() => destroyedKey({ store }, fingerprint)).toThrow('there is no key');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
