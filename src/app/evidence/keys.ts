import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { EvidenceHead } from '../../core/evidence-state.ts';
import { makeSigningKey, type NoteSigner, readSigningKey } from '../../evidence/note.ts';
import type { Evidence } from '../../evidence/open.ts';
import { FilePutter } from '../../evidence/put-files.ts';
import { parseNote } from '../../evidence/verify/note.ts';
import { durableFiles } from '../../store/durable-files.ts';

const ownKeyPath = 'keys/evidence.key';
/** A key that is about to take over. */
const nextKeyPath = 'keys/evidence.key.next';

/** A key is a secret: a file that others may read is not one to sign with. */
const readKeyFile = (path: string): string => {
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) {
    throw new UsageError(`${path}: others may read this key; chmod 600 ${path}`);
  }
  return readFileSync(path, 'utf8');
};

const signerOf = (text: string, from: string): NoteSigner => {
  const read = readSigningKey(text);
  if (!read.ok) throw new UsageError(`${from}: this is no signing key: ${read.why}`);
  return read.signer;
};

const makeKey = async (folder: string, path: string, name: string): Promise<void> => {
  const bytes = Buffer.from(makeSigningKey(name));
  await new FilePutter(durableFiles(folder)).put([{ path, bytes }], 0o600);
};

/** The key whose turn it is puts its signature first. */
const isSignedFirstBy = (head: EvidenceHead | undefined, { id }: NoteSigner): boolean => {
  const parsed = parseNote(Buffer.from(head?.checkpoint ?? ''));
  return parsed.ok && parsed.note.signatures[0]?.id === id;
};

/** The new key takes the old one's place, which is gone then. */
const putInPlace = async (store: string): Promise<void> => {
  const files = durableFiles(store);
  await files.rename(nextKeyPath, ownKeyPath);
  await files.syncFolder('keys');
};

/** A change of keys that was under way: finished where the log says so, forgotten where it does not. */
const finishChange = async (store: string, head: EvidenceHead | undefined): Promise<void> => {
  const next = join(store, nextKeyPath);
  if (!existsSync(next)) return;
  const read = readSigningKey(readKeyFile(next));
  if (read.ok && isSignedFirstBy(head, read.signer)) await putInPlace(store);
  else await durableFiles(store).unlink(nextKeyPath);
};

/** The key of the log: given as text or as a file, else the store's own, which is made on first use. */
export const signerFor = async (
  store: string,
  given: string | undefined,
  head: EvidenceHead | undefined,
): Promise<NoteSigner> => {
  if (given?.startsWith('PRIVATE+KEY+') === true) return signerOf(given, 'POSTERN_EVIDENCE_KEY');
  if (given !== undefined) return signerOf(readKeyFile(given), given);
  await finishChange(store, head);
  const path = join(store, ownKeyPath);
  if (!existsSync(path)) {
    await makeKey(store, ownKeyPath, `postern.invalid/${randomBytes(8).toString('hex')}`);
  }
  return signerOf(readKeyFile(path), path);
};

export interface KeyChange {
  readonly store: string;
  /** `POSTERN_EVIDENCE_KEY`, where that names the key so far. */
  readonly given: string | undefined;
  /** File of the new key, where the key so far was given: made when it is not there. */
  readonly file: string | undefined;
  /** Name of the log. */
  readonly name: string;
  readonly why: string;
}

/** Has another key take over. @returns the new one as `NAME+HASH+KEY`, for those who verify. */
export const changeKey = async (
  evidence: Evidence,
  { store, given, file, name, why }: KeyChange,
): Promise<string> => {
  if (given === undefined) {
    await makeKey(store, nextKeyPath, name);
    const path = join(store, nextKeyPath);
    const next = signerOf(readKeyFile(path), path);
    await evidence.rotateKey(next, why);
    await putInPlace(store);
    return next.verifierKey;
  }
  if (file === undefined) {
    throw new UsageError(
      'evidence rotate-key: FILE is missing: POSTERN_EVIDENCE_KEY names the key so far, so say where the new one is to lie',
    );
  }
  const path = resolve(file);
  if (!existsSync(path)) await makeKey(dirname(path), path.slice(dirname(path).length + 1), name);
  const next = signerOf(readKeyFile(path), path);
  await evidence.rotateKey(next, why);
  return next.verifierKey;
};
