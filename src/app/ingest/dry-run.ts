import { UsageError } from '../../core/errors.ts';
import { findLogs } from '../../intake/log-files.ts';
import { piped } from '../../intake/piped.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import { ReadCounts, type ReadReport } from './read-counts.ts';
import { readLogFiles, readLogPipe } from './read-logs.ts';
import { shown } from './render.ts';
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

class DryRun {
  readonly counts: ReadCounts = new ReadCounts();
  private readonly options: DryRunOptions;

  constructor(options: DryRunOptions) {
    this.options = options;
  }

  async run(): Promise<void> {
    const { words, input, zoneOf, year, nowMs } = this.options;
    const { counts } = this;
    const source = {
      formats: logFormats,
      zoneOf,
      nowMs,
      ...(year === undefined ? {} : { year }),
      take: (log: string, read: ReadLine) => this.take(log, read),
      note: counts.note,
      begin: (log: string) => {
        counts.logs += 1;
        this.options.progress(log);
      },
      stepped: counts.stepped,
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

  private take(log: string, read: ReadLine): void {
    const { parsed } = read;
    this.counts.take(read);
    if ('unparsed' in parsed || ('event' in parsed && !this.options.unparsedOnly)) {
      this.write(log, read);
    }
  }

  private write(log: string, read: ReadLine): void {
    this.options.write(shown(log, read, this.options));
  }
}

/** Reads logs and writes down what would be stored; stores nothing. @throws UsageError */
export const dryRun = async (options: DryRunOptions): Promise<ReadReport> => {
  const run = new DryRun(options);
  await run.run();
  return run.counts;
};
