import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UsageError } from '../../core/errors.ts';
import { consistencyProof, type Subtrees } from '../../evidence/merkle.ts';
import { FilePutter } from '../../evidence/put-files.ts';
import { subtreesOfTiles } from '../../evidence/tiles.ts';
import { type Checkpoint, readCheckpoint } from '../../evidence/verify/checkpoint.ts';
import { readWitnessKey, type WitnessKey } from '../../evidence/verify/cosignature.ts';
import { findTile } from '../../evidence/verify/log-files.ts';
import { parseNote } from '../../evidence/verify/note.ts';
import { folderReader, type StoreReader } from '../../evidence/verify/reader.ts';
import { witnessedPath, witnessedSizes } from '../../evidence/verify/witnessed.ts';
import {
  addCheckpointBody,
  readCosignatures,
  readKnownSize,
  withSignatures,
} from '../../evidence/witness.ts';
import { ask } from '../../intake/exchange.ts';
import { fetchLimits } from '../../intake/limits.ts';
import { durableFiles } from '../../store/durable-files.ts';

/** A witness as `postern.yaml` names it. */
export interface WitnessAt {
  readonly url: string;
  /** `NAME+HASH+KEY`, type 0x04. */
  readonly key: string;
}

/** What one of those who were asked to sign said. */
export interface SignedBy {
  readonly name: string;
  readonly state: 'signed' | 'already' | 'failed';
  readonly why?: string;
}

const answerBytesMax = 64 << 10;
const limits = { ...fetchLimits, connectMs: 10_000, firstByteMs: 20_000, idleMs: 10_000 };
const wholeMs = 45_000;

/** Keys of the witnesses that are known. */
export const witnessKeys = (witnesses: readonly WitnessAt[]): readonly WitnessKey[] =>
  witnesses.map(({ key }) => {
    const read = readWitnessKey(key);
    if (!read.ok)
      throw new UsageError(`evidence.witnesses: key "${key.slice(0, 80)}": ${read.why}`);
    return read.key;
  });

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** Sends one request. An answer of a stranger: bounded in time and length. */
export const post = async (url: string, type: string, body: Uint8Array): Promise<Answer> => {
  const signal = AbortSignal.timeout(wholeMs);
  const answered = await ask({
    url: new URL(url),
    headers: {
      'user-agent': 'postern',
      'content-type': type,
      'content-length': String(body.length),
    },
    environment: process.env,
    limits,
    signal,
    refuseLocal: false,
    body,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answered.body()) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error('its answer is longer than any');
    chunks.push(chunk);
  }
  const { status, headers } = answered;
  return { status, type: headers['content-type'] ?? '', body: Buffer.concat(chunks) };
};

/** The log of a store as it stands, to be shown to others. */
export interface ShownLog {
  readonly store: string;
  readonly reader: StoreReader;
  /** Signed note. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

export const shownLog = (store: string): ShownLog => {
  if (!existsSync(join(store, 'log/checkpoint'))) {
    throw new UsageError(`evidence: ${store} holds no log`);
  }
  const reader = folderReader(store);
  const note = reader.read('log/checkpoint') ?? Buffer.alloc(0);
  const parsed = parseNote(note);
  const read = parsed.ok ? readCheckpoint(parsed.note.text) : parsed;
  if (!read.ok) throw new UsageError(`evidence: ${store}: its checkpoint: ${read.why}`);
  return { store, reader, note: note.toString('utf8'), checkpoint: read.checkpoint };
};

const subtreesFor = (reader: StoreReader): Subtrees =>
  subtreesOfTiles(({ level, index, width }) => {
    const { path, bytes } = findTile(reader, level, index, width);
    if (bytes === undefined) throw new Error(`${path} is missing`);
    return bytes;
  });

/** The largest size that this witness signed. */
const signedSize = (reader: StoreReader, { name, id }: WitnessKey): number => {
  for (const size of witnessedSizes(reader).toReversed()) {
    const parsed = parseNote(reader.read(witnessedPath(size)) ?? Buffer.alloc(0));
    const isTheirs =
      parsed.ok && parsed.note.signatures.some(each => each.name === name && each.id === id);
    if (isTheirs) return size;
  }
  return 0;
};

const refusal = (status: number): string => {
  switch (status) {
    case 404:
      return 'it does not know this log: ask whoever runs it to take it up, with the key in log/keys';
    case 403:
      return 'it does not know the key that signs this log: tell whoever runs it the one in log/keys';
    case 409:
      return 'it knows another log of this name and size: history was rewritten, or two logs have one name';
    case 422:
      return 'it does not believe that the log goes on from what it knows: history was rewritten, or a tile is damaged';
    default:
      return `it answered with status ${status}`;
  }
};

/** Asks one witness to sign the log as it stands. @returns its lines, or why there are none. */
const cosigned = async (
  { reader, note, checkpoint }: ShownLog,
  { url }: WitnessAt,
  witness: WitnessKey,
): Promise<readonly string[]> => {
  const { size } = checkpoint;
  const address = `${url.replace(/\/+$/, '')}/add-checkpoint`;
  let old = signedSize(reader, witness);
  for (let attempts = 0; attempts < 2; attempts += 1) {
    const proof = old === 0 || old === size ? [] : consistencyProof(subtreesFor(reader), old, size);
    const body = Buffer.from(addCheckpointBody(old, proof, note));
    const answer = await post(address, 'text/plain; charset=utf-8', body);
    if (answer.status === 200) {
      const read = readCosignatures(answer.body.toString('utf8'), note, witness);
      if (!read.ok) throw new Error(read.why);
      return read.lines;
    }
    const known =
      answer.status === 409 && answer.type.startsWith('text/x.tlog.size')
        ? readKnownSize(answer.body.toString('latin1'))
        : undefined;
    if (known === undefined || known === old) throw new Error(refusal(answer.status));
    if (known > size) {
      throw new Error(
        `it has seen ${known} leaves, and the log has ${size}: an old copy of the store was put back, or another goes on under its name`,
      );
    }
    old = known;
  }
  throw new Error('it names another size each time');
};

const keep = async (
  { store, reader, note, checkpoint }: ShownLog,
  lines: readonly string[],
): Promise<void> => {
  const path = witnessedPath(checkpoint.size);
  const before = reader.read(path)?.toString('utf8');
  // Of the same text: what others signed stays.
  const isSame = before?.split('\n\n')[0] === note.split('\n\n')[0];
  const text = withSignatures(isSame && before !== undefined ? before : note, lines);
  await new FilePutter(durableFiles(store)).put([{ path, bytes: Buffer.from(text) }], 0o644);
};

/** Shows the log to every witness, one after the other. One that fails is told, and keeps no other from signing. */
export const askWitnesses = async (
  shown: ShownLog,
  witnesses: readonly WitnessAt[],
): Promise<readonly SignedBy[]> => {
  const keys = witnessKeys(witnesses);
  const out: SignedBy[] = [];
  for (const [i, at] of witnesses.entries()) {
    const key = keys[i];
    if (key === undefined) continue;
    const { name } = key;
    if (signedSize(shown.reader, key) === shown.checkpoint.size) {
      out.push({ name, state: 'already' });
      continue;
    }
    try {
      await keep(shown, await cosigned(shown, at, key));
      out.push({ name, state: 'signed' });
    } catch (thrown) {
      out.push({ name, state: 'failed', why: messageOf(thrown) });
    }
  }
  return out;
};
