import type { RunningBytes } from '../../places/running-bytes.ts';
import { type FromLine, looksLikeHeader, readFromLine } from './from-line.ts';

/** One message of an mbox, where it lies. */
export interface MboxPiece {
  /** Of the line before it. */
  readonly offset: number;
  /** Of its first header, and behind its last byte. */
  readonly from: number;
  readonly end: number;
  readonly line: string;
  readonly date?: FromLine;
  /** Its header, as much as `headerBytesMax` of it. */
  readonly head: Buffer;
  /** Where a Content-Length told where it ends, lines in it are as they were: nothing is quoted. */
  readonly isCounted: boolean;
}

const lineBytesMax = 1_024;
const headerBytesMax = 1 << 18;
const stepBytes = 1 << 18;
const separator = Buffer.from('\nFrom ');
/** MMDF has a line of four of these before and behind each message. */
export const mmdfLine: Buffer = Buffer.from('\x01\x01\x01\x01\n');
const mmdfSeparator = Buffer.from('\n\x01\x01\x01\x01\n');

const lineAt = async (
  bytes: RunningBytes,
  offset: number,
): Promise<{ text: string; end: number }> => {
  const found = await bytes.at(offset, lineBytesMax);
  const feed = found.indexOf(10);
  const length = feed < 0 ? found.length : feed;
  const text = found.toString('latin1', 0, length);
  return {
    text: text.endsWith('\r') ? text.slice(0, -1) : text,
    end: offset + length + (feed < 0 ? 0 : 1),
  };
};

/** Where an empty line ends the header, from its beginning on; the whole of it where none does. */
const headerEnd = (head: Buffer): { readonly at: number; readonly body: number } => {
  for (let at = head.indexOf(10); at >= 0; at = head.indexOf(10, at + 1)) {
    if (head[at + 1] === 10) return { at: at + 1, body: at + 2 };
    if (head[at + 1] === 13 && head[at + 2] === 10) return { at: at + 1, body: at + 3 };
  }
  return { at: head.length, body: head.length };
};

const lengthPattern = /^content-length:[ \t]*(\d{1,15})[ \t]*\r?$/gim;

/** The last one counts: mail servers write theirs behind those that came with a message. */
const contentLength = (head: Buffer): number | undefined => {
  const text = head.toString('latin1');
  const last = [...text.matchAll(lengthPattern)].at(-1)?.[1];
  return last === undefined ? undefined : Number(last);
};

export class MboxSplitter {
  private readonly bytes: RunningBytes;
  /** Some programs leave the date out; then all lines of that file are without. */
  private isDated = true;

  constructor(bytes: RunningBytes) {
    this.bytes = bytes;
  }

  async *pieces(): AsyncGenerator<MboxPiece> {
    let offset = await this.first();
    if (offset === undefined) return;
    this.isDated = readFromLine((await lineAt(this.bytes, offset)).text) !== undefined;
    while (offset !== undefined) {
      this.bytes.passed(offset);
      const line = await lineAt(this.bytes, offset);
      const block = await this.bytes.at(line.end, headerBytesMax);
      const { at, body } = headerEnd(block);
      const head = Buffer.from(block.subarray(0, at));
      const counted = await this.counted(line.end + body, head);
      const { end, next } = counted ?? (await this.scanned(line.end));
      const date = readFromLine(line.text);
      yield {
        offset,
        from: line.end,
        end,
        line: line.text,
        ...(date === undefined ? {} : { date }),
        head: line.end + head.length > end ? head.subarray(0, Math.max(0, end - line.end)) : head,
        isCounted: counted !== undefined,
      };
      offset = next;
    }
  }

  /** Empty lines before the first message are of no message. */
  private async first(): Promise<number | undefined> {
    const front = await this.bytes.at(0, lineBytesMax);
    let at = 0;
    while (front[at] === 10 || front[at] === 13) at += 1;
    return front.toString('latin1', at, at + 5) === 'From ' ? at : undefined;
  }

  /**
   * Where a Content-Length says that the message ends, if a separator or the end of the file stands there:
   * the length may be the sender's, or older than what was changed since.
   */
  private async counted(
    body: number,
    head: Buffer,
  ): Promise<{ end: number; next: number | undefined } | undefined> {
    const length = contentLength(head);
    if (length === undefined || head.includes(separator)) return undefined;
    const end = body + length;
    if (!this.bytes.isLasting && length > headerBytesMax * 16) return undefined;
    // One byte before it, to see that the file reaches that far.
    const behind = await this.bytes.at(end - 1, lineBytesMax);
    if (behind.length === 0) return undefined;
    let at = 1;
    while (at < 5 && (behind[at] === 10 || behind[at] === 13)) at += 1;
    if (at >= behind.length) return { end, next: undefined };
    if (behind.toString('latin1', at, at + 5) !== 'From ') return undefined;
    // Behind a line's end: a length that ends in the middle of a line is none.
    if (behind[at - 1] !== 10) return undefined;
    const isSeparator = await this.isSeparator(end - 1 + at, true);
    return isSeparator ? { end, next: end - 1 + at } : undefined;
  }

  /** Where the next line that separates stands; the empty line before it belongs to it. */
  private async scanned(from: number): Promise<{ end: number; next: number | undefined }> {
    let at = from - 1;
    for (;;) {
      const block = await this.bytes.at(at, stepBytes);
      if (block.length < separator.length) return this.last(at + block.length, from);
      for (let hit = block.indexOf(separator); hit >= 0; hit = block.indexOf(separator, hit + 1)) {
        const line = at + hit + 1;
        const end = await this.endBefore(line, from);
        if (await this.isSeparator(line, end < line)) return { end, next: line };
      }
      const stepped = block.length - separator.length + 1;
      if (block.length < stepBytes) return this.last(at + block.length, from);
      at += stepped;
    }
  }

  private async last(end: number, from: number): Promise<{ end: number; next: undefined }> {
    return { end: await this.endBefore(end, from), next: undefined };
  }

  /** Without the empty line that stands before a separator, if one does. */
  private async endBefore(line: number, from: number): Promise<number> {
    const length = Math.min(4, line - from);
    const before = (await this.bytes.at(line - length, length)).toString('latin1');
    if (before === '\n' || before.endsWith('\n\n')) return line - 1;
    return before.endsWith('\n\r\n') ? line - 2 : line;
  }

  private async isSeparator(offset: number, isBehindEmpty: boolean): Promise<boolean> {
    const line = await lineAt(this.bytes, offset);
    if (readFromLine(line.text) === undefined) {
      if (this.isDated || !isBehindEmpty || !/^From \S+\s*$/.test(line.text)) return false;
    } else if (isBehindEmpty) {
      return true;
    }
    return looksLikeHeader((await lineAt(this.bytes, line.end)).text);
  }
}

/** MMDF: what stands between two lines of four bytes 0x01. */
export async function* mmdfPieces(bytes: RunningBytes): AsyncGenerator<MboxPiece> {
  for (let offset = 0; ; ) {
    bytes.passed(offset);
    const mark = await bytes.at(offset, mmdfLine.length);
    if (!mark.equals(mmdfLine)) return;
    const from = offset + mmdfLine.length;
    let end: number | undefined;
    for (let at = from - 1; end === undefined; at += stepBytes - mmdfSeparator.length) {
      const block = await bytes.at(at, stepBytes);
      const hit = block.indexOf(mmdfSeparator);
      if (hit >= 0) end = at + hit + 1;
      else if (block.length < stepBytes) end = Math.max(from, at + block.length);
    }
    const block = await bytes.at(from, Math.min(headerBytesMax, end - from));
    const head = Buffer.from(block.subarray(0, headerEnd(block).at));
    if (end > from) yield { offset, from, end, line: '', head, isCounted: true };
    offset = end + mmdfLine.length;
  }
}
