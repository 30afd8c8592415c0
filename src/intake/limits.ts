/** Bounds on one download. */
export interface FetchLimits {
  /** Until the connection stands, TLS and proxy included. */
  readonly connectMs: number;
  /** From the request to the head of the answer. */
  readonly firstByteMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** For everything: redirects, retries and pauses included. */
  readonly wholeMs: number;
  readonly bytesMax: number;
  /** Of the unpacked content, where its digest is compared. */
  readonly unpackedBytesMax: number;
  readonly redirectsMax: number;
  readonly attemptsMax: number;
  /** Pause before the second attempt; doubled before each further one. */
  readonly backoffMs: number;
  /** A server that asks for a longer pause (`Retry-After`) is not waited for. */
  readonly retryAfterMsMax: number;
}

export const fetchLimits: FetchLimits = {
  connectMs: 15_000,
  firstByteMs: 60_000,
  idleMs: 60_000,
  wholeMs: 60 * 60_000,
  bytesMax: 4 * 2 ** 30,
  unpackedBytesMax: 16 * 2 ** 30,
  redirectsMax: 5,
  attemptsMax: 4,
  backoffMs: 1_000,
  retryAfterMsMax: 120_000,
};
