/** Bounds on what one reading of a root may cost. Everything outside is written by somebody else. */
export interface HostLimits {
  readonly fileBytesMax: number;
  /** Of all files that are read as text, and so kept. */
  readonly textBytesMax: number;
  /** Of those in one folder of `/etc`, and of all that people keep in their homes. */
  readonly settingsBytesMax: number;
  /** Of one such file in a home. */
  readonly personalBytesMax: number;
  readonly totalBytesMax: number;
  /** From the first look at the root to the last. */
  readonly readMsMax: number;
  readonly filesMax: number;
  readonly folderEntriesMax: number;
  readonly linksMax: number;
  /** Of the one walk: folders listed, entries of one folder, folders waiting, depth, time. */
  readonly walkFoldersMax: number;
  readonly walkEntriesMax: number;
  readonly walkWaitingMax: number;
  readonly walkDepthMax: number;
  readonly walkMsMax: number;
  readonly globMatchesMax: number;
}

export const hostLimits: HostLimits = {
  fileBytesMax: 4 << 20,
  textBytesMax: 192 << 20,
  settingsBytesMax: 16 << 20,
  personalBytesMax: 256 << 10,
  totalBytesMax: 1 << 30,
  // Forty times what a large host takes.
  readMsMax: 60_000,
  filesMax: 50_000,
  folderEntriesMax: 20_000,
  linksMax: 40,
  walkFoldersMax: 150_000,
  walkEntriesMax: 200_000,
  walkWaitingMax: 500_000,
  walkDepthMax: 12,
  // Four times what it takes where the folders are in memory: a disk that was not asked yet is slow.
  walkMsMax: 10_000,
  globMatchesMax: 5_000,
};
