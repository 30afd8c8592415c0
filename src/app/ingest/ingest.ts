import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { messageOf, UsageError } from '../../core/errors.ts';
import { pathMatches } from '../../core/glob.ts';
import { EvidenceError, evidenceError } from '../../evidence/errors.ts';
import { findLogs, type LogFile } from '../../intake/log-files.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import { RowPacker } from '../../logs/rows/row-packer.ts';
import { type OpenedStore, openEvidenceStore } from '../evidence/open.ts';
import { type KeepingLogs, keepLogFiles } from './keep-logs.ts';
import { LiveRun, type LiveState } from './live/live-run.ts';
import { ReadCounts, type ReadReport } from './read-counts.ts';
import type { SyslogAddress } from './syslog/address.ts';
import type { ZoneOf } from './zones.ts';

export interface IngestOptions {
  /** Files, folders and globs. */
  readonly words: readonly string[];
  /** What comes on standard input, where `-` is named, and the name of its source. */
  readonly input?: { readonly name: string; readonly chunks: AsyncIterable<Uint8Array> };
  /** Goes on with what is written to the files, and takes in new ones. */
  readonly follow?: boolean;
  readonly syslog?: readonly SyslogAddress[];
  readonly tls?: TlsOptions;
  /** It listens, and has caught up with the files. */
  readonly isLive?: (state: LiveState) => void;
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
  /** What goes on, once the files are read. */
  readonly live?: LiveState;
}

export interface IngestReport extends ReadReport {
  readonly store: string;
  /** Files that were looked at; `logs` had something new. */
  readonly files: number;
  /** Records that the store had already. */
  readonly again: number;
  /** Last lines that have no end yet. */
  readonly left: readonly { readonly log: string; readonly bytes: number }[];
  readonly gaps: readonly GapTold[];
  /** Days that were sealed. */
  readonly sealed: readonly string[];
  readonly isStopped: boolean;
}

interface GapTold {
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
  again = 0;
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
    const { words, input, store, key, now, zoneOf, follow } = this.options;
    const { files: found, unseen, missing } = findLogs(words);
    const files = outside(store, found);
    const [first] = missing;
    // What is not there yet may come.
    if (first !== undefined && follow !== true) {
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
    input: IngestOptions['input'],
  ): Promise<void> {
    const { zoneOf, year, now, words, store, follow, syslog = [], tls } = this.options;
    this.files = files.length + (input === undefined ? 0 : 1);
    this.bytesOfAll = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let log = '';
    let bytes = 0;
    const say = (): void => {
      const read = Math.min(this.doneBytes + bytes, this.bytesOfAll);
      const { lines, bytesOfAll } = this;
      const state = isCaughtUp ? live?.state : undefined;
      const progress = { log, lines, bytes: read, bytesOfAll };
      this.options.progress(state === undefined ? progress : { ...progress, live: state });
    };
    let live: LiveRun | undefined;
    let isCaughtUp = false;
    const keeping: KeepingLogs = {
      evidence,
      formats: logFormats,
      rows: new RowPacker(),
      zoneOf,
      ...(year === undefined ? {} : { year }),
      now: () => now().getTime(),
      took: (name, read) => {
        this.take(read);
        this.options.took(name, read);
      },
      cameAgain: () => {
        this.again += 1;
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
    if (follow === true || syslog.length > 0 || input !== undefined) {
      const options = {
        follow:
          follow === true
            ? () => {
                const found = findLogs(words);
                return { ...found, files: outside(store, found.files) };
              }
            : undefined,
        syslog,
        ...(tls === undefined ? {} : { tls }),
        ...(input === undefined ? {} : { input }),
      };
      live = await LiveRun.open(options, keeping, say);
    }
    try {
      await keepLogFiles(files, keeping, log => isWithin(words, log));
      this.sealed = await evidence.seal();
    } catch (thrown) {
      await live?.close();
      throw thrown;
    }
    if (live === undefined) return;
    isCaughtUp = true;
    const running = live;
    await running.run(files, () => this.options.isLive?.(running.state));
    this.sealed = [...this.sealed, ...running.sealed, ...(await evidence.seal())];
  }

  /** What ended it, and what is kept all the same, on one line. */
  private told(thrown: unknown): unknown {
    const error = storeError(thrown);
    if (error === undefined) return thrown;
    const { store } = this.options;
    const { kept } = this;
    const lines = `${kept.toLocaleString('en-US')} new ${kept === 1 ? 'line is' : 'lines are'} kept for certain`;
    const again = 'run the same command again: it goes on behind what is kept';
    const said =
      error.code === 'DISK_FULL'
        ? `the disk of ${store} is full; ${lines}. Make room, and ${again}`
        : `${store} cannot be written: ${messageOf(error)}; ${lines}. Mend that, and ${again}`;
    return new Error(`ingest: ${said}`, { cause: thrown });
  }
}

const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
};

/** Whether arguments name a file: itself, a folder above it, or a glob. */
const isWithin = (words: readonly string[], path: string): boolean =>
  words.some(word => {
    const named = real(word);
    return (
      path === named ||
      path.startsWith(named === '/' ? '/' : `${named}/`) ||
      pathMatches(named, path)
    );
  });

/** What lies in the store is no log, though it may lie in a folder of logs. */
const outside = (store: string, files: readonly LogFile[]): readonly LogFile[] => {
  const within = `${real(store)}/`;
  return files.filter(({ path }) => !real(path).startsWith(within));
};

/** Faults of the disk, and of a store that may not be written. */
const storeFaults: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOENT',
  'ENOTDIR',
  'EIO',
]);

/** What keeps the store from being written; undefined for everything else. */
const storeError = (thrown: unknown): EvidenceError | undefined => {
  if (thrown instanceof EvidenceError) {
    return thrown.code === 'DISK_FULL' || thrown.code === 'WRITE_FAILED' ? thrown : undefined;
  }
  if (!(thrown instanceof Error) || thrown instanceof UsageError) return undefined;
  const isSqlite = 'code' in thrown && thrown.code === 'ERR_SQLITE_ERROR';
  const isFault = 'code' in thrown && storeFaults.has(thrown.code);
  return isSqlite || isFault ? evidenceError(thrown) : undefined;
};

/** Reads logs and keeps what is new in them. @throws UsageError */
export const ingest = async (options: IngestOptions): Promise<IngestReport> => {
  const run = new Ingest(options);
  await run.run();
  return run;
};
