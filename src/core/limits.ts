/** Bounds on what one reading of a root may cost. Everything outside is written by somebody else. */
export interface HostLimits {
  readonly fileBytesMax: number;
  readonly totalBytesMax: number;
  readonly filesMax: number;
  readonly folderEntriesMax: number;
  readonly linksMax: number;
  readonly walkFoldersMax: number;
  readonly walkDepthMax: number;
  readonly walkMsMax: number;
  readonly globMatchesMax: number;
}

export const hostLimits: HostLimits = {
  fileBytesMax: 4 << 20,
  totalBytesMax: 1 << 30,
  filesMax: 50_000,
  folderEntriesMax: 20_000,
  linksMax: 40,
  walkFoldersMax: 60_000,
  walkDepthMax: 12,
  walkMsMax: 20_000,
  globMatchesMax: 5_000,
};
