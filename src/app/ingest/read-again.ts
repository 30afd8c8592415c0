import type { Unseen } from '../../core/unseen.ts';
import { DocumentError } from '../../intake/documents.ts';
import type { LogFile } from '../../intake/log-files.ts';
import type { Joined } from '../../logs/sources/joined-lines.ts';
import { YearScanner } from '../../logs/time/year-scanner.ts';
import { isYearless } from './date-files.ts';
import { type LogDocument, logDocuments, recordsIn } from './documents.ts';
import { type Generation, headBytes, isMarked } from './generations.ts';
import { logStart, type Place } from './keep-log.ts';

/** So much before the place where reading goes on is read again. */
export const contextBytes: number = 1 << 20;
/** Names of columns stand in the first lines, behind other words on the file. */
const headLinesMax = 8;
/** `#TYPE` and the names. */
const tableHeadLines = 2;
const newline = 0x0a;

/** Whole lines that were kept before, and where they stand. */
export interface Again {
  readonly bytes: Uint8Array;
  readonly at: Place;
}

const headLines = (head: Uint8Array, count: number, end: number): Uint8Array => {
  let to = 0;
  for (let n = 0; n < count; n += 1) {
    const at = head.indexOf(newline, to);
    if (at < 0 || at + 1 > end) break;
    to = at + 1;
  }
  return head.subarray(0, to);
};

const linesIn = (bytes: Uint8Array): number => {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
};

/**
 * What is read again before reading goes on at a place: names of columns at the head, and the lines just before.
 *
 * @param before the bytes that end at the place.
 * @param head the first bytes of the log.
 */
export const againBefore = (
  before: Uint8Array,
  from: Place,
  head: Uint8Array,
  joined: Joined | undefined,
): readonly Again[] => {
  const start = from.offset - before.length;
  const top = { bytes: headLines(head, tableHeadLines, from.offset), at: logStart };
  // Where in a record the bytes begin cannot be told, and no record joins others.
  if (joined !== undefined) return [top];
  if (start === 0) return [{ bytes: before, at: logStart }];
  const skipped = before.indexOf(newline) + 1;
  const bytes = before.subarray(skipped === 0 ? before.length : skipped);
  const offset = from.offset - bytes.length;
  const line = from.line - linesIn(bytes) - (from.isWithinLine ? 1 : 0);
  const near = { bytes, at: { offset, line, isWithinLine: false } };
  if (isYearless(head)) return [near];
  return [{ bytes: headLines(head, headLinesMax, start), at: logStart }, near];
};

/** The lines of a document. Records of an export are a line each; each chunk has memory of its own. */
export async function* textOf(
  document: LogDocument,
  note: (unseen: Unseen) => void,
): AsyncGenerator<Buffer> {
  if (document.content.kind === 'lines') {
    for await (const chunk of document.chunks) yield Buffer.from(chunk);
    return;
  }
  for await (const { text } of recordsIn(document, note)) {
    // Between the parts of a record a line end says nothing, and within a text there is none.
    yield Buffer.from(`${text.replace(/[\r\n]+/g, ' ')}\n`);
  }
}

export interface PassedOver {
  /** New Years that lie in what was passed over, save for the bytes in `before`. */
  readonly years: number;
  /** The last bytes of what was passed over. */
  readonly before: Buffer;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Reads up to a place in bytes that come in their order alone. */
export const passOver = async (
  chunks: AsyncGenerator<Buffer>,
  offset: number,
): Promise<PassedOver> => {
  const scanner = new YearScanner();
  const held: Buffer[] = [];
  let heldBytes = 0;
  let rest: Buffer | undefined;
  for (let at = 0; at < offset; ) {
    const next = await chunks.next();
    if (next.done === true) break;
    const here = next.value.subarray(0, offset - at);
    if (here.length < next.value.length) rest = next.value.subarray(here.length);
    at += here.length;
    held.push(here);
    heldBytes += here.length;
    for (let [first] = held; first !== undefined; [first] = held) {
      if (heldBytes - first.length < contextBytes) break;
      scanner.push(first);
      heldBytes -= first.length;
      held.shift();
    }
  }
  const all = async function* (): AsyncGenerator<Buffer> {
    if (rest !== undefined) yield rest;
    yield* chunks;
  };
  return { years: scanner.end()?.years ?? 0, before: Buffer.concat(held), chunks: all() };
};

/**
 * Whether a document has all that was kept of a generation: it then goes on behind it. A copy that rotation made may
 * have less. What cannot be read may be it as well, and nothing comes of it.
 */
export const isDocumentOf = async (
  generation: Generation,
  file: LogFile,
  name: string,
  isAside: boolean,
): Promise<boolean> => {
  try {
    return await hasAll(generation, file, name, isAside);
  } catch (thrown) {
    if (thrown instanceof DocumentError) return true;
    throw thrown;
  }
};

const hasAll = async (
  { head, place, tail }: Generation,
  file: LogFile,
  name: string,
  isAside: boolean,
): Promise<boolean> => {
  for await (const document of logDocuments(file, () => {})) {
    if (document.name !== name) continue;
    const marked: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of textOf(document, () => {})) {
      if (tail !== undefined) {
        const [from, to] = [tail.offset - bytes, tail.offset + tail.bytes - bytes];
        if (from < chunk.length && to > 0) marked.push(chunk.subarray(Math.max(0, from), to));
      }
      bytes += chunk.length;
      if (bytes >= place.offset) break;
    }
    if (bytes < place.offset) return isAside && head.bytes === headBytes;
    return tail === undefined || isMarked(tail, Buffer.concat(marked));
  }
  return false;
};

/** Whether bytes that no line end follows are whole all the same: an object of JSON. */
export const isWholeJson = (bytes: Buffer): boolean => {
  const text = bytes.toString('utf8').trim();
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
