export interface LaneLimits {
  /** For one attachment. */
  readonly attachmentMsMax: number;
  readonly memoryMb: number;
  /** Of all that wait. */
  readonly waitingBytesMax: number;
}

export const attachmentMsMax = 30_000;

export const laneLimits: LaneLimits = {
  attachmentMsMax,
  memoryMb: 256,
  waitingBytesMax: 96 << 20,
};
