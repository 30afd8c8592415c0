import type { X509Certificate } from 'node:crypto';
import { openCheckpoint, readCheckpoint } from './checkpoint.ts';
import type { WitnessKey } from './cosignature.ts';
import { type Broken, Findings } from './finding.ts';
import { everyKey, followKeys, type NamedKey, verifyKeyChanges } from './key-chain.ts';
import { type Leaf, readLeaf, type SegmentLeaf } from './leaf.ts';
import { entriesOf, verifyLogFiles } from './log-files.ts';
import { hashLeaf } from './merkle.ts';
import { type Answer, type NoteKey, parseNote, readKey } from './note.ts';
import { folderReader, type StoreReader } from './reader.ts';
import { Replay } from './replay.ts';
import { isOfSegment, segmentFolder } from './segment-file.ts';
import { verifySegment } from './segments.ts';
import { type Stamped, stampedSizes, verifyStamped } from './stamped.ts';
import { verifyWitnessed, type Witnessed, witnessedSizes } from './witnessed.ts';

export interface VerifyOptions {
  /** Keys that are trusted, `NAME+HASH+KEY`. Without any, the store's own are taken, which proves less. */
  readonly keys?: readonly string[];
  /** A checkpoint of this log that was kept elsewhere: the log must go on from it. */
  readonly remembered?: string;
  /** Keys of witnesses that are trusted, `NAME+HASH+KEY` of type 0x04. */
  readonly witnesses?: readonly WitnessKey[];
  /** Certificates of time-stamping authorities that are trusted, or of whoever signed these. */
  readonly certificates?: readonly X509Certificate[];
  /** Take every segment apart, down to the hash of every line. */
  readonly deep?: boolean;
  /** Segments whose files are asked for; all of them unless given. */
  readonly only?: (leaf: SegmentLeaf) => boolean;
  /** Hears of every record, in their order, as they are read. */
  readonly each?: (leaf: Leaf) => void;
  /** Hears of every segment whose file was asked for. */
  readonly segment?: (at: VerifiedSegment) => void;
}

interface VerifiedSegment {
  readonly leaf: SegmentLeaf;
  /** Of the leaf. */
  readonly bytes: Buffer;
  readonly index: number;
  /** Keys that are trusted by now. */
  readonly keys: readonly NoteKey[];
  readonly findings: Findings;
}

export interface Verified {
  readonly ok: boolean;
  /** The first is the first that was found. */
  readonly broken: readonly Broken[];
  /** How many there are, also where `broken` stops. */
  readonly brokenCount: number;
  /** Name of the log and its leaves, as far as the checkpoint can be believed. */
  readonly origin?: string;
  readonly size?: number;
  readonly segments: number;
  readonly lines: number;
  readonly lastSealedDay?: string;
  /** Who was shown the log, at which size and when: the newest word of each. */
  readonly witnessed: readonly Witnessed[];
  /** When the log was stamped, and at which size, the first first. */
  readonly stamped: readonly Stamped[];
  /** Whose keys the checkpoint was checked with. */
  readonly trust: 'given' | 'own';
}

const keysPath = 'log/keys';
const checkpointPath = 'log/checkpoint';

/** The store's own keys, and those that are given. */
const readKeys = (
  store: StoreReader,
  given: readonly string[],
  findings: Findings,
): { readonly own: string; readonly keys: readonly NoteKey[] } => {
  const own = store.read(keysPath)?.toString('utf8') ?? '';
  const texts = given.length > 0 ? given : own.split('\n').filter(line => line !== '');
  const keys: NoteKey[] = [];
  for (const text of texts) {
    const read = readKey(text);
    if (read.ok) keys.push(read.key);
    else if (given.length > 0) findings.add('the key that was given', read.why);
    else
      findings.add(keysPath, `a key in it cannot be read: ${read.why}`, {
        byte: own.indexOf(text),
      });
  }
  if (own === '') findings.add(keysPath, 'the file is missing');
  return { own, keys };
};

/** Each key of the store must be one that the log names, and the newest of them is: or was, a moment ago. */
const verifyOwnKeys = (
  own: string,
  named: readonly NamedKey[],
  size: number,
  findings: Findings,
): void => {
  const lines = own.split('\n');
  const texts = named.map(({ text }) => text);
  const newest = texts.at(-1) ?? '';
  // The last record names a key: it is published after the checkpoint.
  const before = named.at(-1)?.index === size - 1 ? texts.at(-2) : undefined;
  const isSound =
    lines.pop() === '' &&
    lines.every(line => texts.includes(line)) &&
    (lines.includes(newest) || (before !== undefined && lines.includes(before)));
  if (!isSound) findings.add(keysPath, 'it holds other keys than the log names', { byte: 0 });
};

const verifyRemembered = (
  store: StoreReader,
  text: string | undefined,
  keys: readonly NoteKey[],
  size: number,
  findings: Findings,
): { readonly size: number; readonly root: Buffer } | undefined => {
  if (text === undefined) return;
  const bytes = Buffer.from(text);
  const direct = openCheckpoint(bytes, keys);
  // Whoever trusts the newest key may remember what an older one signed.
  const opened = direct.ok ? direct : openCheckpoint(bytes, everyKey(store, size));
  if (!opened.ok) {
    findings.add('the remembered checkpoint', `it does not hold: ${opened.why}`);
    return;
  }
  if (opened.checkpoint.size > size) {
    const why = `it speaks of ${size} leaves; ${opened.checkpoint.size} were remembered: the log was rolled back`;
    findings.add(checkpointPath, why, { byte: 0, leaf: size });
    return;
  }
  return opened.checkpoint;
};

/** The checkpoint, by the keys that are trusted or by those that took over from them. */
const openHead = (
  store: StoreReader,
  bytes: Buffer,
  keys: readonly NoteKey[],
): ReturnType<typeof openCheckpoint> & { readonly keys: readonly NoteKey[] } => {
  const direct = openCheckpoint(bytes, keys);
  const stated: Answer<{ readonly size: number }> = sizeIn(bytes);
  if (direct.ok || !stated.ok) return { ...direct, keys };
  const known = followKeys(store, stated.size, keys);
  return known.length === keys.length
    ? { ...direct, keys }
    : { ...openCheckpoint(bytes, known), keys: known };
};

const sizeIn = (bytes: Buffer): Answer<{ readonly size: number }> => {
  const note = parseNote(bytes);
  const read = note.ok ? readCheckpoint(note.note.text) : note;
  return read.ok ? { ok: true, size: read.checkpoint.size } : read;
};

/** Verifies a whole store: every leaf, every tile, every file of a segment. */
export const verifyStore = (where: string | StoreReader, options: VerifyOptions = {}): Verified => {
  const { keys: given = [], remembered: rememberedText } = options;
  const store = typeof where === 'string' ? folderReader(where) : where;
  const findings = new Findings();
  const replay = new Replay(findings);
  const { own, keys: trusted } = readKeys(store, given, findings);
  let witnessed: readonly Witnessed[] = [];
  let stamped: readonly Stamped[] = [];
  const answer = (at: { readonly origin?: string; readonly size?: number } = {}): Verified => ({
    ok: findings.count === 0,
    broken: findings.broken,
    brokenCount: findings.count,
    ...at,
    segments: replay.segments,
    lines: replay.lines,
    ...(replay.lastSealedDay === undefined ? {} : { lastSealedDay: replay.lastSealedDay }),
    witnessed,
    stamped,
    trust: given.length > 0 ? 'given' : 'own',
  });
  const bytes = store.read(checkpointPath);
  if (bytes === undefined) {
    findings.add(checkpointPath, 'the file is missing');
    return answer();
  }
  const opened = openHead(store, bytes, trusted);
  if (!opened.ok) {
    findings.add(checkpointPath, `it does not hold: ${opened.why}`, { byte: 0 });
    return answer();
  }
  const { checkpoint, keys, signedBy } = opened;
  const { origin, size } = checkpoint;
  const remembered = verifyRemembered(store, rememberedText, keys, size, findings);
  const inLog = new Findings();
  const sizes = new Set([...witnessedSizes(store), ...stampedSizes(store)]);
  if (remembered !== undefined) sizes.add(remembered.size);
  const roots = verifyLogFiles(store, checkpoint, inLog, sizes, entry => {
    const read = readLeaf(entry.bytes);
    if (!read.ok) {
      findings.add(entry.path, read.why, { byte: entry.byte, leaf: entry.index });
      return;
    }
    const { leaf } = read;
    // With which root its key took over is asked for as soon as the next leaf is read.
    if (leaf.kind === 'key') sizes.add(entry.index + 1);
    replay.read(leaf, entry, hashLeaf(entry.bytes).toString('hex'));
    options.each?.(leaf);
  });
  // What the records say is of no account when they are not the ones that were signed: first things first.
  findings.prepend(inLog);
  const then = remembered && roots.get(remembered.size);
  if (
    remembered !== undefined &&
    then !== undefined &&
    Buffer.compare(then, remembered.root) !== 0
  ) {
    const why = `its first ${remembered.size} leaves are not those that were remembered: history was rewritten, or two views are shown`;
    findings.add(checkpointPath, why, { byte: 0, leaf: remembered.size - 1 });
  }
  verifyOwnKeys(own, replay.keys, size, findings);
  verifyKeyChanges(store, replay.keys, roots, findings);
  const { witnesses = [], certificates = [] } = options;
  const signers = replay.keys.flatMap(({ text }) => {
    const read = readKey(text);
    return read.ok ? [read.key] : [];
  });
  witnessed = verifyWitnessed(store, size, roots, signers, witnesses, findings);
  stamped = verifyStamped(store, size, roots, { keys: signers, certificates }, findings);
  const newest = readKey(replay.keys.at(-1)?.text ?? '');
  if (newest.ok && !signedBy.some(({ id }) => id === newest.key.id)) {
    findings.add(checkpointPath, 'it is signed by a key that another took over from', { byte: 0 });
  }
  verifyFiles(store, size, replay, { ...options, trusted: keys }, findings);
  return answer({ origin, size });
};

const verifyFiles = (
  store: StoreReader,
  size: number,
  replay: Replay,
  { only, segment, deep = false, trusted }: VerifyOptions & { trusted: readonly NoteKey[] },
  findings: Findings,
): void => {
  for (const entries of entriesOf(store, size, undefined)) {
    for (const { bytes, index } of entries) {
      const read = readLeaf(bytes);
      if (!read.ok || read.leaf.kind !== 'segment') continue;
      const { leaf } = read;
      if (only?.(leaf) === false) continue;
      if (!replay.isDeleted(leaf)) {
        verifySegment(store, leaf, index, findings, { deep, rowsAnew: replay.rowsOf(leaf) });
        segment?.({ leaf, bytes, index, keys: trusted, findings });
        continue;
      }
      const folder = segmentFolder(leaf.source, leaf.day);
      for (const name of store.list(folder)) {
        if (!isOfSegment(name, leaf.seq)) continue;
        const why = 'the log says that it was deleted, and it is there';
        findings.add(`${folder}/${name}`, why, { leaf: index });
      }
    }
  }
};
