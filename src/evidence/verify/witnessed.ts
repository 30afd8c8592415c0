import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { isCosignedBy, timeOfCosignature, type WitnessKey } from './cosignature.ts';
import type { Findings } from './finding.ts';
import { type NoteKey, parseNote } from './note.ts';
import type { StoreReader } from './reader.ts';

const folder = 'log/witnessed';

/** The checkpoint of a size with the signatures of those who were shown it. */
export const witnessedPath = (size: number): string => `${folder}/${size}`;

/** That a witness saw the log at one size. */
export interface Witnessed {
  readonly name: string;
  readonly size: number;
  /** RFC 3339, by the clock of the witness. */
  readonly at: string;
  /** Whether it was compared with a key of the witness that is trusted. */
  readonly checked: boolean;
}

/** Sizes at which somebody was shown the log, the smallest first. */
export const witnessedSizes = (store: StoreReader): readonly number[] =>
  store
    .list(folder)
    .filter(name => /^[1-9]\d{0,14}$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);

interface Read {
  readonly checkpoint: Checkpoint;
  readonly witnessed: readonly Witnessed[];
  /** Signatures of witnesses that are trusted, and that are wrong. */
  readonly wrong: readonly string[];
}

/** @param keys that may have signed the log. */
const readOne = (
  bytes: Buffer,
  keys: readonly NoteKey[],
  witnesses: readonly WitnessKey[],
): Read | string => {
  const opened = openCheckpoint(bytes, keys);
  const parsed = parseNote(bytes);
  if (!opened.ok) return opened.why;
  if (!parsed.ok) return parsed.why;
  const { checkpoint } = opened;
  const { text, signatures } = parsed.note;
  const witnessed: Witnessed[] = [];
  const wrong: string[] = [];
  for (const each of signatures) {
    if (each.name === checkpoint.origin) continue;
    const seconds = timeOfCosignature(each);
    if (seconds === undefined) continue;
    const key = witnesses.find(({ name, id }) => name === each.name && id === each.id);
    const { size } = checkpoint;
    const at = new Date(seconds * 1_000).toISOString();
    if (key !== undefined && !isCosignedBy(key, each, text)) wrong.push(each.name);
    else witnessed.push({ name: each.name, size, at, checked: key !== undefined });
  }
  return { checkpoint, witnessed, wrong };
};

/** What witnesses signed must be this log, as it stood then. @param roots of the sizes that were witnessed. */
export const verifyWitnessed = (
  store: StoreReader,
  size: number,
  roots: ReadonlyMap<number, Buffer>,
  keys: readonly NoteKey[],
  witnesses: readonly WitnessKey[],
  findings: Findings,
): readonly Witnessed[] => {
  const all: Witnessed[] = [];
  for (const at of witnessedSizes(store)) {
    const path = witnessedPath(at);
    const read = readOne(store.read(path) ?? Buffer.alloc(0), keys, witnesses);
    if (typeof read === 'string') {
      findings.add(path, `it does not hold: ${read}`, { byte: 0 });
      continue;
    }
    const { checkpoint, witnessed, wrong } = read;
    for (const name of wrong) findings.add(path, `the signature of ${name} is wrong`, { byte: 0 });
    if (checkpoint.size !== at) {
      findings.add(path, `it speaks of ${checkpoint.size} leaves`, { byte: 0 });
    } else if (at > size) {
      const why = `it was signed at ${at} leaves, and the log has ${size}: the log was rolled back`;
      findings.add(path, why, { byte: 0 });
    } else if (Buffer.compare(roots.get(at) ?? Buffer.alloc(0), checkpoint.root) !== 0) {
      const why = `its first ${at} leaves are not those that were witnessed: history was rewritten, or two views are shown`;
      findings.add(path, why, { byte: 0, leaf: at - 1 });
    } else {
      all.push(...witnessed);
    }
  }
  // Of each witness the newest word counts.
  return [...new Map(all.map(each => [`${each.name} ${each.checked}`, each])).values()];
};
