import type { ExposureTypes } from '../../core/exposure-index.ts';
import type { ExposureSettings } from '../../exposure/data-type.ts';
import type { BatchTables, Scanned } from '../../exposure/index/batch.ts';

/** What the organisation says of its own numbers. One object for all of a thread's life. */
export interface ScanSettings extends ExposureSettings {
  /** Characters that mean nothing in a customer number. */
  readonly separators?: string;
}

/** What every thread is given when it starts. */
export interface ThreadSetup {
  /** The inspected root, '' for that of this machine. */
  readonly hostRoot: string;
  /** That pseudonyms are made with. In memory only. */
  readonly key: Uint8Array;
  readonly types: ExposureTypes;
  readonly settings: ScanSettings;
  /** Whether attachments are opened at all. */
  readonly attachments: boolean;
  readonly messageBytesMax: number;
  /** What was found in letters, for copies of them: see `ScannedMemory`. */
  readonly remembered: SharedArrayBuffer;
  /** Two numbers: the batch in hand, and the item of it; see `ScanThreads`. */
  readonly progress: SharedArrayBuffer;
}

export interface BlankRow {
  readonly item: number;
  readonly why: string;
}

/** Some messages to be read. A row each; NaN is for what is not known. */
export interface BatchOrder {
  readonly id: number;
  /** Folders of the files; and by row, which of them (-1: its bytes are in `contents`), and the file's name. */
  readonly folders: readonly string[];
  readonly folder: Int32Array<ArrayBuffer>;
  /** With NUL between: one text is handed over many times as fast as a thousand. */
  readonly names: string;
  /** Where the message begins in its file and how long it is; NaN for all of it. */
  readonly from: Float64Array<ArrayBuffer>;
  readonly bytes: Float64Array<ArrayBuffer>;
  readonly received: Float64Array<ArrayBuffer>;
  /** `messageFlags` that are known before it is read. */
  readonly flags: Uint8Array<ArrayBuffer>;
  /** Whose mailboxes they are in, and by row, which of them. */
  readonly owners: readonly string[];
  readonly owner: Int32Array<ArrayBuffer>;
  readonly contents: readonly (Uint8Array | undefined)[];
  /** Rows whose content is only the beginning of a message. */
  readonly cut: readonly number[];
  /** Rows that are not read, and why: they get a row that says so. */
  readonly blank: readonly BlankRow[];
}

/** What became of each message of a batch. */
export const itemStates = {
  read: 0,
  /** It is not there, or it has to be read in another way: its store is asked. */
  other: 1,
} as const;

/** An attachment that is to be opened in the other lane. */
export interface AttachmentJob {
  /** Row of its message. */
  readonly item: number;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, in base64. */
  readonly digest: string;
}

export interface AttachmentOrder {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface BatchAnswer {
  readonly id: number;
  readonly states: Uint8Array<ArrayBuffer>;
  readonly tables: BatchTables;
  readonly attachments: readonly AttachmentJob[];
  /** Of messages themselves, by row. */
  readonly unseen: readonly BlankRow[];
}

/** Answers of the thread that opens attachments. */
export interface AttachmentAnswer {
  readonly id: number;
  readonly scanned: Scanned;
}
