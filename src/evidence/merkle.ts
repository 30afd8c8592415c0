import { emptyRoot, hashBytes, hashNode, hashPairInto } from './verify/merkle.ts';

/**
 * Answers with the hash of a complete subtree: the `index`-th of those with `2 ** level` leaves. Whoever
 * proves something about a tree needs no more than that of it.
 */
export type Subtrees = (level: number, index: number) => Buffer;

/** The largest power of two below `size` (RFC 6962, 2.1: where a tree is split). */
const splitOf = (size: number): number => {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
};

/** Hash of the leaves from `from` to before `to`, where `from` is a multiple of a power of two that covers them. */
const hashOfRange = (subtrees: Subtrees, from: number, to: number): Buffer => {
  const size = to - from;
  if (size === 0) return emptyRoot;
  const level = Math.log2(size);
  if (Number.isInteger(level)) return subtrees(level, from / size);
  const middle = from + splitOf(size);
  return hashNode(hashOfRange(subtrees, from, middle), hashOfRange(subtrees, middle, to));
};

/** Root of the tree of the first `size` leaves. */
export const rootAt = (subtrees: Subtrees, size: number): Buffer => hashOfRange(subtrees, 0, size);

const path = (subtrees: Subtrees, index: number, from: number, to: number): Buffer[] => {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...path(subtrees, index, from, middle), hashOfRange(subtrees, middle, to)]
    : [...path(subtrees, index, middle, to), hashOfRange(subtrees, from, middle)];
};

/** Audit path of a leaf in the tree of the first `size` leaves (RFC 6962, 2.1.1). */
export const inclusionProof = (subtrees: Subtrees, index: number, size: number): Buffer[] => {
  if (index < 0 || index >= size) throw new RangeError(`there is no leaf ${index} of ${size}`);
  return path(subtrees, index, 0, size);
};

const subproof = (
  subtrees: Subtrees,
  size1: number,
  from: number,
  to: number,
  isWhole: boolean,
): Buffer[] => {
  if (size1 === to) return isWhole ? [] : [hashOfRange(subtrees, from, to)];
  const middle = from + splitOf(to - from);
  return size1 <= middle
    ? [...subproof(subtrees, size1, from, middle, isWhole), hashOfRange(subtrees, middle, to)]
    : [...subproof(subtrees, size1, middle, to, false), hashOfRange(subtrees, from, middle)];
};

/** Proof that the tree of `size2` leaves begins with that of `size1` (RFC 6962, 2.1.2). */
export const consistencyProof = (subtrees: Subtrees, size1: number, size2: number): Buffer[] => {
  if (size1 < 1 || size1 > size2) {
    throw new RangeError(`no proof leads from ${size1} leaves to ${size2}`);
  }
  return subproof(subtrees, size1, 0, size2, true);
};

/** Every complete subtree of leaves that are all in memory. @param leaves their hashes, one after the other. */
export const subtreesOf = (leaves: Buffer): Subtrees => {
  const levels = [leaves];
  for (let below = leaves; below.length >= 2 * hashBytes; ) {
    const nodes = Math.floor(below.length / (2 * hashBytes));
    const level = Buffer.allocUnsafe(nodes * hashBytes);
    for (let i = 0; i < nodes; i += 1) hashPairInto(below, i * 2 * hashBytes, level, i * hashBytes);
    levels.push(level);
    below = level;
  }
  return (level, index) => {
    const found = levels[level]?.subarray(index * hashBytes, (index + 1) * hashBytes);
    if (found?.length !== hashBytes) {
      throw new RangeError(`there is no subtree ${index} of level ${level}`);
    }
    return found;
  };
};

/** Pairs that are hashed in one call: V8 compiles for good what is called often, not what loops for long. */
const pairsAtOnce = 64;

const hashPairs = (hashes: Buffer, from: number, to: number): void => {
  for (let i = from; i < to; i += 1) hashPairInto(hashes, i * 2 * hashBytes, hashes, i * hashBytes);
};

/** Root over leaf hashes that lie one after the other. The buffer is used as scratch: what was in it is gone. */
export const rootOver = (leaves: Buffer): Buffer => {
  let count = leaves.length / hashBytes;
  if (count === 0) return emptyRoot;
  // An odd last node moves up as it is: that is what splitting at the largest power of two comes to.
  while (count > 1) {
    const pairs = Math.floor(count / 2);
    for (let from = 0; from < pairs; from += pairsAtOnce) {
      hashPairs(leaves, from, Math.min(from + pairsAtOnce, pairs));
    }
    if (count % 2 === 1)
      leaves.copy(leaves, pairs * hashBytes, (count - 1) * hashBytes, count * hashBytes);
    count = pairs + (count % 2);
  }
  return Buffer.from(leaves.subarray(0, hashBytes));
};
