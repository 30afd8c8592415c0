import type { EvidenceChange, EvidenceState } from '../core/evidence-state.ts';
import { signCheckpoint } from './checkpoint.ts';
import { EvidenceError } from './errors.ts';
import { writeLeaf } from './leaf.ts';
import type { NoteSigner } from './note.ts';
import type { FilePutter } from './put-files.ts';
import { TreeEdge, writeBundle } from './tiles.ts';
import { openCheckpoint, readCheckpoint } from './verify/checkpoint.ts';
import { keyChangePath } from './verify/key-chain.ts';
import type { KeyLeaf, Leaf } from './verify/leaf.ts';
import { emptyRoot, hashBytes, hashLeaf } from './verify/merkle.ts';
import { parseNote, readKey } from './verify/note.ts';
import {
  levelsOf,
  readBundle,
  type TileAt,
  tilePath,
  tilesOfLevel,
  tileWidth,
} from './verify/tile-paths.ts';

const logFolder = 'log';
const checkpointPath = `${logFolder}/checkpoint`;
/** Keys that sign the log, a line each: the store's own word, which a stranger asks somebody else about. */
const verifierKeysPath = `${logFolder}/keys`;

export interface Appended {
  /** Index of the first leaf. */
  readonly first: number;
  /** Hashes of the leaves, in hex. */
  readonly hashes: readonly string[];
}

/** What else is committed with leaves, once it is known where they lie. */
export type Along = (at: Appended) => Omit<EvidenceChange, 'expected' | 'head' | 'leaves'>;

interface OpenLog {
  readonly put: FilePutter;
  readonly state: EvidenceState;
  /** The first is the log's own; its name is the name of the log. */
  readonly signers: readonly NoteSigner[];
}

type Tile = TileAt & { readonly bytes: Buffer };

const differs = (path: string): EvidenceError =>
  new EvidenceError('LOG_DIFFERS', `${path} is not what this store wrote there`);

/**
 * The log of a store, at its right edge. What was committed in the state is in the log, even when its tiles
 * are not on the disk yet: they follow from the leaves, and are written again until they are.
 */
export class EvidenceLog {
  private readonly at: OpenLog;
  /** The first is the log's own. */
  private signers: readonly NoteSigner[];
  private edge: TreeEdge;
  /** Entries of the bundle that is not full yet. */
  private tail: Buffer[];
  /** The bundle that was read last: leaves are asked for in their order. */
  private lastRead: { readonly at: number; readonly entries: readonly Buffer[] } | undefined;

  private constructor(at: OpenLog, edge: TreeEdge, tail: Buffer[]) {
    this.at = at;
    this.signers = at.signers;
    this.edge = edge;
    this.tail = tail;
  }

  /** Opens the log where the state says that it stands, and finishes what was under way. */
  static async open(at: OpenLog): Promise<EvidenceLog> {
    const { state } = at;
    const head = state.head();
    const { first, leaves } = state.staged();
    await checkPublished(at);
    if (head === undefined) return new EvidenceLog(at, new TreeEdge(0, []), []);
    const { edge, tail } = await readEdge(at, first);
    const log = new EvidenceLog(at, edge, tail);
    await log.apply(first, leaves);
    if (Buffer.compare(log.edge.root(), head.root) !== 0 || log.size !== head.size) {
      throw new EvidenceError(
        'LOG_DIFFERS',
        `the tiles in ${logFolder} give another root than the ${head.size} leaves that were committed`,
      );
    }
    await log.publish(head.checkpoint);
    state.applied(head.size);
    return log;
  }

  get size(): number {
    return this.edge.size;
  }

  /** The leaf at an index; `undefined` where its bundle cannot be read. */
  async entry(index: number): Promise<Buffer | undefined> {
    const at = Math.floor(index / tileWidth);
    const inTail = at === Math.floor(this.size / tileWidth);
    if (inTail) return this.tail[index % tileWidth];
    if (this.lastRead?.at !== at) {
      const path = `${logFolder}/${tilePath('entries', at, tileWidth)}`;
      const { entries } = readBundle((await this.at.put.files.read(path)) ?? Buffer.alloc(0));
      this.lastRead = { at, entries };
    }
    return this.lastRead.entries[index % tileWidth];
  }

  /**
   * Adds leaves: committed, that is on the disk and never to be taken back, once the state has them; then
   * their tiles are written and the checkpoint published.
   */
  async append(leaves: readonly Leaf[], along: Along = () => ({})): Promise<Appended> {
    const { signers } = this;
    const { state } = this.at;
    const entries = leaves.map(writeLeaf);
    const before = this.edge;
    const hashes = entries.map(hashLeaf);
    const next = before.copy();
    next.add(hashes);
    const [own] = signers;
    if (own === undefined) throw new Error('nobody signs the log');
    const head = { size: next.size, root: next.root() };
    const checkpoint = signCheckpoint({ origin: own.name, ...head }, signers);
    const appended = { first: before.size, hashes: hashes.map(each => each.toString('hex')) };
    state.commit({
      ...along(appended),
      expected: { size: before.size, root: before.root() },
      head: { ...head, checkpoint },
      leaves: entries,
    });
    await this.apply(before.size, entries);
    await this.publish(checkpoint);
    state.applied(head.size);
    return appended;
  }

  /**
   * Goes on with another key: the checkpoint of the record that names it is signed by it and by the one before,
   * so that whoever trusts that one follows.
   */
  async rotate(next: NoteSigner, leaf: KeyLeaf): Promise<void> {
    this.signers = [next, ...this.signers];
    await this.append([leaf]);
    this.signers = [next];
  }

  /** Writes the tiles that these leaves change. A file that is there already must be the same. */
  private async apply(first: number, entries: readonly Buffer[]): Promise<void> {
    if (entries.length === 0) return;
    const tiles = this.edge.add(entries.map(hashLeaf));
    const bundles = this.bundlesWith(first, entries);
    const files = [
      ...bundles,
      ...tiles.map(({ level, index, width, bytes }) => ({
        path: `${logFolder}/${tilePath(level, index, width)}`,
        bytes,
      })),
    ];
    const absent: typeof files = [];
    for (const file of files) {
      const found = await this.at.put.files.read(file.path);
      if (found === undefined) absent.push(file);
      else if (Buffer.compare(found, file.bytes) !== 0) throw differs(file.path);
    }
    await this.at.put.put(absent, 0o644);
    await this.dropPartials(tiles);
  }

  private bundlesWith(
    first: number,
    entries: readonly Buffer[],
  ): { readonly path: string; readonly bytes: Buffer }[] {
    const out: { readonly path: string; readonly bytes: Buffer }[] = [];
    let index = Math.floor(first / tileWidth);
    const write = (): void => {
      const path = `${logFolder}/${tilePath('entries', index, this.tail.length)}`;
      out.push({ path, bytes: writeBundle(this.tail) });
    };
    for (const entry of entries) {
      this.tail.push(entry);
      if (this.tail.length < tileWidth) continue;
      write();
      this.tail = [];
      index += 1;
    }
    if (this.tail.length > 0) write();
    return out;
  }

  /** Partial tiles may go once the full one is there (C2SP tlog-tiles). */
  private async dropPartials(tiles: readonly Tile[]): Promise<void> {
    const { files } = this.at.put;
    for (const { level, index, width } of tiles) {
      if (width < tileWidth) continue;
      for (const each of level === 0 ? ([0, 'entries'] as const) : [level]) {
        const folder = `${logFolder}/${tilePath(each, index, tileWidth)}.p`;
        for (const name of await files.list(folder)) await files.unlink(`${folder}/${name}`);
      }
    }
  }

  private async publish(checkpoint: string): Promise<void> {
    const bytes = Buffer.from(checkpoint);
    const { put } = this.at;
    const [own] = this.signers;
    const keys = Buffer.from(own === undefined ? '' : `${own.verifierKey}\n`);
    const files = [
      // Before anything is signed by the new key alone: without it nobody could follow.
      ...(isKeyChange(checkpoint) ? [{ path: keyChangePath(this.size - 1), bytes }] : []),
      { path: checkpointPath, bytes },
      { path: verifierKeysPath, bytes: keys },
    ];
    const changed: typeof files = [];
    for (const file of files) {
      const found = await put.files.read(file.path);
      if (found === undefined || Buffer.compare(found, file.bytes) !== 0) changed.push(file);
    }
    if (changed.length > 0) await put.put(changed, 0o644);
  }
}

/** Whether two keys of the log signed it. */
const isKeyChange = (checkpoint: string): boolean => {
  const parsed = parseNote(Buffer.from(checkpoint));
  return parsed.ok && parsed.note.signatures.length > 1;
};

/** The right edge of the log as its tiles give it. */
const readEdge = async (
  { put }: OpenLog,
  size: number,
): Promise<{ readonly edge: TreeEdge; readonly tail: Buffer[] }> => {
  const levels: Buffer[][] = [];
  for (let level = 0; level < levelsOf(size); level += 1) {
    const { full, partial } = tilesOfLevel(level, size);
    const hashes: Buffer[] = [];
    if (partial > 0) {
      const path = `${logFolder}/${tilePath(level, full, partial)}`;
      const bytes = await put.files.read(path);
      if (bytes?.length !== partial * hashBytes) throw differs(path);
      for (let i = 0; i < partial; i += 1) {
        hashes.push(bytes.subarray(i * hashBytes, (i + 1) * hashBytes));
      }
    }
    levels.push(hashes);
  }
  const { full, partial } = tilesOfLevel(0, size);
  if (partial === 0) return { edge: new TreeEdge(size, levels), tail: [] };
  const path = `${logFolder}/${tilePath('entries', full, partial)}`;
  const read = readBundle((await put.files.read(path)) ?? Buffer.alloc(0));
  if (read.broken !== undefined || read.entries.length !== partial) throw differs(path);
  for (const [i, entry] of read.entries.entries()) {
    if (Buffer.compare(hashLeaf(entry), levels[0]?.[i] ?? emptyRoot) !== 0) throw differs(path);
  }
  return { edge: new TreeEdge(size, levels), tail: [...read.entries] };
};

/** The key must be the one that signed what was committed, and the log no further on than the state. */
const checkPublished = async ({ put, state, signers }: OpenLog): Promise<void> => {
  const head = state.head();
  const keys = signers.flatMap(({ verifierKey }) => {
    const read = readKey(verifierKey);
    return read.ok ? [read.key] : [];
  });
  if (head !== undefined) {
    const opened = openCheckpoint(Buffer.from(head.checkpoint), keys);
    const parsed = parseNote(Buffer.from(head.checkpoint));
    const own = parsed.ok ? parsed.note.signatures[0] : undefined;
    if (!opened.ok) {
      throw new EvidenceError('WRONG_KEY', `the last checkpoint is not of this key: ${opened.why}`);
    }
    if (own?.id !== signers[0]?.id) {
      throw new EvidenceError('WRONG_KEY', 'another key took over from this one');
    }
  }
  const published = await put.files.read(checkpointPath);
  if (published === undefined) return;
  const note = parseNote(published);
  const read = note.ok ? readCheckpoint(note.note.text) : note;
  if (!read.ok) throw differs(checkpointPath);
  const { size, root } = read.checkpoint;
  if (size > (head?.size ?? 0)) {
    throw new EvidenceError(
      'STATE_ROLLED_BACK',
      `${checkpointPath} speaks of ${size} leaves, the state of ${head?.size ?? 0}: an old state was put back`,
    );
  }
  if (size === head?.size && Buffer.compare(root, head.root) !== 0) throw differs(checkpointPath);
};
