import type { ExposureTypes } from './exposure-index.ts';
import type { Pseudonym } from './personal.ts';

/** A place that is scanned: a path or a server. */
export interface ExposureSource {
  readonly number: number;
  readonly name: Pseudonym;
  /** When a scan last came to its end, milliseconds since 1970. */
  readonly scannedMs?: number;
}

export interface ExposureMailbox {
  readonly number: number;
  /** Of its name as logs have it (kind `mailbox`). */
  readonly name: Pseudonym;
}

export interface ExposureFolder {
  readonly number: number;
  readonly source: number;
  readonly mailbox: number;
  /** Of its name (kind `folder`). */
  readonly name: Pseudonym;
  /** By which it is known again: of all that tells it from other folders of its source. */
  readonly key: Pseudonym;
  /** Digest of what its store said of its listing when all of it was scanned; absent where it has to be listed again. */
  readonly listing?: string;
}

/** How often a type was found, in messages: by the confidence of the surest finding in each. */
export type TypeCounts = Readonly<
  Record<string, readonly [high: number, medium: number, low: number]>
>;

export interface ExposureSegment {
  /** Names its files. */
  readonly number: number;
  /** SHA-256 in hex of its three files one behind the other. */
  readonly digest: string;
  readonly messages: number;
  readonly mentions: number;
  readonly identifiers: number;
  /** Of the mail that was read for it. */
  readonly bytes: number;
  /** First and last message number. */
  readonly first: number;
  readonly last: number;
  /** What read it: another one may find other things. */
  readonly detector: string;
  readonly scannedMs: number;
  readonly types: TypeCounts;
}

/** What could not be seen, and how often, by folder: of messages that were read, or of the folder itself. */
export interface ExposureUnseen {
  readonly folder: number;
  /** A word such as `encrypted`; docs/scan.md says what each means, and what mends it. */
  readonly why: string;
  readonly count: number;
}

/** Of each message in a folder that was read: the hash of its key, and its number. */
export interface FolderKeys {
  /** Two numbers of 32 bits each. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly message: Uint32Array;
}

/** The keys of a folder as they count by now. */
export interface KnownKeys extends FolderKeys {
  /** In which segment each message is. */
  readonly segment: Uint32Array;
}

/** One step, all of it or nothing. */
export interface ExposureChange {
  /** Names for all bits that masks in this step may have. */
  readonly types?: ExposureTypes;
  readonly sources?: readonly ExposureSource[];
  readonly mailboxes?: readonly ExposureMailbox[];
  readonly folders?: readonly ExposureFolder[];
  readonly segment?: ExposureSegment;
  /** Keys of messages in the segment, by folder. */
  readonly keys?: ReadonlyMap<number, FolderKeys>;
  /** Seen in reading this segment; goes with it. */
  readonly unseen?: readonly ExposureUnseen[];
  /** Of folders and sources themselves (folder 0: of none), in place of what was said of this source before. */
  readonly places?: { readonly source: number; readonly unseen: readonly ExposureUnseen[] };
  /** Messages that were read anew: their rows count no more, and their keys are of other numbers now. */
  readonly dropped?: Uint32Array;
  /** Messages that are gone from their folder, as of a time in milliseconds since 1970. */
  readonly gone?: { readonly seenMs: number; readonly messages: Uint32Array };
  /** Messages that were gone and are there again. */
  readonly back?: Uint32Array;
  /** Segments of which nothing counts any more, or whose rows are all in this step's segment. */
  readonly superseded?: readonly number[];
}

/** The commit point of the index of exposure: what it says is on the disk when it returns. */
export interface ExposureState {
  /** Of the key that everything is pseudonymised with; set by the first scan. */
  fingerprint(): string | undefined;
  setFingerprint(fingerprint: string): void;
  /** Changes with every commit. */
  version(): number;
  types(): ExposureTypes;
  sources(): readonly ExposureSource[];
  mailboxes(): readonly ExposureMailbox[];
  folders(): readonly ExposureFolder[];
  /** In the order of their numbers. */
  segments(): readonly ExposureSegment[];
  /** Of messages that count: not of those that were read anew since. */
  keys(folder: number): KnownKeys;
  /** Folders that have messages in some segments. */
  foldersIn(segments: readonly number[]): readonly number[];
  /** Messages that were read anew, ascending. */
  dropped(): Uint32Array;
  /** By message, when it was seen to be gone. */
  gone(): { readonly message: Uint32Array; readonly seenMs: Float64Array };
  unseen(): readonly ExposureUnseen[];
  /** Higher than that of any message that ever was. */
  nextMessage(): number;
  nextSegment(): number;
  commit(change: ExposureChange): void;
  /** What was worked out of a version, to be had again: by a name, as JSON. */
  note(name: string): string | undefined;
  setNote(name: string, value: string): void;
  close(): void;
}
