import type { LogLine } from '../../core/log-line.ts';
import { dayOf } from '../../evidence/days.ts';
import type { EvidenceSource } from '../../evidence/options.ts';
import type { LogFormat } from '../../logs/format.ts';
import { LogReading, type ReadLine } from '../../logs/read-log.ts';
import { readIn } from '../../logs/repeating-logs.ts';
import { type Joined, LineJoiner } from '../../logs/sources/joined-lines.ts';
import { LineSplitter } from '../../logs/sources/line-splitter.ts';
import { recordKey } from '../../logs/sources/record-key.ts';
import type { LogClock } from '../../logs/time/clock.ts';
import { anyStamp } from '../../logs/time/stamps.ts';
import { DaysOfLines } from './days-of-lines.ts';
import { RawBytes, tailBytes } from './raw-bytes.ts';

/** Makes rows of the lines that were read; what it hands over goes with their bytes into the segment. */
export interface RowSink {
  /**
   * @param lineInPart 0-based, counting the line feeds of the part's bytes before it; of a record over several
   * lines, its first.
   */
  add(lineInPart: number, log: string, read: ReadLine): void;
  /** The rows since the last call: the part is closed. */
  take(): unknown;
}

/** A place between two lines of a log, or within one that is kept in pieces. */
export interface Place {
  /** Bytes before it. */
  readonly offset: number;
  /** Lines that begin before it. */
  readonly line: number;
  /** What comes behind it goes on with the line before: it is kept, and no line of its own. */
  readonly isWithinLine: boolean;
}

export const logStart: Place = { offset: 0, line: 0, isWithinLine: false };

/** One file of a log, or one stream. */
export interface LogToKeep {
  readonly name: string;
  readonly clock: LogClock;
  /** The position of a place, as `EvidenceSource.append` takes it. */
  readonly positionAt: (place: Place) => string;
  /** Where the bytes that will be pushed begin; the start unless given. */
  readonly from?: Place;
  readonly joined?: Joined | undefined;
  /** The day of lines where none tells when it was written; today unless given. */
  readonly otherwiseDay?: string;
}

export interface LogKeeperOptions {
  readonly source: EvidenceSource;
  readonly formats: readonly LogFormat[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly rows?: RowSink | undefined;
  /** Hears of each line that is handed to the store. */
  readonly took?: (log: string, read: ReadLine) => void;
  /** So many of them are on the disk by now. */
  readonly kept?: (lines: number) => void;
  /** A record came that the store has already: its line is not kept again. */
  readonly cameAgain?: ((log: string) => void) | undefined;
}

/** Of one append; many of them share one sync. */
const partBytesMax = 256 << 10;
/** Handed over and not yet on the disk: more is not read. */
const unkeptBytesMax = 16 << 20;
/** What is behind the bound of a line is kept in pieces of about this size. */
const pieceBytesMin = 4 << 20;
/** The store takes no more at once. */
const appendBytesMax = 12 << 20;
const newline = 0x0a;

interface Part {
  readonly firstLine: number;
  day: string | undefined;
  taken: number;
  /** Keys of the records among its lines. */
  readonly records: Buffer[];
  firstMs: number | undefined;
  lastMs: number | undefined;
  end: number;
  line: number;
}

interface Open extends LogToKeep {
  readonly splitter: LineSplitter;
  readonly joiner: LineJoiner | undefined;
  readonly raw: RawBytes;
  /** Lines that end before it are read again to know what they began, and were kept before. */
  readonly keptFrom: number;
}

/**
 * Keeps one log: its bytes go into the evidence as they came, in the order in which they came, and what was read
 * of each line with them. Files that follow one another are one log: `begin`, `push`…, `end` for each.
 *
 * A pushed chunk is the keeper's: nobody writes to its memory again.
 */
export class LogKeeper {
  private readonly options: LogKeeperOptions;
  private readonly days: DaysOfLines;
  private reading: LogReading | undefined;
  private log: Open | undefined;
  private part: Part | undefined;
  private place: Place = logStart;
  private readonly unkept: { readonly bytes: number; readonly done: Promise<void> }[] = [];
  private unkeptBytes = 0;
  private failure: { readonly thrown: unknown } | undefined;

  constructor(options: LogKeeperOptions) {
    this.options = options;
    this.days = new DaysOfLines(options.now);
  }

  /** Behind everything that was handed to the store; what `settle` and `end` waited for is on the disk. */
  get reached(): Place {
    return this.place;
  }

  /** What was pushed and not handed to the store yet: when settled, the beginning of a line that has no end. */
  get unfinished(): Buffer {
    return this.open().raw.rest;
  }

  /** The last bytes before the place that was reached, of those that were pushed. */
  get tail(): Buffer {
    return this.open().raw.tail;
  }

  /** Day of the last line, `2026-06-29`; none where no line told one. */
  get day(): string | undefined {
    return this.days.day;
  }

  /** What comes is of this file, or stream, from here on. */
  begin(log: LogToKeep): void {
    const from = log.from ?? logStart;
    const push = (line: LogLine): void => this.reading?.push(line);
    const joiner = log.joined === undefined ? undefined : new LineJoiner(log.joined, push);
    const splitter = new LineSplitter(joiner === undefined ? push : line => joiner.push(line), {
      offset: from.offset,
      linesBefore: from.line,
      inRest: from.isWithinLine,
      rest: (end, isWhole) => this.rest(end, isWhole),
    });
    const raw = new RawBytes(from.offset);
    if (this.reading === undefined) {
      const { formats } = this.options;
      const take = (read: ReadLine): void => this.take(read);
      this.reading = new LogReading({ formats, clock: log.clock, take });
    } else this.reading.next(log.clock);
    this.log = { ...log, splitter, joiner, raw, keptFrom: from.offset };
    this.place = from;
    this.days.fresh();
  }

  /**
   * Lines from before the place where the file is begun, read to know what they began: headers, messages that are
   * under way. They are not kept again. Comes before the first `push`.
   *
   * @param at where the bytes stand; whole lines.
   */
  context(bytes: Uint8Array, at: Place): void {
    const splitter = new LineSplitter(line => this.reading?.push(line), {
      offset: at.offset,
      linesBefore: at.line,
      inRest: at.isWithinLine,
    });
    splitter.push(bytes);
    splitter.end();
    const { raw, keptFrom } = this.open();
    if (at.offset + bytes.length === keptFrom) raw.tail = Buffer.from(bytes.subarray(-tailBytes));
  }

  /** Waits while too much is under way to the disk. @throws EvidenceError */
  async push(chunk: Uint8Array): Promise<void> {
    this.check();
    const log = this.open();
    log.raw.push(chunk);
    log.splitter.push(chunk);
    while (this.unkeptBytes > unkeptBytesMax) await this.unkept[0]?.done;
    this.check();
  }

  /** Nothing comes for a while: every whole line so far is on the disk when this is done. @throws EvidenceError */
  async settle(): Promise<void> {
    this.reading?.end();
    this.close();
    await Promise.all(this.unkept.map(each => each.done));
    this.check();
  }

  /**
   * The file or stream is over.
   *
   * @param lastLine what becomes of a last line, or record, that has no end: it is kept, or left for when it has one.
   * @returns the place behind what is kept. @throws EvidenceError
   */
  async end(lastLine: 'keep' | 'leave' = 'keep'): Promise<Place> {
    const log = this.open();
    if (lastLine === 'keep') {
      log.splitter.end();
      log.joiner?.end();
      this.rest(log.raw.end, true);
    }
    await this.settle();
    return this.place;
  }

  private open(): Open {
    if (this.log === undefined) throw new Error('no log was begun');
    return this.log;
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure.thrown;
  }

  private take(given: ReadLine): void {
    const log = this.open();
    const read = readIn(log.name, given);
    const { line, parsed } = read;
    const end = line.end ?? 0;
    if (end <= log.keptFrom) return;
    const key = line.truncated === true ? undefined : recordKey(line.text);
    if (key !== undefined && !this.options.source.claim(key)) {
      this.passOver(line, end);
      return;
    }
    const written = log.clock.passedMs ?? timeOf(read, log.clock);
    const day = this.days.take(written);
    if (this.part !== undefined && this.part.day !== undefined && day !== this.part.day)
      this.close();
    const part = (this.part ??= {
      firstLine: line.number,
      day,
      taken: 0,
      records: [],
      firstMs: undefined,
      lastMs: undefined,
      end,
      line: line.number,
    });
    part.day = day;
    part.taken += 1;
    if (key !== undefined) part.records.push(key);
    part.end = end;
    part.line = line.number;
    const at = 'event' in parsed ? (parsed.event.time.atMs ?? written) : written;
    if (at !== undefined) {
      if (part.firstMs === undefined || at < part.firstMs) part.firstMs = at;
      if (part.lastMs === undefined || at > part.lastMs) part.lastMs = at;
    }
    this.options.rows?.add(line.number - part.firstLine, log.name, read);
    this.options.took?.(log.name, read);
    if (line.truncated === true || end - this.place.offset >= partBytesMax) this.close();
  }

  /** The bytes of the lines that were taken go to the store. */
  private close(): void {
    const { part } = this;
    if (part === undefined) return;
    this.part = undefined;
    const log = this.open();
    const bytes = log.raw.take(part.end);
    const rows = this.options.rows?.take();
    const { day, firstMs, lastMs } = part;
    const isWithinLine = bytes.at(-1) !== newline;
    // A record over several lines has the number of its first.
    const line =
      log.joined === undefined
        ? part.line
        : part.firstLine - 1 + linesIn(bytes) + (isWithinLine ? 1 : 0);
    const place = { offset: part.end, line, isWithinLine };
    this.append(bytes, place, part.taken, {
      ...(day === undefined ? {} : { day }),
      ...(firstMs === undefined ? {} : { firstMs }),
      ...(lastMs === undefined ? {} : { lastMs }),
      ...(rows === undefined ? {} : { rows }),
      ...(part.records.length === 0 ? {} : { records: part.records }),
    });
  }

  /** A record that is kept already: reading goes on behind it, and it is no part of what is kept. */
  private passOver(line: LogLine, end: number): void {
    this.close();
    const log = this.open();
    const bytes = log.raw.take(end);
    const number = log.joined === undefined ? line.number : line.number - 1 + linesIn(bytes);
    this.place = { offset: end, line: number, isWithinLine: false };
    this.options.cameAgain?.(log.name);
  }

  /** What is behind the bound of a line: kept in pieces, and nothing is read of it. */
  private rest(end: number, isWhole: boolean): void {
    // Lines that are held until their format is known come first.
    this.reading?.end();
    this.close();
    if (!isWhole && end - this.place.offset < pieceBytesMin) return;
    const bytes = this.open().raw.take(end);
    if (bytes.length === 0) return;
    const place = { ...this.place, offset: end, isWithinLine: bytes.at(-1) !== newline };
    const { day } = this.days;
    this.append(bytes, place, 0, day === undefined ? {} : { day });
  }

  private append(
    bytes: Buffer,
    place: Place,
    lines: number,
    about: NonNullable<Parameters<EvidenceSource['append']>[2]>,
  ): void {
    const log = this.open();
    this.place = place;
    const day = about.day ?? log.otherwiseDay ?? dayOf(new Date(this.options.now()));
    for (let at = 0; at < bytes.length; at += appendBytesMax) {
      const to = Math.min(at + appendBytesMax, bytes.length);
      const isLast = to === bytes.length;
      const within = { ...place, offset: place.offset - bytes.length + to, isWithinLine: true };
      const { rows, ...times } = about;
      const position = log.positionAt(isLast ? place : within);
      this.hand(bytes.subarray(at, to), position, isLast ? lines : 0, {
        ...times,
        day,
        isOwn: true,
        ...(at === 0 && rows !== undefined ? { rows } : {}),
      });
    }
  }

  private hand(
    bytes: Buffer,
    position: string,
    lines: number,
    about: NonNullable<Parameters<EvidenceSource['append']>[2]>,
  ): void {
    this.unkeptBytes += bytes.length;
    const done = this.options.source.append(bytes, position, about).then(
      () => this.handed(bytes.length, lines),
      (thrown: unknown) => {
        this.failure ??= { thrown };
        this.handed(bytes.length, 0);
      },
    );
    this.unkept.push({ bytes: bytes.length, done });
  }

  /** The store takes appends in their order. */
  private handed(bytes: number, lines: number): void {
    this.unkept.shift();
    this.unkeptBytes -= bytes;
    this.options.kept?.(lines);
  }
}

/** When a line was written that has no envelope: as its event tells, or, where no format knew it, its own stamp. */
const timeOf = ({ line, parsed, format }: ReadLine, clock: LogClock): number | undefined => {
  if ('event' in parsed) return parsed.event.time.atMs;
  if (format !== undefined) return undefined;
  const at = anyStamp(line.text);
  return at === undefined ? undefined : clock.read(at.stamp).atMs;
};

const linesIn = (bytes: Buffer): number => {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
};
