import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { messageOf, UsageError } from '../core/errors.ts';

/** Faults of the path that was given, as opposed to a full or a broken disk. */
const usersFaults: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENAMETOOLONG',
  'ELOOP',
]);

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

const asUsage = (path: string, thrown: unknown): Error => {
  if (thrown instanceof UsageError) return thrown;
  const code = codeOf(thrown);
  const why = code === 'ENOENT' ? 'its folder does not exist' : messageOf(thrown);
  const said = `--out ${path}: cannot be written: ${why}`;
  return usersFaults.has(code) ? new UsageError(said) : new Error(said);
};

/** Written beside, made durable, moved into place: the file is whole or it is as it was. */
const replace = (path: string, text: string): void => {
  const partial = `${path}.${process.pid}.partial`;
  const fd = openSync(partial, 'wx', 0o600);
  try {
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(partial, path);
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw thrown;
  }
};

/**
 * Writes the answer to the file of `--out`, readable by its owner only: it names what is weak. A
 * device or a pipe (`/dev/null`, `/dev/stdout`) is written to and never replaced.
 */
export const writeOut = (path: string, text: string): void => {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) throw new UsageError(`--out ${path}: it is a folder`);
    if (there === undefined) replace(path, text);
    else if (there.isFile()) replace(realpathSync(path), text);
    else writeFileSync(path, text);
  } catch (thrown) {
    throw asUsage(path, thrown);
  }
};

/** An answer that is written while it is made. */
export interface OutStream {
  readonly write: (bytes: Uint8Array) => void;
  /** All of it is there: the file gets its name. */
  readonly finish: () => void;
  /** Leaves the file as it was. */
  readonly abandon: () => void;
}

/** The file of `--out` for an answer that is too long to be held; otherwise as `writeOut`. */
export const openOut = (path: string): OutStream => {
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (thrown) {
      throw asUsage(path, thrown);
    }
  };
  return attempt(() => {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) throw new UsageError(`--out ${path}: it is a folder`);
    const isFile = there === undefined || there.isFile();
    const target = there?.isFile() === true ? realpathSync(path) : path;
    const partial = `${target}.${process.pid}.partial`;
    const fd = isFile ? openSync(partial, 'wx', 0o600) : openSync(path, 'w');
    return {
      write: bytes => attempt(() => writeFileSync(fd, bytes)),
      finish: () =>
        attempt(() => {
          if (isFile) fsyncSync(fd);
          closeSync(fd);
          if (isFile) renameSync(partial, target);
        }),
      abandon: () => {
        closeSync(fd);
        if (isFile) rmSync(partial, { force: true });
      },
    };
  });
};
