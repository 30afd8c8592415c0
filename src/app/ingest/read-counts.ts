import type { Unseen } from '../../core/unseen.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import type { ClockStep } from '../../logs/time/clock.ts';

/** What became of the lines that one format, or none, read. */
export interface FormatCount {
  events: number;
  quiet: number;
  unparsed: number;
}

/** What a reading of logs came to. */
export interface ReadReport {
  readonly logs: number;
  readonly lines: number;
  readonly truncated: number;
  /** By id of the format; `none` for lines that no format knew. */
  readonly formats: ReadonlyMap<string, FormatCount>;
  readonly unseen: readonly Unseen[];
  readonly steps: readonly {
    readonly log: string;
    readonly first: ClockStep;
    readonly count: number;
  }[];
}

const unseenMax = 1_000;
const stepsMax = 100;

/** Counts while logs are read. */
export class ReadCounts implements ReadReport {
  logs = 0;
  lines = 0;
  truncated = 0;
  readonly formats: Map<string, FormatCount> = new Map();
  readonly unseen: Unseen[] = [];
  readonly steps: { readonly log: string; readonly first: ClockStep; readonly count: number }[] =
    [];

  take({ parsed, line, format }: ReadLine): void {
    this.lines += 1;
    if (line.truncated === true) this.truncated += 1;
    const count = this.countOf(format ?? 'none');
    if ('event' in parsed) count.events += 1;
    else if ('quiet' in parsed) count.quiet += 1;
    else count.unparsed += 1;
  }

  readonly note = (unseen: Unseen): void => {
    if (this.unseen.length < unseenMax) this.unseen.push(unseen);
  };

  readonly stepped = (log: string, steps: readonly ClockStep[], count: number): void => {
    const [first] = steps;
    if (first !== undefined && this.steps.length < stepsMax) this.steps.push({ log, first, count });
  };

  private countOf(format: string): FormatCount {
    const known = this.formats.get(format);
    if (known !== undefined) return known;
    const count = { events: 0, quiet: 0, unparsed: 0 };
    this.formats.set(format, count);
    return count;
  }
}
