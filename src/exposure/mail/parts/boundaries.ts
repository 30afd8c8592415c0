const lf = 10;
const cr = 13;

export interface Section {
  readonly from: number;
  readonly to: number;
  /** Stands before the first boundary or behind a closing one: no part. */
  readonly isOutside: boolean;
}

export interface Sections {
  readonly sections: readonly Section[];
  readonly isClosed: boolean;
  /** There were more than `partsMax`; the last section holds the rest. */
  readonly isOver: boolean;
}

interface Line {
  /** Behind the line. */
  readonly next: number;
  readonly isClosing: boolean;
}

/** Whether the line goes on behind a boundary as one may: nothing, or `--`, then white space. A longer boundary begins the same. */
const lineBehind = (bytes: Buffer, from: number): Line | undefined => {
  let at = from;
  const isClosing = bytes[at] === 45 && bytes[at + 1] === 45;
  if (isClosing) at += 2;
  while (bytes[at] === 32 || bytes[at] === 9) at++;
  if (at >= bytes.length) return { next: at, isClosing };
  if (bytes[at] === lf) return { next: at + 1, isClosing };
  if (bytes[at] === cr) return { next: bytes[at + 1] === lf ? at + 2 : at + 1, isClosing };
  return undefined;
};

/** The line end before a boundary belongs to it (RFC 2046 5.1.1). */
const withoutLineEnd = (bytes: Buffer, from: number, to: number): number => {
  let at = to;
  if (at > from && bytes[at - 1] === lf) at--;
  if (at > from && bytes[at - 1] === cr) at--;
  return at;
};

/** Cuts a multipart body at its boundary; undefined where the boundary does not occur. Positions are of `bytes`. */
export const sectionsOf = (
  bytes: Buffer,
  boundary: string,
  partsMax: number,
): Sections | undefined => {
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const sections: Section[] = [];
  let from = 0;
  let isOutside = true;
  let isClosed = false;
  let found = false;
  let at = bytes.indexOf(mark);
  while (at >= 0) {
    const startsLine = at === 0 || bytes[at - 1] === lf || bytes[at - 1] === cr;
    const line = startsLine ? lineBehind(bytes, at + mark.length) : undefined;
    if (line === undefined) {
      at = bytes.indexOf(mark, at + mark.length);
      continue;
    }
    found = true;
    const to = withoutLineEnd(bytes, from, at);
    if (!isOutside || to > from) sections.push({ from, to, isOutside });
    if (sections.length >= partsMax) {
      sections.push({ from: line.next, to: bytes.length, isOutside: true });
      return { sections, isClosed, isOver: true };
    }
    from = line.next;
    isOutside = line.isClosing;
    isClosed = line.isClosing;
    at = bytes.indexOf(mark, line.next);
  }
  if (!found) return undefined;
  if (from < bytes.length) sections.push({ from, to: bytes.length, isOutside });
  return { sections, isClosed, isOver: false };
};

const guessLinesMax = 200;

/**
 * A boundary for a multipart that names none, or one that does not occur: the first line that begins with `--`
 * and has a header of a part behind it.
 */
export const guessBoundary = (bytes: Buffer): string | undefined => {
  let at = 0;
  for (let line = 0; line < guessLinesMax && at < bytes.length; line++) {
    const found = bytes.indexOf(lf, at);
    const end = found < 0 ? bytes.length : found;
    if (bytes[at] === 45 && bytes[at + 1] === 45 && end - at > 3 && end - at < 300) {
      const next = bytes
        .toString('latin1', end + 1, Math.min(bytes.length, end + 12))
        .toLowerCase();
      if (next.startsWith('content-')) return bytes.toString('latin1', at + 2, end).trimEnd();
    }
    at = end + 1;
  }
  return undefined;
};
