/** A file that is being written. Nothing is on the disk before it was synced. */
export interface DurableFile {
  /** Writes all of it at the end, or fails. */
  write(bytes: Uint8Array): Promise<void>;
  /** fdatasync(2). A failure is final: what was written may be gone, and asking again would not tell. */
  dataSync(): Promise<void>;
  /** fsync(2). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The part of a file system that what must not be lost is kept in. Paths are relative to one folder. */
export interface DurableFiles {
  /** Makes a file, or empties the one that is there. @param mode permission bits, 0600 unless given. */
  create(path: string, mode?: number): Promise<DurableFile>;
  /** `undefined` where there is none. */
  read(path: string): Promise<Buffer | undefined>;
  /** Names in a folder, sorted; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Makes one folder; one that is there already is as good. */
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A file that is not there is gone already. */
  unlink(path: string): Promise<void>;
  /** fsync(2) of a folder: its names are on the disk then. */
  syncFolder(path: string): Promise<void>;
}
