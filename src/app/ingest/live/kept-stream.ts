import type { Evidence } from '../../../evidence/open.ts';
import type { EvidenceSource } from '../../../evidence/options.ts';
import type { LogFormat } from '../../../logs/format.ts';
import type { ReadLine } from '../../../logs/read-log.ts';
import { RowPacker } from '../../../logs/rows/row-packer.ts';
import { LogClock } from '../../../logs/time/clock.ts';
import { LogKeeper, logStart, type Place } from '../keep-log.ts';
import type { PeerStore } from '../syslog/peers.ts';
import type { ZoneOf } from '../zones.ts';

/** What every log that is read as it is written needs. */
export interface LiveContext {
  readonly evidence: Evidence;
  readonly formats: readonly LogFormat[];
  readonly zoneOf: ZoneOf;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly took?: (log: string, read: ReadLine) => void;
  readonly kept?: (lines: number) => void;
  /** Before the first line of a log is kept. */
  readonly begin?: (log: string) => void;
}

/** A source that is open, and whether lines of it wait to become a segment. */
export interface LiveSource {
  readonly source: EvidenceSource;
  /** When the first line came that is in no segment yet, as far as is known. */
  waitingSinceMs: number | undefined;
  /** Until now, all that it had was read; false while something is known to be behind. */
  readonly isReadToEnd: () => boolean;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** Streams have no place to go back to: their position counts what came. */
const placeOf = (cursor: string | undefined): Place => {
  try {
    const value: unknown = JSON.parse(cursor ?? '');
    if (typeof value !== 'object' || value === null) return logStart;
    const { offset, line } = value as Readonly<Record<string, unknown>>;
    return isCount(offset) && isCount(line) ? { offset, line, isWithinLine: false } : logStart;
  } catch {
    return logStart;
  }
};

/** Lines that come once, from a socket: each as it comes, dated by now. */
export class KeptStream implements PeerStore, LiveSource {
  readonly source: EvidenceSource;
  waitingSinceMs: number | undefined;
  private readonly keeper: LogKeeper;
  private readonly now: () => number;
  private readonly begin: () => void;
  private hasBegun = false;
  private unkept = 0;

  private constructor(source: EvidenceSource, name: string, context: LiveContext) {
    const { formats, zoneOf, now, took, kept, begin } = context;
    this.begin = () => begin?.(name);
    this.source = source;
    this.now = now;
    this.keeper = new LogKeeper({
      source,
      formats,
      now,
      rows: new RowPacker(),
      ...(took === undefined ? {} : { took }),
      ...(kept === undefined ? {} : { kept }),
    });
    this.keeper.begin({
      name,
      clock: new LogClock({ zoneOf, writtenByMs: now(), nowMs: now }),
      positionAt: ({ offset, line }) => JSON.stringify({ file: name, offset, line }),
      from: placeOf(source.cursor),
    });
  }

  /** @param name what `metadata.log_name` says. */
  static async open(
    context: LiveContext,
    id: string,
    name: string,
    meta: Readonly<Record<string, string>>,
  ): Promise<KeptStream> {
    return new KeptStream(await context.evidence.source(id, meta), name, context);
  }

  async keep(lines: Buffer): Promise<void> {
    if (!this.hasBegun) this.begin();
    this.hasBegun = true;
    this.unkept += 1;
    this.waitingSinceMs ??= this.now();
    await this.keeper.push(lines);
    await this.keeper.settle();
    this.unkept -= 1;
  }

  gap(fromDay: string, toDay: string, why: string): Promise<void> {
    return this.source.gap(fromDay, toDay, why);
  }

  isReadToEnd(): boolean {
    return this.unkept === 0;
  }
}
