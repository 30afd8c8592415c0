import { zstdDecompressSync } from '../../core/formats/zstd-here.ts';
import type { RowsMade } from '../../evidence/options.ts';
import type { KeptSegment } from '../../evidence/reparse.ts';
import { lineEnds } from '../../evidence/verify/lines.ts';
import { segmentFrames } from '../../evidence/verify/segment-file.ts';
import { ocsfVersion } from '../../logs/ocsf/types.generated.ts';
import { type Joined, joinedOf } from '../../logs/sources/joined-lines.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { sayTheSame } from './compare-rows.ts';
import type { GatheredRows } from './gather.ts';
import { lastLines } from './last-lines.ts';
import { rowsOfSegment, rowsOfTwoFiles } from './parse-segment.ts';
import { type Position, positionOf } from './position.ts';
import { rowsFile } from './rows-file.ts';
import { parserName } from './segment-maker.ts';

/** Of a file's head. */
const headBytes = 4 << 10;
const newline = 0x0a;

/** Lines of the file before the segment; unknown where it holds the end of one file and the beginning of the next. */
const linesBeforeOf = (
  { from, raw }: KeptSegment,
  before: Position,
  behind: Position,
): number | undefined => {
  if (from === undefined) return 0;
  // A file that was put aside meanwhile has another name, and is the same.
  const isSame = before.generation === behind.generation;
  if (isSame && (before.generation !== undefined || before.file === behind.file)) {
    return before.line;
  }
  return behind.offset === raw.length ? 0 : undefined;
};

/** Whether a segment holds the end of one file and the beginning of the next, and rows that say which line is of which. */
const isOfTwoFiles = (
  { from, raw, rowsSoFar }: KeptSegment,
  before: Position,
  behind: Position,
): boolean => {
  const { generation = 1, offset = raw.length } = behind;
  const first = from === undefined ? 1 : (before.generation ?? generation);
  return rowsSoFar !== undefined && first !== generation && offset !== raw.length;
};

const isNext = ({ generation = 0, line }: Position, behind: Position): boolean =>
  generation > 0 && line !== undefined && behind.generation === generation + 1;

/** How a file begins tells of some logs what their columns are. */
interface Head {
  readonly bytes: Buffer;
  readonly joined: Joined | undefined;
}

const headOf = (raw: Buffer): Head => {
  const cut = raw.lastIndexOf(newline, headBytes) + 1;
  const bytes = raw.subarray(0, cut > 0 && raw.length > headBytes ? cut : raw.length);
  return { bytes, joined: joinedOf(bytes.toString('utf8', 0, 4_096)) };
};

/** What a segment holds of the file that it ended in: as many bytes as that had been read of, from the start of a line on. */
const beginningOf = (raw: Buffer, { offset = 0 }: Position): Buffer | undefined => {
  const start = raw.length - offset;
  const isStart = start === 0 || (start > 0 && raw[start - 1] === newline);
  return isStart && offset > 0 ? raw.subarray(start) : undefined;
};

/** Where the frames of a segment's file begin, and how many lines are in each. */
const framesOf = (file: Buffer): readonly (readonly [offset: number, lines: number])[] =>
  (segmentFrames(file) ?? []).map(({ start, end }) => [
    start,
    lineEnds(zstdDecompressSync(file.subarray(start, end))).length,
  ]);

/** Finds how the file began that a segment goes on in; looks back once for each file. */
class Heads {
  private readonly known = new Map<string, Head | undefined>();

  async of(segment: KeptSegment): Promise<Head | undefined> {
    const { source, seq, raw, from, to } = segment;
    const before = positionOf(from);
    const behind = positionOf(to);
    if (before.generation === undefined || (before.offset ?? 0) === 0) {
      const head = headOf(raw);
      this.known.set(`${source} ${behind.generation ?? 0}`, head);
      return head;
    }
    const key = `${source} ${before.generation}`;
    if (!this.known.has(key)) this.known.set(key, await this.lookBack(segment, before, seq));
    return this.known.get(key);
  }

  private async lookBack(
    { positionBefore, linesOf }: KeptSegment,
    { generation }: Position,
    seq: number,
  ): Promise<Head | undefined> {
    for (let earlier = seq - 1; earlier > 0; earlier -= 1) {
      const at = positionOf(await positionBefore(earlier));
      const isFirst = earlier === 1 || at.generation !== generation || at.offset === 0;
      if (!isFirst) continue;
      const raw = await linesOf(earlier);
      if (raw === undefined) return undefined;
      if (at.generation === undefined || at.generation === generation) return headOf(raw);
      // It began in the file before, and holds the end of that one, too.
      const own = beginningOf(raw, positionOf(await positionBefore(earlier + 1)));
      return own === undefined ? undefined : headOf(own);
    }
    return undefined;
  }
}

/**
 * Makes the rows of a kept segment anew, as `Evidence.reparse` asks for them: reads its lines as they were read when
 * they came, with what stood before them.
 *
 * @param skipped hears of a segment that keeps the rows it has.
 */
export const remakeRows = (zoneOf: ZoneOf, skipped: () => void) => {
  const heads = new Heads();
  return async (segment: KeptSegment): Promise<RowsMade | undefined> => {
    const { source, seq, day, raw, file, from, to, linesOf, rowsSoFar } = segment;
    const before = positionOf(from);
    const behind = positionOf(to);
    const isWithin = before.generation !== undefined && (before.offset ?? 0) > 0;
    const head = await heads.of(segment);
    if (isWithin && head === undefined) {
      // Without its head some logs cannot be read: rows that were made with it are better than others.
      skipped();
      return undefined;
    }
    const preceding = await linesOf(seq - 1);
    const context = [
      ...(isWithin && head !== undefined ? [head.bytes] : []),
      ...(preceding === undefined ? [] : [lastLines(preceding)]),
    ];
    const about = {
      day,
      zoneOf,
      log: behind.file ?? source,
      joined: head?.joined,
      isWithinLine: before.within === true,
      context,
    };
    let rows: GatheredRows;
    if (isOfTwoFiles(segment, before, behind)) {
      const begins = isNext(before, behind) ? beginningOf(raw, behind) : undefined;
      if (begins === undefined) {
        // Which line is of which file, the rows know that were made when they came.
        skipped();
        return undefined;
      }
      const ends = raw.subarray(0, raw.length - begins.length);
      const { joined } = headOf(begins);
      rows = rowsOfTwoFiles(
        [ends, { ...about, log: before.file ?? source, linesBefore: before.line ?? 0 }],
        [
          begins,
          { day, zoneOf, log: about.log, joined, linesBefore: 0, context: [lastLines(ends)] },
        ],
      );
    } else {
      const linesBefore = linesBeforeOf(segment, before, behind);
      rows = rowsOfSegment(raw, {
        ...about,
        ...(linesBefore === undefined ? {} : { linesBefore }),
      });
    }
    const made = rowsFile({ rows, raw, frames: framesOf(file), createdBy: parserName });
    if (made !== undefined && rowsSoFar !== undefined && sayTheSame(rowsSoFar, made, raw)) {
      return undefined;
    }
    return made === undefined ? undefined : { file: made, parser: parserName, ocsf: ocsfVersion };
  };
};
