import { readFileSync } from 'node:fs';
import { readSpool } from '../../evidence/spool.ts';
import { readSegmentFile } from '../../evidence/verify/segment-file.ts';
import { contextBytes, lastLines } from '../rows/last-lines.ts';

/** Segments that are looked through for how the file begins. */
export const lookBackMax = 50;
const newline = 0x0a;

const rawOf = (path: string): Buffer | undefined => {
  try {
    const read = readSegmentFile(readFileSync(path));
    return read.ok ? read.raw : undefined;
  } catch {
    return undefined;
  }
};

const fields = Buffer.from('#Fields:');

/** The line that says what the columns are, of logs of the W3C's form: the last one. */
const fieldsIn = (raw: Buffer): Buffer | undefined => {
  for (
    let at = raw.lastIndexOf(fields);
    at >= 0;
    at = at === 0 ? -1 : raw.lastIndexOf(fields, at - 1)
  ) {
    if (at > 0 && raw[at - 1] !== newline) continue;
    const end = raw.indexOf(newline, at);
    return raw.subarray(at, end < 0 ? raw.length : end + 1);
  }
  return undefined;
};

/** Lines at the beginning of a log that may say what its columns are. */
const headLines = 10;

const headOf = (raw: Buffer): Buffer => {
  let end = 0;
  for (let line = 0; line < headLines && end < contextBytes; line += 1) {
    const next = raw.indexOf(newline, end);
    if (next < 0) return raw.subarray(0, contextBytes);
    end = next + 1;
  }
  return raw.subarray(0, end);
};

const linesOfSegments = (earlier: readonly string[]): readonly Buffer[] => {
  const tails: Buffer[] = [];
  let room = contextBytes;
  let oldest = earlier.length;
  // A segment may be of a few lines: a day's last, or those that waited for long.
  while (oldest > 0 && room > 0) {
    oldest -= 1;
    const raw = rawOf(earlier[oldest] ?? '') ?? Buffer.alloc(0);
    tails.unshift(lastLines(raw));
    room -= raw.length;
  }
  const isWhole = oldest === 0 && room >= 0;
  const [first = ''] = earlier;
  const beginning = isWhole ? undefined : rawOf(first);
  if (beginning === undefined) return tails;
  // Comments at its beginning: such logs name their columns again and again.
  if (beginning[0] !== 0x23) return [headOf(beginning), ...tails];
  if (tails.some(tail => fieldsIn(tail) !== undefined)) return tails;
  for (const path of earlier.slice(-lookBackMax).toReversed()) {
    const named = fieldsIn(path === first ? beginning : (rawOf(path) ?? Buffer.alloc(0)));
    if (named !== undefined) return [named, ...tails];
  }
  return [headOf(beginning), ...tails];
};

/**
 * Lines that stand before a spool, for what they began: messages that are under way, columns that are named once.
 *
 * @param spool paths of segments of the same source, in their order, and of the spool before it, where it is one still
 */
export const linesBeforeSpool = ({
  earlier,
  previous,
}: {
  readonly earlier: readonly string[];
  readonly previous?: string;
}): readonly Buffer[] => {
  const lines = linesOfSegments(earlier);
  if (previous === undefined) return lines;
  try {
    const { frames } = readSpool(readFileSync(previous));
    return [...lines, lastLines(Buffer.concat(frames.map(({ bytes }) => bytes)))];
  } catch {
    return lines;
  }
};
