/** A place where messages lie, and how they are told apart there. A file each below `src/exposure/stores`. */
export interface MailStore {
  /** `maildir`, `mbox`, `eml`, `dbox`, `pst`, `takeout` … */
  readonly id: string;
  readonly title: string;
  /** Whether what lies at this path is of this kind; looks at names and first bytes only. */
  recognises(path: string, files: MailFiles): Promise<boolean>;
  /** Mailboxes and folders in it, without opening a message. */
  folders(path: string, files: MailFiles): AsyncIterable<MailFolder>;
}

export interface MailFolder {
  /** Whose it is, as logs name him where the path tells (`taro@example.jp`), else the path below the store. */
  readonly mailbox: string;
  /** `INBOX`, `Sent`, decoded of modified UTF-7, `/` between levels. */
  readonly name: string;
  /** Changes when anything was added or taken away; equal means that nothing needs to be listed. */
  readonly state?: string;
  /** Messages in it, in an order that stays; bodies unread. */
  messages(): AsyncIterable<StoredMessage>;
}

export interface StoredMessage {
  /** Names it in its folder for as long as it lies there: Maildir's unique name, UIDVALIDITY and UID, offset and digest. */
  readonly key: string;
  readonly uid?: number;
  /** Milliseconds since 1970. */
  readonly received?: number;
  readonly sizeBytes?: number;
  /** The message's bytes; at most `bytesMax`, `undefined` where it is gone or may not be read (said in `unseen`). */
  read(): Promise<Uint8Array | undefined>;
}

/** The files of the machine, links inside the root only, everything bounded; what cannot be read ends in `unseen`. */
export interface MailFiles {
  list(path: string): Promise<readonly MailEntry[]>;
  stat(path: string): Promise<MailEntry | undefined>;
  read(path: string, from?: number, bytes?: number): Promise<Uint8Array | undefined>;
  note(what: string, why: string): void;
}

export interface MailEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly inode: number;
}
