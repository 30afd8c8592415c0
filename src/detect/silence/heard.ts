/** What is heard of one log by the hour: plain data, made where the columns of a segment are open. */
export interface HeardVoice {
  /** Absent both: all of the log. */
  readonly component?: string;
  readonly host?: string;
  /** Numbers of hours since 1970, ascending; the other members are by these. */
  readonly hours: Int32Array;
  readonly counts: Uint32Array;
  /** Time and line, 1-based in the segment, of the first and of the last event. */
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
  readonly firstLines: Uint32Array;
  readonly lastLines: Uint32Array;
  /** The files that these lines are from: places in `files` of the segment, -1 for none. */
  readonly firstFiles: Int32Array;
  readonly lastFiles: Int32Array;
}

/** Of the log as a whole, of each component and of each host that writes to it. */
export interface HeardSegment {
  readonly source: string;
  readonly seq: number;
  readonly files: readonly string[];
  readonly voices: readonly HeardVoice[];
}

/** What tells voices of one log apart; empty for the log as a whole. */
export const voiceKey = ({ component, host }: Pick<HeardVoice, 'component' | 'host'>): string =>
  component !== undefined ? `component ${component}` : host !== undefined ? `host ${host}` : '';
