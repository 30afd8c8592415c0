/**
 * A place where messages lie, and how they are told apart there. A file each below `src/exposure/stores`;
 * `foldersBelow` (mail-folders.ts) walks a path and asks them all.
 */
export interface MailStore {
  /** `maildir`, `mbox`, `eml`, `dbox`, `pst`, `takeout` … */
  readonly id: string;
  readonly title: string;
  /** Whether what lies there is of this kind; looks at names and first bytes only. */
  recognises(place: MailPlace, files: MailFiles): Promise<boolean>;
  /** Mailboxes and folders in it, without opening a message. */
  folders(place: MailPlace, files: MailFiles, naming: MailboxNaming): AsyncIterable<MailFolder>;
  /** Which of a recognised folder's own folders hold nothing but its own files: nobody else looks into them. */
  keeps(place: MailPlace, name: string): boolean;
}

/** A file or folder that the walk came by. */
export interface MailPlace {
  readonly path: string;
  readonly entry: MailEntry;
  /** What is in a folder, sorted by name; nothing for a file. */
  readonly names: readonly MailName[];
  /** The first bytes of a file, at most `headBytes`; nothing for a folder. */
  readonly head: Uint8Array;
}

/** As much as is read of a file to tell what it is. */
export const headBytes = 4_096;

/** Whether mail is looked for at a path and below it, only further down, or not at all. */
export type Wanted = 'mail' | 'way' | 'none';

/** Whose mail a path holds. */
export interface MailboxNaming {
  /**
   * @param path of the mailbox's own folder, or of one within it.
   * @returns `taro@example.jp` or `taro`, as logs name him, where the path tells, else the path below the
   * store; and what is left of the path behind his own folder.
   */
  mailboxOf(path: string): {
    readonly mailbox: string;
    readonly within: string;
    /** Whether a template or the path itself told, or the path had to stand in for a name. */
    readonly isTold: boolean;
  };
}

export interface MailFolder {
  /** `MailStore.id`, or `imap`. */
  readonly store: string;
  /** Whose it is, as logs name him where the path tells (`taro@example.jp`), else the path below the store. */
  readonly mailbox: string;
  /** `INBOX`, `Sent`, decoded of modified UTF-7, `/` between levels; absent where the store does not tell. */
  readonly name?: string;
  /** Changes when anything was added or taken away; equal means that nothing needs to be listed. */
  readonly state?: string;
  /** Messages in it, in an order that stays; bodies unread. Nothing is held of those that were passed. */
  messages(): AsyncIterable<StoredMessage>;
}

export interface StoredMessage {
  /**
   * Names it in its folder for as long as it lies there, and nothing else ever: Maildir's unique name, UIDVALIDITY
   * and UID, a digest of its head. It may hold names of people: it is pseudonymised before it is kept.
   */
  readonly key: string;
  readonly uid?: number;
  /** Milliseconds since 1970, where listing told it; `read` may know better. */
  readonly received?: number;
  readonly sizeBytes?: number;
  /** Its owner has deleted it, and the store still holds it: whoever reads the files reads it. */
  readonly isExpunged?: boolean;
  /**
   * Where its bytes lie as they are, in a regular file that `MailFiles.read` would read: a thread that scans reads
   * them there itself, without a promise for each, and unpacks what Dovecot packed. Absent where they have to be put
   * together or asked for; where they are not there any more, `read` is asked.
   */
  readonly lies?: MailBytesPlace;
  read(): Promise<ReadMessage>;
}

interface MailBytesPlace {
  readonly path: string;
  readonly from?: number;
  readonly bytes?: number;
}

export type ReadMessage =
  | {
      readonly state: 'read';
      /** The message; its buffer is its own and may be handed to another thread. */
      readonly bytes: Uint8Array;
      /** Only the first `messageBytesMax` of it: it may hold more. */
      readonly isCut: boolean;
      readonly received?: number;
    }
  /** Moved or deleted since it was listed. */
  | { readonly state: 'gone' }
  /** It lies there and cannot be read: whoever asked counts it by its `why`. */
  | { readonly state: 'unseen'; readonly why: UnreadableMessage };

/** `packed`: in a way that is not unpacked here. `forbidden`: the system refuses to open it. */
export type UnreadableMessage = 'encrypted' | 'packed' | 'damaged' | 'forbidden';

/**
 * The files of the machine: links inside the root only, regular files only, everything bounded, nothing
 * written and no access time changed. What is there and cannot be read is noted and is `undefined`.
 */
export interface MailFiles {
  readonly limits: MailStoreLimits;
  /** Sorted by name; empty where it is no folder. */
  list(path: string): Promise<readonly MailName[]>;
  /** Of what a link leads to, where it is one. */
  stat(path: string): Promise<MailEntry | undefined>;
  /** At most `messageBytesMax` of a regular file; its buffer is the caller's own. */
  read(path: string, from?: number, bytesMax?: number): Promise<MailPiece | undefined>;
  /**
   * Something that exists and is not seen.
   *
   * @param path its true path: names in it are personal data, and leave as a count or a pseudonym only.
   * @param why the same words for all of a kind, without any name: "is encrypted by Dovecot's mail_crypt".
   */
  note(path: string, why: string): void;
  /** Milliseconds since 1970, by the clock that stamps the files. */
  nowMs(): number;
  /** Folders of what needs a reader with a thread of its own, where there is one: Outlook's files, zip archives. */
  readonly foreign?: Readonly<
    Partial<Record<'pst' | 'zip', (path: string, mailbox: string) => AsyncIterable<MailFolder>>>
  >;
}

export interface MailStoreLimits {
  /** Of one message; the rest is left away and said. */
  readonly messageBytesMax: number;
  /** Of one folder's list. */
  readonly entriesMax: number;
  readonly depthMax: number;
}

export interface MailName {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

export interface MailEntry {
  readonly kind: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Device and inode: the same for the same file by another name. */
  readonly identity: string;
}

export interface MailPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As it was when it was opened. */
  readonly entry: MailEntry;
}
