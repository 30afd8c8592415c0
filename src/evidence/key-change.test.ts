import { describe, expect, test } from 'vitest';
import { leavesIn, lineOf, newSigner, SimulatedStore } from '../../test/support/evidence-run.ts';
import { numbersFrom } from '../../test/support/simulated-disk.ts';
import { planBundle } from './bundle.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { NoteSigner } from './note.ts';
import { readManifest, verifyBundle } from './verify/bundle.ts';
import { readCheckpoint } from './verify/checkpoint.ts';
import { keyChangePath } from './verify/key-chain.ts';
import { parseNote } from './verify/note.ts';
import { verifyStore } from './verify/verify-store.ts';

const keep = async (store: SimulatedStore, signer: NoteSigner, n: number): Promise<void> => {
  const evidence = await store.open({ signers: [signer] });
  await (await evidence.source('dovecot')).append(Buffer.from(lineOf('dovecot', n)), String(n));
  await evidence.close();
};

const rotate = async (store: SimulatedStore, from: NoteSigner, to: NoteSigner): Promise<void> => {
  const evidence = await store.open({ signers: [from] });
  try {
    await evidence.rotateKey(to, 'once a year');
  } finally {
    await evidence.close().catch(() => undefined);
  }
};

/** A store whose key changed twice, and lines by each. */
const store = new SimulatedStore();
const first = store.signer;
const [second, third] = [newSigner(), newSigner()];
await keep(store, first, 0);
const remembered = store.reader.read('log/checkpoint')?.toString('utf8') ?? '';
await rotate(store, first, second);
await keep(store, second, 1);
await rotate(store, second, third);
await keep(store, third, 2);

const broken = (
  keys: readonly NoteSigner[],
  reader = store.reader,
  options: { readonly remembered?: string } = {},
): readonly string[] =>
  verifyStore(reader, { ...options, keys: keys.map(each => each.verifierKey) }).broken.map(
    ({ path, why }) => `${path}: ${why}`,
  );

const changes = leavesIn(store.reader).flatMap((leaf, i) =>
  leaf.kind === 'key' && i > 0 ? [i] : [],
);

describe('a log whose key changed', () => {
  test('is believed by whoever trusts any of its keys', () => {
    expect(changes).toHaveLength(2);
    for (const key of [first, second, third]) expect(broken([key])).toEqual([]);
    for (const key of [first, third]) {
      expect(broken([key], store.reader, { remembered })).toEqual([]);
    }
    expect(verifyStore(store.reader).broken).toEqual([]);
    expect(store.reader.read('log/keys')?.toString('utf8')).toBe(`${third.verifierKey}\n`);
  });

  test('is not believed by whoever trusts another', () => {
    expect(broken([newSigner()])).toEqual([
      'log/checkpoint: it does not hold: no key that is known signed it',
    ]);
  });

  test('goes on with its newest key alone', async () => {
    for (const old of [first, second]) {
      await expect(store.open({ signers: [old] })).rejects.toMatchObject({ code: 'WRONG_KEY' });
    }
    const evidence = await store.open({ signers: [third] });
    await expect(evidence.rotateKey(third, 'again')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(evidence.rotateKey(newSigner('other'), 'x')).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await evidence.close();
  });

  test('gives bundles that are believed by its first key', () => {
    const planned = planBundle(store.reader, {});
    if (!planned.ok) throw new Error(planned.why);
    const files = new Map([...planned.bundle.files()].map(({ path, bytes }) => [path, bytes]));
    const manifest = readManifest(files.get('bundle.json'));
    if (manifest === undefined) throw new Error('no manifest');
    const reader = { read: (path: string) => files.get(path), list: () => [] };
    expect(verifyBundle(reader, manifest, { keys: [first.verifierKey] }).broken).toEqual([]);
  });
});

/** The store with one file another. */
const withFile = (path: string, bytes: Buffer | undefined) => ({
  ...store.reader,
  read: (each: string) => (each === path ? bytes : store.reader.read(each)),
});

describe('a change of keys that is not what it seems', () => {
  const path = keyChangePath(changes[0] ?? 0);
  const note = store.reader.read(path) ?? Buffer.alloc(0);
  const parsed = parseNote(note);
  const read = parsed.ok ? readCheckpoint(parsed.note.text) : parsed;
  if (!read.ok) throw new Error(read.why);
  const { checkpoint } = read;

  test('is found, whichever key is trusted', () => {
    for (const hurt of [
      undefined,
      Buffer.from(signCheckpoint(checkpoint, [second])),
      Buffer.from(signCheckpoint(checkpoint, [first])),
      Buffer.from(signCheckpoint(checkpoint, [second, newSigner()])),
      Buffer.from(signCheckpoint({ ...checkpoint, root: Buffer.alloc(32) }, [second, first])),
      Buffer.from(signCheckpoint({ ...checkpoint, size: checkpoint.size + 1 }, [second, first])),
    ]) {
      expect(broken([third], withFile(path, hurt))[0]).toContain(path);
      expect(broken([first], withFile(path, hurt))).not.toEqual([]);
    }
  });

  test('is found in every byte', () => {
    for (let i = 0; i < note.length; i += 1) {
      const hurt = Buffer.from(note);
      hurt[i] = (hurt[i] ?? 0) ^ 4;
      expect([i, broken([first], withFile(path, hurt)).length > 0]).toEqual([i, true]);
    }
  });

  test('and a checkpoint that an older key signs goes for nothing', () => {
    const head = parseNote(store.reader.read('log/checkpoint') ?? Buffer.alloc(0));
    const now = head.ok ? readCheckpoint(head.note.text) : head;
    if (!now.ok) throw new Error(now.why);
    const forged = Buffer.from(signCheckpoint(now.checkpoint, [second]));
    expect(broken([second], withFile('log/checkpoint', forged))).toContain(
      'log/checkpoint: it is signed by a key that another took over from',
    );
  });
});

test('a kill or a power cut at every step of a change leaves a log that one of both keys goes on with', async () => {
  const whole = new SimulatedStore();
  const next = newSigner();
  await keep(whole, whole.signer, 0);
  const before = whole.disk.operations.length;
  await rotate(whole, whole.signer, next);
  const steps = whole.disk.operations.length - before;
  for (let step = 0; step < steps; step += 1) {
    for (const power of [false, true]) {
      const hurt = new SimulatedStore();
      await keep(hurt, hurt.signer, 0);
      hurt.disk.failAt(hurt.disk.operations.length + step, 'kill');
      await rotate(hurt, hurt.signer, next).catch(() => undefined);
      hurt.restart(power, numbersFrom(step));
      const head = parseNote(Buffer.from(hurt.state.head()?.checkpoint ?? ''));
      const own = head.ok && head.note.signatures[0]?.id === next.id ? next : hurt.signer;
      await keep(hurt, own, 1);
      const found = verifyStore(hurt.reader, { keys: [hurt.signer.verifierKey] }).broken;
      expect([step, found]).toEqual([step, []]);
    }
  }
});
