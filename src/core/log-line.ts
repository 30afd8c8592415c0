/** One line, or one record of an export, as a source handed it over. */
export interface LogLine {
  /** Without its line end. Bytes that are not UTF-8 stand as U+FFFD; the bytes themselves are kept elsewhere. */
  readonly text: string;
  /** 1-based number in its log. */
  readonly number: number;
  /** Bytes of its log up to here, its line end included; where the bytes are not at hand there is none. */
  readonly end?: number;
  /** It is longer than what is read of a line, and this is its beginning. */
  readonly truncated?: true;
  /** Of a record that lies over several lines, and was made into one: how many. */
  readonly joined?: number;
}

/**
 * When something happened, as far as its log tells. What a log does not say (year, zone) is worked out from
 * its neighbours and the file, and marked.
 */
export interface EventTime {
  /** Milliseconds since 1970, UTC; absent where no time can be made of it. */
  readonly atMs?: number;
  /** The stamp exactly as written. */
  readonly original: string;
  /** Minutes east of UTC that `original` was read with. */
  readonly offsetMinutes?: number;
  /** What was not written and had to be assumed. */
  readonly assumed?: readonly ('year' | 'zone' | 'day')[];
}
