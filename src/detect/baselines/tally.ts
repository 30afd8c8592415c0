import type { HeardSegment } from '../silence/heard.ts';

/**
 * What one segment tells of who entered which mailbox, for baselines: plain data, made where its columns are open.
 * Entries are rows of one component that differ in nothing but their times within ten minutes.
 */
export interface SegmentTally {
  readonly source: string;
  readonly seq: number;
  /** First and last time that is told; absent where none is. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly names: TallyNames;
  readonly components: readonly ComponentTally[];
  /** When the log spoke, whatever it said; absent where that is not asked for. */
  readonly heard?: HeardSegment;
  /** Events whose times lie days away from their segment: no baseline is made of them. */
  readonly strayed: number;
}

/** Names of people, applications and addresses, each once. */
interface TallyNames {
  /** Pseudonyms: 53 bits, never 0. */
  readonly ids: Float64Array;
  /** As the log writes them, for what is told of them; nothing of it is kept for long. */
  readonly texts: readonly string[];
}

/** Members are by entry; a name is its place in `names`, -1 for none. */
export interface ComponentTally {
  readonly component: string;
  /** Number of the ten minutes, since 1970. */
  readonly windows: Int32Array;
  readonly users: Int32Array;
  readonly actors: Int32Array;
  readonly apps: Int32Array;
  readonly addresses: Int32Array;
  /** Events that tell of reading: each of one message, or, where the log counts them, of those of a session. */
  readonly reads: Uint32Array;
  readonly rows: Uint32Array;
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
  /** 1-based in the segment. */
  readonly firstLines: Uint32Array;
  readonly lastLines: Uint32Array;
  /** All that did not fail, by hour. */
  readonly hours: Int32Array;
  readonly events: Uint32Array;
  /** The first and the last line of each. */
  readonly hourFirstLines: Uint32Array;
  readonly hourLastLines: Uint32Array;
}
