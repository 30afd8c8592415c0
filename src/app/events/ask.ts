import { messageOf } from '../../core/errors.ts';
import { endOfDayMs } from '../../evidence/days.ts';
import { type DecodedRow, RowDecoder } from '../../logs/rows/decode.ts';
import { Heap } from './heap.ts';
import { KeptLines } from './kept-lines.ts';
import {
  type OpenSegment,
  type OpenSegmentOptions,
  openAgain,
  openSegment,
  type TextOfLine,
} from './open-segment.ts';
import type { EventQuestion } from './question.ts';
import { type FoundRow, type FoundRows, findRows } from './segment-rows.ts';
import { SegmentSkimmer } from './skim.ts';
import type { StoreSegment } from './store-segments.ts';

/** An event, or a line that no format understands, as a store gives it back. */
export interface KeptEvent extends DecodedRow {
  readonly source: string;
  readonly seq: number;
  /** 1-based in its segment. */
  readonly line: number;
  /** 1-based in its log; undefined where that is not known any more. */
  readonly sequence: number | undefined;
  readonly log: string;
  readonly format: string | undefined;
  /** The line itself. */
  readonly text: string;
}

export interface AskOptions extends Omit<OpenSegmentOptions, 'lines'> {
  readonly question: EventQuestion;
  readonly segments: readonly StoreSegment[];
  readonly take: (event: KeptEvent) => void;
  /** Hears how far it is. */
  readonly progress: (done: number, of: number) => void;
}

export interface Asked {
  readonly events: number;
  /** Segments whose rows were looked at. */
  readonly segments: number;
  /** Lines in them that no format understands. */
  readonly unparsed: number;
  /** There are more than the limit let through. */
  readonly hasMore: boolean;
}

const dayMs = 86_400_000;
/** A line up to so much older than the one before is kept with that one's day. */
const lateMs = 3_600_000;

/** When the lines of a segment are of: as they told, else by its day. */
export const spanOf = ({ day, firstMs, lastMs }: StoreSegment): readonly [number, number] => {
  const end = endOfDayMs(day);
  return [firstMs ?? end - dayMs - lateMs, lastMs ?? end];
};

/** Rows of one segment that are still to be told. */
class Cursor {
  readonly segment: StoreSegment;
  readonly text: TextOfLine;
  private readonly found: FoundRows;
  private next = 0;

  constructor({ segment, text }: OpenSegment, found: FoundRows) {
    this.segment = segment;
    this.text = text;
    this.found = found;
  }

  get row(): FoundRow {
    return this.found.at(this.next);
  }

  /** What the row is placed by. */
  get placeMs(): number {
    return this.found.placesMs[this.next] ?? 0;
  }

  /** @returns whether there is another one. */
  advance(): boolean {
    this.next += 1;
    return this.next < this.found.count;
  }
}

const compare = (a: Cursor, b: Cursor): number => {
  const [one, other] = [a.segment, b.segment];
  if (a.placeMs !== b.placeMs) return a.placeMs - b.placeMs;
  if (one.source !== other.source) return one.source < other.source ? -1 : 1;
  return one.seq - other.seq;
};

/** Goes through segments in the order of their times, and holds only those that overlap. */
class Asking {
  private readonly options: AskOptions;
  private readonly opening: OpenSegmentOptions;
  private readonly decoder = new RowDecoder();
  private readonly cursors: Heap<Cursor>;
  private readonly skimmer = new SegmentSkimmer();
  private readonly sign: 1 | -1;
  private events = 0;
  private unparsed = 0;
  private hasMore = false;

  constructor(options: AskOptions) {
    this.options = options;
    this.opening = { ...options, lines: new KeptLines() };
    const sign = options.question.newestFirst ? -1 : 1;
    this.sign = sign;
    this.cursors = new Heap((a, b) => sign * compare(a, b) < 0);
  }

  async run(): Promise<Asked> {
    const { question, progress } = this.options;
    const { sign } = this;
    const begin = (segment: StoreSegment): number => {
      const [first, last] = spanOf(segment);
      return sign * (question.newestFirst ? last : first);
    };
    const asked = this.options.segments
      .filter(segment => this.mayHold(segment))
      .toSorted((a, b) => begin(a) - begin(b));
    let looked = 0;
    for (const segment of asked) {
      if (this.hasMore) break;
      // What is told before the next segment begins comes before all that is in it.
      this.tell(begin(segment));
      if (this.hasMore) break;
      await this.open(segment);
      looked += 1;
      progress(looked, asked.length);
    }
    this.tell(Number.POSITIVE_INFINITY);
    const { events, unparsed, hasMore } = this;
    return { events, segments: looked, unparsed, hasMore };
  }

  private mayHold(segment: StoreSegment): boolean {
    const { sources, fromMs = -Infinity, toMs = Infinity } = this.options.question;
    const [first, last] = spanOf(segment);
    return (sources?.has(segment.source) ?? true) && first <= toMs && last >= fromMs;
  }

  private async open(segment: StoreSegment): Promise<void> {
    let open: OpenSegment | undefined;
    try {
      const skimmed = this.skimmer.skim(segment, this.options.question);
      if (skimmed !== undefined) {
        this.unparsed += skimmed.unparsed;
        return;
      }
      open = await openSegment(segment, this.opening);
      if (open !== undefined) this.look(open);
    } catch (thrown) {
      const again = await openAgain(segment, this.opening, thrown);
      if (again !== undefined) this.look(again);
    }
  }

  /** @throws where the rows are damaged */
  private look(open: OpenSegment): void {
    const [first] = spanOf(open.segment);
    const found = findRows(open.rows, this.options.question, first);
    if (found !== undefined) this.cursors.push(new Cursor(open, found));
    this.unparsed += Number(open.rows.metadata.get('postern.unparsed') ?? 0);
  }

  /** Tells what comes before a time, from all segments in hand. */
  private tell(before: number): void {
    const { cursors, sign } = this;
    const limit = this.options.question.limit ?? Number.POSITIVE_INFINITY;
    for (;;) {
      const { first } = cursors;
      if (first === undefined || sign * first.placeMs >= before) return;
      if (this.events >= limit) {
        this.hasMore = true;
        return;
      }
      this.events += 1;
      this.tellRow(first);
      if (first.advance()) cursors.sink();
      else cursors.shift();
    }
  }

  private tellRow(cursor: Cursor): void {
    let event: KeptEvent;
    try {
      event = this.eventOf(cursor);
    } catch (thrown) {
      this.options.note({
        what: cursor.segment.path,
        why: messageOf(thrown),
        how: 'Run postern evidence verify.',
      });
      return;
    }
    this.options.take(event);
  }

  private eventOf({ row, segment, text: textOf }: Cursor): KeptEvent {
    const { timeMs, texts, line, sequence } = row;
    const isFirst = sequence === 1;
    const text = textOf(line, isFirst);
    const decoded = this.decoder.decode({ timeMs, texts }, text);
    const { lines } = decoded;
    return {
      ...decoded,
      source: segment.source,
      seq: segment.seq,
      line,
      sequence: Number.isNaN(sequence) ? undefined : sequence,
      log: texts.log ?? segment.source,
      format: texts.format,
      text: lines === undefined ? text : textOf(line, isFirst, lines),
    };
  }
}

/** Asks a store; events come in the order of their times. */
export const askEvents = (options: AskOptions): Promise<Asked> => new Asking(options).run();
