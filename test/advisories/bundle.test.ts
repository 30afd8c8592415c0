import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importBundle, isBundle, writeBundle } from '../../src/app/advisories/bundle.ts';
import type { FeedEntry, Holding } from '../../src/core/advisory.ts';
import { AdvisoryStore } from '../../src/store/advisory-store.ts';
import { tar } from '../support/archives.ts';
import { entry, flawNames, holdingAbout, productKeys } from './generated.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-bundle-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let count = 0;
const fresh = (name: string): string => {
  count += 1;
  const folder = join(base, String(count));
  mkdirSync(folder);
  return join(folder, name);
};
const newStore = (): AdvisoryStore => new AdvisoryStore(fresh('store'));
const written = (bytes: Uint8Array): string => {
  const path = fresh('bundle.tar.gz');
  writeFileSync(path, bytes);
  return path;
};

const keys = (): { readonly secret: string; readonly open: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [secret, open] = [fresh('private.pem'), fresh('public.pem')];
  writeFileSync(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(open, publicKey.export({ type: 'spki', format: 'pem' }));
  return { secret, open };
};
const { secret, open: publicKey } = keys();
const other = keys();

const now = new Date('2026-06-29T06:00:00Z');
const still = { now: () => now, say: () => {} };

const fill = (
  store: AdvisoryStore,
  part: string,
  entries: readonly FeedEntry[],
  more: Partial<Holding> = {},
): void => {
  const writer = store.write('osv', part);
  for (const each of entries) writer.add(each);
  writer.seal(holdingAbout('osv', part, more));
  writer.publish();
};

const answers = (store: AdvisoryStore): unknown => {
  const open = store.open();
  try {
    return {
      holdings: open.holdings.map(holding => ({ ...holding, taken: '', asOfBasis: '' })),
      about: productKeys.map(key => open.about(key).map(({ advisory }) => advisory)),
      vex: productKeys.map(key => open.vexAbout(key).map(({ statement }) => statement)),
      named: flawNames.map(name => open.named(name).map(({ advisory }) => advisory)),
      exploited: flawNames.map(name => open.exploited(name)),
      likelihood: flawNames.map(name => open.likelihood(name)),
    };
  } finally {
    open.close();
  }
};

const bundled = async (store: AdvisoryStore): Promise<string> => {
  const out = fresh('bundle.tar.gz');
  await writeBundle({ store, key: secret, out, ...still });
  return out;
};

const take = (store: AdvisoryStore, path: string, ...believed: readonly string[]) =>
  importBundle({ store, path, keys: believed, ...still });

const samples = fc.sample(fc.array(entry, { minLength: 12, maxLength: 20 }), {
  numRuns: 2,
  seed: 7,
});
let source = newStore();
let good = Buffer.alloc(0);
let goodPath = '';
beforeAll(async () => {
  source = newStore();
  fill(source, 'Debian', samples[0] ?? []);
  fill(source, 'Packagist', samples[1] ?? [], { asOfBasis: 'server' });
  goodPath = await bundled(source);
  good = readFileSync(goodPath);
});

test('there and back again: the same answers, and the ages of whoever made it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 20 }), async entries => {
      const [from, to] = [newStore(), newStore()];
      fill(from, 'Debian', entries, { asOfBasis: 'server', asOf: '2026-05-05T00:00:00.000Z' });
      const path = await bundled(from);
      expect(await isBundle(path)).toBe(true);
      expect(await take(to, path, other.open, publicKey)).toMatchObject([{ outcome: 'fresh' }]);
      expect(answers(to)).toEqual(answers(from));
      expect(to.holdingOf('osv', 'Debian')).toMatchObject({
        asOf: '2026-05-05T00:00:00.000Z',
        asOfBasis: 'source',
        taken: now.toISOString(),
      });
    }),
    { numRuns: 25 },
  );
});

/** A store with something in it already, which a bad bundle must leave alone. */
const occupied = (): AdvisoryStore => {
  const store = newStore();
  fill(store, 'Debian', [], { asOf: '2020-01-01T00:00:00.000Z' });
  return store;
};

const refused = async (
  path: string,
  why: RegExp,
  ...believed: readonly string[]
): Promise<void> => {
  const store = occupied();
  const before = answers(store);
  await expect(take(store, path, ...believed)).rejects.toThrow(why);
  expect(answers(store)).toEqual(before);
  expect(readdirSync(store.folder).filter(name => name.includes('partial'))).toEqual([]);
  // Whoever comes next is let in.
  store.lock()();
};

describe('a bundle that is not believed changes nothing', () => {
  test('because nobody says by whose key', async () => refused(goodPath, /--key/));
  test('because another key signed it', async () =>
    refused(goodPath, /none of the keys/, other.open));
  test('because the key is none', async () => refused(goodPath, /public key/, goodPath));
  test('because it is not signed', async () => {
    await refused(
      written(gzipSync(tar([['manifest.json', '{}']]))),
      /manifest\.sig is missing/,
      publicKey,
    );
  });

  test('because a byte of it was changed, whichever', async () => {
    const plain = gunzipSync(good);
    const { length } = plain;
    const store = occupied();
    const before = answers(store);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (place, change) => {
          const bytes = Buffer.from(plain);
          bytes[place] = (bytes[place] ?? 0) ^ change;
          const into = occupied();
          try {
            await take(into, written(gzipSync(bytes, { level: 1 })), publicKey);
          } catch {
            expect(answers(into)).toEqual(before);
            return;
          }
          // What was changed is no part of what is taken: a time, an owner, a filling.
          expect(answers(into)).toEqual(answers(source));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('because it is cut off, wherever', async () => {
    for (let at = 1; at < good.length; at += Math.max(1, Math.floor(good.length / 40))) {
      const path = written(good.subarray(0, at));
      const store = occupied();
      const before = answers(store);
      await expect(take(store, path, publicKey)).rejects.toThrow();
      expect(answers(store)).toEqual(before);
    }
  });

  const documents = (): [name: string, text: string][] => {
    const plain = gunzipSync(good);
    const found: [string, string][] = [];
    for (let at = 0; plain[at] !== 0; ) {
      const name = plain.toString('latin1', at, plain.indexOf(0, at));
      const size = Number.parseInt(plain.toString('latin1', at + 124, at + 135), 8);
      found.push([name, plain.toString('latin1', at + 512, at + 512 + size)]);
      at += 512 + Math.ceil(size / 512) * 512;
    }
    return found;
  };
  const packed = (list: readonly (readonly [string, string])[]): string =>
    written(gzipSync(tar(list)));

  test('and what these cases are made of is a bundle', async () => {
    const store = newStore();
    await take(store, packed(documents()), publicKey);
    expect(answers(store)).toEqual(answers(source));
  });

  test('because its files are swapped', async () => {
    const [manifest, signature, one, two] = documents();
    if (
      manifest === undefined ||
      signature === undefined ||
      one === undefined ||
      two === undefined
    ) {
      throw new Error('it holds four files');
    }
    await refused(
      packed([manifest, signature, [one[0], two[1]], [two[0], one[1]]]),
      /not what was signed/,
      publicKey,
    );
    await refused(packed([manifest, signature, two, one]), /is missing/, publicKey);
    await refused(packed([manifest, signature, one]), /is missing/, publicKey);
  });

  test('because it holds more than was signed', async () => {
    await refused(packed([...documents(), ['3.ndjson', '{}']]), /more than was signed/, publicKey);
    await refused(
      packed([...documents(), ['x/manifest.json', '{}']]),
      /more than was signed/,
      publicKey,
    );
  });

  const signed = (manifest: unknown, ...files: readonly (readonly [string, string])[]): string => {
    const text = JSON.stringify(manifest);
    const signature = sign(null, Buffer.from(text), readFileSync(secret));
    return packed([
      ['manifest.json', text],
      ['manifest.sig', signature.toString('latin1')],
      ...files,
    ]);
  };

  test('because what was signed is nothing of ours', async () => {
    const [manifestText = ['', '{}'], , ...files] = documents();
    const manifest = JSON.parse(manifestText[1]) as Record<string, unknown> & {
      readonly holdings: readonly Record<string, unknown>[];
    };
    const [first] = manifest.holdings;
    await refused(
      signed({ ...manifest, schema: 'postern.advisories-bundle/2' }, ...files),
      /./,
      publicKey,
    );
    await refused(signed({ ...manifest, more: true }, ...files), /./, publicKey);
    await refused(signed({ ...manifest, holdings: [first, first] }, ...files), /twice/, publicKey);
    await refused(
      signed({ ...manifest, holdings: [{ ...first, file: '../../../etc/x.ndjson' }] }, ...files),
      /./,
      publicKey,
    );
  });
});

test('a bundle of last year, signed as well as today’s, does not bring last year back', async () => {
  const store = newStore();
  fill(store, 'Debian', samples[0] ?? [], { asOf: '2026-06-20T00:00:00.000Z' });
  const outcomes = await take(store, goodPath, publicKey);
  expect(outcomes).toMatchObject([
    { source: 'osv/Debian', outcome: 'failed', why: expect.stringMatching(/older/) as string },
    { source: 'osv/Packagist', outcome: 'fresh' },
  ]);
  expect(store.holdingOf('osv', 'Debian')?.asOf).toBe('2026-06-20T00:00:00.000Z');
});

test('a damaged holding is not left out in silence', async () => {
  const store = newStore();
  fill(store, 'Debian', []);
  fill(store, 'Packagist', []);
  writeFileSync(store.pathOf('osv', 'Debian'), 'damaged');
  await expect(bundled(store)).rejects.toThrow(/osv\/Debian is damaged/);
});

test.skipIf(spawnSync('openssl', ['version']).status !== 0)(
  'openssl, asked as a stranger, verifies the signature (where it is installed)',
  () => {
    const folder = fresh('unpacked');
    mkdirSync(folder);
    expect(spawnSync('tar', ['-xzf', goodPath, '-C', folder]).status).toBe(0);
    const verify = (key: string): number | null =>
      spawnSync('openssl', [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        key,
        '-rawin',
        '-in',
        join(folder, 'manifest.json'),
        '-sigfile',
        join(folder, 'manifest.sig'),
      ]).status;
    expect([verify(publicKey), verify(other.open)]).toEqual([0, 1]);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      readonly holdings: readonly { readonly file: string; readonly sha256: string }[];
    };
    for (const { file, sha256 } of manifest.holdings) {
      const { stdout } = spawnSync('openssl', ['dgst', '-sha256', '-r', join(folder, file)]);
      expect(stdout.toString()).toContain(sha256);
    }
  },
);
