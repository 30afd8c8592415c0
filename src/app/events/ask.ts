import { availableParallelism } from 'node:os';
import { messageOf } from '../../core/errors.ts';
import { endOfDayMs } from '../../evidence/days.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import { Ahead } from './ahead.ts';
import { Heap } from './heap.ts';
import { type KeptEvent, keptEvent } from './kept-event.ts';
import { KeptLines } from './kept-lines.ts';
import {
  type OpenSegment,
  type OpenSegmentOptions,
  openAgain,
  openSegment,
} from './open-segment.ts';
import type { EventQuestion } from './question.ts';
import { findRows } from './segment-rows.ts';
import { SegmentSkimmer } from './skim.ts';
import type { StoreSegment } from './store-segments.ts';
import type { TakenSegment } from './taken-segment.ts';

export interface AskOptions extends Omit<OpenSegmentOptions, 'lines'> {
  readonly question: EventQuestion;
  readonly segments: readonly StoreSegment[];
  readonly take: (event: KeptEvent) => void;
  /** Hears how far it is. */
  readonly progress: (done: number, of: number) => void;
  /** Of another thread that looks at segments, too; it is worth its start where many are opened. */
  readonly help?: HelpLimits;
}

export interface HelpLimits {
  /** Segments that were opened before it is asked for. */
  readonly openedMin: number;
  /** Segments that will likely be opened yet. */
  readonly leftMin: number;
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

/** Opening a segment takes a millisecond, starting a thread a hundred. */
const helpLimits: HelpLimits = {
  openedMin: 16,
  leftMin: availableParallelism() > 1 ? 200 : Number.POSITIVE_INFINITY,
};

/** Events of one segment that are still to be told. */
class Cursor {
  readonly segment: StoreSegment;
  private readonly places: Float64Array;
  private readonly eventAt: (i: number) => KeptEvent;
  private next = 0;

  /** @param places what each event is placed by. @param eventAt may throw. */
  constructor(segment: StoreSegment, places: Float64Array, eventAt: (i: number) => KeptEvent) {
    this.segment = segment;
    this.places = places;
    this.eventAt = eventAt;
  }

  /** @throws where its row and its line are not of each other */
  get event(): KeptEvent {
    return this.eventAt(this.next);
  }

  get placeMs(): number {
    return this.places[this.next] ?? 0;
  }

  /** @returns whether there is another one. */
  advance(): boolean {
    this.next += 1;
    return this.next < this.places.length;
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
  /** Segments that were opened here. */
  private opened = 0;
  private ahead: Ahead | undefined;

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
    try {
      for (const segment of asked) {
        if (this.hasMore) break;
        // What is told before the next segment begins comes before all that is in it.
        this.tell(begin(segment));
        if (this.hasMore) break;
        this.getHelp(asked, looked);
        const taken = await this.ahead?.at(looked);
        if (taken === undefined) await this.open(segment);
        else this.lookAtTaken(segment, taken);
        looked += 1;
        progress(looked, asked.length);
      }
      this.tell(Number.POSITIVE_INFINITY);
    } finally {
      await this.ahead?.close();
    }
    const { events, unparsed, hasMore } = this;
    return { events, segments: looked, unparsed, hasMore };
  }

  private mayHold(segment: StoreSegment): boolean {
    const { sources, fromMs = -Infinity, toMs = Infinity } = this.options.question;
    const [first, last] = spanOf(segment);
    return (sources?.has(segment.source) ?? true) && first <= toMs && last >= fromMs;
  }

  /** Starts another thread once it shows that there is enough to do. */
  private getHelp(segments: readonly StoreSegment[], looked: number): void {
    const { question, help: { openedMin, leftMin } = helpLimits } = this.options;
    const { asked } = question;
    if (asked === undefined || this.ahead !== undefined || this.opened < openedMin) return;
    if ((this.opened / looked) * (segments.length - looked) < leftMin) return;
    this.ahead = new Ahead({
      question: { ...question, asked },
      segments,
      firstMsOf: segment => spanOf(segment)[0],
      from: looked,
    });
  }

  private lookAtTaken(segment: StoreSegment, { events, placesMs, unparsed }: TakenSegment): void {
    this.unparsed += unparsed;
    if (events.length === 0) return;
    const eventAt = (i: number): KeptEvent => {
      const event = events[i];
      if (event === undefined) throw new RangeError('there is no such event');
      return event;
    };
    this.cursors.push(new Cursor(segment, placesMs, eventAt));
  }

  private async open(segment: StoreSegment): Promise<void> {
    let open: OpenSegment | undefined;
    try {
      const skimmed = this.skimmer.skim(segment, this.options.question);
      if (skimmed !== undefined) {
        this.unparsed += skimmed.unparsed;
        return;
      }
      this.opened += 1;
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
    if (found !== undefined) {
      const { segment, text } = open;
      const eventAt = (i: number): KeptEvent => keptEvent(this.decoder, segment, found.at(i), text);
      this.cursors.push(new Cursor(segment, found.placesMs, eventAt));
    }
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
      ({ event } = cursor);
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
}

/** Asks a store; events come in the order of their times. */
export const askEvents = (options: AskOptions): Promise<Asked> => new Asking(options).run();
