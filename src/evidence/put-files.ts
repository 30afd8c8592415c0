import type { DurableFile, DurableFiles } from '../core/durable-files.ts';

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Writes of a store that are whole on the disk once they are done, or not there at all. */
export class FilePutter {
  readonly files: DurableFiles;
  private readonly folders = new Set<string>(['']);

  constructor(files: DurableFiles) {
    this.files = files;
  }

  /** Makes a folder and those above it, and sees to it that each is still there after a power cut. */
  async folder(path: string): Promise<void> {
    if (this.folders.has(path)) return;
    const above = folderOf(path);
    await this.folder(above);
    await this.files.makeFolder(path);
    await this.files.syncFolder(above);
    this.folders.add(path);
  }

  /** Temporary file → fsync → rename → fsync of the folder; of several files, each step for all of them. */
  async put(
    entries: readonly { readonly path: string; readonly bytes: Uint8Array }[],
    mode?: number,
  ): Promise<void> {
    for (const { path, bytes } of entries) {
      await this.folder(folderOf(path));
      const file = await this.files.create(temporary(path), mode);
      await closing(file, async () => {
        await file.write(bytes);
        await file.sync();
      });
    }
    for (const { path } of entries) await this.files.rename(temporary(path), path);
    for (const folder of new Set(entries.map(({ path }) => folderOf(path)))) {
      await this.files.syncFolder(folder);
    }
  }
}

/** Left behind by whoever was killed; overwritten by whoever writes next. */
const temporary = (path: string): string => `${path}.tmp`;

/** Closes the file however the work ends. What closing says is of no account once it was synced. */
const closing = async (file: DurableFile, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } finally {
    await file.close();
  }
};
