/** Bytes between `open` and `close`, both included, in the order in which they come. */
export interface BlockMarks {
  readonly open: string;
  readonly close: string;
}

const blockBytesMax = 4 << 20;

/**
 * The blocks of a long text that somebody wants, found in the bytes as they come by: what nobody asked
 * about is never decoded.
 *
 * @param wants looks at a block's bytes and says whether it is wanted.
 */
export function* pickBlocks(
  pieces: Iterable<Uint8Array>,
  { open, close }: BlockMarks,
  wants: (bytes: Buffer, from: number, to: number) => boolean,
): Iterable<string> {
  const opening = Buffer.from(open);
  const closing = Buffer.from(close);
  let kept = Buffer.alloc(0);
  for (const piece of pieces) {
    const fresh = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const bytes = kept.length === 0 ? fresh : Buffer.concat([kept, fresh]);
    let at = 0;
    for (;;) {
      const from = bytes.indexOf(opening, at);
      if (from < 0) {
        at = Math.max(at, bytes.length - opening.length);
        break;
      }
      const end = bytes.indexOf(closing, from);
      if (end < 0) {
        at = from;
        break;
      }
      const to = end + closing.length;
      if (to - from <= blockBytesMax && wants(bytes, from, to))
        yield bytes.toString('utf8', from, to);
      at = to;
    }
    // A block that does not end is none.
    kept = bytes.length - at > blockBytesMax ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at));
  }
}

/** The text between two marks, from `from` on and before `to`; nothing when it is not there. */
export const between = (
  bytes: Buffer,
  before: string,
  after: string,
  from: number,
  to: number,
): { readonly text: string; readonly end: number } | undefined => {
  const start = bytes.indexOf(before, from, 'latin1');
  if (start < 0 || start >= to) return undefined;
  const end = bytes.indexOf(after, start + before.length, 'latin1');
  if (end < 0 || end > to) return undefined;
  return { text: bytes.toString('latin1', start + before.length, end), end };
};
