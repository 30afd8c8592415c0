import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import type { Findings } from './finding.ts';
import { readLeaf } from './leaf.ts';
import { entriesOf } from './log-files.ts';
import { type Answer, type NoteKey, readKey } from './note.ts';
import type { StoreReader } from './reader.ts';

/** The checkpoint with which a key took over: signed by it and by the one before. @param index of the `key` record. */
export const keyChangePath = (index: number): string => `log/key-changes/${index}`;

/** A key that a log names, and where. */
export interface NamedKey {
  readonly index: number;
  /** `NAME+HASH+KEY`. */
  readonly text: string;
}

const isSame = (a: NoteKey, b: NoteKey): boolean => a.name === b.name && a.id === b.id;

/** Keys that the records of a log name, in their order. It believes the records. */
const namedKeys = (store: StoreReader, size: number): readonly NamedKey[] => {
  const out: NamedKey[] = [];
  for (const entries of entriesOf(store, size, undefined)) {
    for (const { bytes, index } of entries) {
      const read = readLeaf(bytes);
      if (read.ok && read.leaf.kind === 'key') out.push({ index, text: read.leaf.key });
    }
  }
  return out;
};

/** Every key that a log names: what any of them signed once may be asked about. */
export const everyKey = (store: StoreReader, size: number): readonly NoteKey[] =>
  namedKeys(store, size).flatMap(({ text }) => {
    const read = readKey(text);
    return read.ok ? [read.key] : [];
  });

/** The checkpoint of a change, when both keys signed it. */
const openChange = (
  store: StoreReader,
  index: number,
  before: NoteKey,
  after: NoteKey,
): Answer<{ readonly checkpoint: Checkpoint }> => {
  const bytes = store.read(keyChangePath(index)) ?? Buffer.alloc(0);
  for (const key of [before, after]) {
    const opened = openCheckpoint(bytes, [key]);
    if (!opened.ok) return opened;
    if (opened.checkpoint.size !== index + 1) {
      return { ok: false, why: 'it is not the checkpoint of the record that names the key' };
    }
  }
  return openCheckpoint(bytes, [before]);
};

/** Keys that follow from those that are trusted: each was signed in by the one before. */
export const followKeys = (
  store: StoreReader,
  size: number,
  trusted: readonly NoteKey[],
): readonly NoteKey[] => {
  const out = [...trusted];
  let before: NoteKey | undefined;
  for (const { index, text } of namedKeys(store, size)) {
    const read = readKey(text);
    if (!read.ok) break;
    const { key } = read;
    const isTrusted = (one: NoteKey): boolean => out.some(each => isSame(each, one));
    if (before !== undefined && isTrusted(before) && !isTrusted(key)) {
      if (openChange(store, index, before, key).ok) out.push(key);
    }
    before = key;
  }
  return out;
};

/** Each key but the first must have been signed in by the one before, with the log as it stood then. */
export const verifyKeyChanges = (
  store: StoreReader,
  named: readonly NamedKey[],
  roots: ReadonlyMap<number, Buffer>,
  findings: Findings,
): void => {
  let before: NoteKey | undefined;
  for (const { index, text } of named) {
    const read = readKey(text);
    if (!read.ok) {
      findings.add('log/keys', `the key of leaf ${index} cannot be read: ${read.why}`, {
        leaf: index,
      });
      return;
    }
    if (before !== undefined) {
      const path = keyChangePath(index);
      const opened = openChange(store, index, before, read.key);
      const root = roots.get(index + 1);
      if (!opened.ok) {
        const why = `the key that takes over was not signed in by the one before: ${opened.why}`;
        findings.add(path, why, { byte: 0, leaf: index });
      } else if (root === undefined || Buffer.compare(root, opened.checkpoint.root) !== 0) {
        findings.add(path, 'the leaves up to it have another root', { byte: 0, leaf: index });
      }
    }
    before = read.key;
  }
};
