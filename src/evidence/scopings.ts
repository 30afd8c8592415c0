import type { EvidenceLog } from './evidence-log.ts';

import { readCheckpoint } from './verify/checkpoint.ts';
import { readLeaf, type ScopeLeaf } from './verify/leaf.ts';
import { entriesOf } from './verify/log-files.ts';
import { hashLeaf } from './verify/merkle.ts';
import { parseNote } from './verify/note.ts';
import type { StoreReader } from './verify/reader.ts';

/** A version of a case: who was affected, as it was answered at that time. */
export interface Scoping {
  readonly case: string;
  readonly version: number;
  /** Hash of the leaf of the version before, `null` for the first. */
  readonly prev: string | null;
  /** SHA-256 of the file that says it. */
  readonly file: string;
}

/** One that the log commits to. */
export interface LoggedScoping extends Scoping {
  readonly at: string;
  /** Of its leaf. */
  readonly hash: string;
  readonly index: number;
}

export const addScoping = async (log: EvidenceLog, scoping: Scoping, at: string): Promise<void> => {
  const { case: name, version, prev, file } = scoping;
  const leaf: ScopeLeaf = { v: 1, kind: 'scope', at, case: name, version, prev, file };
  await log.append([leaf]);
};

/** Versions of all cases that a log commits to, in their order; it is believed, not verified. */
export const scopingsIn = (store: StoreReader): readonly LoggedScoping[] => {
  const bytes = store.read('log/checkpoint');
  const note = bytes === undefined ? undefined : parseNote(bytes);
  if (note?.ok !== true) return [];
  const head = readCheckpoint(note.note.text);
  if (!head.ok) return [];
  const found: LoggedScoping[] = [];
  for (const entries of entriesOf(store, head.checkpoint.size, undefined)) {
    for (const entry of entries) {
      const read = readLeaf(entry.bytes);
      if (!read.ok || read.leaf.kind !== 'scope') continue;
      const { at, case: name, version, prev, file } = read.leaf;
      const hash = hashLeaf(entry.bytes).toString('hex');
      found.push({ case: name, version, prev, file, at, hash, index: entry.index });
    }
  }
  return found;
};
