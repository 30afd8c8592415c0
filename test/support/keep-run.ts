import { join } from 'node:path';
import { type KeepingLogs, keepLogFiles } from '../../src/app/ingest/keep-logs.ts';
import { zonesOf } from '../../src/app/ingest/zones.ts';
import type { Unseen } from '../../src/core/unseen.ts';
import { findLogs } from '../../src/intake/log-files.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import type { ReadLine } from '../../src/logs/read-log.ts';
import type { SimulatedStore } from './evidence-run.ts';

/** What one run over logs told. */
export interface KeepRun {
  readonly reads: ReadLine[];
  readonly unseen: Unseen[];
  /** Bytes of last lines that have no end yet. */
  readonly left: number[];
  readonly gaps: string[];
}

export interface KeepHow {
  readonly segmentBytes?: number;
  /** Days that are over are sealed. */
  readonly isSealed?: boolean;
}

/** One run over the logs that are named in a folder, on a store that may be from before. */
export const keepRun = async (
  folder: string,
  words: readonly string[],
  store: SimulatedStore,
  nowMs: number = Date.now(),
  more: Partial<KeepingLogs> = {},
  { segmentBytes = 100_000, isSealed = false }: KeepHow = {},
): Promise<KeepRun> => {
  store.nowMs = nowMs;
  const evidence = await store.open({ segmentBytes });
  const run: KeepRun = { reads: [], unseen: [], left: [], gaps: [] };
  try {
    const keeping: KeepingLogs = {
      evidence,
      formats: logFormats,
      zoneOf: zonesOf('UTC', 'zone', 'UTC'),
      now: () => nowMs,
      took: (_, read) => void run.reads.push(read),
      kept: () => undefined,
      note: unseen => void run.unseen.push(unseen),
      stepped: () => undefined,
      begin: () => undefined,
      progress: () => undefined,
      done: () => undefined,
      left: (_, bytes) => void run.left.push(bytes),
      gap: (_, fromDay, toDay, why) => void run.gaps.push(`${fromDay} ${toDay} ${why}`),
      isStopped: () => false,
      ...more,
    };
    await keepLogFiles(findLogs(words.map(word => join(folder, word))).files, keeping, () => true);
    if (isSealed) await evidence.seal();
    else await evidence.flush();
  } finally {
    await evidence.close().catch(() => undefined);
  }
  return run;
};
