/** What rules and baselines there are for the events of one component in one log. */
export interface WatchedPart {
  /** As events name it: `dovecot`, `roundcube`. */
  readonly component: string;
  /** Ids of rules that can match its events, and that ran over all of them. */
  readonly rules: readonly string[];
  /** Names of baselines that are learnt for it and judge by now; why there is none, where there is none. */
  readonly baselines: readonly string[];
  readonly noBaseline?: string;
}

/** A pass over one source: what ran over it, and how far. */
export interface RanOver {
  /** Name of the evidence source. */
  readonly source: string;
  /** Milliseconds since 1970: when the pass ended. */
  readonly ranMs: number;
  /** Time of the newest event that it saw; absent where it saw none. */
  readonly seenToMs?: number;
  /** Events that it saw, and how many of them are lines that no format understands. */
  readonly events: number;
  readonly notUnderstood: number;
  /** Of every component that events of this source are from; of those that it saw none of, what was known stays. */
  readonly parts: readonly WatchedPart[];
}

/** What watching one log came to, for the check `monitored`. */
export interface WatchedLog {
  /** Name of the evidence source. */
  readonly source: string;
  /** By the name that events have for the component. */
  readonly parts: readonly WatchedPart[];
  /** How many of the events that were seen lately no format understands: 0 to 1. */
  readonly notUnderstood: number;
  /** Milliseconds since 1970: up to which time rules have seen its events, and when they last ran over it. */
  readonly seenToMs?: number;
  readonly ranMs?: number;
  /** Since when kept lines of this log wait that rules have not seen; absent: they have seen all of them. */
  readonly waitsSinceMs?: number;
}

/** Somebody who is told, and whether that works. */
export interface ToldChannel {
  readonly name: string;
  /** When an alert, a digest or a test was last taken by the other side. */
  readonly workedMs?: number;
  readonly failedMs?: number;
  readonly failedWhy?: string;
  /** Why it cannot be told whether what is sent arrives: it goes by UDP. */
  readonly unsure?: string;
  /** Why it hears of next to nothing, even where it works: it asks for the worst alerts alone. */
  readonly deaf?: string;
  /** What it leaves out, where that is less: `only high and critical ones`. */
  readonly only?: string;
  /** Messages that could not be delivered and wait to be looked at. */
  readonly deadLetters: number;
}

/** What watching the whole store came to. */
export interface Watching {
  /** By the path of the log, as seen from the inspected root. */
  readonly logs: ReadonlyMap<string, WatchedLog>;
  readonly channels: readonly ToldChannel[];
  /** Hours after which a run is no longer recent, and days after which a channel is no longer known to work. */
  readonly ranHoursMax: number;
  readonly workedDaysMax: number;
}
