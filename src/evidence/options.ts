import type { DurableFiles } from '../core/durable-files.ts';
import type { EvidenceState } from '../core/evidence-state.ts';
import type { SegmentPart } from './closed-spool.ts';
import type { KeysIn } from './known-records.ts';
import type { NoteSigner } from './note.ts';
import type { SegmentFile } from './segment.ts';
import type { AppendedLines } from './source.ts';

/** Lines that are about to become a segment. */
export interface SegmentDraft {
  readonly source: string;
  readonly seq: number;
  readonly day: string;
  readonly raw: Buffer;
  /**
   * The appends that `raw` is made of, in their order. Empty where lines that were left behind by a kill are
   * taken up again: rows are then made of `raw` alone.
   */
  readonly parts: readonly SegmentPart[];
  /** Position in the source before the first line; absent at its beginning, and where there are parts. */
  readonly from?: string;
  /** Position behind the last line. */
  readonly to: string;
}

/** Rows that were made of the lines of a segment. Writing them is the store's: `rowsPath` names the file. */
export interface RowsMade {
  readonly file: Uint8Array;
  /** Version of what read the lines. */
  readonly parser: string;
  readonly ocsf: string;
}

/** A segment, as its files will lie on the disk. */
export interface SegmentMade {
  readonly segment: SegmentFile;
  /** Absent where nobody makes rows. */
  readonly rows?: RowsMade;
}

export interface EvidenceOptions {
  readonly files: DurableFiles;
  readonly state: EvidenceState;
  /** The first is the log's own. */
  readonly signers: readonly NoteSigner[];
  readonly now: () => Date;
  /** Makes segments, and rows beside them; here, and without rows, unless given. */
  readonly make?: (draft: SegmentDraft, level: number | undefined) => Promise<SegmentMade>;
  /** Finds records that say which record they are; without it, none is known after a kill. */
  readonly recordsIn?: KeysIn;
  /** Bytes of a spool that a segment is made of; 8 MiB. */
  readonly segmentBytes?: number;
  /** zstd. */
  readonly level?: number;
}

/** One source of lines. Lines are handed over in order; what is acknowledged is kept, once. */
export interface EvidenceSource {
  readonly id: string;
  /** Position behind the last line that is kept, also after a kill; `undefined` for a new source. */
  readonly cursor: string | undefined;
  /**
   * Keeps whole lines. Need not be waited for before the next: one sync serves all that came meanwhile.
   *
   * @param position opaque: where reading goes on behind these lines.
   * @returns that position, once the lines are on the disk; rejects with an `EvidenceError`.
   */
  append(bytes: Uint8Array, position: string, about?: AppendedLines): Promise<string>;
  /**
   * Whether a record of this key is new to the store. If it is, its line must be appended next, with the key among
   * `records`; if not, the line is one that is kept already.
   */
  claim(key: Uint8Array): boolean;
  /** What is in hand goes into a segment soon, however little it is; nothing is waited for. */
  cut(): void;
  /** Everything that the source has was appended by now: days that are over are complete, or idle. */
  readToEnd(): void;
  /** What was noted about the source, by key. */
  notes(): ReadonlyMap<string, string>;
  /** Notes something for whoever reads the source next, beside the position; on the disk when this is done. */
  note(key: string, value: string): Promise<void>;
  /** Something is missing, and why. Days are of its lines. */
  gap(fromDay: string, toDay: string, why: string): Promise<void>;
  retire(why: string): Promise<void>;
}
