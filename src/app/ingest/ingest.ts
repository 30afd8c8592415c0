import { messageOf, UsageError } from '../../core/errors.ts';
import { EvidenceError } from '../../evidence/errors.ts';
import { findLogs, type LogFile } from '../../intake/log-files.ts';
import { piped } from '../../intake/piped.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import { RowSink } from '../../logs/rows/row-sink.ts';
import { type OpenedStore, openEvidenceStore } from '../evidence/open.ts';
import { type KeepingLogs, keepLogFiles } from './keep-logs.ts';
import { keepPipe } from './keep-pipe.ts';
import { ReadCounts, type ReadReport } from './read-counts.ts';
import type { ZoneOf } from './zones.ts';

export interface IngestOptions {
  /** Files, folders and globs. */
  readonly words: readonly string[];
  /** What comes on standard input, where `-` is named. */
  readonly input?: AsyncIterable<Uint8Array>;
  readonly store: string;
  /** `POSTERN_EVIDENCE_KEY`. */
  readonly key?: string | undefined;
  readonly zoneOf: ZoneOf;
  readonly year?: number;
  readonly now: () => Date;
  /** Hears of each line that is kept. */
  readonly took: (log: string, read: ReadLine) => void;
  readonly progress: (progress: IngestProgress) => void;
  readonly isStopped: () => boolean;
}

export interface IngestProgress {
  readonly log: string;
  readonly lines: number;
  /** Of the files as they lie on the disk. */
  readonly bytes: number;
  readonly bytesOfAll: number;
}

export interface IngestReport extends ReadReport {
  readonly store: string;
  /** Files that were looked at; `logs` had something new. */
  readonly files: number;
  /** Last lines that have no end yet. */
  readonly left: readonly { readonly log: string; readonly bytes: number }[];
  readonly gaps: readonly GapTold[];
  /** Days that were sealed. */
  readonly sealed: readonly string[];
  readonly isStopped: boolean;
}

export interface GapTold {
  readonly log: string;
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
}

const leftMax = 1_000;

class Ingest extends ReadCounts implements IngestReport {
  readonly store: string;
  files = 0;
  readonly left: { readonly log: string; readonly bytes: number }[] = [];
  readonly gaps: GapTold[] = [];
  sealed: readonly string[] = [];
  /** Lines that are on the disk. */
  kept = 0;
  private readonly options: IngestOptions;
  private bytesOfAll = 0;
  private doneBytes = 0;

  constructor(options: IngestOptions) {
    super();
    this.options = options;
    this.store = options.store;
  }

  get isStopped(): boolean {
    return this.options.isStopped();
  }

  async run(): Promise<void> {
    const { words, input, store, key, now, zoneOf } = this.options;
    const { files, unseen, missing } = findLogs(words);
    const [first] = missing;
    if (first !== undefined) {
      throw new UsageError(`ingest: ${first.slice(0, 200)}: no such file or folder`);
    }
    for (const each of unseen) this.note(each);
    let opened: OpenedStore | undefined;
    try {
      opened = await openEvidenceStore(store, {
        now,
        zoneOf,
        ...(key === undefined ? {} : { key }),
      });
      await this.keep(opened, files, input);
      await opened.close();
    } catch (thrown) {
      await opened?.close().catch(() => undefined);
      throw this.told(thrown);
    }
  }

  private async keep(
    { evidence }: OpenedStore,
    files: readonly LogFile[],
    input: AsyncIterable<Uint8Array> | undefined,
  ): Promise<void> {
    const { zoneOf, year, now } = this.options;
    this.files = files.length + (input === undefined ? 0 : 1);
    this.bytesOfAll = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let log = '';
    let bytes = 0;
    const say = (): void => {
      const read = Math.min(this.doneBytes + bytes, this.bytesOfAll);
      const { lines, bytesOfAll } = this;
      this.options.progress({ log, lines, bytes: read, bytesOfAll });
    };
    const keeping: KeepingLogs = {
      evidence,
      formats: logFormats,
      rows: new RowSink(),
      zoneOf,
      ...(year === undefined ? {} : { year }),
      now: () => now().getTime(),
      took: (name, read) => {
        this.take(read);
        this.options.took(name, read);
      },
      kept: lines => {
        this.kept += lines;
      },
      note: this.note,
      stepped: this.stepped,
      begin: name => {
        this.logs += 1;
        log = name;
        bytes = 0;
        say();
      },
      progress: (_, more) => {
        bytes += more;
        say();
      },
      done: more => {
        this.doneBytes += more;
        bytes = 0;
      },
      left: (name, rest) => {
        if (this.left.length < leftMax) this.left.push({ log: name, bytes: rest });
      },
      gap: (name, fromDay, toDay, why) => {
        this.gaps.push({ log: name, fromDay, toDay, why });
      },
      isStopped: () => this.options.isStopped(),
    };
    await keepLogFiles(files, keeping);
    if (input !== undefined && !this.isStopped) await keepPipe(piped(input), keeping);
    this.sealed = await evidence.seal();
  }

  /** What ended it, and what is kept all the same, on one line. */
  private told(thrown: unknown): unknown {
    if (thrown instanceof UsageError) return thrown;
    const { store } = this.options;
    const lines = `${this.kept.toLocaleString('en-US')} new ${this.kept === 1 ? 'line is' : 'lines are'} kept`;
    const again = 'run the same command again, and it goes on behind them';
    if (thrown instanceof EvidenceError && thrown.code === 'DISK_FULL') {
      return new Error(`ingest: the disk of ${store} is full; ${lines}: make room and ${again}`, {
        cause: thrown,
      });
    }
    if (thrown instanceof EvidenceError && thrown.code === 'WRITE_FAILED') {
      const why = messageOf(thrown);
      return new Error(
        `ingest: ${store} cannot be written: ${why}; ${lines}: mend that and ${again}`,
        {
          cause: thrown,
        },
      );
    }
    return thrown;
  }
}

/** Reads logs and keeps what is new in them. @throws UsageError */
export const ingest = async (options: IngestOptions): Promise<IngestReport> => {
  const run = new Ingest(options);
  await run.run();
  return run;
};
