import { basename } from 'node:path';
import { LogClock } from '../../../logs/time/clock.ts';
import { yearOf, yearsPassed } from '../date-files.ts';
import { type Generation, type Generations, headBytes, markOf, tailBytes } from '../generations.ts';
import type { LogKeeper } from '../keep-log.ts';
import type { Keeping } from '../kept-log.ts';
import type { OpenFile } from '../open-file.ts';
import { againBefore, contextBytes } from '../read-again.ts';

/** Bytes of one turn: other logs have theirs. */
const turnBytes = 4 << 20;
const chunkBytes = 256 << 10;
/** So much of what was read last is compared with what stands there, before more is read. */
const comparedBytes = 256;
/** So much is remembered, in case that the file is cut off. */
const recentBytes = 64 << 10;

export type TailAnswer =
  /** Everything that is there was read. */
  | 'end'
  | 'more'
  /** What was read is not there any more: the file was cut off, or written anew. */
  | 'cut off';

/** A file of lines that is read as it is written, held by its handle whatever becomes of its name. */
export class Tail {
  readonly open: OpenFile;
  readonly path: string;
  /** When something new was read last, milliseconds since 1970. */
  grownMs: number;
  private readonly keeping: Keeping;
  private readonly keeper: LogKeeper;
  private readonly generations: Generations;
  private generation: Generation;
  /** Bytes that were read, those of a line that has no end yet included. */
  private at: number;
  private mtimeMs = -1;
  private head: Buffer;
  private recent: Buffer = Buffer.alloc(0);
  private hasNew = false;

  private constructor(
    path: string,
    open: OpenFile,
    generation: Generation,
    generations: Generations,
    keeper: LogKeeper,
    keeping: Keeping,
  ) {
    this.path = path;
    this.open = open;
    this.generation = generation;
    this.generations = generations;
    this.keeper = keeper;
    this.keeping = keeping;
    this.at = generation.place.offset;
    this.head = open.head.subarray(0, this.at);
    this.grownMs = keeping.now();
  }

  /** Goes on where the generation was left. */
  static async begin(
    path: string,
    open: OpenFile,
    generation: Generation,
    generations: Generations,
    keeper: LogKeeper,
    keeping: Keeping,
  ): Promise<Tail> {
    const tail = new Tail(path, open, generation, generations, keeper, keeping);
    const from = generation.place;
    const start = Math.max(0, from.offset - contextBytes);
    const { year, zoneOf } = keeping;
    const firstYear =
      year === undefined
        ? await yearOf(open.read(start), open.mtimeMs, keeping)
        : year + (await yearsPassed(open.read(0), start));
    const clock = new LogClock({
      zoneOf,
      writtenByMs: open.mtimeMs,
      ...(firstYear === undefined ? {} : { firstYear }),
    });
    keeper.begin({
      name: path,
      clock,
      positionAt: generations.positionAt(generation, open, basename(path)),
      from,
    });
    const before = await open.readAt(start, from.offset - start);
    for (const { bytes, at } of againBefore(before, from, open.head, undefined)) {
      keeper.context(bytes, at);
    }
    tail.recent = before.subarray(Math.max(0, before.length - recentBytes));
    return tail;
  }

  /** Keeps what is new, as much of it as one turn may take. @throws EvidenceError */
  async read(): Promise<TailAnswer> {
    const { sizeBytes, mtimeMs } = await this.open.now();
    if (sizeBytes < this.at) return 'cut off';
    if (sizeBytes === this.at && mtimeMs === this.mtimeMs) return 'end';
    if (!(await this.goesOn())) return 'cut off';
    const until = this.at + turnBytes;
    while (this.at < until) {
      const chunk = await this.open.readAt(this.at, Math.min(chunkBytes, until - this.at));
      if (chunk.length === 0) break;
      await this.take(chunk);
    }
    await this.keeper.settle();
    if (this.at >= until) return 'more';
    this.mtimeMs = mtimeMs;
    return 'end';
  }

  /**
   * Nothing more is read of it, for now or for ever.
   *
   * @param isOver nobody can write to it any more, and a last line without an end is its last.
   */
  async end(isOver: boolean): Promise<void> {
    const read = this.at;
    const place = await this.keeper.end(isOver ? 'keep' : 'leave');
    const { day } = this.keeper;
    const recentFrom = read - this.recent.length;
    const tailFrom = Math.max(0, place.offset - tailBytes);
    const tail =
      tailFrom >= recentFrom
        ? markOf(this.recent.subarray(tailFrom - recentFrom, place.offset - recentFrom), tailFrom)
        : undefined;
    const { tail: _, ...generation } = this.generation;
    await this.generations.put({
      ...generation,
      ...(this.head.length > generation.head.bytes ? { head: markOf(this.head, 0) } : {}),
      ...(tail === undefined ? {} : { tail }),
      place,
      state: isOver ? 'over' : 'growing',
      ...(day === undefined ? {} : { lastDay: day }),
    });
    await this.open.close();
  }

  private async goesOn(): Promise<boolean> {
    const known = this.recent.subarray(Math.max(0, this.recent.length - comparedBytes));
    const there = await this.open.readAt(this.at - known.length, known.length);
    return there.equals(known);
  }

  private async take(chunk: Buffer): Promise<void> {
    if (!this.hasNew) this.keeping.begin(this.path);
    this.hasNew = true;
    this.at += chunk.length;
    this.grownMs = this.keeping.now();
    this.recent = Buffer.from(Buffer.concat([this.recent, chunk]).subarray(0 - recentBytes));
    if (this.head.length < headBytes) await this.putHead(chunk);
    await this.keeper.push(chunk);
    this.keeping.progress(this.path, chunk.length);
  }

  /** How the file begins is how it is known again after a kill: that is noted before its lines are kept. */
  private async putHead(chunk: Buffer): Promise<void> {
    this.head = Buffer.concat([this.head, chunk]).subarray(0, headBytes);
    if (this.head.length < headBytes && this.generation.head.bytes > 0) return;
    this.generation = { ...this.generation, head: markOf(this.head, 0) };
    await this.generations.put(this.generation);
  }
}
