import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planBundle } from '../../src/evidence/bundle.ts';
import { signCheckpoint } from '../../src/evidence/checkpoint.ts';
import { consistencyProof, inclusionProof, rootAt, subtreesOf } from '../../src/evidence/merkle.ts';
import { makeSigningKey, readSigningKey } from '../../src/evidence/note.ts';
import { proveLine } from '../../src/evidence/prove.ts';
import { TreeEdge } from '../../src/evidence/tiles.ts';
import { hashLeaf } from '../../src/evidence/verify/merkle.ts';
import { readProof } from '../../src/evidence/verify/proof.ts';
import { tilePath } from '../../src/evidence/verify/tile-paths.ts';
import { lineOf, SimulatedStore } from '../support/evidence-run.ts';
import { buildGoCheck, type GoCase, type GoCheck, goIsHere } from '../support/go-check.ts';

/** Trees, proofs and checkpoints as golang.org/x/mod/sumdb reads them. */
const missing = !goIsHere();
let go: GoCheck | undefined;
beforeAll(() => {
  if (!missing) go = buildGoCheck();
}, 300_000);
afterAll(() => go?.remove());

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe.skipIf(missing)(
  `Go's note and tlog${missing ? ' (skipped: golang-go and golang-golang-x-mod-dev are not installed)' : ''}`,
  () => {
    const read = readSigningKey(makeSigningKey('log.example.jp/evidence'));
    if (!read.ok) throw new Error(read.why);
    const { signer } = read;
    const leaves = Array.from({ length: 70_000 }, (_, i) => Buffer.from(`leaf ${i}`));
    const subtrees = subtreesOf(Buffer.concat(leaves.map(hashLeaf)));
    const checkpointAt = (size: number): string =>
      signCheckpoint({ origin: signer.name, size, root: rootAt(subtrees, size) }, [signer]);
    const caseOf = (index: number, size: number, older: number): GoCase => ({
      key: signer.verifierKey,
      checkpoint: checkpointAt(size),
      leaf: base64(leaves[index] ?? Buffer.alloc(0)),
      index,
      inclusion: inclusionProof(subtrees, index, size).map(base64),
      older: checkpointAt(older),
      consistency: consistencyProof(subtrees, older, size).map(base64),
    });

    test.each([
      [0, 1, 1],
      [0, 2, 1],
      [6, 7, 4],
      [255, 256, 255],
      [300, 1_000, 512],
      [69_999, 70_000, 65_537],
    ])('believe leaf %i of %i, and that it goes on from %i', (index, size, older) => {
      expect(go?.ask(caseOf(index, size, older))).toBe('ok');
    });

    test('believe no other leaf, no other history, no other key', () => {
      const good = caseOf(5, 9, 4);
      expect(go?.ask({ ...good, leaf: base64(Buffer.from('leaf 6')) })).toContain('CheckRecord');
      expect(go?.ask({ ...good, older: checkpointAt(3) })).toContain('CheckTree');
      const other = readSigningKey(makeSigningKey(signer.name));
      if (!other.ok) throw new Error(other.why);
      expect(go?.ask({ ...good, key: other.signer.verifierKey })).toContain('note.Open');
    });

    test('believe the checkpoint of a change of keys by either key', () => {
      const other = readSigningKey(makeSigningKey(signer.name));
      if (!other.ok) throw new Error(other.why);
      const head = { origin: signer.name, size: 9, root: rootAt(subtrees, 9) };
      const checkpoint = signCheckpoint(head, [other.signer, signer]);
      for (const { verifierKey: key } of [signer, other.signer]) {
        expect(go?.ask({ ...caseOf(5, 9, 4), key, checkpoint, older: '' })).toBe('ok');
      }
      const third = readSigningKey(makeSigningKey(signer.name));
      if (!third.ok) throw new Error(third.why);
      const key = third.signer.verifierKey;
      expect(go?.ask({ ...caseOf(5, 9, 4), key, checkpoint })).toContain('note.Open');
    });

    test('read the same root from tiles', () => {
      const tiles: Record<string, string> = {};
      for (const { level, index, width, bytes } of new TreeEdge(0, []).add(leaves.map(hashLeaf))) {
        tiles[tilePath(level, index, width)] = base64(bytes);
      }
      expect(go?.ask({ ...caseOf(1, 70_000, 1), tiles })).toBe('ok');
    });
    test('believe a line that a store proves, and read the tiles that it wrote', async () => {
      const store = new SimulatedStore();
      const evidence = await store.open({ segmentBytes: 1_000 });
      const source = await evidence.source('dovecot');
      const checkpoints: string[] = [];
      for (let n = 0; n < 300; n += 1) {
        await source.append(Buffer.from(lineOf('dovecot', n)), String(n + 1));
        await evidence.flush();
        if (n === 120)
          checkpoints.push(store.reader.read('log/checkpoint')?.toString('utf8') ?? '');
      }
      await evidence.close();
      const proved = proveLine(store.reader, { source: 'dovecot', seq: 200, line: 1 });
      if (!proved.ok) throw new Error(proved.why);
      const { proof } = proved;
      const outer = readProof(proof.proof);
      if (!outer.ok) throw new Error(outer.why);
      const leaf = JSON.parse(proof.leaf) as { readonly root: string; readonly lines: number };
      const salted = [proof.salt, proof.line].map(each => Buffer.from(each, 'base64'));
      const tiles = Object.fromEntries(
        store.reader
          .paths()
          .filter(path => /^log\/tile\/\d/.test(path))
          .map(path => [path.slice(4), base64(store.reader.read(path) ?? Buffer.alloc(0))]),
      );
      const good: GoCase = {
        key: store.signer.verifierKey,
        checkpoint: outer.proof.checkpoint,
        leaf: base64(Buffer.from(proof.leaf)),
        index: outer.proof.index,
        inclusion: outer.proof.hashes.map(base64),
        tiles,
        line: base64(Buffer.concat(salted)),
        lineRoot: base64(Buffer.from(leaf.root, 'hex')),
        lineCount: leaf.lines,
        lineIndex: proof.index,
        lineProof: proof.path,
      };
      expect(go?.ask(good)).toBe('ok');
      expect(go?.ask({ ...good, line: base64(Buffer.from('forged')) })).toContain("the line's");
      expect(go?.ask({ ...good, older: checkpoints[0] ?? '', consistency: [] })).toContain(
        'CheckTree',
      );
    });

    test('believe a bundle, by the program that comes with it, and no other file in it', async () => {
      const store = new SimulatedStore();
      const evidence = await store.open();
      const source = await evidence.source('dovecot');
      for (let n = 0; n < 40; n += 1) {
        await source.append(Buffer.from(lineOf('dovecot', n)), String(n + 1));
      }
      await evidence.close();
      const planned = planBundle(store.reader, {});
      if (!planned.ok) throw new Error(planned.why);
      const folder = mkdtempSync(join(tmpdir(), 'postern-go-bundle-'));
      try {
        const segments: string[] = [];
        for (const { path, bytes } of planned.bundle.files()) {
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), bytes);
          if (path.endsWith('.zst')) segments.push(join(folder, path));
        }
        const check = ['check.go', 'log/keys'];
        expect(readFileSync(join(folder, 'README.txt'), 'utf8')).toContain('go run check.go');
        expect(go?.run(folder, check)).toMatch(
          /^proved: \d+ segments are in the log of \d+ records\n$/,
        );
        const [path = ''] = segments;
        writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.of(0)]));
        expect(go?.run(folder, check)).toContain('NOT PROVED: segments/dovecot');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);
