import type { AccessEvent } from './access-event.ts';

/** Where a line lies in the store; `evidence prove` takes `source/seq/line`. */
export interface LineRef {
  readonly source: string;
  readonly seq: number;
  /** 1-based in its segment. */
  readonly line: number;
}

/** An event as rules see it: what its format understood, and the record as it was written. */
export interface WatchedEvent extends LineRef {
  /** Of a line that no format understands: kind `other`, the line in `detail`, and `isUnparsed`. */
  readonly event: AccessEvent;
  readonly isUnparsed: boolean;
  /** Id of the format that read the line. */
  readonly format: string | undefined;
  /** The file or feed that the line is from. */
  readonly log: string;
  /** Milliseconds since 1970: its own time, or that of its neighbours where it says none. */
  readonly timeMs: number;
  /** The line itself. */
  readonly text: string;
}
