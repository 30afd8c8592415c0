import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { readSpool, type SpoolFrame } from '../../evidence/spool.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import { LogReading } from '../../logs/read-log.ts';
import { readIn } from '../../logs/repeating-logs.ts';
import { RowSink } from '../../logs/rows/row-sink.ts';
import { LineSplitter } from '../../logs/sources/line-splitter.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { ParquetFile } from '../../store/parquet/read.ts';
import { Frame } from '../events/kept-lines.ts';
import { linesBeforeSpool } from '../events/lines-before.ts';
import type { OpenSegment } from '../events/open-segment.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { gatherRows } from '../rows/gather.ts';
import { lineText } from '../rows/line-text.ts';
import { positionOf } from '../rows/position.ts';
import { rowsFile } from '../rows/rows-file.ts';

const dayMs = 86_400_000;
const newline = 0x0a;
/** As many lines as `LogReading` looks at before it says whose log it is. */
const headLines = 200;

/** Bytes of a file from some offset on. @throws */
const readFrom = (path: string, start: number, end: number): Buffer => {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(end - start);
    let at = 0;
    while (at < bytes.length) {
      const read = readSync(fd, bytes, at, bytes.length - at, start + at);
      if (read === 0) return bytes.subarray(0, at);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
};

/** Reads one spool as it grows: each line once, with what the lines before it began. */
class GrowingSpool {
  readonly seq: number;
  /** Bytes of the spool's file that were read. */
  offset = 0;
  private readonly sink = new RowSink();
  private readonly reading: LogReading;
  private readonly splitter: LineSplitter;
  private log: string;
  /** Lines before those in hand, as they are numbered, and as they lie in the spool. */
  linesRead = 0;
  /** Lines that stand before the spool. */
  private contextLines = 0;
  private readonly numberedFrom: number;

  constructor(segment: StoreSegment, context: readonly Buffer[], zoneOf: ZoneOf) {
    const { source, seq, day, spool } = segment;
    const isWithinLine = positionOf(spool?.from).within === true;
    // Only the first line of a log is treated as one.
    const linesBefore = seq === 1 && spool?.from === undefined ? 0 : 1;
    this.seq = seq;
    this.log = source;
    this.numberedFrom = linesBefore + (isWithinLine ? 0 : 1);
    // Somewhere on earth the day is over half a day later, and lines come late.
    const clock = new LogClock({ zoneOf, writtenByMs: Date.parse(`${day}T00:00:00Z`) + 2 * dayMs });
    this.reading = new LogReading({
      formats: logFormats,
      clock,
      take: read => {
        const { number, end } = read.line;
        // Lines of the context have no end.
        if (end === undefined) return;
        this.sink.add(
          number - this.numberedFrom - this.linesRead,
          this.log,
          readIn(this.log, read),
        );
      },
    });
    for (const bytes of context) {
      const splitter = new LineSplitter(({ text, number }) => {
        this.contextLines += 1;
        this.reading.push({ text, number });
      });
      splitter.push(bytes);
      splitter.end();
    }
    this.splitter = new LineSplitter(line => this.reading.push(line), {
      linesBefore,
      inRest: isWithinLine,
    });
  }

  /** Whether there are so few lines that more of them may tell otherwise whose log it is. */
  get isYoung(): boolean {
    return this.contextLines + this.linesRead < headLines;
  }

  /** What came since: rows that say which line of the spool they are of. */
  read(
    frames: readonly SpoolFrame[],
    bytesRead: number,
    segment: StoreSegment,
  ): OpenSegment | undefined {
    const lines = Buffer.concat(frames.map(({ bytes }) => bytes));
    const before = this.linesRead;
    this.log = positionOf(frames.at(-1)?.position).file ?? segment.source;
    this.splitter.push(lines);
    // Whose log it is has to be said of the lines that there are.
    this.reading.end();
    this.offset += bytesRead;
    const rows = this.sink.take();
    // Empty lines stand for those that were read before: rows are numbered by lines.
    const raw = Buffer.concat([Buffer.alloc(before, newline), lines]);
    const frame = new Frame(1, raw);
    const { ends } = frame;
    // A line that is kept in pieces is none before its end is there.
    this.linesRead = ends.length - (raw.length > 0 && raw.at(-1) !== newline ? 1 : 0);
    const gathered = gatherRows([{ bytes: before }, { bytes: lines.length, rows }]);
    const file = rowsFile({ rows: gathered, raw, createdBy: 'postern' });
    if (file === undefined) throw new RangeError('its lines cannot be told apart');
    return {
      segment,
      rows: new ParquetFile(file),
      text: (line, isFirst, count = 1) => {
        const texts: string[] = [];
        for (let at = line - 1; at < line - 1 + count; at += 1)
          texts.push(lineText(raw, ends[at - 1] ?? 0, ends[at] ?? raw.length, isFirst));
        return texts.join('\n');
      },
      frame: () => frame,
    };
  }
}

/**
 * Opens spools, which grow: what was handed out once is not read again. What is in hand of them is forgotten when they
 * become segments.
 */
export class LiveSpools {
  private readonly zoneOf: ZoneOf;
  private readonly spools = new Map<string, GrowingSpool>();

  constructor(zoneOf: ZoneOf) {
    this.zoneOf = zoneOf;
  }

  /** Whether there is something in it that was not handed out. */
  hasGrown({ source, seq, spool }: StoreSegment): boolean {
    const known = this.spools.get(source);
    return spool !== undefined && (known?.seq !== seq || spool.goodBytes > known.offset);
  }

  /**
   * Lines that it has not handed out; all, at first.
   *
   * @returns undefined where it became a segment meanwhile, which has all of its lines, or cannot be read
   */
  open(segment: StoreSegment, note: (unseen: Unseen) => void): OpenSegment | undefined {
    const { source, seq, spool } = segment;
    if (spool === undefined) return undefined;
    try {
      let growing = this.spools.get(source);
      // Whose log it is is told by its first lines: while there are few, they are read again with those that follow.
      if (growing?.seq !== seq || growing.isYoung) {
        growing = new GrowingSpool(segment, linesBeforeSpool(spool), this.zoneOf);
        this.spools.set(source, growing);
      }
      const bytes = readFrom(spool.path, growing.offset, spool.goodBytes);
      const { frames, goodBytes } = readSpool(bytes);
      return growing.read(frames, goodBytes, segment);
    } catch (thrown) {
      this.spools.delete(source);
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
      note({ what: spool.path, why: messageOf(thrown), how: 'Run postern evidence verify.' });
      return undefined;
    }
  }

  /** It is read from its beginning again. */
  drop(source: string): void {
    this.spools.delete(source);
  }

  /** Lets go of spools that are none any more. */
  keepOnly(segments: readonly StoreSegment[]): void {
    const live = new Set(
      segments.filter(each => each.spool !== undefined).map(each => each.source),
    );
    for (const source of this.spools.keys()) if (!live.has(source)) this.spools.delete(source);
  }
}
