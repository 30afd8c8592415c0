import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { RowDecoder } from '../../logs/rows/decode.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { type KeptEvent, keptEvent } from './kept-event.ts';
import { KeptLines } from './kept-lines.ts';
import { type OpenSegment, openSegment } from './open-segment.ts';
import type { EventQuestion } from './question.ts';
import { findRows } from './segment-rows.ts';
import { SegmentSkimmer } from './skim.ts';
import type { StoreSegment } from './store-segments.ts';

/** All that a segment has to tell: it need not be looked at again. Plain data, which threads give each other. */
export interface TakenSegment {
  /** In the order that they are told in. */
  readonly events: readonly KeptEvent[];
  /** What each is placed by. */
  readonly placesMs: Float64Array;
  /** Lines that no format understands. */
  readonly unparsed: number;
}

/** Many are told row by row, so that they need not be held. */
const eventsMax = 256;
const textMax = 1 << 20;

const none = new Float64Array(0);

/** Whoever looks again names what is wrong with a segment, and reads its lines instead. */
const note = ({ why }: { readonly why: string }): never => {
  throw new Error(why);
};
const zoneOf: ZoneOf = () => note({ why: 'no line is read again here' });

const bytesHeldMax = 16 << 20;

/** Reads files one after the other into the same memory, which is dear to be had anew for each. */
class FileRoom {
  private room = Buffer.alloc(1 << 20);

  /** Good until the next is read. @throws */
  readonly read = (path: string): Buffer => {
    const fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(fd);
      if (size > bytesHeldMax) return readFileSync(fd);
      if (size > this.room.length) this.room = Buffer.alloc(size);
      let at = 0;
      while (at < size) {
        const read = readSync(fd, this.room, at, size - at, at);
        if (read === 0) break;
        at += read;
      }
      return this.room.subarray(0, at);
    } finally {
      closeSync(fd);
    }
  };
}

/** Takes out of segments what is asked for, one after the other. */
export class SegmentTaker {
  private readonly question: EventQuestion;
  private readonly room = new FileRoom();
  private readonly skimmer = new SegmentSkimmer();
  private readonly decoder = new RowDecoder();

  constructor(question: EventQuestion) {
    this.question = question;
  }

  /**
   * Undefined where the segment has to be looked at row by row: it has much to tell, is not whole, or is none yet.
   *
   * @param firstMs when its lines begin
   */
  async take(segment: StoreSegment, firstMs: number): Promise<TakenSegment | undefined> {
    if (!segment.hasRows || segment.spool !== undefined) return undefined;
    try {
      const skimmed = this.skimmer.skim(segment, this.question);
      if (skimmed !== undefined) return { ...skimmed, events: [], placesMs: none };
      return await this.looked(segment, firstMs);
    } catch {
      return undefined;
    }
  }

  private async looked(segment: StoreSegment, firstMs: number): Promise<TakenSegment | undefined> {
    const lines = new KeptLines();
    const open = await openSegment(segment, { lines, zoneOf, note, readFile: this.room.read });
    if (open === undefined) return undefined;
    try {
      return this.taken(open, firstMs);
    } finally {
      // Of what was unpacked nothing is left in use: texts are copies.
      open.rows.release();
      lines.release();
    }
  }

  private taken(open: OpenSegment, firstMs: number): TakenSegment | undefined {
    const unparsed = Number(open.rows.metadata.get('postern.unparsed') ?? 0);
    const found = findRows(open.rows, this.question, firstMs);
    if (found === undefined) return { events: [], placesMs: none, unparsed };
    if (found.count > eventsMax) return undefined;
    const events: KeptEvent[] = [];
    let length = 0;
    for (let i = 0; i < found.count; i += 1) {
      const event = keptEvent(this.decoder, open.segment, found.at(i), open.text);
      length += event.text.length;
      if (length > textMax) return undefined;
      events.push(event);
    }
    return { events, placesMs: found.placesMs, unparsed };
  }
}
