import { describe, expect, test } from 'vitest';
import {
  keptOf,
  leavesIn,
  lineOf,
  newSigner,
  SimulatedStore,
} from '../../test/support/evidence-run.ts';
import { signCheckpoint } from './checkpoint.ts';
import { writeLeaf } from './leaf.ts';
import type { NoteSigner } from './note.ts';
import { makeSegment } from './segment.ts';
import { TreeEdge, writeBundle } from './tiles.ts';
import type { Leaf } from './verify/leaf.ts';
import { hashLeaf } from './verify/merkle.ts';
import type { StoreReader } from './verify/reader.ts';
import { segmentPath } from './verify/segment-file.ts';
import { tilePath } from './verify/tile-paths.ts';
import { verifyStore } from './verify/verify-store.ts';

const lines = (source: string, from: number, to: number): Buffer =>
  Buffer.from(Array.from({ length: to - from }, (_, i) => lineOf(source, from + i)).join(''));

/** Two sources, a few segments, a late line, seals of two days. */
const smallStore = async (): Promise<SimulatedStore> => {
  const store = new SimulatedStore();
  const evidence = await store.open({ segmentBytes: 400 });
  const dovecot = await evidence.source('dovecot');
  const postfix = await evidence.source('postfix');
  for (let n = 0; n < 8; n += 2) await dovecot.append(lines('dovecot', n, n + 2), String(n + 2));
  await postfix.append(lines('postfix', 0, 2), '2');
  store.nowMs = Date.parse('2026-07-01T00:10:00Z');
  dovecot.readToEnd();
  postfix.readToEnd();
  await evidence.seal();
  await postfix.append(lines('postfix', 2, 3), '3', { day: '2026-06-29' });
  await evidence.close();
  return store;
};

const filesOf = (store: SimulatedStore): Map<string, Buffer> =>
  new Map(store.reader.paths().map(path => [path, store.reader.read(path) ?? Buffer.alloc(0)]));

const readerOf = (files: ReadonlyMap<string, Buffer>): StoreReader => ({
  read: path => files.get(path),
  list: folder => {
    const prefix = `${folder}/`;
    const names = [...files.keys()].filter(path => path.startsWith(prefix));
    return [
      ...new Set(names.map(path => path.slice(prefix.length).split('/')[0] ?? '')),
    ].toSorted();
  },
});

const first = (
  files: ReadonlyMap<string, Buffer>,
  options: Parameters<typeof verifyStore>[1] = {},
) => verifyStore(readerOf(files), options).broken[0];

const store = await smallStore();
const files = filesOf(store);
const keys = [store.signer.verifierKey];
const changed = (path: string, bytes: Buffer | undefined): Map<string, Buffer> => {
  const out = new Map(files);
  if (bytes === undefined) out.delete(path);
  else out.set(path, bytes);
  return out;
};

/** Writes a log of other leaves in place of the one that is there, as whoever holds the key could. */
const rewritten = (leaves: readonly Leaf[], signer: NoteSigner): Map<string, Buffer> => {
  const out = new Map([...files].filter(([path]) => !path.startsWith('log/')));
  const entries = leaves.map(writeLeaf);
  const edge = new TreeEdge(0, []);
  for (const { level, index, width, bytes } of edge.add(entries.map(hashLeaf))) {
    out.set(`log/${tilePath(level, index, width)}`, bytes);
  }
  out.set(`log/${tilePath('entries', 0, entries.length)}`, writeBundle(entries));
  const state = { origin: signer.name, size: edge.size, root: edge.root() };
  out.set('log/checkpoint', Buffer.from(signCheckpoint(state, [signer])));
  out.set('log/keys', Buffer.from(`${signer.verifierKey}\n`));
  return out;
};
const leaves = leavesIn(store.reader);
const checkpoint = files.get('log/checkpoint')?.toString('utf8') ?? '';

describe('a store that is whole', () => {
  test('verifies, with its own keys and with those that are given', () => {
    const found = { ok: true, broken: [], lines: 11, lastSealedDay: '2026-06-30' };
    expect(verifyStore(readerOf(files))).toMatchObject({ ...found, trust: 'own' });
    const options = { keys, deep: true, remembered: checkpoint };
    expect(verifyStore(readerOf(files), options)).toMatchObject({ ...found, trust: 'given' });
  });

  test('gives back the very bytes that went in', () => {
    expect(keptOf(store.reader, 'dovecot')).toBe(lines('dovecot', 0, 8).toString('utf8'));
  });

  test('holds no word of a line in its log', () => {
    const log = Buffer.concat(
      [...files].filter(([path]) => path.startsWith('log/')).map(([, b]) => b),
    );
    expect(log.includes('example.jp/evidence')).toBe(true);
    expect(log.includes('user-')).toBe(false);
  });

  test('seals every source of every day, and amends for what came late', () => {
    const seals = leaves.filter(leaf => leaf.kind === 'seal');
    expect(seals.map(({ day, sources }) => [day, sources.map(each => each.state)])).toEqual([
      ['2026-06-29', ['complete', 'complete']],
      ['2026-06-30', ['idle', 'idle']],
    ]);
    expect(leaves.at(-1)).toMatchObject({
      kind: 'seal-amend',
      day: '2026-06-29',
      now: { source: 'postfix', segments: 2, lines: 3, state: 'complete' },
    });
  });
});

describe('a byte that is another', () => {
  test('is found in every place of every file, and the file is named', () => {
    for (const [path, bytes] of files) {
      // Partial tiles of earlier sizes are many and alike.
      const isCurrent = !path.includes('.p/') || path.endsWith(`.p/${leaves.length}`);
      const step = isCurrent ? 1 : 31;
      for (let i = 0; i < bytes.length; i += step) {
        const hurt = Buffer.from(bytes);
        hurt[i] = (hurt[i] ?? 0) ^ (1 << (i % 8));
        const found = first(changed(path, hurt));
        expect([i, found?.path]).toEqual([i, path]);
        expect(found?.byte ?? 0).toBeLessThanOrEqual(i);
        if (/tile\/\d/.test(path)) expect(found?.byte).toBe(i);
        if (path.startsWith('segments/')) expect(found?.leaf).toBeGreaterThan(0);
      }
    }
  });

  test('of a leaf names the leaf', () => {
    const path = `log/tile/entries/000.p/${leaves.length}`;
    const bytes = Buffer.from(files.get(path) ?? []);
    const at = bytes.indexOf('"kind":"segment"') + 9;
    bytes[at] = 0x58;
    const found = first(changed(path, bytes));
    expect(found).toMatchObject({ path, why: 'this is not the leaf that the log committed to' });
    expect(leaves[found?.leaf ?? -1]?.kind).toBe('segment');
  });
});

const segments = [...files.keys()].filter(path => path.startsWith('segments/'));
const [one = '', two = ''] = segments;
const bytesOf = (path: string): Buffer => files.get(path) ?? Buffer.alloc(0);

describe('a file', () => {
  test.each(segments)('%s that is gone, cut off, longer or swapped is named', path => {
    const other = bytesOf(path === one ? two : one);
    for (const bytes of [undefined, Buffer.alloc(0), bytesOf(path).subarray(0, -1), other]) {
      expect(first(changed(path, bytes))?.path).toBe(path);
    }
    const longer = Buffer.concat([bytesOf(path), Buffer.of(0)]);
    expect(first(changed(path, longer))).toMatchObject({ path, byte: bytesOf(path).length });
  });

  test('that holds other lines, made as ours are, is named', async () => {
    const forged = await makeSegment(lines('dovecot', 1, 3));
    expect(first(changed(one, forged.file))?.path).toBe(one);
  });

  test('of the log that is gone is named', () => {
    for (const path of ['log/checkpoint', 'log/keys']) {
      expect(first(changed(path, undefined))?.path).toBe(path);
    }
    const size = leaves.length;
    for (const level of [0, 'entries'] as const) {
      const path = `log/${tilePath(level, 0, size)}`;
      expect(first(changed(path, undefined))?.path).toBe(path);
    }
  });

  test('that was left by a kill, or is of a log that has gone on, is no finding', () => {
    const more = changed(
      `log/tile/0/000.p/${leaves.length + 1}`,
      bytesOf(`log/tile/0/000.p/${leaves.length}`),
    );
    more.set('log/tile/0/000.p/9.tmp', Buffer.of(1));
    expect(first(more)).toBeUndefined();
  });
});

describe('whoever holds no key', () => {
  test('cannot write another log', () => {
    const mallory = newSigner(store.signer.name);
    expect(first(rewritten(leaves, mallory), { keys })).toMatchObject({
      path: 'log/checkpoint',
      why: 'it does not hold: no key that is known signed it',
    });
  });
});

describe('whoever holds the key', () => {
  const signed = (given: readonly Leaf[]): Map<string, Buffer> => rewritten(given, store.signer);

  test('and writes the same log is right', () => {
    expect(first(signed(leaves), { keys, remembered: checkpoint })).toBeUndefined();
  });

  test('and goes back to an earlier log is found out by who remembers the later', () => {
    // Cut before the segments that came late: all that is left is in order.
    const earlier = signed(leaves.slice(0, -2));
    expect(first(earlier, { keys })).toBeUndefined();
    expect(first(earlier, { keys, remembered: checkpoint })).toMatchObject({
      path: 'log/checkpoint',
      why: expect.stringContaining('rolled back'),
    });
  });

  test('and shows another history is found out by who remembers this one', () => {
    const other = leaves.map(leaf =>
      leaf.kind === 'source-add' ? { ...leaf, meta: { title: 'another' } } : leaf,
    );
    expect(first(signed(other), { keys })).toBeUndefined();
    expect(first(signed(other), { keys, remembered: checkpoint })).toMatchObject({
      path: 'log/checkpoint',
      why: expect.stringContaining('history was rewritten'),
    });
  });

  const without = (drop: (leaf: Leaf) => boolean): Map<string, Buffer> => {
    const index = leaves.findIndex(drop);
    return signed(leaves.filter((_, i) => i !== index));
  };
  const altered = (change: (leaf: Leaf) => Leaf): Map<string, Buffer> => signed(leaves.map(change));

  test.each<readonly [string, Map<string, Buffer>, string]>([
    [
      'leaves out a segment',
      without(leaf => leaf.kind === 'segment' && leaf.seq === 1),
      'follows segment 0',
    ],
    ['leaves out a source', without(leaf => leaf.kind === 'source-add'), 'was never added'],
    ['leaves out the first leaf', signed(leaves.slice(1)), 'does not name the key'],
    [
      'leaves out a day',
      signed(leaves.filter(leaf => !(leaf.kind === 'seal' && leaf.day === '2026-06-29'))),
      'does not name the seal before',
    ],
    [
      'leaves a source out of a seal',
      altered(leaf => (leaf.kind === 'seal' ? { ...leaf, sources: leaf.sources.slice(1) } : leaf)),
      'leaves out the source dovecot',
    ],
    [
      'counts other lines than there are',
      altered(leaf =>
        leaf.kind === 'seal'
          ? { ...leaf, sources: leaf.sources.map(each => ({ ...each, lines: each.lines + 1 })) }
          : leaf,
      ),
      'were sealed',
    ],
    [
      'calls a day idle that was not',
      altered(leaf =>
        leaf.kind === 'seal'
          ? { ...leaf, sources: leaf.sources.map(each => ({ ...each, state: 'idle' as const })) }
          : leaf,
      ),
      'is sealed as idle',
    ],
    [
      'jumps in a source',
      altered(leaf => (leaf.kind === 'segment' && leaf.seq === 2 ? { ...leaf, from: '9' } : leaf)),
      'does not begin where the one before ended',
    ],
  ])('and %s is told', (_, hurt, why) => {
    expect(first(hurt, { keys })?.why).toContain(why);
  });

  const policy: Leaf = {
    v: 1,
    kind: 'policy',
    at: '2026-07-01T00:00:00.000Z',
    id: 'p',
    source: null,
    keepDays: 1,
    why: 'x',
  };
  const hold: Leaf = {
    v: 1,
    kind: 'hold',
    at: policy.at,
    id: 'h',
    source: null,
    fromDay: '2026-06-29',
    toDay: '2026-06-29',
    why: 'case 7',
  };
  const deletion: Leaf & { readonly kind: 'delete' } = {
    v: 1,
    kind: 'delete',
    at: policy.at,
    source: 'dovecot',
    first: 1,
    last: 1,
    policy: leaves.length,
  };

  test('deletes what a policy names: the log stays whole, and what is deleted must be gone', () => {
    const told = signed([...leaves, policy, deletion]);
    expect(first(told)).toMatchObject({ why: 'the log says that it was deleted, and it is there' });
    told.delete(segmentPath('dovecot', '2026-06-29', 1));
    expect(first(told)).toBeUndefined();
  });

  test('says of each version of a case which one it follows', () => {
    const scoped = (version: number, prev: string | null): Leaf => ({
      v: 1,
      kind: 'scope',
      at: policy.at,
      case: 'webmail-2026',
      version,
      prev,
      file: 'ab'.repeat(32),
    });
    const one = scoped(1, null);
    const hash = hashLeaf(writeLeaf(one)).toString('hex');
    expect(first(signed([...leaves, one, scoped(2, hash)]))).toBeUndefined();
    expect(first(signed([...leaves, scoped(2, null)]))?.why).toContain('follows version 0');
    expect(first(signed([...leaves, one, scoped(2, '0'.repeat(64))]))?.why).toContain(
      'does not name the one before',
    );
  });

  test('deletes nothing without a policy, and nothing that is held', () => {
    expect(first(signed([...leaves, deletion]))?.why).toContain('is no policy');
    const late = { ...deletion, policy: leaves.length + 1 };
    expect(first(signed([...leaves, hold, policy, late]))?.why).toContain('the hold h forbids');
  });
});

describe('with deep', () => {
  test('what lies in a file is asked, too: lines that the leaf does not tell are found', () => {
    const wrong = leaves.map(leaf =>
      leaf.kind === 'segment' && leaf.seq === 1
        ? { ...leaf, root: '0'.repeat(64), prev: leaf.prev }
        : leaf,
    );
    const told = verifyStore(readerOf(rewritten(wrong, store.signer)), { deep: true });
    expect(told.broken.map(each => each.why)).toContain('the tree over its lines has another root');
  });
});
