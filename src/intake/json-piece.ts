export interface PieceLimits {
  /** Of one piece, of its text in bytes. What is skipped beside the path may be longer. */
  readonly pieceBytesMax: number;
  readonly depthMax: number;
  /** Of a key or a top-level value. */
  readonly memberBytesMax: number;
  /** Also of the members of any object on the way. */
  readonly piecesMax: number;
}

export const pieceLimits: PieceLimits = {
  pieceBytesMax: 64 * 2 ** 20,
  depthMax: 256,
  memberBytesMax: 65_536,
  piecesMax: 5_000_000,
};

/** One element of the array, or one member of the object, that the path leads to. */
export interface JsonPiece {
  /** Of a member; absent for an element. */
  readonly key?: string;
  /** Position, from 0; pieces that were left out count. */
  readonly index: number;
  /** JSON text, not yet parsed: brackets and quotes are balanced, no more is known. */
  readonly text: string;
}

/** The first five end the reading; behind them nothing was seen. Of the others, one piece was left out. */
export type PieceFaultKind =
  | 'truncated'
  | 'syntax'
  | 'depth'
  | 'missing'
  | 'too-many'
  | 'trailing'
  | 'utf8'
  | 'duplicate'
  | 'too-large';

export interface PieceFault {
  readonly kind: PieceFaultKind;
  /** Byte of the document, from 0. */
  readonly offset: number;
  readonly why: string;
}

export interface PiecesReport {
  readonly pieces: number;
  /** Pieces left out: not UTF-8, too large, or with a key that was there before. */
  readonly leftOut: number;
  /**
   * Members of the top-level object beside the path that are a text, number, boolean or null: KEV's
   * `catalogVersion` and `count`. The first thousand.
   */
  readonly members: ReadonlyMap<string, string | number | boolean | null>;
  /** The first hundred. */
  readonly faults: readonly PieceFault[];
  /**
   * Whether the document was read to its end, is one JSON value and holds what the path leads to. Pieces
   * that were left out do not matter.
   */
  readonly whole: boolean;
}

export interface JsonPieces extends AsyncIterable<JsonPiece> {
  /** Complete when the iteration has ended. */
  readonly report: PiecesReport;
}
