import { isAscii } from 'node:buffer';
import type { LogLine } from '../../core/log-line.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A record of an export may be long; a line of a program never is. */
const lineBytesMax = 4 << 20;

export interface SplitterOptions {
  /** What is longer is cut there; 4 MiB. */
  readonly bytesMax?: number;
  /** Where in the log the first bytes stand, and how many lines are before them. */
  readonly offset?: number;
  readonly linesBefore?: number;
  /** The first bytes go on with a line whose beginning was read before. */
  readonly inRest?: boolean;
  /**
   * Bytes up to `end` belong to no line that is handed on: they are what is behind the bound of one. Is called
   * as they come, and once more at the line's end.
   */
  readonly rest?: (end: number, isWhole: boolean) => void;
}

/**
 * Cuts bytes into lines, in memory that does not grow with them. Bytes that are not UTF-8 become U+FFFD, a line
 * that is longer than the bound is cut there and says so, the last one needs no line feed.
 */
export class LineSplitter {
  private readonly take: (line: LogLine) => void;
  private readonly bytesMax: number;
  private readonly rest: ((end: number, isWhole: boolean) => void) | undefined;
  private number: number;
  private parts: Buffer[] = [];
  private partsBytes = 0;
  /** The line was longer than the bound: what comes is left away up to its end. */
  private inRest: boolean;
  /** Bytes before the chunk in hand. */
  private base: number;

  constructor(take: (line: LogLine) => void, options: SplitterOptions = {}) {
    this.take = take;
    this.bytesMax = options.bytesMax ?? lineBytesMax;
    this.rest = options.rest;
    this.number = options.linesBefore ?? 0;
    this.inRest = options.inRest ?? false;
    this.base = options.offset ?? 0;
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Most chunks are: each line of them is then made without looking at its bytes again.
    const ascii = isAscii(chunk);
    let from = 0;
    for (;;) {
      const to = chunk.indexOf(lineFeed, from);
      if (to < 0) break;
      if (!this.inRest && this.partsBytes === 0 && to - from <= this.bytesMax) {
        this.whole(chunk, from, to, ascii);
      } else {
        this.keep(chunk.subarray(from, to), from);
        if (this.inRest) this.endRest(this.base + to + 1);
        else this.joined(this.base + to + 1);
      }
      from = to + 1;
    }
    if (from < chunk.length) this.keep(chunk.subarray(from), from);
    this.base += chunk.length;
    if (this.inRest && from < chunk.length) this.rest?.(this.base, false);
  }

  /** No more bytes come: what is behind the last line feed is a line, too. */
  end(): void {
    if (this.partsBytes > 0) this.joined(this.base);
    this.inRest = false;
  }

  private whole(chunk: Buffer, from: number, to: number, ascii: boolean): void {
    const end = to > from && chunk[to - 1] === carriageReturn ? to - 1 : to;
    const text = ascii ? chunk.toString('latin1', from, end) : chunk.toString('utf8', from, end);
    this.line(text, this.base + to + 1, false);
  }

  /** @param from where it begins in its chunk. */
  private keep(rest: Buffer, from: number): void {
    if (this.inRest) return;
    const room = this.bytesMax - this.partsBytes;
    // The chunk's memory is its owner's, and may be written over.
    if (room > 0) this.parts.push(Buffer.from(rest.subarray(0, room)));
    this.partsBytes += Math.min(rest.length, room);
    if (rest.length <= room) return;
    this.joined(this.base + from + room, true);
    this.inRest = true;
  }

  private joined(lineEnd: number, isCut = false): void {
    const whole = Buffer.concat(this.parts);
    this.parts = [];
    this.partsBytes = 0;
    const end = !isCut && whole.at(-1) === carriageReturn ? whole.length - 1 : whole.length;
    this.line(whole.toString('utf8', 0, end), lineEnd, isCut);
  }

  private endRest(end: number): void {
    this.inRest = false;
    this.rest?.(end, true);
  }

  private line(text: string, end: number, isCut: boolean): void {
    this.number += 1;
    const isMarked = this.number === 1 && text.charCodeAt(0) === 0xfeff;
    const line = { text: isMarked ? text.slice(1) : text, number: this.number, end };
    this.take(isCut ? { ...line, truncated: true } : line);
  }
}
