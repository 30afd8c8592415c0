import { Findings } from './finding.ts';
import { emptyRoot, hashBytes, hashLeaf, RunningRoot } from './merkle.ts';
import type { StoreReader } from './reader.ts';
import { readBundle, tilePath, tileWidth } from './tile-paths.ts';

const logPath = (level: number | 'entries', index: number, width: number): string =>
  `log/${tilePath(level, index, width)}`;

/** A leaf, and where it lies. */
export interface Entry {
  readonly index: number;
  readonly bytes: Buffer;
  readonly path: string;
  readonly byte: number;
}

/** The file of a tile: full, or partial and at least so wide. A copy that was made meanwhile may be wider. */
export const findTile = (
  store: StoreReader,
  level: number | 'entries',
  index: number,
  width: number,
): { readonly path: string; readonly bytes: Buffer | undefined } => {
  const exact = logPath(level, index, width);
  const found = store.read(exact);
  if (found !== undefined || width === tileWidth) return { path: exact, bytes: found };
  const full = logPath(level, index, tileWidth);
  const widths = store.list(`${full}.p`).map(Number);
  const wider = [...widths.filter(each => each > width && each < tileWidth), tileWidth];
  for (const each of wider) {
    const path = logPath(level, index, each);
    const bytes = store.read(path);
    if (bytes !== undefined) return { path, bytes };
  }
  return { path: exact, bytes: undefined };
};

/** Number of the first entry of a bundle whose hash is not the one in the tile beside it. */
const firstWrong = (
  store: StoreReader,
  index: number,
  entries: readonly Buffer[],
): number | undefined => {
  const { bytes } = findTile(store, 0, index, entries.length);
  const found = entries.findIndex((entry, i) => {
    const expected = bytes?.subarray(i * hashBytes, (i + 1) * hashBytes);
    return expected !== undefined && Buffer.compare(hashLeaf(entry), expected) !== 0;
  });
  return found < 0 ? undefined : found;
};

/** The leaves of the first `size`, bundle by bundle; a bundle that cannot be read is told and left out. */
export function* entriesOf(
  store: StoreReader,
  size: number,
  findings: Findings | undefined,
): Generator<readonly Entry[]> {
  for (let index = 0; index * tileWidth < size; index += 1) {
    const width = Math.min(tileWidth, size - index * tileWidth);
    const { path, bytes } = findTile(store, 'entries', index, width);
    const first = index * tileWidth;
    if (bytes === undefined) {
      findings?.add(path, 'the file is missing', { leaf: first });
      continue;
    }
    const read = readBundle(bytes);
    if (read.broken !== undefined || read.entries.length < width) {
      const { byte, why } = read.broken ?? {
        byte: bytes.length,
        why: `it holds ${read.entries.length} entries, not ${width}`,
      };
      // A length that is another shows only further on: the first leaf that is not the tile's is nearer to it.
      const wrong = firstWrong(store, index, read.entries);
      const at = wrong === undefined ? byte : (read.starts[wrong] ?? byte);
      findings?.add(path, why, { byte: at, leaf: first + (wrong ?? read.entries.length) });
    }
    yield read.entries.slice(0, width).map((entry, i) => ({
      index: first + i,
      bytes: entry,
      path,
      byte: read.starts[i] ?? 0,
    }));
  }
}

interface Level {
  /** Hashes of the tile that is not full yet. */
  hashes: Buffer[];
  index: number;
}

const fold = (hashes: readonly Buffer[]): Buffer => {
  const running = new RunningRoot();
  for (const each of hashes) running.add(each);
  return running.root();
};

/** Compares a file with the bytes that it should begin with, and says where it differs. */
const compare = (
  findings: Findings,
  path: string,
  found: Buffer | undefined,
  expected: Buffer,
  leafAt: (byte: number) => number,
): void => {
  if (found === undefined) {
    findings.add(path, 'the file is missing', { leaf: leafAt(0) });
    return;
  }
  if (Buffer.compare(found, expected) === 0) return;
  let byte = 0;
  while (byte < found.length && found[byte] === expected[byte]) byte += 1;
  findings.add(path, 'it is not what the leaves come to', { byte, leaf: leafAt(byte) });
};

/** Partial tiles of earlier sizes may still lie there: each must be the beginning of what is there now. */
const comparePartials = (
  store: StoreReader,
  findings: Findings,
  level: number | 'entries',
  index: number,
  pieces: readonly Buffer[],
  leafAt: (byte: number) => number,
): void => {
  const folder = `${logPath(level, index, tileWidth)}.p`;
  for (const name of store.list(folder)) {
    const path = `${folder}/${name}`;
    const width = Number(name);
    // Left by a kill in the middle of a write.
    if (name.endsWith('.tmp')) continue;
    if (!/^[1-9]\d{0,2}$/.test(name) || width >= tileWidth) {
      findings.add(path, 'no file of a log has such a name');
    } else if (width < pieces.length) {
      compare(findings, path, store.read(path), Buffer.concat(pieces.slice(0, width)), leafAt);
    }
  }
};

const framed = (entry: Entry): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.bytes.length);
  return Buffer.concat([length, entry.bytes]);
};

/** Hashes of level 0 as the tiles tell them, for when the leaves tell another root. */
const rootOfTiles = (store: StoreReader, size: number): Buffer => {
  const running = new RunningRoot();
  for (let index = 0; index * tileWidth < size; index += 1) {
    const width = Math.min(tileWidth, size - index * tileWidth);
    const { bytes } = findTile(store, 0, index, width);
    if (bytes === undefined || bytes.length < width * hashBytes) return emptyRoot;
    for (let i = 0; i < width; i += 1) {
      running.add(bytes.subarray(i * hashBytes, (i + 1) * hashBytes));
    }
  }
  return running.root();
};

/** Tells which leaf is not the one whose hash is in its tile: the tiles are right, an entry is not. */
const nameWrongEntries = (store: StoreReader, size: number, findings: Findings): void => {
  for (const entries of entriesOf(store, size, undefined)) {
    const index = Math.floor((entries[0]?.index ?? 0) / tileWidth);
    const { bytes } = findTile(store, 0, index, entries.length);
    for (const [i, { path, byte, index: leaf, bytes: entry }] of entries.entries()) {
      const expected = bytes?.subarray(i * hashBytes, (i + 1) * hashBytes);
      if (expected !== undefined && Buffer.compare(hashLeaf(entry), expected) !== 0) {
        findings.add(path, 'this is not the leaf that the log committed to', { byte, leaf });
      }
    }
  }
};

/**
 * Reads every leaf, works the whole tree out anew and compares it with the checkpoint and with every tile.
 *
 * @param remembered sizes at which the root is wanted, too.
 * @returns the root of each of these sizes.
 */
export const verifyLogFiles = (
  store: StoreReader,
  { size, root }: { readonly size: number; readonly root: Buffer },
  findings: Findings,
  remembered: ReadonlySet<number>,
  each: (entry: Entry) => void,
): ReadonlyMap<number, Buffer> => {
  const roots = new Map<number, Buffer>();
  const running = new RunningRoot();
  const levels: Level[] = [];
  // What a tile should be follows from the leaves: told only when these are right.
  const ofTiles = new Findings();
  const check = (level: number, { hashes, index }: Level): void => {
    const span = tileWidth ** level;
    const leafAt = (byte: number): number =>
      Math.min(size - 1, (index * tileWidth + Math.floor(byte / hashBytes)) * span);
    const expected = Buffer.concat(hashes);
    const exact = logPath(level, index, hashes.length);
    const { path, bytes } = findTile(store, level, index, hashes.length);
    const found = path === exact ? bytes : bytes?.subarray(0, expected.length);
    compare(ofTiles, path, found, expected, leafAt);
    comparePartials(store, ofTiles, level, index, hashes, leafAt);
  };
  const push = (level: number, hash: Buffer): void => {
    const at = (levels[level] ??= { hashes: [], index: 0 });
    at.hashes.push(hash);
    if (at.hashes.length < tileWidth) return;
    check(level, at);
    const above = fold(at.hashes);
    levels[level] = { hashes: [], index: at.index + 1 };
    push(level + 1, above);
  };
  for (const entries of entriesOf(store, size, findings)) {
    for (const entry of entries) {
      if (remembered.has(running.size)) roots.set(running.size, running.root());
      const hash = hashLeaf(entry.bytes);
      running.add(hash);
      push(0, hash);
      each(entry);
    }
    const first = entries[0];
    if (first === undefined) continue;
    const index = Math.floor(first.index / tileWidth);
    comparePartials(store, ofTiles, 'entries', index, entries.map(framed), () => first.index);
    const whole = Buffer.concat(entries.map(framed));
    const stored = store.read(first.path);
    const isExact = first.path === logPath('entries', index, entries.length);
    if (isExact) compare(findings, first.path, stored, whole, () => first.index);
  }
  roots.set(running.size, running.root());
  if (findings.count > 0) return roots;
  if (Buffer.compare(running.root(), root) !== 0) {
    if (Buffer.compare(rootOfTiles(store, size), root) === 0) {
      nameWrongEntries(store, size, findings);
    } else {
      findings.add('log/checkpoint', `the ${size} leaves have another root than it states`, {
        byte: 0,
      });
    }
    return roots;
  }
  for (const [level, at] of levels.entries()) {
    if (at.hashes.length > 0) check(level, at);
  }
  for (const { path, why, ...at } of ofTiles.broken) findings.add(path, why, at);
  return roots;
};
