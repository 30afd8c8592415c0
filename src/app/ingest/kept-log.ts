import { basename } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { dayOf } from '../../evidence/days.ts';
import type { EvidenceSource } from '../../evidence/options.ts';
import { DocumentError } from '../../intake/documents.ts';
import type { LogFile } from '../../intake/log-files.ts';
import type { LogFormat } from '../../logs/format.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import type { Joined } from '../../logs/sources/joined-lines.ts';
import { rotatedName } from '../../logs/sources/rotation-order.ts';
import { type ClockStep, LogClock } from '../../logs/time/clock.ts';
import { type Dating, yearOf, yearsPassed } from './date-files.ts';
import type { LogDocument } from './documents.ts';
import {
  type FileIdentity,
  type Generation,
  Generations,
  headBytes,
  isMarked,
  type Mark,
  markOf,
} from './generations.ts';
import { LogKeeper, logStart, type Place, type RowSink } from './keep-log.ts';
import { isReadFault, type OpenFile } from './open-file.ts';
import {
  type Again,
  againBefore,
  contextBytes,
  isDocumentOf,
  isWholeJson,
  type PassedOver,
  passOver,
  textOf,
} from './read-again.ts';

/** What keeping a log needs, and whom it tells. */
export interface Keeping extends Dating {
  readonly formats: readonly LogFormat[];
  readonly now: () => number;
  readonly rows?: RowSink | undefined;
  readonly took: (log: string, read: ReadLine) => void;
  /** So many of them are on the disk by now. */
  readonly kept: (lines: number) => void;
  /** A record came that the store has already. */
  readonly cameAgain?: ((log: string) => void) | undefined;
  /** Something could not be read. */
  readonly note: (unseen: Unseen) => void;
  readonly stepped: (log: string, steps: readonly ClockStep[], count: number) => void;
  /** Before a file is read that has something new. */
  readonly begin: (log: string) => void;
  /** Bytes of a file that were read, unpacked. */
  readonly progress: (log: string, bytes: number) => void;
  /** A last line that has no end yet was left. */
  readonly left: (log: string, bytes: number) => void;
  /** Somebody wants it to end: what is whole is kept. */
  readonly isStopped: () => boolean;
}

/** A program that was told to open its log anew has done so by then. */
const rotationMs = 600_000;
/** By then a line that has no end gets none. */
const dayMs = 86_400_000;
/** An export is written at once. */
const exportMs = 60_000;

/** What rotation calls a file of a log, packed or not. */
export const slotOf = (path: string): string => {
  const { age, day } = rotatedName(path);
  return `${day ?? ''} ${age ?? ''}`;
};

/** Whether it is not the one that is written to. */
const isAside = (slot: string): boolean => slot !== slotOf('log');

interface Feed {
  readonly name: string;
  readonly from: Place;
  readonly generation: Generation;
  readonly file: FileIdentity;
  readonly joined: Joined | undefined;
  readonly clock: LogClock;
  readonly again: readonly Again[];
  /** From the place on. @throws DocumentError */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Day of its lines where none of them tells when it was written. */
  readonly otherwiseDay: string;
  /** Whether what remains at the end, a line that has no end, is kept. */
  readonly isLineKept: (rest: Buffer) => boolean;
}

/** One log, with all of its files, as one source of the evidence. */
export class KeptLog {
  readonly generations: Generations;
  /** The generations that files were found to be, by number, and what rotation calls those. */
  readonly met: Map<number, string> = new Map();
  /** Nothing stood in the way of what was read. */
  isWhole = true;
  /** Day of the first line that was kept now. */
  firstDay: string | undefined;
  private readonly source: EvidenceSource;
  private readonly keeping: Keeping;
  private readonly keeper: LogKeeper;
  private hasBegun = false;
  private faults = 0;

  constructor(source: EvidenceSource, keeping: Keeping) {
    this.source = source;
    this.keeping = keeping;
    this.generations = new Generations(source);
    const { formats, now, rows, took, kept, cameAgain } = keeping;
    this.keeper = new LogKeeper({ source, formats, now, rows, took, kept, cameAgain });
  }

  /** Everything that the log has was read by now. */
  readToEnd(): void {
    this.source.readToEnd();
  }

  gap(fromDay: string, toDay: string, why: string): Promise<void> {
    return this.source.gap(fromDay, toDay, why);
  }

  /** Keeps what is new in a file of lines. @param before the file that the log was in before. */
  async keepLines(file: LogFile, open: OpenFile, before: OpenFile | undefined): Promise<void> {
    const joined = open.lines?.joined;
    const slot = slotOf(file.path);
    const known = await this.plainMatch(open, slot);
    if (known !== undefined) this.met.set(known.number, slot);
    const from = known?.place ?? logStart;
    if (open.sizeBytes <= from.offset) {
      if (known !== undefined)
        await this.put(known, file, open, known.place, this.isOver(file, open));
      return;
    }
    const name = basename(file.path);
    const generation = known ?? (await this.generations.add(open, name));
    this.met.set(generation.number, slot);
    if (!this.hasBegun && from.offset < contextBytes && before !== undefined) {
      await this.warmUp(before, file.mtimeMs);
    }
    const start = joined === undefined ? Math.max(0, from.offset - contextBytes) : from.offset;
    const year = await this.yearAt(open, start, file.mtimeMs);
    const reached = await this.feed({
      name: file.path,
      from,
      generation,
      file: open,
      joined,
      clock: this.clock(file.mtimeMs, year),
      again: againBefore(await open.readAt(start, from.offset - start), from, open.head, joined),
      chunks: open.read(from.offset),
      otherwiseDay: dayOf(new Date(open.mtimeMs)),
      isLineKept: rest => this.isLineKept(file, open, joined, rest),
    });
    const isOver = reached.isWhole && this.isOver(file, open);
    await this.put(generation, file, open, reached.place, isOver);
  }

  /**
   * Keeps what is new in a document: what is packed, a list of records, or of another encoding.
   *
   * @param year of its first line.
   */
  async keepDocument(
    document: LogDocument,
    file: LogFile,
    open: OpenFile,
    year: () => Promise<number | undefined>,
  ): Promise<void> {
    const { name, content, head } = document;
    const identity = { device: open.device, inode: open.inode, head };
    const slot = slotOf(file.path);
    const [likely] = this.generations.candidates(identity, slot, this.met);
    const readAt = `${open.sizeBytes} ${open.mtimeMs}`;
    if (likely?.state === 'packed' || (likely?.readAt === readAt && likely.inode === open.inode)) {
      this.met.set(likely.number, slot);
      return;
    }
    const known =
      likely === undefined || (await isDocumentOf(likely, file, name, isAside(slot)))
        ? likely
        : undefined;
    const from = known?.place ?? logStart;
    const shown = name === file.path ? basename(name) : name.slice(-255);
    const generation = known ?? (await this.generations.add(identity, shown));
    this.met.set(generation.number, slot);
    const joined = content.kind === 'lines' ? content.joined : undefined;
    const passed = await this.pass(document, from.offset);
    if (passed === undefined) return;
    const first = await year();
    const { place, isWhole } = await this.feed({
      name,
      from,
      generation,
      file: identity,
      joined,
      clock: this.clock(file.mtimeMs, first === undefined ? undefined : first + passed.years),
      again: againBefore(passed.before, from, head, joined),
      chunks: passed.chunks,
      otherwiseDay: dayOf(new Date(open.mtimeMs)),
      isLineKept: () => open.isPacked || this.keeping.now() - open.mtimeMs >= exportMs,
    });
    const state = open.isPacked ? 'packed' : this.isOver(file, open) ? 'over' : 'growing';
    await this.generations.put({
      ...generation,
      file: shown,
      device: open.device,
      inode: open.inode,
      head: markOf(head, 0),
      ...this.tailAt(generation, place),
      place,
      state: isWhole ? state : 'growing',
      ...(place.offset === from.offset ? {} : this.lastDay()),
      ...(isWhole ? { readAt } : {}),
    });
  }

  private async pass(document: LogDocument, offset: number): Promise<PassedOver | undefined> {
    try {
      return await passOver(textOf(document, this.noted), offset);
    } catch (thrown) {
      // The archive's report names it.
      if (!(thrown instanceof DocumentError)) throw thrown;
      this.isWhole = false;
      return undefined;
    }
  }

  private readonly noted = (unseen: Unseen): void => {
    this.isWhole = false;
    this.faults += 1;
    this.keeping.note(unseen);
  };

  private clock(writtenByMs: number, firstYear: number | undefined): LogClock {
    const { zoneOf } = this.keeping;
    return new LogClock({ zoneOf, writtenByMs, ...(firstYear === undefined ? {} : { firstYear }) });
  }

  /** The bytes before the place; where nothing was read, what was known of the generation holds on. */
  private tailAt({ place: { offset } }: Generation, place: Place): { readonly tail?: Mark } {
    if (place.offset === offset) return {};
    const { tail } = this.keeper;
    return { tail: markOf(tail, place.offset - tail.length) };
  }

  private lastDay(): { readonly lastDay?: string } {
    const { day } = this.keeper;
    return day === undefined ? {} : { lastDay: day };
  }

  /**
   * The generation that a file is, as far as it is kept. A copy that rotation made may have less than what was read
   * before the file itself was cut off.
   */
  private async plainMatch(open: OpenFile, slot: string): Promise<Generation | undefined> {
    for (const each of this.generations.candidates(open, slot, this.met)) {
      if (open.sizeBytes < each.place.offset) {
        if (isAside(slot) && each.head.bytes === headBytes) return each;
        continue;
      }
      const { tail } = each;
      if (tail === undefined || isMarked(tail, await open.readAt(tail.offset, tail.bytes))) {
        return each;
      }
    }
    return undefined;
  }

  private async put(
    generation: Generation,
    { path }: LogFile,
    open: OpenFile,
    place: Place,
    isOver: boolean,
  ): Promise<void> {
    const isHead = open.head.length > generation.head.bytes;
    await this.generations.put({
      ...generation,
      file: basename(path),
      device: open.device,
      inode: open.inode,
      head: isHead ? markOf(open.head, 0) : generation.head,
      ...this.tailAt(generation, place),
      place,
      state: isOver ? 'over' : 'growing',
      ...(place.offset === generation.place.offset ? {} : this.lastDay()),
    });
  }

  private isOver({ path }: LogFile, open: OpenFile): boolean {
    return (
      isAside(slotOf(path)) &&
      this.keeping.now() - open.mtimeMs >= rotationMs &&
      !this.keeping.isStopped()
    );
  }

  private isLineKept(
    file: LogFile,
    open: OpenFile,
    joined: Joined | undefined,
    rest: Buffer,
  ): boolean {
    const quietMs = this.keeping.now() - open.mtimeMs;
    if (this.isOver(file, open) || quietMs >= dayMs) return true;
    if (joined !== undefined) return quietMs >= exportMs;
    return isWholeJson(rest);
  }

  private async yearAt(
    open: OpenFile,
    start: number,
    mtimeMs: number,
  ): Promise<number | undefined> {
    const { year } = this.keeping;
    if (year === undefined) return await yearOf(open.read(start), mtimeMs, this.keeping);
    return year + (await yearsPassed(open.read(0), start));
  }

  /** Reads the end of the file before again: a message that is under way began there. */
  private async warmUp(before: OpenFile, writtenByMs: number): Promise<void> {
    if (before.lines === undefined || before.lines.joined !== undefined) return;
    const from = { offset: before.sizeBytes, line: 0, isWithinLine: false };
    const start = Math.max(0, before.sizeBytes - contextBytes);
    const year = await yearOf(before.read(start), writtenByMs, this.keeping);
    this.keeper.begin({
      name: '',
      clock: this.clock(writtenByMs, year),
      positionAt: () => '',
      from,
    });
    const bytes = await before.readAt(start, before.sizeBytes - start);
    for (const again of againBefore(bytes, from, before.head, undefined)) {
      this.keeper.context(again.bytes, again.at);
    }
    this.hasBegun = true;
  }

  private async feed(feed: Feed): Promise<Reached> {
    const { name, from, generation, file, joined, clock, again, otherwiseDay, isLineKept } = feed;
    const { keeping, keeper } = this;
    keeping.begin(name);
    keeper.begin({
      name,
      clock,
      positionAt: this.generations.positionAt(generation, file, name.slice(-1_000)),
      from,
      joined,
      otherwiseDay,
    });
    this.hasBegun = true;
    for (const { bytes, at } of again) keeper.context(bytes, at);
    // What was told of them was told before.
    clock.steps.length = 0;
    clock.stepCount = 0;
    const isWhole = await this.pour(feed);
    await keeper.settle();
    this.firstDay ??= keeper.day;
    const rest = keeper.unfinished;
    const isKept = rest.length > 0 && isWhole && isLineKept(rest);
    if (rest.length > 0 && isWhole && !isKept) keeping.left(name, rest.length);
    const place = await keeper.end(isKept ? 'keep' : 'leave');
    if (clock.stepCount > 0) keeping.stepped(name, clock.steps, clock.stepCount);
    return { place, isWhole };
  }

  /** @returns whether all of it came. */
  private async pour({ name, chunks }: Feed): Promise<boolean> {
    const { keeping, keeper, faults } = this;
    try {
      for await (const chunk of chunks) {
        if (keeping.isStopped()) {
          this.isWhole = false;
          return false;
        }
        await keeper.push(chunk);
        keeping.progress(name, chunk.length);
        this.firstDay ??= keeper.day;
      }
    } catch (thrown) {
      // The archive's report names it.
      if (!isReadFault(thrown) && !(thrown instanceof DocumentError)) throw thrown;
      this.isWhole = false;
      if (isReadFault(thrown)) keeping.note(readFault(name, thrown));
      return false;
    }
    return this.faults === faults;
  }
}

/** What stands before it is kept. */
export const readFault = (what: string, thrown: unknown): Unseen => ({
  what,
  why: messageOf(thrown),
  how: 'See to its disk; the next run goes on where this one came to.',
});

interface Reached {
  readonly place: Place;
  /** Nothing stood in the way. */
  readonly isWhole: boolean;
}
