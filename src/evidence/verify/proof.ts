import { type Checkpoint, openCheckpoint, readCount } from './checkpoint.ts';
import { hashBytes, hashLeaf, verifyInclusion } from './merkle.ts';
import { type Answer, fromBase64, type NoteKey } from './note.ts';

/** First line of a proof (C2SP tlog-proof). */
export const proofHeader = 'c2sp.org/tlog-proof@v1';

/** That a leaf is in a log, as one text (C2SP tlog-proof). */
export interface TlogProof {
  /** Signed by nobody: whoever uses it proves it otherwise. */
  readonly extra?: Buffer;
  /** 0-based. */
  readonly index: number;
  /** From the leaf's sibling up to the child of the root. */
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
}

const proofBytesMax = 2 << 20;
/** A tree of 2^63 leaves has longer paths nowhere. */
const hashesMax = 63;

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

export const readProof = (text: string): Answer<{ readonly proof: TlogProof }> => {
  if (text.length > proofBytesMax) return no('it is too long');
  const split = text.indexOf('\n\n');
  if (split < 0) return no('no checkpoint follows');
  const lines = text.slice(0, split).split('\n');
  if (lines.shift() !== proofHeader) return no(`its first line is not ${proofHeader}`);
  let extra: Buffer | undefined;
  if (lines[0]?.startsWith('extra ') === true) {
    extra = fromBase64(lines.shift()?.slice('extra '.length) ?? '');
    if (extra === undefined) return no('what is extra is not base64');
  }
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ')
    ? readCount(indexLine.slice('index '.length))
    : undefined;
  if (index === undefined) return no('it does not say which leaf it is about');
  if (lines.length > hashesMax) return no(`it has more than ${hashesMax} hashes`);
  const hashes = lines.map(fromBase64).filter(each => each?.length === hashBytes);
  const known = hashes.filter(each => each !== undefined);
  if (known.length !== lines.length) return no('a line of it is no hash of 32 bytes');
  const proof = { index, hashes: known, checkpoint: text.slice(split + 2) };
  return { ok: true, proof: extra === undefined ? proof : { extra, ...proof } };
};

/** Whether the leaf is in the log that one of the keys signed. @param leaf its bytes, not its hash. */
export const verifyProof = (
  { index, hashes, checkpoint: note }: TlogProof,
  leaf: Uint8Array,
  keys: readonly NoteKey[],
): Answer<{ readonly checkpoint: Checkpoint }> => {
  const opened = openCheckpoint(Buffer.from(note), keys);
  if (!opened.ok) return no(`its checkpoint does not hold: ${opened.why}`);
  const { checkpoint } = opened;
  const { size, root } = checkpoint;
  return verifyInclusion({ index, size, leafHash: hashLeaf(leaf), proof: hashes, root })
    ? { ok: true, checkpoint }
    : no(`leaf ${index} of this content is not in the tree of ${size} leaves`);
};
