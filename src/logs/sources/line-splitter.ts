import { isAscii } from 'node:buffer';
import type { LogLine } from '../../core/log-line.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A record of an export may be long; a line of a program never is. */
const lineBytesMax = 4 << 20;

/**
 * Cuts bytes into lines, in memory that does not grow with them. Bytes that are not UTF-8 become U+FFFD, a line
 * that is longer than the bound is cut there and says so, the last one needs no line feed.
 */
export class LineSplitter {
  private readonly take: (line: LogLine) => void;
  private readonly bytesMax: number;
  private number = 0;
  private parts: Buffer[] = [];
  private partsBytes = 0;
  /** The line is longer than the bound: what comes is left away up to its end. */
  private isCut = false;

  constructor(take: (line: LogLine) => void, bytesMax: number = lineBytesMax) {
    this.take = take;
    this.bytesMax = bytesMax;
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Most chunks are: each line of them is then made without looking at its bytes again.
    const ascii = isAscii(chunk);
    let from = 0;
    for (;;) {
      const to = chunk.indexOf(lineFeed, from);
      if (to < 0) break;
      if (this.partsBytes === 0 && to - from <= this.bytesMax) this.whole(chunk, from, to, ascii);
      else {
        this.keep(chunk.subarray(from, to));
        this.joined();
      }
      from = to + 1;
    }
    if (from < chunk.length) this.keep(chunk.subarray(from));
  }

  end(): void {
    if (this.partsBytes > 0) this.joined();
  }

  private whole(chunk: Buffer, from: number, to: number, ascii: boolean): void {
    const end = to > from && chunk[to - 1] === carriageReturn ? to - 1 : to;
    const text = ascii ? chunk.toString('latin1', from, end) : chunk.toString('utf8', from, end);
    this.line(text, false);
  }

  private keep(rest: Buffer): void {
    const room = this.bytesMax - this.partsBytes;
    if (rest.length > room) this.isCut = true;
    if (room <= 0) return;
    // The chunk's memory is its owner's, and may be written over.
    this.parts.push(Buffer.from(rest.subarray(0, room)));
    this.partsBytes += Math.min(rest.length, room);
  }

  private joined(): void {
    const whole = Buffer.concat(this.parts);
    const { isCut } = this;
    this.parts = [];
    this.partsBytes = 0;
    this.isCut = false;
    const end = !isCut && whole.at(-1) === carriageReturn ? whole.length - 1 : whole.length;
    this.line(whole.toString('utf8', 0, end), isCut);
  }

  private line(text: string, isCut: boolean): void {
    this.number += 1;
    const isMarked = this.number === 1 && text.charCodeAt(0) === 0xfeff;
    const line = { text: isMarked ? text.slice(1) : text, number: this.number };
    this.take(isCut ? { ...line, truncated: true } : line);
  }
}
