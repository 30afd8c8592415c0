/** What watching one log came to, for the check `monitored`. */
export interface WatchedLog {
  /** Name of the evidence source. */
  readonly source: string;
  /** Ids of rules that can match events of this log, that ran over it. */
  readonly rules: number;
  /** How many of the events that were kept lately no format understands: 0 to 1. */
  readonly notUnderstood: number;
  /** Milliseconds since 1970: up to which time rules have seen its events, and when they last ran over it. */
  readonly seenToMs?: number;
  readonly ranMs?: number;
  /** Kept lines of this log that rules have not seen yet. */
  readonly waitingLines: number;
  /** Names of baselines that are learnt for the component; why there is none, where there is none. */
  readonly baselines: readonly string[];
  readonly noBaseline?: string;
}

/** What watching the whole store came to. */
export interface Watching {
  /** By the path of the log, as seen from the inspected root. */
  readonly logs: ReadonlyMap<string, WatchedLog>;
  /** Who is told, and when that last worked: an alert, a digest or a test that was taken by the other side. */
  readonly channels: readonly {
    readonly name: string;
    readonly workedMs?: number;
    readonly failedMs?: number;
    readonly failedWhy?: string;
    /** Alerts that could not be delivered and wait to be looked at. */
    readonly deadLetters: number;
  }[];
}
