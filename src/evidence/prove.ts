import { inclusionProof, rootAt, subtreesOf } from './merkle.ts';
import { writeProof } from './proof.ts';
import { subtreesOfTiles } from './tiles.ts';
import { readCheckpoint } from './verify/checkpoint.ts';
import { readLeaf, type SegmentLeaf } from './verify/leaf.ts';
import { type LineProof, lineProofSchema } from './verify/line-proof.ts';
import { hashLines, lineEnds, saltBytes, saltsOf } from './verify/lines.ts';
import { entriesOf, findTile } from './verify/log-files.ts';
import { type Answer, parseNote } from './verify/note.ts';
import type { StoreReader } from './verify/reader.ts';
import { readSegmentFile, segmentPath } from './verify/segment-file.ts';

/** Which line: the place that rows and events name. */
export interface LineAt {
  readonly source: string;
  readonly seq: number;
  /** 1-based place in the segment. */
  readonly line: number;
}

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

interface Found {
  readonly leaf: SegmentLeaf;
  readonly bytes: Buffer;
  readonly index: number;
}

const findSegment = (
  store: StoreReader,
  size: number,
  { source, seq }: LineAt,
): Found | undefined => {
  for (const entries of entriesOf(store, size, undefined)) {
    for (const { bytes, index } of entries) {
      const read = readLeaf(bytes);
      if (!read.ok || read.leaf.kind !== 'segment') continue;
      const { leaf } = read;
      if (leaf.source === source && leaf.seq === seq) return { leaf, bytes, index };
    }
  }
  return undefined;
};

/** Proves one line: its place in its segment, and the segment's in the log as it stands now. */
export const proveLine = (
  store: StoreReader,
  at: LineAt,
): Answer<{ readonly proof: LineProof }> => {
  const checkpoint = store.read('log/checkpoint')?.toString('utf8') ?? '';
  const note = parseNote(Buffer.from(checkpoint));
  const head = note.ok ? readCheckpoint(note.note.text) : note;
  if (!head.ok) return no(`the log has no checkpoint that can be read: ${head.why}`);
  const { size } = head.checkpoint;
  const found = findSegment(store, size, at);
  if (found === undefined) return no(`there is no segment ${at.seq} of ${at.source}`);
  const { leaf, bytes, index } = found;
  const path = segmentPath(leaf.source, leaf.day, leaf.seq);
  const file = store.read(path);
  if (file === undefined) return no(`${path} is missing or was deleted`);
  const read = readSegmentFile(file, leaf.bytes);
  if (!read.ok) return no(`${path} cannot be read: ${read.why}`);
  const { raw, secret } = read;
  const ends = lineEnds(raw);
  const n = at.line - 1;
  const end = ends[n];
  if (end === undefined) return no(`segment ${at.seq} of ${at.source} has ${ends.length} lines`);
  const lines = subtreesOf(hashLines(secret, raw, ends));
  if (rootAt(lines, ends.length).toString('hex') !== leaf.root) {
    return no(`${path} is not what the log committed to`);
  }
  const tiles = subtreesOfTiles(tile => {
    const tileFile = findTile(store, tile.level, tile.index, tile.width);
    if (tileFile.bytes === undefined) throw new Error(`${tileFile.path} is missing`);
    return tileFile.bytes;
  });
  const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');
  return {
    ok: true,
    proof: {
      schema: lineProofSchema,
      key: store.read('log/keys')?.toString('utf8').split('\n')[0] ?? '',
      leaf: bytes.toString('utf8'),
      proof: writeProof({ index, hashes: inclusionProof(tiles, index, size), checkpoint }),
      line: base64(raw.subarray(ends[n - 1] ?? 0, end)),
      salt: base64(saltsOf(secret, ends.length).subarray(n * saltBytes, (n + 1) * saltBytes)),
      index: n,
      path: inclusionProof(lines, n, ends.length).map(base64),
    },
  };
};
