import { isAscii } from 'node:buffer';
import { decodeRaw } from '../charsets/raw-header.ts';

/** A header as it lies in the message: value still folded, encoded words still encoded, raw 8-bit decoded. */
export interface RawHeader {
  /** Lower case. */
  readonly name: string;
  readonly folded: string;
}

export interface HeaderBlock {
  readonly headers: readonly RawHeader[];
  /** Where the body begins in the bytes. */
  readonly bodyFrom: number;
  /** What was left away: more headers or bytes than the limits allow. */
  readonly over: boolean;
}

const lf = 10;
const cr = 13;

/** Position behind the empty line that ends a header block, and where the block ends; both the end where there is none. */
const blankLine = (bytes: Buffer, from: number, to: number): { end: number; bodyFrom: number } => {
  if (bytes[from] === lf) return { end: from, bodyFrom: from + 1 };
  if (bytes[from] === cr && bytes[from + 1] === lf) return { end: from, bodyFrom: from + 2 };
  for (let at = from; at < to; ) {
    const end = bytes.indexOf(lf, at);
    if (end < 0 || end >= to) break;
    at = end + 1;
    if (bytes[at] === lf) return { end: at, bodyFrom: at + 1 };
    if (bytes[at] === cr && bytes[at + 1] === lf) return { end: at, bodyFrom: at + 2 };
  }
  return { end: to, bodyFrom: to };
};

/** Length of a header's name at this place, 0 where none begins; white space before the colon is taken (RFC 5322 4.5). */
const nameLength = (block: string, from: number, to: number): number => {
  let at = from;
  for (; at < to; at++) {
    const code = block.charCodeAt(at);
    if (code === 58) return at - from;
    if (code <= 32 || code === 127) break;
  }
  if (at === from) return 0;
  const end = at;
  while (at < to && (block.charCodeAt(at) === 32 || block.charCodeAt(at) === 9)) at++;
  return at < to && block.charCodeAt(at) === 58 ? end - from : 0;
};

const isFromLine = (block: string, from: number): boolean =>
  block.startsWith('From ', from) || block.startsWith('>From ', from);

interface Scan {
  readonly block: string;
  readonly headers: RawHeader[];
  readonly headersMax: number;
  readonly decode: (folded: string) => string;
  /** More than white space follows the block. */
  readonly hasBody: boolean;
}

const take = (scan: Scan, from: number, length: number, to: number): void => {
  const { block } = scan;
  let at = block.indexOf(':', from + length) + 1;
  while (at < to && (block.charCodeAt(at) === 32 || block.charCodeAt(at) === 9)) at++;
  let end = to;
  while (end > at && block.charCodeAt(end - 1) <= 32) end--;
  scan.headers.push({
    name: block.slice(from, from + length).toLowerCase(),
    folded: scan.decode(block.slice(at, end)),
  });
};

/** Where the first header begins: white space before it, and the mark of UTF-8 in a saved file, belong to nothing. */
const firstInk = (block: string, to: number): number => {
  let at = block.startsWith('\xef\xbb\xbf') ? 3 : 0;
  while (at < to && (block.charCodeAt(at) === 32 || block.charCodeAt(at) === 9)) at++;
  return at > 0 && nameLength(block, at, to) > 0 ? at : 0;
};

/**
 * Whether a line that is no header goes on with the one before it, its white space lost: where headers go on behind it.
 * Behind the last header it does if it looks like one of its parameters, or if its value is no list of parameters and
 * there is a body yet to come. Else text begins there; at a boundary it always does.
 */
const isLostFold = ({ block, hasBody }: Scan, open: number, from: number, to: number): boolean => {
  if (block.startsWith('--', from)) return false;
  if (to < block.length) return nameLength(block, to, block.length) > 0;
  return /^content-/i.test(block.slice(open, open + 8))
    ? /^[a-z][a-z0-9*-]{0,40}\s{0,3}=/i.test(block.slice(from, from + 50))
    : hasBody;
};

/**
 * Goes through the lines. Answers where a line stood that cannot belong to headers, so that the body
 * begins there: an empty line was forgotten, or there are no headers at all.
 */
const scanLines = (scan: Scan): { stop?: number; over: boolean } => {
  const { block } = scan;
  let openFrom = -1;
  let openLength = 0;
  const close = (to: number): void => {
    if (openFrom >= 0) take(scan, openFrom, openLength, to);
    openFrom = -1;
  };
  for (let at = 0; at < block.length; ) {
    const found = block.indexOf('\n', at);
    const next = found < 0 ? block.length : found + 1;
    if (at === 0) at = firstInk(block, next);
    const first = block.charCodeAt(at);
    const folds = (first === 32 || first === 9) && openFrom >= 0;
    if (!folds) {
      const length = nameLength(block, at, next);
      if (length > 0) {
        close(at);
        if (scan.headers.length >= scan.headersMax) return { over: true };
        openFrom = at;
        openLength = length;
      } else if (!isFromLine(block, at)) {
        if (openFrom < 0 || !isLostFold(scan, openFrom, at, next)) {
          close(at);
          return { stop: at, over: false };
        }
      }
    }
    at = next;
  }
  close(block.length);
  return { over: false };
};

const isBlank = (bytes: Buffer, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) > 32) return false;
  return true;
};

const asIs = (folded: string): string => folded;

/** Reads the headers at `from`; `charset` is what raw 8-bit text in them is probably in. */
export const readHeaders = (
  bytes: Buffer,
  from: number,
  to: number,
  limits: { readonly headersMax: number; readonly headerBytesMax: number },
): HeaderBlock => {
  const { end, bodyFrom } = blankLine(bytes, from, to);
  const cut = Math.min(end, from + limits.headerBytesMax);
  const part = bytes.subarray(from, cut);
  const block = part.toString('latin1', 0, part.length);
  const plain = isAscii(part) && !block.includes('\x1b') && !block.includes('\0');
  const headers: RawHeader[] = [];
  const { stop, over } = scanLines({
    block,
    headers,
    headersMax: limits.headersMax,
    decode: plain ? asIs : decodeRaw,
    hasBody: !isBlank(bytes, bodyFrom, to),
  });
  if (stop !== undefined) return { headers, bodyFrom: from + stop, over: false };
  return { headers, bodyFrom, over: over || cut < end };
};

/** Folds undone: a line end and the white space behind it become one space. */
export const unfold = (folded: string): string => {
  let found = folded.indexOf('\n');
  if (found < 0) return folded.includes('\r') ? unfold(folded.replaceAll('\r', '\n')) : folded;
  let out = '';
  let from = 0;
  while (found >= 0) {
    const to = folded.charCodeAt(found - 1) === cr ? found - 1 : found;
    out += folded.slice(from, Math.max(from, to));
    from = found + 1;
    while (from < folded.length && folded.charCodeAt(from) <= 32) from++;
    if (from < folded.length) out += ' ';
    found = folded.indexOf('\n', from);
  }
  return out + folded.slice(from);
};
