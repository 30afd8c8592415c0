/** A day of which lines may be missing in an evidence store. */
interface MissingDay {
  /** `2026-06-29`. */
  readonly day: string;
  /** `lost`: the store knows that lines are not there. `open`: nothing accounts for the day. */
  readonly is: 'lost' | 'open';
  readonly why: string;
}

/** What the seals of an evidence store say of one log. */
export interface KeptLog {
  /** Name of the source. */
  readonly source: string;
  /** First day of which anything is kept, or sealed as idle. */
  readonly firstDay?: string;
  /** Last day that the store has sealed, where that is after the first. */
  readonly lastDay?: string;
  /** Day on which the source was first read: what it has of days before lay in files of the host until then. */
  readonly addedDay?: string;
  /** Days that the store's policies keep its lines; `null`: nothing deletes them. */
  readonly keepsDays: number | null;
  /** From the first day to the last: those that are not covered. */
  readonly missing: readonly MissingDay[];
  /** That the log's lines come here is what the organisation says; else the source itself says so. */
  readonly said?: true;
  /** It is fed no more. */
  readonly retired: boolean;
}

/** An evidence store, asked about the logs of one host. */
export interface KeptLogs {
  /** Why nothing that it says can be believed, where that is so. */
  readonly broken?: string;
  /** Witnesses that signed its newest checkpoint: without one, the holder of its key could have written it anew. */
  readonly witnesses: number;
  /** By the path of the log, as seen from the inspected root. */
  readonly logs: ReadonlyMap<string, KeptLog>;
}
