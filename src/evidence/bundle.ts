import { createHash, hash } from 'node:crypto';
import { checkProgram, readme } from './bundle-readme.ts';
import { inclusionProof } from './merkle.ts';
import { writeProof } from './proof.ts';
import { subtreesOfTiles, writeBundle } from './tiles.ts';
import {
  type BundleManifest,
  bundleManifest,
  bundleSchema,
  bundleSums,
  proofPath,
  recordPath,
} from './verify/bundle.ts';
import { type Checkpoint, readCheckpoint } from './verify/checkpoint.ts';
import { Coverage, isInScope, type Scope } from './verify/coverage.ts';
import { keyChangePath } from './verify/key-chain.ts';
import { type Leaf, type RowsLeaf, readLeaf, type SegmentLeaf } from './verify/leaf.ts';
import { entriesOf, findTile } from './verify/log-files.ts';
import { hashBytes } from './verify/merkle.ts';
import { type Answer, parseNote } from './verify/note.ts';
import type { StoreReader } from './verify/reader.ts';
import { rowsHash, rowsPath, secretIn, segmentPath } from './verify/segment-file.ts';
import { findRows } from './verify/segments.ts';
import { stampedPath, stampedSizes, stampPath } from './verify/stamped.ts';
import { levelsOf, tilePath, tilesOfLevel, tileWidth } from './verify/tile-paths.ts';
import { witnessedPath, witnessedSizes } from './verify/witnessed.ts';

/** Which lines are handed over. */
export interface BundleRange extends Scope {
  /** Name of a hold: its days, and its source. */
  readonly case?: string;
}

interface BundleFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A bundle that is about to be written. */
export interface PlannedBundle {
  readonly manifest: BundleManifest;
  readonly segments: number;
  readonly lines: number;
  /** Segments of the range that a policy deleted: only their records are there. */
  readonly deleted: number;
  /** Seconds since 1970 of the newest record: the same log gives the same bundle, byte for byte. */
  readonly modified: number;
  /** Its files, one after the other. Throws when the store is not what its log says. */
  readonly files: () => Generator<BundleFile>;
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const nameOf = (source: string, seq: number): string => `${source} ${seq}`;

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

function* leavesOf(
  store: StoreReader,
  size: number,
): Generator<{ readonly leaf: Leaf; readonly bytes: Buffer; readonly index: number }> {
  for (const entries of entriesOf(store, size, undefined)) {
    for (const { bytes, index } of entries) {
      const read = readLeaf(bytes);
      if (read.ok) yield { leaf: read.leaf, bytes, index };
    }
  }
}

/** Days and sources that are asked for: of a hold, where one is named. */
const scopeOf = (
  store: StoreReader,
  size: number,
  { case: name, sources, fromDay, toDay }: BundleRange,
): Answer<{ readonly scope: Scope }> => {
  const given = {
    ...(sources === undefined ? {} : { sources }),
    ...(fromDay === undefined ? {} : { fromDay }),
    ...(toDay === undefined ? {} : { toDay }),
  };
  if (name === undefined) return { ok: true, scope: given };
  let held: Scope | undefined;
  for (const { leaf } of leavesOf(store, size)) {
    if (leaf.kind !== 'hold' || leaf.id !== name) continue;
    const { source } = leaf;
    held = {
      ...(source === null ? {} : { sources: [source] }),
      fromDay: leaf.fromDay,
      toDay: leaf.toDay,
    };
  }
  return held === undefined
    ? no(`there is no hold ${name}`)
    : { ok: true, scope: { ...held, ...given } };
};

/** What a third party needs to believe a range of lines. Reads the log twice, holds one file at a time. */
export const planBundle = (
  store: StoreReader,
  range: BundleRange,
): Answer<{ readonly bundle: PlannedBundle }> => {
  const checkpoint = store.read('log/checkpoint');
  if (checkpoint === undefined) return no('it holds no log');
  const note = parseNote(checkpoint);
  const head = note.ok ? readCheckpoint(note.note.text) : note;
  if (!head.ok) return no(`its checkpoint cannot be read: ${head.why}`);
  const { origin, size, root } = head.checkpoint;
  const asked = scopeOf(store, size, range);
  if (!asked.ok) return asked;
  const { scope } = asked;
  const coverage = new Coverage();
  /** Lines of each segment of the range that is kept. */
  const kept = new Map<string, number>();
  const rowsAnew = new Map<string, RowsLeaf>();
  let newest = '';
  for (const { leaf } of leavesOf(store, size)) {
    coverage.take(leaf);
    newest = leaf.at;
    if (leaf.kind === 'segment' && isInScope(scope, leaf)) {
      kept.set(nameOf(leaf.source, leaf.seq), leaf.lines);
    }
    if (leaf.kind === 'rows') rowsAnew.set(nameOf(leaf.source, leaf.seq), leaf);
    if (leaf.kind !== 'delete') continue;
    for (let seq = leaf.first; seq <= leaf.last; seq += 1) kept.delete(nameOf(leaf.source, seq));
  }
  for (const source of scope.sources ?? []) {
    if (!coverage.sources.has(source)) return no(`there is no source ${source}`);
  }
  const deleted = coverage.deletedIn(scope);
  if (kept.size === 0) {
    return no(
      deleted === 0
        ? 'there is no line of these days'
        : `the ${deleted} segments of these days were deleted, as a policy asked`,
    );
  }
  const manifest: BundleManifest = {
    schema: bundleSchema,
    origin,
    size,
    root: root.toString('base64'),
    ...scope,
    ...(range.case === undefined ? {} : { case: range.case }),
  };
  const isKept = ({ source, seq }: SegmentLeaf): boolean => kept.has(nameOf(source, seq));
  const at = { store, head: head.checkpoint, checkpoint, manifest, isKept, rowsAnew };
  return {
    ok: true,
    bundle: {
      manifest,
      segments: kept.size,
      lines: [...kept.values()].reduce((sum, lines) => sum + lines, 0),
      deleted,
      modified: Math.floor(Date.parse(newest) / 1000),
      files: () => bundleFiles(at),
    },
  };
};

interface Plan {
  readonly store: StoreReader;
  readonly head: Checkpoint;
  readonly checkpoint: Buffer;
  readonly manifest: BundleManifest;
  readonly isKept: (leaf: SegmentLeaf) => boolean;
  /** Rows that were made anew, by segment. */
  readonly rowsAnew: ReadonlyMap<string, RowsLeaf>;
}

const damaged = (path: string, why: string): Error =>
  new Error(`${path} ${why}: postern evidence verify says more`);

function* bundleFiles(plan: Plan): Generator<BundleFile> {
  const { store, head, checkpoint, manifest } = plan;
  yield { path: 'README.txt', bytes: Buffer.from(readme(manifest)) };
  yield { path: 'check.go', bytes: Buffer.from(checkProgram) };
  yield {
    path: bundleManifest,
    bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
  };
  yield { path: 'log/checkpoint', bytes: checkpoint };
  const keys = store.read('log/keys');
  if (keys === undefined) throw damaged('log/keys', 'is missing');
  yield { path: 'log/keys', bytes: keys };
  for (const size of witnessedSizes(store)) {
    const bytes = size > head.size ? undefined : store.read(witnessedPath(size));
    if (bytes !== undefined) yield { path: witnessedPath(size), bytes };
  }
  for (const size of stampedSizes(store)) {
    if (size > head.size) continue;
    for (const path of [stampedPath(size), stampPath(size)]) {
      const bytes = store.read(path);
      if (bytes !== undefined) yield { path, bytes };
    }
  }
  yield* logFiles(store, head.size);
  yield* lineFiles(plan);
}

/** The log as it stood at the checkpoint, whatever was written meanwhile. */
function* logFiles(store: StoreReader, size: number): Generator<BundleFile> {
  for (let level = 0; level < levelsOf(size); level += 1) {
    const { full, partial } = tilesOfLevel(level, size);
    for (let index = 0; index < full + (partial > 0 ? 1 : 0); index += 1) {
      const width = index < full ? tileWidth : partial;
      const { path, bytes } = findTile(store, level, index, width);
      if (bytes === undefined) throw damaged(path, 'is missing');
      yield {
        path: `log/${tilePath(level, index, width)}`,
        bytes: bytes.subarray(0, width * hashBytes),
      };
    }
  }
  for (const entries of entriesOf(store, size, undefined)) {
    const [first] = entries;
    if (first === undefined) continue;
    const path = `log/${tilePath('entries', Math.floor(first.index / tileWidth), entries.length)}`;
    yield { path, bytes: writeBundle(entries.map(each => each.bytes)) };
    for (const { bytes, index } of entries) {
      const read = readLeaf(bytes);
      if (!read.ok || read.leaf.kind !== 'key' || index === 0) continue;
      const change = store.read(keyChangePath(index));
      if (change === undefined) throw damaged(keyChangePath(index), 'is missing');
      yield { path: keyChangePath(index), bytes: change };
    }
  }
}

/** Lines, rows, and what lets other tools check them. */
function* lineFiles({ store, head, checkpoint, isKept, rowsAnew }: Plan): Generator<BundleFile> {
  const subtrees = subtreesOfTiles(({ level, index, width }) => {
    const { path, bytes } = findTile(store, level, index, width);
    if (bytes === undefined) throw damaged(path, 'is missing');
    return bytes;
  });
  const note = checkpoint.toString('utf8');
  const sums: string[] = [];
  for (const { leaf, bytes, index } of leavesOf(store, head.size)) {
    if (leaf.kind !== 'segment' || !isKept(leaf)) continue;
    const { source, day, seq } = leaf;
    const path = segmentPath(source, day, seq);
    const file = store.read(path);
    if (file === undefined) throw damaged(path, 'is missing');
    if (hash('sha256', file) !== leaf.file) throw damaged(path, 'is not what the log says');
    yield { path, bytes: file };
    sums.push(`${leaf.file}  ${path}\n`);
    const anew = rowsAnew.get(nameOf(source, seq));
    const hashed = anew?.rows ?? leaf.rows;
    if (hashed !== null) {
      const rows = rowsPath(source, day, seq);
      const made = findRows(
        store,
        leaf,
        anew?.generation ?? 1,
        each => rowsHash(secretIn(file), sha256(each)) === hashed,
      );
      if (made === undefined) throw damaged(rows, 'is not what the log says');
      yield { path: rows, bytes: made.bytes };
      sums.push(`${hash('sha256', made.bytes)}  ${rows}\n`);
    }
    yield { path: recordPath(source, seq), bytes };
    const hashes = inclusionProof(subtrees, index, head.size);
    const proof = writeProof({ index, hashes, checkpoint: note });
    yield { path: proofPath(source, seq), bytes: Buffer.from(proof) };
  }
  yield { path: bundleSums, bytes: Buffer.from(sums.join('')) };
}
