import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consistencyProof, inclusionProof, rootAt, rootOver, subtreesOf } from './merkle.ts';
import {
  emptyRoot,
  hashLeaf,
  hashNode,
  RunningRoot,
  verifyConsistency,
  verifyInclusion,
} from './verify/merkle.ts';

/** The eight leaves that implementations of RFC 6962 are commonly tried on, and their roots. */
const knownLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex => Buffer.from(hex, 'hex'));
const knownRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const hashesOf = (leaves: readonly Uint8Array[]): Buffer => Buffer.concat(leaves.map(hashLeaf));

/** RFC 6962, 2.1, as it is written there. */
const rootByDefinition = (leaves: readonly Uint8Array[]): Buffer => {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return hashLeaf(only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashNode(rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)));
};

const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const out = Buffer.from(bytes);
  out[Math.floor(bit / 8) % out.length] =
    (out[Math.floor(bit / 8) % out.length] ?? 0) ^ (1 << (bit % 8));
  return out;
};

const leavesUpTo = (max: number): fc.Arbitrary<Uint8Array[]> =>
  fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: max });

describe('the hashes of RFC 6962', () => {
  test('are those that are published', () => {
    expect(emptyRoot.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    for (const [i, root] of knownRoots.entries()) {
      expect(rootOver(hashesOf(knownLeaves.slice(0, i + 1))).toString('hex')).toBe(root);
    }
  });

  test('are the same in all the ways in which they are made here', () => {
    fc.assert(
      fc.property(leavesUpTo(70), leaves => {
        const root = rootByDefinition(leaves);
        const running = new RunningRoot();
        for (const leaf of leaves) running.add(hashLeaf(leaf));
        expect(running.root()).toEqual(root);
        expect(rootAt(subtreesOf(hashesOf(leaves)), leaves.length)).toEqual(root);
        expect(rootOver(hashesOf(leaves))).toEqual(root);
      }),
    );
  });
});

describe('a proof of inclusion', () => {
  test('holds for every leaf of every tree up to 40, and for no other place', () => {
    const hashes = Buffer.concat(Array.from({ length: 40 }, (_, i) => hashLeaf(Buffer.of(i))));
    const subtrees = subtreesOf(hashes);
    for (let size = 1; size <= 40; size += 1) {
      const root = rootAt(subtrees, size);
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(subtrees, index, size);
        const leafHash = subtrees(0, index);
        const good = { index, size, leafHash, proof, root };
        expect(verifyInclusion(good)).toBe(true);
        for (const other of [index - 1, index + 1, index ^ 2, -1, size]) {
          expect(verifyInclusion({ ...good, index: other })).toBe(false);
        }
        if (proof.length > 0) {
          expect(verifyInclusion({ ...good, size: size * 2 })).toBe(false);
          expect(verifyInclusion({ ...good, proof: proof.slice(0, -1) })).toBe(false);
          expect(verifyInclusion({ ...good, proof: [...proof].reverse() })).toBe(
            proof.length === 1,
          );
        }
        for (const hash of [emptyRoot, root, leafHash]) {
          expect(verifyInclusion({ ...good, proof: [...proof, hash] })).toBe(false);
          expect(verifyInclusion({ ...good, proof: [hash, ...proof] })).toBe(false);
        }
        expect(verifyInclusion({ ...good, root: emptyRoot })).toBe(false);
        expect(verifyInclusion({ ...good, root: Buffer.alloc(0) })).toBe(false);
        expect(verifyInclusion({ ...good, leafHash: Buffer.alloc(31) })).toBe(false);
      }
    }
  });

  test('breaks with any bit of any hash', () => {
    fc.assert(
      fc.property(
        leavesUpTo(50),
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.nat(),
        (leaves, at, bit, which) => {
          const subtrees = subtreesOf(hashesOf(leaves));
          const size = leaves.length;
          const index = at % size;
          const proof = inclusionProof(subtrees, index, size);
          const root = rootAt(subtrees, size);
          const leafHash = subtrees(0, index);
          const hurt = proof.map((each, i) =>
            i === which % proof.length ? flipped(each, bit) : each,
          );
          if (proof.length > 0) {
            expect(verifyInclusion({ index, size, leafHash, root, proof: hurt })).toBe(false);
          }
          const wrong = { index, size, proof, root, leafHash: flipped(leafHash, bit) };
          expect(verifyInclusion(wrong)).toBe(false);
        },
      ),
    );
  });
});

describe('a proof of consistency', () => {
  test('holds from every tree to every later one up to 40, and from no other', () => {
    const subtrees = subtreesOf(
      Buffer.concat(Array.from({ length: 40 }, (_, i) => hashLeaf(Buffer.of(i)))),
    );
    for (let size2 = 1; size2 <= 40; size2 += 1) {
      for (let size1 = 1; size1 <= size2; size1 += 1) {
        const proof = consistencyProof(subtrees, size1, size2);
        const good = {
          size1,
          size2,
          root1: rootAt(subtrees, size1),
          root2: rootAt(subtrees, size2),
          proof,
        };
        const { root1, root2 } = good;
        expect(verifyConsistency(good)).toBe(true);
        for (const other of [size1 - 1, size1 + 1, size1 ^ 2, 0, -1]) {
          expect(verifyConsistency({ ...good, size1: other })).toBe(false);
        }
        expect(verifyConsistency({ ...good, proof: [...proof, emptyRoot] })).toBe(false);
        expect(verifyConsistency({ ...good, proof: [root1, ...proof] })).toBe(false);
        expect(verifyConsistency({ ...good, root1: emptyRoot })).toBe(false);
        if (size1 === size2) continue;
        expect(verifyConsistency({ ...good, size2: size2 * 2 })).toBe(false);
        expect(verifyConsistency({ ...good, proof: [] })).toBe(false);
        expect(verifyConsistency({ ...good, proof: proof.slice(0, -1) })).toBe(false);
        expect(verifyConsistency({ ...good, root1: root2, root2: root1 })).toBe(false);
        for (let i = 0; i < proof.length; i += 1) {
          const hurt = proof.map((each, j) => (i === j ? flipped(each, 4) : each));
          expect(verifyConsistency({ ...good, proof: hurt })).toBe(false);
        }
      }
    }
  });

  test('from nothing, or over sizes that are no sizes, is none', () => {
    const base = { root1: emptyRoot, root2: emptyRoot, proof: [] };
    expect(verifyConsistency({ ...base, size1: 0, size2: 0 })).toBe(false);
    expect(verifyConsistency({ ...base, size1: 0, size2: 5 })).toBe(false);
    expect(verifyConsistency({ ...base, size1: 1.5, size2: 1.5 })).toBe(false);
    expect(verifyConsistency({ ...base, size1: 2 ** 64, size2: 2 ** 64 })).toBe(false);
    expect(() => consistencyProof(subtreesOf(emptyRoot), 2, 1)).toThrow(RangeError);
    expect(() => inclusionProof(subtreesOf(emptyRoot), 1, 1)).toThrow(RangeError);
  });
});
