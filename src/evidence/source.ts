import type { DurableFile } from '../core/durable-files.ts';
import type { ClosedSpool, SegmentPart, SpoolMemory } from './closed-spool.ts';
import { isDay } from './days.ts';
import { EvidenceError, evidenceError } from './errors.ts';
import { frameHead, type SpoolFrame } from './spool.ts';

/** What a source knows of the lines that it hands over. */
export interface AppendedLines {
  /** Day that they belong to; that of the clock unless given. `2026-06-29`. */
  readonly day?: string;
  /** First and last time that they tell, milliseconds since 1970. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  /** What was made of the lines, for `EvidenceOptions.make`; in memory only, so that a kill loses it. */
  readonly rows?: unknown;
  /** Keys of the records among them that were claimed. */
  readonly records?: readonly Uint8Array[] | undefined;
  /** Nobody writes to the memory of the lines again: they need not be copied. */
  readonly isOwn?: boolean;
}

/** What a source needs of its store. */
export interface SourceHome {
  readonly segmentBytes: number;
  /** Segments that may wait to be made before a source has to. */
  readonly waitingMax: number;
  today(): string;
  /** Throws when the store goes on no more. */
  check(): void;
  fail(thrown: unknown): EvidenceError;
  openSpool(source: string, seq: number): Promise<DurableFile>;
  /** Makes the name of a new spool durable. */
  syncSpools(source: string): Promise<void>;
  readonly memory: SpoolMemory;
  /** Makes a segment of a closed spool and commits it. */
  cut(source: string, seq: number, closed: ClosedSpool): Promise<void>;
}

interface Waiting {
  readonly lines: Omit<SpoolFrame, 'durable'>;
  readonly rows?: unknown;
  readonly records: readonly Uint8Array[] | undefined;
  readonly done: (position: string) => void;
  readonly failed: (error: EvidenceError) => void;
}

interface OpenSpool {
  readonly file: DurableFile;
  readonly seq: number;
  readonly day: string;
  readonly parts: SegmentPart[];
  frames: SpoolFrame[] | undefined;
  /** Of whole frames, all of them on the disk. */
  bytes: number;
  endsLine: boolean;
}

const appendBytesMax = 16 << 20;
const positionCharactersMax = 2_000;
/** Of one write: what comes in meanwhile waits for the next sync. */
const batchBytesMax = 4 << 20;
const newline = 0x0a;

/** Takes the lines of one source: on the disk before they are acknowledged, many with one sync. */
export class SourceWriter {
  readonly id: string;
  private readonly home: SourceHome;
  private nextSeq: number;
  private acknowledged: string | undefined;
  private spool: OpenSpool | undefined;
  private waiting: Waiting[] = [];
  private isPumping = false;
  /** Somebody wants what is in hand to become a segment. */
  private asked: { readonly done: Promise<void>; readonly tell: () => void } | undefined;
  private lastAppend: Promise<unknown> = Promise.resolve();
  private readonly cuts = new Set<Promise<void>>();

  constructor(home: SourceHome, id: string, seq: number, position: string | undefined) {
    this.home = home;
    this.id = id;
    this.nextSeq = seq + 1;
    this.acknowledged = position;
  }

  /** Where reading goes on: behind the last line that is on the disk. */
  get cursor(): string | undefined {
    return this.acknowledged;
  }

  /** @param bytes whole lines; what does not end in a newline is the last line of its file. */
  append(bytes: Uint8Array, position: string, about: AppendedLines = {}): Promise<string> {
    const day = about.day ?? this.home.today();
    try {
      this.home.check();
      if (bytes.length === 0 || bytes.length > appendBytesMax) {
        throw new EvidenceError('BAD_INPUT', `an append holds 1 to ${appendBytesMax} bytes`);
      }
      if (position.length > positionCharactersMax || /\p{Surrogate}/u.test(position)) {
        throw new EvidenceError('BAD_INPUT', 'a position is a text of 2,000 characters at most');
      }
      if (!isDay(day)) throw new EvidenceError('BAD_INPUT', `"${day.slice(0, 20)}" is no day`);
    } catch (thrown) {
      return Promise.reject(evidenceError(thrown));
    }
    const lines = {
      bytes:
        about.isOwn === true
          ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
          : Buffer.from(bytes),
      position,
      day,
      first: whole(about.firstMs),
      last: whole(about.lastMs),
    };
    const appending = new Promise<string>((done, failed) => {
      this.waiting.push({ lines, rows: about.rows, records: about.records, done, failed });
      if (!this.isPumping) void this.pump();
    });
    this.lastAppend = appending.catch(() => undefined);
    return appending;
  }

  /** Everything that was handed over by now is in a committed segment when this is done, whatever comes meanwhile. */
  async flush(): Promise<void> {
    await this.lastAppend;
    this.home.check();
    await this.ask();
    this.home.check();
    await Promise.all(this.cuts);
  }

  /** What is in hand becomes a segment as soon as nothing is being written; nobody waits for it. */
  cut(): void {
    void this.ask();
  }

  /** After a failure: lets go of the file without another word to it. */
  async drop(): Promise<void> {
    const file = this.spool?.file;
    this.letGo(this.spool);
    this.spool = undefined;
    try {
      await file?.close();
    } catch {
      // What could not be written is not acknowledged either way.
    }
  }

  /** @returns when the spool that there is now is closed, and on its way to be a segment. */
  private ask(): Promise<void> {
    if (this.asked === undefined) {
      let tell = (): void => {};
      const done = new Promise<void>(told => {
        tell = told;
      });
      this.asked = { done, tell };
    }
    const { done } = this.asked;
    if (!this.isPumping) void this.pump();
    return done;
  }

  private async pump(): Promise<void> {
    this.isPumping = true;
    while (this.waiting.length > 0 || this.asked !== undefined) {
      const batch: Waiting[] = [];
      const { asked } = this;
      this.asked = undefined;
      try {
        this.home.check();
        if (asked !== undefined) await this.rotate();
        await this.write(batch);
      } catch (thrown) {
        const error = this.home.fail(thrown);
        for (const { failed } of [...batch, ...this.waiting.splice(0)]) failed(error);
      }
      for (const { lines, done } of batch) done(lines.position);
      // After a failure, too: whoever asked looks whether there was one.
      asked?.tell();
    }
    // In the same breath as the look at what is waiting: nobody comes in between and waits for nothing.
    this.isPumping = false;
  }

  /** Writes what is waiting and belongs together, syncs once, and only then counts it as kept. */
  private async write(batch: Waiting[]): Promise<void> {
    const [next] = this.waiting;
    if (next === undefined) return;
    if (this.spool !== undefined && !this.hasRoomFor(next, this.spool)) await this.rotate();
    const isNew = this.spool === undefined;
    const spool = (this.spool ??= {
      file: await this.home.openSpool(this.id, this.nextSeq),
      seq: this.nextSeq,
      day: next.lines.day,
      parts: [],
      frames: [],
      bytes: 0,
      endsLine: true,
    });
    const frames: SpoolFrame[] = [];
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (let each = this.waiting[0]; each !== undefined; each = this.waiting[0]) {
      const fits = bytes < batchBytesMax && spool.bytes + bytes < this.home.segmentBytes;
      if (each.lines.day !== spool.day || !spool.endsLine || !(fits || bytes === 0)) break;
      const frame = { ...each.lines, durable: spool.bytes };
      const head = frameHead(frame);
      frames.push(frame);
      pieces.push(head, frame.bytes);
      bytes += head.length + frame.bytes.length;
      spool.endsLine = each.lines.bytes.at(-1) === newline;
      batch.push(each);
      this.waiting.shift();
    }
    await spool.file.write(Buffer.concat(pieces, bytes));
    await spool.file.dataSync();
    if (isNew) await this.home.syncSpools(this.id);
    this.hold(spool, frames, bytes);
    spool.bytes += bytes;
    for (const { lines, rows, records } of batch) {
      spool.parts.push({ bytes: lines.bytes.length, rows, records });
    }
    this.acknowledged = batch.at(-1)?.lines.position ?? this.acknowledged;
    if (spool.bytes >= this.home.segmentBytes) await this.rotate();
  }

  /** What was written is made into a segment soon, and need not be read again if there is room for it. */
  private hold(spool: OpenSpool, frames: readonly SpoolFrame[], bytes: number): void {
    if (spool.frames === undefined) return;
    if (this.home.memory.take(bytes)) spool.frames.push(...frames);
    else this.letGo(spool);
  }

  private letGo(spool: OpenSpool | undefined): void {
    if (spool?.frames === undefined) return;
    spool.frames = undefined;
    this.home.memory.give(spool.bytes);
  }

  private hasRoomFor({ lines }: Waiting, spool: OpenSpool): boolean {
    return lines.day === spool.day && spool.endsLine && spool.bytes < this.home.segmentBytes;
  }

  /** Closes the spool and has it made into a segment, while the next lines go to another. */
  private async rotate(): Promise<void> {
    const { spool } = this;
    if (spool === undefined) return;
    this.spool = undefined;
    this.nextSeq = spool.seq + 1;
    await spool.file.close();
    while (this.cuts.size >= this.home.waitingMax) await Promise.race(this.cuts);
    const cut = this.home.cut(this.id, spool.seq, spool).finally(() => {
      this.cuts.delete(cut);
      this.letGo(spool);
    });
    this.cuts.add(cut);
    // Whoever waits for it hears of a failure; so does everybody, through the store.
    cut.catch((thrown: unknown) => this.home.fail(thrown));
  }
}

const whole = (ms: number | undefined): number | null =>
  ms !== undefined && Number.isSafeInteger(ms) ? ms : null;
