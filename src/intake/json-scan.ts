export const quote = 0x22;
const backslash = 0x5c;
export const brackets = {
  objectOpen: 0x7b,
  objectClose: 0x7d,
  arrayOpen: 0x5b,
  arrayClose: 0x5d,
} as const;

/** 1: a quote, 2: opens, 3: closes. */
const marks = new Uint8Array(256);
marks[quote] = 1;
marks[brackets.objectOpen] = 2;
marks[brackets.arrayOpen] = 2;
marks[brackets.objectClose] = 3;
marks[brackets.arrayClose] = 3;

export const isSpace = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Letters, digits and signs, which numbers, `true`, `false` and `null` are made of. */
export const isOfScalar = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x2d ||
  byte === 0x2e ||
  byte === 0x2b ||
  byte === 0x45;

/** A text behind its first quote, something in brackets from the first one on, or a number or word. */
export type Scanned = 'text' | 'brackets' | 'scalar';

/** Looks for the end of one JSON value, chunk by chunk, without looking at what it says. */
export class ValueScan {
  /** Where `read` stopped: behind the value, or at the end of the chunk. */
  at = 0;
  private escaped = false;
  private inText = false;
  private depth = 0;
  /** The bracket that must close each depth. */
  private readonly closing: Uint8Array;
  private readonly depthMax: number;

  constructor(depthMax: number) {
    this.depthMax = depthMax;
    this.closing = new Uint8Array(depthMax + 1);
  }

  begin(): void {
    this.escaped = false;
    this.inText = false;
    this.depth = 0;
  }

  read(
    scanned: Scanned,
    chunk: Buffer,
    from: number,
  ): 'ended' | 'goes on' | 'too deep' | 'mismatch' {
    this.at = from;
    switch (scanned) {
      case 'text':
        return this.text(chunk) ? 'ended' : 'goes on';
      case 'scalar':
        while (this.at < chunk.length && isOfScalar(chunk[this.at] ?? 0)) this.at += 1;
        return this.at < chunk.length ? 'ended' : 'goes on';
      case 'brackets':
        return this.brackets(chunk);
    }
  }

  /** Whether the closing quote is in this chunk. */
  private text(chunk: Buffer): boolean {
    let { at } = this;
    if (this.escaped && at < chunk.length) {
      this.escaped = false;
      at += 1;
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === quote) {
        this.at = at + 1;
        return true;
      }
      if (byte === backslash) {
        at += 1;
        if (at === chunk.length) this.escaped = true;
      }
    }
    this.at = chunk.length;
    return false;
  }

  private brackets(chunk: Buffer): 'ended' | 'goes on' | 'too deep' | 'mismatch' {
    const { closing, depthMax } = this;
    while (this.at < chunk.length) {
      if (this.inText) {
        this.inText = !this.text(chunk);
        continue;
      }
      let { at } = this;
      while (at < chunk.length && marks[chunk[at] ?? 0] === 0) at += 1;
      this.at = at + 1;
      if (at === chunk.length) break;
      const byte = chunk[at] ?? 0;
      const mark = marks[byte];
      if (mark === 1) this.inText = true;
      else if (mark === 2) {
        this.depth += 1;
        if (this.depth > depthMax) return 'too deep';
        // `[` and `]`, `{` and `}` are two apart in ASCII.
        closing[this.depth] = byte + 2;
      } else {
        if (closing[this.depth] !== byte) return 'mismatch';
        this.depth -= 1;
        if (this.depth === 0) return 'ended';
      }
    }
    this.at = chunk.length;
    return 'goes on';
  }
}
