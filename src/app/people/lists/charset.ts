import { closeSync, openSync, readSync } from 'node:fs';

export interface Charset {
  /** As `TextDecoder` names it. */
  readonly name: string;
  /** Bytes of a byte order mark. */
  readonly skip: number;
}

const utf8 = { name: 'utf-8', skip: 0 };

/** How much text beyond ASCII is looked at before a charset is told from it. */
const enoughBytes = 64 << 10;

const marked = (bytes: Uint8Array): Charset | undefined => {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { name: 'utf-8', skip: 3 };
  if (a === 0xff && b === 0xfe) return { name: 'utf-16le', skip: 2 };
  if (a === 0xfe && b === 0xff) return { name: 'utf-16be', skip: 2 };
  return undefined;
};

/** UTF-16 without a mark: separators and line ends of a list have a zero byte beside them. */
const sixteenBit = (bytes: Uint8Array): Charset | undefined => {
  let even = 0;
  let odd = 0;
  for (const [i, byte] of bytes.subarray(0, 4_096).entries()) {
    if (byte === 0 && i % 2 === 0) even += 1;
    if (byte === 0 && i % 2 === 1) odd += 1;
  }
  if (even + odd < 4) return undefined;
  return { name: odd > even ? 'utf-16le' : 'utf-16be', skip: 0 };
};

const decodes = (name: string, bytes: Uint8Array): string | undefined => {
  try {
    // What is cut off at the end is no fault.
    return new TextDecoder(name, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
};

/** Kana and the usual characters of names speak for a reading, half-width kana and private ones against it. */
const plausibility = (text: string): number => {
  const likely = text.match(/[\u3040-\u30ff\u4e00-\u9fff\uff01-\uff5e\u3000-\u3002]/g)?.length ?? 0;
  const unlikely =
    text.match(/[\uff61-\uff9f\ue000-\uf8ff\u0080-\u00ff\u2500-\u257f]/g)?.length ?? 0;
  return likely - 2 * unlikely;
};

/** Which charset text beyond ASCII is in; it may be cut off in a character at its end. */
const charsetOf = (bytes: Uint8Array): Charset => {
  const plain = marked(bytes) ?? sixteenBit(bytes);
  if (plain !== undefined) return plain;
  if (decodes('utf-8', bytes) !== undefined) {
    const escapes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('\u001b$');
    return escapes ? { name: 'iso-2022-jp', skip: 0 } : utf8;
  }
  const readings = ['shift_jis', 'euc-jp'].flatMap(name => {
    const text = decodes(name, bytes);
    return text === undefined ? [] : [{ name, skip: 0, score: plausibility(text) }];
  });
  const [best] = readings.toSorted((a, b) => b.score - a.score);
  if (best !== undefined) return { name: best.name, skip: 0 };
  // A byte in a hundred thousand is wrong in many a list.
  return decodes('utf-8', bytes.subarray(0, 4_096)) === undefined
    ? { name: 'shift_jis', skip: 0 }
    : utf8;
};

const firstBeyondAscii = (bytes: Uint8Array): number => {
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80 || byte === 0x1b || byte === 0) return i;
  }
  return -1;
};

/** The charset of a file: by its first text that is not ASCII, wherever that stands. */
export const charsetOfFile = (path: string): Charset => {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(1 << 20);
    for (let at = 0; ; ) {
      const read = readSync(file, bytes, 0, bytes.length, at);
      if (read === 0) return utf8;
      const part = bytes.subarray(0, read);
      const mark = at === 0 ? marked(part) : undefined;
      if (mark !== undefined) return mark;
      const found = firstBeyondAscii(part);
      if (found >= 0) {
        // From a place where no character of two bytes is cut: the end of a line.
        const line = part.lastIndexOf(0x0a, found) + 1;
        const room = new Uint8Array(enoughBytes);
        return charsetOf(room.subarray(0, readSync(file, room, 0, room.length, at + line)));
      }
      at += read;
    }
  } finally {
    closeSync(file);
  }
};
