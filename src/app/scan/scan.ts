import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { ExposureSource, ExposureState, ExposureUnseen } from '../../core/exposure-state.ts';
import type { Unseen } from '../../core/unseen.ts';
import { withTypes } from '../../exposure/index/masks.ts';
import { sourcePseudonym } from '../../exposure/index/names.ts';
import { scannedRoom } from '../../exposure/index/scanned-memory.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { durableFiles } from '../../store/durable-files.ts';
import { SqliteExposureState } from '../../store/exposure-state.ts';
import { lock } from '../../store/lock.ts';
import { AttachmentLane } from './attachment-lane.ts';
import { detectorOf, detectorTypes } from './detector.ts';
import { IndexWriter, segmentsFolder } from './index-writer.ts';
import type { ScanSettings, ThreadSetup } from './protocol.ts';
import { type ScanAnswer, scanAnswer } from './scan-answer.ts';
import { ScanCounts } from './scan-counts.ts';
import { ScanRun } from './scan-run.ts';
import { type BatchReaders, ScanThreads } from './scan-threads.ts';
import type { ScanSources } from './sources.ts';
import { staleIn } from './stale.ts';

/** Of a store. */
export const exposureFolder = 'exposure';
const stateFile = 'state.sqlite';
/** Of some 100,000 letters, 16 MB, is remembered what they hold. */
const rememberedNumbers = 2 << 20;

export interface ScanOptions {
  readonly store: string;
  /** Opened with the key that the index was made with, where there is one. */
  readonly pseudonyms: (fingerprint: string | undefined) => Pseudonyms;
  readonly sources: (pseudonyms: Pseudonyms) => ScanSources;
  readonly settings: ScanSettings;
  /** Reads messages anew that were read before. */
  readonly full: boolean;
  readonly attachments: boolean;
  readonly threads: number;
  /** Folders are counted ahead, so that somebody can be told how long it will take. */
  readonly countsAhead?: boolean;
  /** In place of threads. */
  readonly readers?: (setup: Omit<ThreadSetup, 'progress'>) => BatchReaders;
  readonly now: () => number;
  readonly progress: (counts: ScanCounts) => void;
  readonly isStopped: () => boolean;
}

/** The state of a store's index, which this process alone may write until it is closed. */
interface OpenedIndex {
  readonly folder: string;
  readonly state: ExposureState;
  readonly close: () => void;
}

const openIndex = (store: string): OpenedIndex => {
  const folder = join(store, exposureFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lock(folder, 'scan');
  try {
    const state = new SqliteExposureState(join(folder, stateFile));
    return {
      folder,
      state,
      close: () => {
        state.close();
        unlock();
      },
    };
  } catch (thrown) {
    unlock();
    throw thrown;
  }
};

/** Sources as the index knows them, new ones among them. */
const sourcesOf = (
  state: ExposureState,
  places: readonly string[],
  pseudonyms: Pseudonyms,
): readonly ExposureSource[] => {
  const known = state.sources();
  let next = 1 + known.reduce((most, { number }) => Math.max(most, number), 0);
  return places.map(place => {
    const name = sourcePseudonym(pseudonyms, place);
    const found = known.find(each => each.name.high === name.high && each.name.low === name.low);
    if (found !== undefined) return found;
    const source = { number: next, name };
    next += 1;
    return source;
  });
};

const placesOf = (unseen: readonly Unseen[]): readonly ExposureUnseen[] => {
  const counts = new Map<string, number>();
  for (const { why } of unseen) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].map(([why, count]) => ({ folder: 0, why, count }));
};

/** Reads what is new in the mail of some sources, and keeps what it was found to hold, without the mail itself. */
export const scan = async (options: ScanOptions): Promise<ScanAnswer> => {
  const index = openIndex(options.store);
  try {
    return await scanInto(index, options);
  } catch (thrown) {
    throw withoutNames(thrown);
  } finally {
    index.close();
  }
};

/** What the system and libraries say of a fault may name a mailbox: only its kind is told, and where in the code it was. */
const withoutNames = (thrown: unknown): unknown => {
  if (thrown instanceof UsageError || !(thrown instanceof Error)) return thrown;
  const kind = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
  const why = kind === 'ENOSPC' ? 'the disk is full' : `it broke off (${kind})`;
  const error = new Error(
    `scan: ${why}; what was committed is kept: run the same command again, and it goes on there`,
  );
  const places = (thrown.stack ?? '').split('\n').filter(line => /^\s+at /.test(line));
  error.stack = [error.message, ...places].join('\n');
  return error;
};

const scanInto = async (index: OpenedIndex, options: ScanOptions): Promise<ScanAnswer> => {
  const startedMs = performance.now();
  const { state, folder } = index;
  const { settings, attachments, full, now } = options;
  const pseudonyms = options.pseudonyms(state.fingerprint());
  if (state.fingerprint() === undefined) state.setFingerprint(pseudonyms.fingerprint);
  const types = withTypes(state.types(), detectorTypes);
  const detector = detectorOf(settings, attachments);
  const writer = new IndexWriter({ state, files: durableFiles(folder), types, detector, now });
  await writer.prepare();
  const sources = options.sources(pseudonyms);
  const missing = await sources.missing();
  if (missing !== undefined) {
    await sources.close();
    throw new UsageError(`scan: ${missing.slice(0, 200)}: no such file or folder`);
  }
  const setup: Omit<ThreadSetup, 'progress'> = {
    hostRoot: sources.hostRoot,
    key: pseudonyms.forThread(),
    types,
    settings,
    attachments,
    messageBytesMax: sources.messageBytesMax,
    remembered: scannedRoom(rememberedNumbers),
  };
  let threads: BatchReaders | undefined;
  let lane: AttachmentLane | undefined;
  const counts = new ScanCounts();
  const run = new ScanRun({
    state,
    writer,
    pseudonyms,
    counts,
    threads: () =>
      (threads ??= options.readers?.(setup) ?? new ScanThreads(setup, options.threads)),
    lane: () => (lane ??= new AttachmentLane(setup, options.threads)),
    stale: staleIn(join(folder, segmentsFolder), state, detector, full),
    isStopped: options.isStopped,
    progress: () => options.progress(counts),
  });
  let isOver = false;
  const count = async (): Promise<void> => {
    counts.foldersOfAll = await sources.count(() => isOver);
  };
  // Nobody waits for it, and what it meets is met again by whoever reads.
  if (options.countsAhead === true) void count().catch(() => undefined);
  try {
    const known = sourcesOf(
      state,
      sources.all.map(({ place }) => place),
      pseudonyms,
    );
    for (const [i, each] of sources.all.entries()) {
      const source = known[i];
      if (source === undefined || options.isStopped()) break;
      // Its folders are kept before it has come to its end.
      if (source.scannedMs === undefined) state.commit({ sources: [source] });
      const before = sources.unseen.length;
      const isWhole = await run.source(source, each.folders(), () => sources.notes());
      await writer.commit();
      const unseen = placesOf(sources.unseen.slice(before));
      if (isWhole) {
        state.commit({
          sources: [{ ...source, scannedMs: now() }],
          places: { source: source.number, unseen },
        });
      }
    }
    const ms = performance.now() - startedMs;
    const isStopped = options.isStopped();
    const places = sources.unseen;
    return scanAnswer({ state, folder, counts, places, ms, isStopped, nowMs: now() });
  } finally {
    isOver = true;
    await threads?.close();
    await lane?.close();
    await sources.close();
  }
};
