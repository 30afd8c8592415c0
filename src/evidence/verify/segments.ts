import { createHash, hash } from 'node:crypto';
import type { Findings } from './finding.ts';
import type { SegmentLeaf } from './leaf.ts';
import { hashLines, lineEnds } from './lines.ts';
import { hashBytes, RunningRoot } from './merkle.ts';
import type { StoreReader } from './reader.ts';
import {
  rawHash,
  readSegmentFile,
  rowsHash,
  rowsPath,
  rowsPathOf,
  secretIn,
  segmentPath,
} from './segment-file.ts';

const rootOfHashes = (hashes: Buffer): string => {
  const running = new RunningRoot();
  for (let at = 0; at < hashes.length; at += hashBytes)
    running.add(hashes.subarray(at, at + hashBytes));
  return running.root().toString('hex');
};

/** What lies in a segment's file, line by line: what the leaf's hashes over the lines stand for. */
const verifyLines = (leaf: SegmentLeaf, file: Buffer): string | undefined => {
  const read = readSegmentFile(file, leaf.bytes);
  if (!read.ok) return `it cannot be read: ${read.why}`;
  const { secret, raw } = read;
  const ends = lineEnds(raw);
  if (raw.length !== leaf.bytes || ends.length !== leaf.lines) {
    return `it holds ${ends.length} lines of ${raw.length} bytes, not ${leaf.lines} of ${leaf.bytes}`;
  }
  if (rawHash(secret, raw) !== leaf.raw) return 'its lines are not those that the log committed to';
  return rootOfHashes(hashLines(secret, raw, ends)) === leaf.root
    ? undefined
    : 'the tree over its lines has another root';
};

/**
 * The file of a segment against its leaf. SHA-256 over all of it says that not a bit is another; `deep` takes
 * it apart as well, down to the hash of every line.
 */
export const verifySegment = (
  store: StoreReader,
  leaf: SegmentLeaf,
  index: number,
  findings: Findings,
  { deep, rowsAnew }: { readonly deep: boolean; readonly rowsAnew: readonly string[] },
): void => {
  const path = segmentPath(leaf.source, leaf.day, leaf.seq);
  const file = store.read(path);
  if (file === undefined) return findings.add(path, 'the file is missing', { leaf: index });
  const at = { leaf: index, byte: Math.min(file.length, leaf.fileBytes) };
  if (file.length !== leaf.fileBytes) {
    return findings.add(path, `it has ${file.length} bytes, not ${leaf.fileBytes}`, at);
  }
  if (hash('sha256', file) !== leaf.file) {
    const why = `its SHA-256 is not the one in the log: one of its ${file.length} bytes is another, or all`;
    return findings.add(path, why, { leaf: index, byte: 0 });
  }
  if (deep) {
    const why = verifyLines(leaf, file);
    if (why !== undefined) findings.add(path, why, { leaf: index, byte: 0 });
  }
  if (leaf.rows !== null || rowsAnew.length > 0) {
    verifyRows(store, leaf, file, index, findings, [leaf.rows, ...rowsAnew]);
  }
};

/** Path of the rows of one generation, wherever they lie by now; `undefined` where none of these hash is there. */
export const findRows = (
  store: StoreReader,
  { source, day, seq }: SegmentLeaf,
  generation: number,
  isIt: (rows: Buffer) => boolean,
): { readonly path: string; readonly bytes: Buffer } | undefined => {
  for (const path of [
    rowsPath(source, day, seq),
    // Those that count may still lie where they were made; older ones lie there when they were kept.
    rowsPathOf(source, day, seq, generation),
  ]) {
    const bytes = store.read(path);
    if (bytes !== undefined && isIt(bytes)) return { path, bytes };
  }
  return undefined;
};

/** @param hashes of each generation, the first of which may have none. */
const verifyRows = (
  store: StoreReader,
  leaf: SegmentLeaf,
  file: Buffer,
  index: number,
  findings: Findings,
  hashes: readonly (string | null)[],
): void => {
  const { source, day, seq } = leaf;
  const path = rowsPath(source, day, seq);
  const isOf = (hashed: string | null | undefined) => (rows: Buffer) =>
    rowsHash(secretIn(file), createHash('sha256').update(rows).digest()) === hashed;
  if (findRows(store, leaf, hashes.length, isOf(hashes.at(-1))) === undefined) {
    const isThere = store.read(path) !== undefined;
    const why = isThere ? 'it is not the file that was made of these lines' : 'the file is missing';
    findings.add(path, why, { leaf: index, ...(isThere ? { byte: 0 } : {}) });
  }
  // Older rows need not be there; when they are, they must be the ones that once counted.
  for (const [i, hashed] of hashes.slice(0, -1).entries()) {
    const older = rowsPathOf(source, day, seq, i + 1);
    const rows = store.read(older);
    if (rows !== undefined && !isOf(hashed)(rows)) {
      findings.add(older, 'it is not what once was made of these lines', { leaf: index, byte: 0 });
    }
  }
};
