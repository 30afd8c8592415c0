export interface DocumentLimits {
  /** Entries of all archives and files of all folders, taken together. */
  readonly entriesMax: number;
  /** Of one document, unpacked. Large documents are streamed, so that this costs no memory. */
  readonly documentBytesMax: number;
  /** Of one archive inside another, unpacked. */
  readonly archiveBytesMax: number;
  /** Of everything, unpacked. */
  readonly totalBytesMax: number;
  /** Unpacked bytes for each packed one, where more than a mebibyte comes out. */
  readonly ratioMax: number;
  readonly nameBytesMax: number;
  /** Folders in folders, on disk and in the names of entries. */
  readonly depthMax: number;
  /** Archives in archives: 1 is what the CVE list needs (a zip in a zip). */
  readonly nestingMax: number;
  /** Where the inside of a packed zip in a zip is kept meanwhile, in a file without a name. */
  readonly scratch?: string;
}

/** Real feeds unpack to some thirty bytes for each packed one. */
export const documentLimits: DocumentLimits = {
  entriesMax: 2_000_000,
  documentBytesMax: 64 * 2 ** 20,
  archiveBytesMax: 4 * 2 ** 30,
  totalBytesMax: 32 * 2 ** 30,
  ratioMax: 250,
  nameBytesMax: 1_024,
  depthMax: 24,
  nestingMax: 1,
};

/**
 * Behind `truncated`, `damaged` and `too-much`, and where an archive itself is what cannot be read, there
 * may be documents that nobody saw: `whole` is false then. Otherwise one document was left out.
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
  /** Unpacked bytes that were handed out. */
  readonly bytes: number;
  readonly faultCounts: Readonly<Partial<Record<FaultKind, number>>>;
  /** The first twenty of each kind; `faultCounts` counts all. */
  readonly faults: readonly Fault[];
  /**
   * False until the iteration has ended, and when an archive was truncated, damaged or larger than the
   * bounds, so that documents may be missing that nobody can name, or when a document turned out bad after
   * a part of it was handed out. Import nothing of it then.
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
  /** The last segment of the name, without the `.gz` and the like that was unpacked. */
  readonly base: string;
  /** The document's bytes, once. @throws DocumentError */
  chunks(): AsyncIterable<Uint8Array>;
  /** The whole of it, where it is no longer than `bytesMax`. @throws DocumentError */
  bytes(bytesMax: number): Promise<Uint8Array>;
}

export interface Documents extends AsyncIterable<Document> {
  readonly report: DocumentsReport;
}
