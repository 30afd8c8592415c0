import type { LogLine } from '../../core/log-line.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import { LogReading } from '../../logs/read-log.ts';
import { readIn } from '../../logs/repeating-logs.ts';
import { type RowPart, RowSink } from '../../logs/rows/row-sink.ts';
import { type Joined, LineJoiner } from '../../logs/sources/joined-lines.ts';
import { LineSplitter } from '../../logs/sources/line-splitter.ts';
import { LogClock } from '../../logs/time/clock.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { type GatheredRows, gatherRows } from './gather.ts';

export interface SegmentToParse {
  /** That the lines are of, `2026-06-29`: it tells the year of stamps that have none. */
  readonly day: string;
  /** What rows say of where they are from: the path of the file, the name of the feed. */
  readonly log: string;
  /** Lines of the log before the segment; unless that is known, rows do not say the number of a line in its log. */
  readonly linesBefore?: number;
  /** It begins within a line: what stands there is no line of its own. Whoever caused it could write one into it. */
  readonly isWithinLine?: boolean;
  readonly zoneOf: ZoneOf;
  /** Lines from before the segment, for what they began: headers, messages that are under way. Whole ones. */
  readonly context?: readonly Uint8Array[];
  /** Its records lie over several lines. */
  readonly joined?: Joined | undefined;
}

const dayMs = 86_400_000;

/** Reads the lines of a kept segment again, and makes rows of them. */
export const rowsOfSegment = (raw: Buffer, about: SegmentToParse): GatheredRows => {
  const rows = gatherRows([{ bytes: raw.length, rows: partOf(raw, about) }]);
  if (about.linesBefore === undefined) rows.sequence.fill(Number.NaN);
  return rows;
};

/** The same of a segment that holds the end of one file and the beginning of the next. */
export const rowsOfTwoFiles = (
  [ends, about]: readonly [Buffer, SegmentToParse],
  [begins, next]: readonly [Buffer, SegmentToParse],
): GatheredRows =>
  gatherRows([
    { bytes: ends.length, rows: partOf(ends, about) },
    { bytes: begins.length, rows: partOf(begins, next) },
  ]);

const partOf = (raw: Buffer, about: SegmentToParse): RowPart => {
  const { day, log, zoneOf, context = [], joined } = about;
  // Only the first line of a log is treated as one.
  const linesBefore = about.linesBefore ?? 1;
  const firstWhole = about.isWithinLine === true ? 1 : 0;
  // Somewhere on earth the day is over half a day later, and lines come late.
  const clock = new LogClock({ zoneOf, writtenByMs: Date.parse(`${day}T00:00:00Z`) + 2 * dayMs });
  const sink = new RowSink();
  const reading = new LogReading({
    formats: logFormats,
    clock,
    take: read => {
      // Lines of the context have no end: they may come back late, when the format of the log is settled.
      if (read.line.end !== undefined)
        sink.add(read.line.number - linesBefore - 1 + firstWhole, log, readIn(log, read));
    },
  });
  for (const bytes of context) {
    const splitter = new LineSplitter(({ text, number }) => reading.push({ text, number }));
    splitter.push(bytes);
    splitter.end();
  }
  const push = (line: LogLine): void => reading.push(line);
  const joiner = joined === undefined ? undefined : new LineJoiner(joined, push);
  const splitter = new LineSplitter(joiner === undefined ? push : line => joiner.push(line), {
    linesBefore,
    inRest: about.isWithinLine ?? false,
  });
  splitter.push(raw);
  splitter.end();
  joiner?.end();
  reading.end();
  return sink.take();
};
