import { UsageError } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { findLogs } from '../../intake/log-files.ts';
import { piped } from '../../intake/piped.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import type { ClockStep } from '../../logs/time/clock.ts';
import { toolVersion } from '../version.ts';
import { readLogFiles, readLogPipe } from './read-logs.ts';
import { eventText, ndjsonOf, unparsedText } from './render.ts';
import type { ZoneOf } from './zones.ts';

type DryRunFormat = 'text' | 'ndjson';

export interface DryRunOptions {
  /** Files, folders and globs. */
  readonly words: readonly string[];
  /** What comes on standard input, where `-` is named. */
  readonly input?: AsyncIterable<Uint8Array>;
  readonly zoneOf: ZoneOf;
  readonly year?: number;
  readonly format: DryRunFormat;
  /** With each line itself. */
  readonly raw: boolean;
  /** Those lines alone that no format understands. */
  readonly unparsedOnly: boolean;
  readonly nowMs: number;
  /** Writes one line out, and waits while nobody reads. */
  readonly write: (line: string) => void;
  readonly progress: (log: string) => void;
}

/** What became of the lines that one format, or none, read. */
export interface FormatCount {
  events: number;
  quiet: number;
  unparsed: number;
}

export interface DryRunReport {
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

class DryRun implements DryRunReport {
  logs = 0;
  lines = 0;
  truncated = 0;
  readonly formats = new Map<string, FormatCount>();
  readonly unseen: Unseen[] = [];
  readonly steps: { readonly log: string; readonly first: ClockStep; readonly count: number }[] =
    [];
  private readonly options: DryRunOptions;

  constructor(options: DryRunOptions) {
    this.options = options;
  }

  async run(): Promise<void> {
    const { words, input, zoneOf, year, nowMs } = this.options;
    const source = {
      formats: logFormats,
      zoneOf,
      nowMs,
      ...(year === undefined ? {} : { year }),
      take: (log: string, read: ReadLine) => this.take(log, read),
      note: (unseen: Unseen) => {
        if (this.unseen.length < unseenMax) this.unseen.push(unseen);
      },
      begin: (log: string) => {
        this.logs += 1;
        this.options.progress(log);
      },
      stepped: (log: string, steps: readonly ClockStep[], count: number) => {
        const [first] = steps;
        if (first !== undefined && this.steps.length < stepsMax)
          this.steps.push({ log, first, count });
      },
    };
    const { files, unseen, missing } = findLogs(words);
    const [first] = missing;
    if (first !== undefined) {
      throw new UsageError(`ingest: ${first.slice(0, 200)}: no such file or folder`);
    }
    for (const each of unseen) source.note(each);
    await readLogFiles(files, source);
    if (input !== undefined) await readLogPipe('-', piped(input), source);
  }

  private countOf(format: string): FormatCount {
    const known = this.formats.get(format);
    if (known !== undefined) return known;
    const count = { events: 0, quiet: 0, unparsed: 0 };
    this.formats.set(format, count);
    return count;
  }

  private take(log: string, read: ReadLine): void {
    const { parsed, line, format } = read;
    this.lines += 1;
    if (line.truncated === true) this.truncated += 1;
    const count = this.countOf(format ?? 'none');
    if ('quiet' in parsed) count.quiet += 1;
    else if ('event' in parsed) {
      count.events += 1;
      if (!this.options.unparsedOnly) this.write(log, read);
    } else {
      count.unparsed += 1;
      this.write(log, read);
    }
  }

  private write(log: string, read: ReadLine): void {
    const { format, raw, nowMs, write } = this.options;
    if (format === 'ndjson') {
      write(ndjsonOf(log, read, { toolVersion, processedMs: nowMs }, raw));
    } else if ('event' in read.parsed)
      write(eventText(read.parsed.event, raw ? read.line.text : undefined));
    else write(unparsedText(log, read, raw));
  }
}

/** Reads logs and writes down what would be stored; stores nothing. @throws UsageError */
export const dryRun = async (options: DryRunOptions): Promise<DryRunReport> => {
  const run = new DryRun(options);
  await run.run();
  return run;
};
