import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DurableFile, DurableFiles } from '../core/durable-files.ts';

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;

const orWhenAbsent = async <T>(work: Promise<T>, otherwise: T, code = 'ENOENT'): Promise<T> => {
  try {
    return await work;
  } catch (thrown) {
    if (codeOf(thrown) === code) return otherwise;
    throw thrown;
  }
};

const fileOf = (handle: FileHandle): DurableFile => ({
  write: async bytes => {
    for (let at = 0; at < bytes.length; ) {
      at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
    }
  },
  dataSync: () => handle.datasync(),
  sync: () => handle.sync(),
  close: () => handle.close(),
});

/** The files of a store, on the disk. Folders are for their owner alone: log lines are personal data. */
export const durableFiles = (root: string): DurableFiles => {
  const at = (path: string): string => join(root, path);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  return {
    create: async (path, mode = 0o600) =>
      fileOf(await open(at(path), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode)),
    read: path => orWhenAbsent<Buffer | undefined>(readFile(at(path)), undefined),
    list: async folder => (await orWhenAbsent(readdir(at(folder)), [])).toSorted(),
    makeFolder: async path => {
      await orWhenAbsent(mkdir(at(path), { mode: 0o700 }), undefined, 'EEXIST');
    },
    rename: (from, to) => rename(at(from), at(to)),
    unlink: path => orWhenAbsent(unlink(at(path)), undefined),
    syncFolder: async path => {
      const handle = await open(at(path), 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
};
