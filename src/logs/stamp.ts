/** A time as a log writes it, taken apart and not yet worked out. What is absent was not written. */
export interface Stamp {
  /** Exactly as written. */
  readonly original: string;
  readonly year?: number;
  /** 1 to 12. */
  readonly month?: number;
  readonly day?: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 to 60. */
  readonly second: number;
  readonly millisecond?: number;
  /** Minutes east of UTC. */
  readonly offsetMinutes?: number;
}
