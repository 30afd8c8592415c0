import { readLeaf, type SegmentLeaf } from './leaf.ts';
import { saltBytes } from './lines.ts';
import { hashLeaf, verifyInclusion } from './merkle.ts';
import { type Answer, fromBase64, type NoteKey, readKey } from './note.ts';
import { readProof, verifyProof } from './proof.ts';

export const lineProofSchema = 'postern.line-proof/1';

/** One line, and all that is needed to believe that it was kept: nothing of its neighbours. */
export interface LineProof {
  readonly schema: typeof lineProofSchema;
  /** `NAME+HASH+KEY` that the log says is its own; whoever verifies takes it from elsewhere. */
  readonly key: string;
  /** The segment's record, as it is in the log. */
  readonly leaf: string;
  /** That the record is in the log (C2SP tlog-proof). */
  readonly proof: string;
  /** Base64, its newline with it. */
  readonly line: string;
  /** Base64. The leaf of the segment's own tree is salt and line. */
  readonly salt: string;
  /** 0-based place in the segment. */
  readonly index: number;
  /** Base64; from the line's sibling up. */
  readonly path: readonly string[];
}

export interface ProvedLine {
  readonly segment: SegmentLeaf;
  readonly line: Buffer;
  readonly index: number;
  readonly origin: string;
  /** Leaves of the log that it was proved in. */
  readonly size: number;
}

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

const isProof = (value: unknown): value is LineProof => {
  if (typeof value !== 'object' || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  return (
    given['schema'] === lineProofSchema &&
    ['key', 'leaf', 'proof', 'line', 'salt'].every(key => typeof given[key] === 'string') &&
    typeof given['index'] === 'number' &&
    Array.isArray(given['path']) &&
    given['path'].every(each => typeof each === 'string')
  );
};

const parse = (text: string): LineProof | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isProof(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Whether a line was kept in the log that one of the keys signed. Without keys, its own is taken. */
export const verifyLineProof = (
  text: string,
  given: readonly NoteKey[],
): Answer<{ readonly proved: ProvedLine }> => {
  const bundle = parse(text);
  if (bundle === undefined) return no(`it is not of the form ${lineProofSchema}`);
  const own = readKey(bundle.key);
  const keys = given.length > 0 ? given : own.ok ? [own.key] : [];
  const outer = readProof(bundle.proof);
  if (!outer.ok) return no(`the proof of its segment cannot be read: ${outer.why}`);
  const leafBytes = Buffer.from(bundle.leaf);
  const inLog = verifyProof(outer.proof, leafBytes, keys);
  if (!inLog.ok) return no(inLog.why);
  const read = readLeaf(leafBytes);
  if (!read.ok || read.leaf.kind !== 'segment') return no('the leaf is no record of a segment');
  const segment = read.leaf;
  const [line, salt] = [fromBase64(bundle.line), fromBase64(bundle.salt)];
  const path = bundle.path.map(fromBase64).filter(each => each !== undefined);
  // A salt of another length could move bytes between salt and line.
  if (line === undefined || salt?.length !== saltBytes || path.length !== bundle.path.length) {
    return no('line, salt or path are not what they should be');
  }
  const isIn = verifyInclusion({
    index: bundle.index,
    size: segment.lines,
    leafHash: hashLeaf(Buffer.concat([salt, line])),
    proof: path,
    root: Buffer.from(segment.root, 'hex'),
  });
  if (!isIn) return no(`this is not line ${bundle.index + 1} of the segment`);
  const { origin, size } = inLog.checkpoint;
  return { ok: true, proved: { segment, line, index: bundle.index, origin, size } };
};
