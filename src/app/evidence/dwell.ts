import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type KeptFor, type ReplayedDwell, replayDwell } from '../../advisories/replay/dwell.ts';
import { UsageError } from '../../core/errors.ts';
import { readCheckpoint } from '../../evidence/verify/checkpoint.ts';
import { Coverage } from '../../evidence/verify/coverage.ts';
import { readLeaf } from '../../evidence/verify/leaf.ts';
import { entriesOf } from '../../evidence/verify/log-files.ts';
import { parseNote } from '../../evidence/verify/note.ts';
import { folderReader } from '../../evidence/verify/reader.ts';

/** Break-ins of the past under the policy of today. */
export interface DwellReplay {
  /** Whose policy: the store's, by what its log decided, or the one that `postern.yaml` asks for. */
  readonly policy: 'store' | 'asked';
  readonly kept: readonly KeptFor[];
  readonly cases: readonly ReplayedDwell[];
}

/** How long a store keeps lines of each of its sources; `undefined` where it has none. */
const keptBy = (store: string): readonly KeptFor[] | undefined => {
  if (!existsSync(join(store, 'log/checkpoint'))) return undefined;
  const reader = folderReader(store);
  const note = parseNote(reader.read('log/checkpoint') ?? Buffer.alloc(0));
  const head = note.ok ? readCheckpoint(note.note.text) : note;
  if (!head.ok) throw new UsageError(`evidence replay-dwell: ${store}: ${head.why}`);
  const coverage = new Coverage();
  for (const entries of entriesOf(reader, head.checkpoint.size, undefined)) {
    for (const { bytes } of entries) {
      const read = readLeaf(bytes);
      if (read.ok) coverage.take(read.leaf);
    }
  }
  const sources = [...coverage.sources].filter(([, { retired }]) => !retired);
  return sources.length === 0
    ? undefined
    : sources.map(([source]) => ({ source, keepsDays: coverage.keepsDays(source) }));
};

/** @param retentionDays that the organisation asks for, where there is no store that decides. */
export const dwellUnderPolicy = (store: string, retentionDays: number): DwellReplay => {
  const kept = keptBy(store);
  const asked = [{ keepsDays: retentionDays }];
  return {
    policy: kept === undefined ? 'asked' : 'store',
    kept: kept ?? asked,
    cases: replayDwell(kept ?? asked),
  };
};
