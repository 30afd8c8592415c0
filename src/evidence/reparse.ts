import { createHash, hash } from 'node:crypto';
import type { EvidenceState, RowsState, SegmentState } from '../core/evidence-state.ts';
import type { EvidenceLog } from './evidence-log.ts';
import type { RowsMade, SegmentDraft } from './options.ts';
import type { FilePutter } from './put-files.ts';
import { isInScope, type Scope } from './verify/coverage.ts';
import { type RowsLeaf, readLeaf, type SegmentLeaf } from './verify/leaf.ts';
import {
  readSegmentFile,
  rowsHash,
  rowsPath,
  rowsPathOf,
  segmentPath,
} from './verify/segment-file.ts';

/** A segment whose lines are read anew. */
export interface KeptSegment extends Omit<SegmentDraft, 'parts'> {
  /** The file that the lines lie in. */
  readonly file: Buffer;
  /** The rows that count so far, where there are any. */
  readonly rowsSoFar?: Buffer;
  /** Lines of an earlier segment of the source, where they are kept: what they began may go on here. */
  readonly linesOf: (seq: number) => Promise<Buffer | undefined>;
  /** Position in the source before an earlier segment. */
  readonly positionBefore: (seq: number) => Promise<string | undefined>;
}

/** Of which lines rows are made anew. */
export interface ReparseScope extends Scope {
  /** Reads lines anew; `undefined` where the rows so far say the same, or nothing is to be told. */
  readonly rows: (segment: KeptSegment) => Promise<RowsMade | undefined>;
  /** Rows that count no more are removed; their record stays. */
  readonly dropOld?: boolean;
  /** Hears how far it is. */
  readonly progress?: (done: number, of: number) => void;
}

export interface Reparsed {
  /** Segments whose rows are others now, and those whose rows came out the same. */
  readonly changed: number;
  readonly same: number;
  /** Segments whose lines are not what the log says: nothing was made of them. */
  readonly damaged: readonly { readonly path: string; readonly why: string }[];
}

interface Store {
  readonly log: EvidenceLog;
  readonly state: EvidenceState;
  readonly put: FilePutter;
  readonly now: () => Date;
}

/** Segments of one commit: new rows of all of them lie on the disk before the log says so. */
const batchMax = 16;

interface Anew {
  readonly leaf: RowsLeaf;
  readonly rows: RowsState;
  /** Of the files that are written before the log says so. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

type Remade = Anew | 'same' | { readonly damaged: string };

/** The lines of a segment that is what the log says. */
const linesOf = async (
  { log, put }: Store,
  { source, seq, day, leaf }: SegmentState,
): Promise<
  | {
      readonly segment: SegmentLeaf;
      readonly file: Buffer;
      readonly raw: Buffer;
      readonly secret: Buffer;
    }
  | { readonly damaged: string }
> => {
  const read = readLeaf((await log.entry(leaf)) ?? Buffer.alloc(0));
  if (!read.ok || read.leaf.kind !== 'segment') return { damaged: 'its record cannot be read' };
  const segment = read.leaf;
  const file = await put.files.read(segmentPath(source, day, seq));
  if (file === undefined) return { damaged: 'the file is missing' };
  if (hash('sha256', file) !== segment.file) return { damaged: 'it is not what the log says' };
  const lines = readSegmentFile(file, segment.bytes);
  if (!lines.ok) return { damaged: `it cannot be read: ${lines.why}` };
  return { segment, file, raw: lines.raw, secret: lines.secret };
};

/** Looks back in a source; the lines that were read last are at hand. */
class Earlier {
  private last: { readonly source: string; readonly seq: number; readonly raw: Buffer } | undefined;
  private known: { readonly source: string; readonly bySeq: Map<number, SegmentState> } | undefined;
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  keep(source: string, seq: number, raw: Buffer): void {
    this.last = { source, seq, raw };
  }

  async lines(source: string, seq: number): Promise<Buffer | undefined> {
    const { last } = this;
    if (last?.source === source && last.seq === seq) return last.raw;
    const state = this.segment(source, seq);
    const lines = state === undefined ? undefined : await linesOf(this.store, state);
    return lines === undefined || 'damaged' in lines ? undefined : lines.raw;
  }

  async positionBefore(source: string, seq: number): Promise<string | undefined> {
    const state = this.segment(source, seq);
    if (state === undefined) return undefined;
    const read = readLeaf((await this.store.log.entry(state.leaf)) ?? Buffer.alloc(0));
    return read.ok && read.leaf.kind === 'segment' ? (read.leaf.from ?? undefined) : undefined;
  }

  private segment(source: string, seq: number): SegmentState | undefined {
    if (this.known?.source !== source) {
      const bySeq = new Map(this.store.state.segments(source).map(each => [each.seq, each]));
      this.known = { source, bySeq };
    }
    return this.known.bySeq.get(seq);
  }
}

/** Makes the rows of one segment anew. Lines are compared with the log first: no rows of altered ones. */
const remake = async (
  store: Store,
  kept: SegmentState,
  { rows, dropOld = false }: ReparseScope,
  earlier: Earlier,
): Promise<Remade> => {
  const { state, put, now } = store;
  const { source, seq, day } = kept;
  const lines = await linesOf(store, kept);
  if ('damaged' in lines) return lines;
  const { segment, file, raw, secret } = lines;
  const { from, to } = segment;
  const path = rowsPath(source, day, seq);
  const before = await put.files.read(path);
  const made = await rows({
    source,
    seq,
    day,
    raw,
    file,
    to,
    ...(from === null ? {} : { from }),
    ...(before === undefined ? {} : { rowsSoFar: before }),
    linesOf: each => earlier.lines(source, each),
    positionBefore: each => earlier.positionBefore(source, each),
  });
  earlier.keep(source, seq, raw);
  if (made === undefined) return 'same';
  if (before !== undefined && Buffer.compare(before, made.file) === 0) return 'same';
  const generation = state.rowsGeneration(source, seq) + 1;
  const old = rowsPathOf(source, day, seq, generation - 1);
  return {
    leaf: {
      v: 1,
      kind: 'rows',
      at: now().toISOString(),
      source,
      seq,
      generation,
      rows: rowsHash(secret, createHash('sha256').update(made.file).digest()),
      parser: made.parser,
      ocsf: made.ocsf,
    },
    rows: { source, seq, day, generation },
    files: [
      ...(before === undefined || dropOld ? [] : [{ path: old, bytes: before }]),
      { path: rowsPathOf(source, day, seq, generation), bytes: made.file },
    ],
  };
};

/** Puts new rows where rows that count lie: after the log has said so, and again after a kill in between. */
export const placeRows = async (state: EvidenceState, put: FilePutter): Promise<void> => {
  for (const rows of state.unplacedRows()) {
    const { source, day, seq, generation } = rows;
    const from = rowsPathOf(source, day, seq, generation);
    const path = rowsPath(source, day, seq);
    // Not there where it was moved already, or deleted with its lines.
    if ((await put.files.read(from)) !== undefined) {
      await put.files.rename(from, path);
      await put.files.syncFolder(path.slice(0, path.lastIndexOf('/')));
    }
    state.placedRows(rows);
  }
};

const commitRows = async ({ log, state, put }: Store, batch: readonly Anew[]): Promise<void> => {
  if (batch.length === 0) return;
  await put.put(batch.flatMap(({ files }) => files));
  const leaves = batch.map(({ leaf }) => leaf);
  await log.append(leaves, () => ({ rows: batch.map(({ rows }) => rows) }));
  await placeRows(state, put);
};

/** Makes rows of kept lines anew. A kill leaves each segment with its old rows or with its new ones. */
export const reparse = async (store: Store, asked: ReparseScope): Promise<Reparsed> => {
  const { state } = store;
  const { progress } = asked;
  const segments = state
    .sources()
    .flatMap(({ id }) => state.segments(id).filter(each => isInScope(asked, each)));
  const damaged: { readonly path: string; readonly why: string }[] = [];
  let [changed, same] = [0, 0];
  let batch: Anew[] = [];
  const earlier = new Earlier(store);
  for (const [i, segment] of segments.entries()) {
    const remade = await remake(store, segment, asked, earlier);
    if (remade === 'same') same += 1;
    else if ('damaged' in remade) {
      const path = segmentPath(segment.source, segment.day, segment.seq);
      damaged.push({ path, why: remade.damaged });
    } else {
      changed += 1;
      batch.push(remade);
    }
    if (batch.length < batchMax && i + 1 < segments.length) continue;
    await commitRows(store, batch);
    batch = [];
    progress?.(i + 1, segments.length);
  }
  return { changed, same, damaged };
};
