import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { messageOf, UsageError } from '../../core/errors.ts';
import { exposureKeyBytes, Pseudonyms } from '../../exposure/people/pseudonyms.ts';

const systemStore = '/var/lib/postern';
const systemKey = '/etc/postern/exposure.key';

/** What a key's line begins with; the bytes follow in hex. */
const mark = 'POSTERN-EXPOSURE-KEY-1:';
const line = /^POSTERN-EXPOSURE-KEY-1:([0-9a-f]{64})\s*$/;

export interface KeyRequest {
  readonly store: string;
  /** `POSTERN_EXPOSURE_KEY`, else `exposure.key`: a path, or the key's line itself. */
  readonly given?: string;
  /** Fingerprint of the key that the store's pseudonyms are made with, where there are any. */
  readonly expected?: string;
}

/** Where the key of a store lies: outside of it, so that a copy of the store names nobody. */
export const keyPath = ({ store, given }: KeyRequest): string => {
  if (given !== undefined) return resolve(given);
  const folder = resolve(store);
  return folder === systemStore ? systemKey : `${folder}.key`;
};

/** `POSTERN_EXPOSURE_KEY`, else what `postern.yaml` says, whose paths are relative to its folder. */
export const givenKey = (
  environment: Readonly<Record<string, string | undefined>>,
  key: string | undefined,
  folder: string | undefined,
): string | undefined => {
  const variable = environment['POSTERN_EXPOSURE_KEY'];
  if (variable !== undefined && variable !== '') return variable;
  return key === undefined ? undefined : resolve(folder ?? '.', key);
};

const isInside = (folder: string, path: string): boolean => {
  const real = (each: string): string => (existsSync(each) ? realpathSync(each) : resolve(each));
  const below = relative(real(folder), join(real(dirname(path)), 'key'));
  return !below.startsWith('..');
};

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/** Writes it under another name first: nobody ever sees half a key, and one that is there stays. */
const makeKey = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${mark}${randomBytes(exposureKeyBytes).toString('hex')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } catch (thrown) {
    // Somebody else made one just now; his it is.
    if (!existsSync(path)) throw thrown;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(dirname(path));
};

const keyOf = (text: string, from: string): Pseudonyms => {
  const hex = line.exec(text)?.[1];
  // What stands there instead may be another secret: it is not shown.
  if (hex === undefined)
    throw new UsageError(`${from}: this is no key of Postern's exposure index`);
  return new Pseudonyms(Buffer.from(hex, 'hex'));
};

const readKey = (path: string): Pseudonyms => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (thrown) {
    throw new UsageError(`${path}: the key cannot be read: ${messageOf(thrown)}`);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > 4_096) {
      throw new UsageError(`${path}: this is no key of Postern's exposure index`);
    }
    const mine = process.geteuid?.();
    if (mine !== undefined && stats.uid !== mine && stats.uid !== 0) {
      throw new UsageError(`${path}: this key belongs to another user (uid ${stats.uid})`);
    }
    if ((stats.mode & 0o077) !== 0) {
      throw new UsageError(`${path}: others may read this key; chmod 600 ${path}`);
    }
    return keyOf(readFileSync(file, 'utf8'), path);
  } finally {
    closeSync(file);
  }
};

/** @throws UsageError where another key made the pseudonyms that are there */
const expectKey = (key: Pseudonyms, expected: string | undefined, from: string): Pseudonyms => {
  if (expected !== undefined && key.fingerprint !== expected) {
    throw new UsageError(
      `${from}: this key is ${key.fingerprint}, but what is in the store was made with ${expected}: with another key it names nobody`,
    );
  }
  return key;
};

/** The key that was made before. @throws UsageError where there is none, or it is not the one */
export const openKey = (request: KeyRequest): Pseudonyms => {
  const { given, expected } = request;
  if (given?.startsWith(mark) === true) {
    return expectKey(keyOf(given, 'POSTERN_EXPOSURE_KEY'), expected, 'POSTERN_EXPOSURE_KEY');
  }
  const path = keyPath(request);
  if (!existsSync(path)) {
    throw new UsageError(
      expected === undefined
        ? `${path}: there is no key; postern scan and postern hunt make one`
        : `${path}: the key is not there; without it what is in ${request.store} names nobody. POSTERN_EXPOSURE_KEY or exposure.key say where it is`,
    );
  }
  return expectKey(readKey(path), expected, path);
};

/** The key of a store; made where there is none and nothing was made with one. */
export const openOrMakeKey = (request: KeyRequest): Pseudonyms => {
  const { given, expected, store } = request;
  if (given?.startsWith(mark) === true || expected !== undefined) return openKey(request);
  const path = keyPath(request);
  if (isInside(store, path)) {
    throw new UsageError(
      `${path}: this is in the store; a key that lies beside what it opens protects nobody`,
    );
  }
  if (!existsSync(path)) {
    try {
      makeKey(path);
    } catch (thrown) {
      throw new UsageError(`${path}: a key cannot be made: ${messageOf(thrown)}`);
    }
  }
  return openKey(request);
};

/**
 * Overwrites the key and takes it away: pseudonyms in the store, and in every copy of it, name nobody from then on.
 * What a disk, a snapshot or a backup kept of the file is beyond Postern's reach (docs/customers.md).
 *
 * @returns the path. @throws UsageError where there is none, or it is not a key
 */
export const destroyKey = (request: KeyRequest): string => {
  if (request.given?.startsWith(mark) === true) {
    throw new UsageError('POSTERN_EXPOSURE_KEY holds the key itself: take it away where it is set');
  }
  const path = keyPath(request);
  openKey(request);
  const file = openSync(path, 'r+');
  try {
    const length = fstatSync(file).size;
    writeSync(file, randomBytes(length), 0, length, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  unlinkSync(path);
  syncFolder(dirname(path));
  return path;
};
