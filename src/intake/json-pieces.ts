export interface PieceLimits {
  /** Of one piece, and of one value that is skipped only if it is a text. */
  readonly pieceBytesMax: number;
  readonly depthMax: number;
  readonly keyBytesMax: number;
  readonly piecesMax: number;
}

export const pieceLimits: PieceLimits = {
  pieceBytesMax: 64 * 2 ** 20,
  depthMax: 256,
  keyBytesMax: 4_096,
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

export type PieceFaultKind =
  | 'truncated'
  | 'syntax'
  | 'trailing'
  | 'depth'
  | 'missing'
  | 'too-many'
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
  /** Pieces left out: not UTF-8, too large, or a key that was there before. */
  readonly leftOut: number;
  /** Members beside the path, where they are a text, number, boolean or null: KEV's `catalogVersion`. */
  readonly members: ReadonlyMap<string, string | number | boolean | null>;
  /** The first hundred. */
  readonly faults: readonly PieceFault[];
  /** Whether the document was read to its end and is one JSON value (pieces left out do not matter). */
  readonly whole: boolean;
}

export interface JsonPieces extends AsyncIterable<JsonPiece> {
  /** Complete when the iteration has ended. */
  readonly report: PiecesReport;
}

/**
 * Cuts a JSON document that is too large to hold into pieces: with `['vulnerabilities']` each element of
 * that array, with `[]` each member of the top-level object (or element of a top-level array). Faults end
 * up in the report and are never thrown; what `chunks` throws is passed on.
 */
export const jsonPieces = (
  chunks: AsyncIterable<Uint8Array>,
  path: readonly string[],
  limits: Partial<PieceLimits> = {},
): JsonPieces => {
  throw new Error(
    `nothing is read yet: ${path.join('.')} ${Object.keys(limits).length} ${typeof chunks}`,
  );
};
