/** What baselines know of a component, as a table tells it. Days are numbers of days since 1970. */
export interface KnownBaseline {
  readonly component: string;
  /** Days with lines, of those that are remembered; the first and the last of them. */
  readonly days: number;
  readonly firstDay: number;
  readonly lastDay: number;
  /** Days of before it says anything; 0: it does. */
  readonly daysToLearn: number;
  readonly usual: {
    /** Of mailboxes: within ten minutes and within an hour; median of those in which there was anything, and highest. */
    readonly window: KnownLevel;
    readonly hour: KnownLevel;
    /** Of events that tell of reading, within an hour, without the three mailboxes of which most was read. */
    readonly reads: KnownLevel;
    /** Of events that did not fail, within an hour. */
    readonly events: KnownLevel;
  };
  readonly followed: Readonly<Record<string, number>>;
  /** Addresses that anybody came from. */
  readonly addresses: number;
  /** Events that came after their time had been judged, and are in no baseline. */
  readonly late: number;
  /** What there was no room for, in sentences. */
  readonly limits: readonly string[];
}

export interface KnownLevel {
  readonly median: number;
  readonly highest: number;
}

/** What is known of when a log, and those who write to it, have events. Times are milliseconds since 1970. */
export interface KnownSpeech {
  readonly source: string;
  /** Path of the log, where it is one. */
  readonly log?: string;
  readonly voices: readonly KnownVoice[];
  /** Events that came after their hour was over, and are not counted. */
  readonly late: number;
}

export interface KnownVoice {
  /** Absent both: the log as a whole. */
  readonly component?: string;
  readonly host?: string;
  /** Days that it is known for, of those that are remembered. */
  readonly days: number;
  /** Hours of the day, in UTC, at which it always has events: its silence is told. */
  readonly expected: readonly number[];
  readonly lastMs?: number;
  /** Since when it has none, where that was told. */
  readonly silentSinceMs?: number;
}
