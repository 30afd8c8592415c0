import { isUtf8 } from 'node:buffer';

export interface LineLimits {
  readonly lineBytesMax: number;
}

const lineLimits: LineLimits = { lineBytesMax: 4 * 2 ** 20 };

export interface LinesReport {
  readonly lines: number;
  /** Lines that are too long or not UTF-8. */
  readonly leftOut: number;
  /** The first hundred left out, by their 1-based number. */
  readonly faults: readonly { readonly line: number; readonly why: string }[];
  /** Whether the last line ended with a line feed; one that did not may be half. */
  readonly ended: boolean;
}

export interface Line {
  /** 1-based. */
  readonly number: number;
  /** Without line feed, carriage return and, in the first line, byte order mark. */
  readonly text: string;
}

export interface Lines extends AsyncIterable<Line> {
  /** Complete when the iteration has ended. */
  readonly report: LinesReport;
}

const faultsMax = 100;
const lineFeed = 0x0a;

class LineReader implements LinesReport {
  lines = 0;
  leftOut = 0;
  ended = true;
  readonly faults: { readonly line: number; readonly why: string }[] = [];
  private readonly bytesMax: number;
  private number = 0;
  private parts: Buffer[] = [];
  private partsBytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  *push(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (;;) {
      const to = chunk.indexOf(lineFeed, from);
      if (to < 0) break;
      const line = this.line(chunk.subarray(from, to));
      if (line !== undefined) yield line;
      from = to + 1;
    }
    this.keep(chunk.subarray(from));
  }

  *end(): Generator<Line> {
    this.ended = this.partsBytes === 0;
    if (this.ended) return;
    const line = this.line(Buffer.alloc(0));
    if (line !== undefined) yield line;
  }

  private keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.partsBytes += rest.length;
    if (this.partsBytes > this.bytesMax) this.parts = [];
    else this.parts.push(Buffer.from(rest));
  }

  private line(last: Buffer): Line | undefined {
    const whole = this.parts.length === 0 ? last : Buffer.concat([...this.parts, last]);
    const length = this.partsBytes + last.length;
    this.parts = [];
    this.partsBytes = 0;
    this.number += 1;
    if (length > this.bytesMax) return this.leave(`it is longer than ${this.bytesMax} bytes`);
    if (!isUtf8(whole)) return this.leave('it is not UTF-8');
    this.lines += 1;
    const text = whole.toString('utf8', 0, whole.at(-1) === 0x0d ? length - 1 : length);
    const isMarked = this.number === 1 && text.startsWith('\ufeff');
    return { number: this.number, text: isMarked ? text.slice(1) : text };
  }

  private leave(why: string): undefined {
    this.leftOut += 1;
    if (this.faults.length < faultsMax) this.faults.push({ line: this.number, why });
    return undefined;
  }
}

async function* read(chunks: AsyncIterable<Uint8Array>, reader: LineReader): AsyncGenerator<Line> {
  for await (const chunk of chunks) {
    yield* reader.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  yield* reader.end();
}

/** The lines of CSV or NDJSON. What `chunks` throws is passed on. */
export const lines = (
  chunks: AsyncIterable<Uint8Array>,
  limits: Partial<LineLimits> = {},
): Lines => {
  const reader = new LineReader({ ...lineLimits, ...limits }.lineBytesMax);
  return { report: reader, [Symbol.asyncIterator]: () => read(chunks, reader) };
};
