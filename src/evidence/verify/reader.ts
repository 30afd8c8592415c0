import { readdirSync, readFileSync } from 'node:fs';

/** What is verified: a store's files, wherever they lie. Paths are relative to it. */
export interface StoreReader {
  /** `undefined` where there is none. */
  read(path: string): Buffer | undefined;
  /** Names, sorted; none where there is no folder. */
  list(folder: string): readonly string[];
}

const orNothing = <T>(read: () => T, nothing: T): T => {
  try {
    return read();
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return nothing;
    throw thrown;
  }
};

/** The files of a folder. */
export const folderReader = (root: string): StoreReader => ({
  read: path => orNothing<Buffer | undefined>(() => readFileSync(`${root}/${path}`), undefined),
  list: folder => orNothing<string[]>(() => readdirSync(`${root}/${folder}`), []).toSorted(),
});
