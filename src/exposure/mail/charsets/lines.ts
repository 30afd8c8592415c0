import { isAscii, isUtf8 } from 'node:buffer';

/** Of what kind bytes of a line are: each kind is decoded by itself. */
type LineKind = 'ascii' | 'utf-8' | 'other';

export interface LineGroup {
  readonly kind: LineKind;
  readonly bytes: Buffer;
}

/** Each group costs a look at its statistics: more changes than this are noise, or made to cost. */
const groupsMax = 200;

const kindOf = (line: Buffer): LineKind => {
  if (isAscii(line)) return 'ascii';
  return isUtf8(line) ? 'utf-8' : 'other';
};

/**
 * Lines of one kind that follow one another: of text that was put together of several charsets, as bounces and
 * digests are. The last group holds the rest, whatever it is.
 */
export const lineGroups = (bytes: Buffer): readonly LineGroup[] => {
  const groups: LineGroup[] = [];
  let from = 0;
  let kind: LineKind | undefined;
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(10, at);
    const next = found < 0 ? bytes.length : found + 1;
    const mine = kindOf(bytes.subarray(at, next));
    if (kind !== undefined && mine !== kind) {
      groups.push({ kind, bytes: bytes.subarray(from, at) });
      from = at;
      if (groups.length >= groupsMax) break;
    }
    kind = mine;
    at = next;
  }
  if (from < bytes.length) groups.push({ kind: kind ?? 'other', bytes: bytes.subarray(from) });
  return groups;
};
