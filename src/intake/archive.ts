export interface DocumentLimits {
  /** Entries of all archives, or files of all folders, taken together. */
  readonly entriesMax: number;
  /** Of one document, unpacked. Large documents are streamed, so that this costs no memory. */
  readonly documentBytesMax: number;
  /** Of all documents, unpacked. */
  readonly totalBytesMax: number;
  /** Unpacked bytes for each packed one, once a document is larger than a mebibyte. */
  readonly ratioMax: number;
  readonly nameCharsMax: number;
  /** Folders in folders, on disk and in the names of entries. */
  readonly depthMax: number;
  /** Archives in archives: 1 is what the CVE list needs (a zip in a zip). */
  readonly nestingMax: number;
}

export const documentLimits: DocumentLimits = {
  entriesMax: 2_000_000,
  documentBytesMax: 64 * 2 ** 20,
  totalBytesMax: 32 * 2 ** 30,
  ratioMax: 1_100,
  nameCharsMax: 1_024,
  depthMax: 24,
  nestingMax: 1,
};

/**
 * `truncated`, `damaged` and `too-much` are of a whole file or archive: what stands behind them was not
 * seen. All others are of one entry, which was left out.
 */
export type FaultKind =
  | 'truncated'
  | 'damaged'
  | 'too-much'
  | 'path'
  | 'duplicate'
  | 'link'
  | 'special'
  | 'encrypted'
  | 'checksum'
  | 'method'
  | 'too-large'
  | 'ratio'
  | 'name'
  | 'depth'
  | 'nested'
  | 'unreadable';

export interface Fault {
  readonly kind: FaultKind;
  /** The document's label, printable and cut to a length. */
  readonly name: string;
  readonly why: string;
}

/** Filled while the documents are read; complete when the iteration has ended. */
export interface DocumentsReport {
  readonly documents: number;
  /** Unpacked bytes of all documents. */
  readonly bytes: number;
  readonly faultCounts: Readonly<Partial<Record<FaultKind, number>>>;
  /** The first faults of each kind; `faultCounts` counts all. */
  readonly faults: readonly Fault[];
  /**
   * False when an archive was truncated, damaged or larger than the bounds, so that documents may be
   * missing that nobody can name. Import nothing of it then.
   */
  readonly whole: boolean;
}

/** Thrown by `chunks` and `bytes` of a document that turns out bad while it is read; also in the report. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(`${fault.name}: ${fault.why}`);
    this.fault = fault;
  }
}

/** Good until the next one is asked for. */
export interface Document {
  /** A label such as `all.zip/2024/CVE-2024-1.json`; never a path to open. */
  readonly name: string;
  /** The last segment of the name within the archive, without `.gz` and the like once unpacked. */
  readonly base: string;
  /** The document's bytes, once; do not keep a chunk, it may be written over. @throws DocumentError */
  chunks(): AsyncIterable<Uint8Array>;
  /** The whole of it, where it is no longer than `bytesMax`. @throws DocumentError */
  bytes(bytesMax: number): Promise<Buffer>;
}

export interface Documents extends AsyncIterable<Document> {
  readonly report: DocumentsReport;
}

/**
 * The documents in a file, a folder (recursively, in the order of their names, links not followed) or an
 * archive: zip, tar, gzip, xz, zstd and what is made of them, told apart by their first bytes. Nothing is
 * written to disk but the inside of a zip in a zip, to a file without a name.
 */
export const documentsIn = (path: string, limits: Partial<DocumentLimits> = {}): Documents => {
  throw new Error(`nothing is read yet: ${path} ${Object.keys(limits).length}`);
};
