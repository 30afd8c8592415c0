import { hash } from 'node:crypto';

/** Bytes of a hash of the tree: SHA-256. */
export const hashBytes = 32;

const scratch = Buffer.alloc(1 + 2 * hashBytes);

/** Node.js writes a hash four times as fast into a string of bytes as into a buffer of its own. */
const sha256Into = (data: Uint8Array, out: Buffer, at: number): void => {
  out.write(hash('sha256', data, 'binary'), at, 'latin1');
};

const sha256 = (data: Uint8Array): Buffer => {
  const out = Buffer.alloc(hashBytes);
  sha256Into(data, out, 0);
  return out;
};

/** Hash of the tree that has no leaves (RFC 6962, 2.1). */
export const emptyRoot: Buffer = sha256(Buffer.alloc(0));

/** `SHA-256(0x00 ‖ data)` (RFC 6962, 2.1). */
export const hashLeaf = (data: Uint8Array): Buffer => sha256(Buffer.concat([Buffer.of(0), data]));

/** Writes `SHA-256(0x01 ‖ the 64 bytes at `from` of `pairs`)` to `at` of `out`: which may be the same. */
export const hashPairInto = (pairs: Buffer, from: number, out: Buffer, at: number): void => {
  scratch[0] = 1;
  pairs.copy(scratch, 1, from, from + 2 * hashBytes);
  sha256Into(scratch, out, at);
};

/** `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962, 2.1). */
export const hashNode = (left: Uint8Array, right: Uint8Array): Buffer => {
  const out = Buffer.concat([left, right]);
  hashPairInto(out, 0, out, 0);
  return out.subarray(0, hashBytes);
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every(each => each.length === hashBytes);
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * Root of a tree whose leaf hashes are given one after the other, without keeping them: what it holds is one
 * hash for each complete subtree on the right edge.
 */
export class RunningRoot {
  size = 0;
  private readonly edge: Buffer[] = [];

  add(leafHash: Buffer): void {
    let node = leafHash;
    for (let n = this.size; isOdd(n); n = half(n)) {
      const left = this.edge.pop();
      if (left === undefined) throw new Error('the edge of the tree is short of a hash');
      node = hashNode(left, node);
    }
    this.edge.push(node);
    this.size += 1;
  }

  root(): Buffer {
    const last = this.edge.at(-1);
    if (last === undefined) return emptyRoot;
    return this.edge.slice(0, -1).reduceRight((right, left) => hashNode(left, right), last);
  }
}

export interface Inclusion {
  /** 0-based. */
  readonly index: number;
  /** Leaves of the tree. */
  readonly size: number;
  readonly leafHash: Uint8Array;
  /** From the leaf's sibling up to the child of the root. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Whether a leaf is in a tree (RFC 9162, 2.1.3.2). Wrong sizes and lengths are no proof either. */
export const verifyInclusion = ({ index, size, leafHash, proof, root }: Inclusion): boolean => {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (!areHashes([leafHash, root, ...proof])) return false;
  let [fn, sn] = [index, size - 1];
  let node: Buffer = Buffer.from(leafHash);
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      node = hashNode(sibling, node);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      node = hashNode(node, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(node, root);
};

export interface Consistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

const isPowerOfTwo = (value: number): boolean => {
  let n = value;
  while (n > 1 && !isOdd(n)) n = half(n);
  return n === 1;
};

/**
 * Whether the second tree begins with all of the first (RFC 9162, 2.1.4.2). From an empty tree nothing can be
 * proved, so nothing is: `false`.
 */
export const verifyConsistency = ({ size1, size2, root1, root2, proof }: Consistency): boolean => {
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2) return false;
  if (!areHashes([root1, root2, ...proof])) return false;
  if (size1 === size2) return proof.length === 0 && same(root1, root2);
  const path = isPowerOfTwo(size1) ? [root1, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined || proof.length === 0) return false;
  let [fn, sn] = [size1 - 1, size2 - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let older: Buffer = Buffer.from(first);
  let newer: Buffer = Buffer.from(first);
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      older = hashNode(sibling, older);
      newer = hashNode(sibling, newer);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      newer = hashNode(newer, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(older, root1) && same(newer, root2);
};
