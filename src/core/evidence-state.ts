/** Where the log of a store stands. */
export interface EvidenceHead {
  /** Leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Signed note. */
  readonly checkpoint: string;
}

/** How far one source of log lines is kept. */
export interface SourceState {
  readonly id: string;
  /** Day on which it was taken in hand, `2026-06-29`. */
  readonly addedDay: string;
  /** Number of its last segment; 0 before the first. */
  readonly seq: number;
  /** Hash of that segment's leaf, in hex. */
  readonly segment?: string;
  /** Where reading goes on; whoever reads the source knows what it means. */
  readonly position?: string;
  readonly retired?: true;
  /** Milliseconds since 1970: when it was last known to have been read to its end. */
  readonly readToEndMs?: number;
}

/** What a committed segment holds, for questions about days. */
export interface SegmentState {
  readonly source: string;
  readonly seq: number;
  /** `2026-06-29`. */
  readonly day: string;
  /** Index of its leaf. */
  readonly leaf: number;
  readonly lines: number;
  /** Of the lines themselves. */
  readonly bytes: number;
  readonly storedBytes: number;
  /** First and last time that its lines tell, milliseconds since 1970. Written down, not given back. */
  readonly firstMs?: number | null;
  readonly lastMs?: number | null;
  /** Rows lie beside it. Written down, not given back. */
  readonly hasRows?: boolean;
}

/** What was decided about how long lines are kept. */
export interface ControlState {
  readonly kind: 'policy' | 'hold' | 'release';
  /** Of the policy, or of the hold that is meant. */
  readonly id: string;
  readonly leaf: number;
  /** All sources where there is none. */
  readonly source?: string;
  readonly keepDays?: number;
  readonly fromDay?: string;
  readonly toDay?: string;
}

/** Segments whose lines go: the log says so first, then the files go. */
interface DeletedSegments {
  readonly source: string;
  readonly first: number;
  readonly last: number;
}

export interface GapState {
  readonly source: string;
  readonly leaf: number;
  /** First and last day that something is missing of. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
}

/** The segments of one source on one day, added up. */
export interface DayOfSource {
  readonly source: string;
  readonly day: string;
  readonly first: number;
  readonly last: number;
  readonly segments: number;
  readonly lines: number;
  readonly bytes: number;
}

export interface SealState {
  readonly day: string;
  /** Hash of its (last) leaf, in hex. */
  readonly hash: string;
}

/** Rows that were made anew of a segment. */
export interface RowsState {
  readonly source: string;
  readonly seq: number;
  readonly day: string;
  /** 2 for the first that were made anew. */
  readonly generation: number;
}

/** One step of the log, all of it or nothing. */
export interface EvidenceChange {
  /** Size and root that the log must still have; size 0 for one that is yet to begin. */
  readonly expected: { readonly size: number; readonly root: Uint8Array };
  readonly head: EvidenceHead;
  /** The new leaves: kept until their tiles are on the disk. */
  readonly leaves: readonly Uint8Array[];
  readonly sources?: readonly SourceState[];
  readonly segments?: readonly SegmentState[];
  readonly gaps?: readonly GapState[];
  readonly seal?: SealState;
  readonly controls?: readonly ControlState[];
  readonly deletes?: readonly DeletedSegments[];
  readonly rows?: readonly RowsState[];
  /** Keys of records that are in the segment of this leaf. */
  readonly records?: { readonly leaf: number; readonly keys: readonly Uint8Array[] };
}

/** The commit point of the store: what it says happened, happened, and is on the disk when it returns. */
export interface EvidenceState {
  head(): EvidenceHead | undefined;
  /** Throws, and changes nothing, when the log is not where it is expected. */
  commit(change: EvidenceChange): void;
  /** Leaves whose tiles may not be on the disk yet, with the index of the first. */
  staged(): { readonly first: number; readonly leaves: readonly Buffer[] };
  /** The tiles of the first `size` leaves are on the disk. */
  applied(size: number): void;
  sources(): readonly SourceState[];
  /** Whether a record of this key is in a committed segment, as far as that is remembered. */
  hasRecord(key: Uint8Array): boolean;
  /** All of them or none. */
  putSources(sources: readonly SourceState[]): void;
  /** What whoever reads a source noted about it, by key; the state knows nothing of what it means. */
  notes(source: string): ReadonlyMap<string, string>;
  /** On the disk when it returns. */
  note(source: string, key: string, value: string): void;
  /** @param days first and last; all of them where there is none. */
  days(from?: string, to?: string): readonly DayOfSource[];
  /** Segments that are not deleted, the oldest first. */
  segments(source: string): readonly SegmentState[];
  gaps(): readonly GapState[];
  /** Policies, holds and releases, in the order in which they were decided. */
  controls(): readonly ControlState[];
  /** Segments that the log says are deleted and whose files may still be there. */
  leaving(): readonly SegmentState[];
  /** The files of a segment are gone. */
  left(segment: SegmentState): void;
  /** Generation of a segment's rows: 1 unless they were made anew. */
  rowsGeneration(source: string, seq: number): number;
  /** Rows that count by now and may not lie where those that count lie. */
  unplacedRows(): readonly RowsState[];
  placedRows(rows: RowsState): void;
  lastSeal(): SealState | undefined;
  close(): void;
}
