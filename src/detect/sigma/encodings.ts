import type { Wildcard } from './pattern.ts';

/** Text that became bytes of another encoding, its wildcards left in place. */
export type Bytes = readonly (Uint8Array | Wildcard)[];

const isBytes = (part: Uint8Array | Wildcard): part is Uint8Array => part instanceof Uint8Array;

const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le');

export const encodeUtf16 = (
  pieces: readonly (string | Wildcard)[],
  order: 'le' | 'be' | 'marked',
): Bytes => {
  const out: (Uint8Array | Wildcard)[] = order === 'marked' ? [Buffer.of(0xff, 0xfe)] : [];
  for (const piece of pieces) {
    if (typeof piece !== 'string') out.push(piece);
    else out.push(order === 'be' ? utf16le(piece).swap16() : utf16le(piece));
  }
  return out;
};

/** Bytes without wildcards in one; undefined where there are some. */
export const wholeBytes = (
  pieces: readonly (string | Uint8Array | Wildcard)[],
): Uint8Array | undefined => {
  const parts: Uint8Array[] = [];
  for (const piece of pieces) {
    if (typeof piece === 'string') parts.push(Buffer.from(piece));
    else if (isBytes(piece)) parts.push(piece);
    else return undefined;
  }
  return Buffer.concat(parts);
};

/**
 * UTF-16 as it looks to whoever reads it as UTF-8: `c`, NUL, `m`, NUL; the byte order mark as U+FEFF. Undefined where
 * it is not UTF-8, as of every letter beyond ASCII.
 */
export const bytesAsText = (parts: Bytes): readonly (string | Wildcard)[] | undefined => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const out: (string | Wildcard)[] = [];
  for (const [index, part] of parts.entries()) {
    if (!isBytes(part)) {
      out.push(part);
      continue;
    }
    const marked = index === 0 && part[0] === 0xff && part[1] === 0xfe;
    try {
      out.push((marked ? '\uFEFF' : '') + decoder.decode(marked ? part.subarray(2) : part));
    } catch {
      return undefined;
    }
  }
  return out;
};

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * What is in every Base64 text that has these bytes somewhere in it: one text for each of the three places within a
 * group of three bytes, without the characters that neighbours share.
 */
export const base64Offsets = (bytes: Uint8Array): readonly string[] =>
  [0, 1, 2].map(before => {
    const encoded = base64(Buffer.concat([Buffer.alloc(before), bytes]));
    const first = [0, 2, 3][before] ?? 0;
    const last = [0, 3, 2][(bytes.length + before) % 3] ?? 0;
    return encoded.slice(first, encoded.length - last);
  });
