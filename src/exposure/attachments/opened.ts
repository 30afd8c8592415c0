import type { MailText } from '../mail/message.ts';

/** Why something in an attachment was not read; the words that the index keeps. */
export type UnseenWhy =
  /** Only whoever has the password or the key can read it. */
  | 'encrypted'
  /** A kind of file that is not read: pictures, old Office, other archives. */
  | 'attachment-kind'
  | 'attachment-damaged'
  /** Longer, deeper or of more files than the limits allow; what was within them was read. */
  | 'attachment-size';

export interface UnseenPart {
  /** File name, as far as it is known; below an archive with its path in it. */
  readonly name: string;
  readonly why: UnseenWhy;
}

/** What an attachment, and everything in it, holds. */
export interface OpenedAttachment {
  readonly texts: readonly MailText[];
  readonly unseen: readonly UnseenPart[];
}

/** Bounds of one attachment with all that is in it. */
export interface AttachmentLimits {
  /** Archives in archives, files in messages in archives. */
  readonly depthMax: number;
  readonly filesMax: number;
  /** Unpacked, of all files together. */
  readonly bytesMax: number;
  /** UTF-16 units of all texts together. */
  readonly charactersMax: number;
  readonly pagesMax: number;
  /** Asked between pages and files; what is open then ends as `attachment-size`. */
  readonly signal?: AbortSignal;
}

/**
 * Far above documents that people write. A file of 25 MB, as mail servers let through, that unpacks to more
 * is either made to hurt or a disk image.
 */
export const defaultAttachmentLimits: AttachmentLimits = {
  depthMax: 6,
  filesMax: 5_000,
  bytesMax: 134_217_728,
  charactersMax: 33_554_432,
  pagesMax: 5_000,
};

const unseenMax = 1_000;

/** What opening has brought so far, and what is left of its limits. */
export class Opening {
  readonly limits: AttachmentLimits;
  readonly texts: MailText[] = [];
  readonly unseen: UnseenPart[] = [];
  private filesLeft: number;
  private bytesLeft: number;
  private charactersLeft: number;

  constructor(limits: AttachmentLimits) {
    this.limits = limits;
    this.filesLeft = limits.filesMax;
    this.bytesLeft = limits.bytesMax;
    this.charactersLeft = limits.charactersMax;
  }

  get isOver(): boolean {
    return this.limits.signal?.aborted === true || this.charactersLeft <= 0;
  }

  /** Bytes that may still be unpacked. */
  get room(): number {
    return this.bytesLeft;
  }

  takeFile(name: string): boolean {
    if (this.filesLeft > 0 && !this.isOver) {
      this.filesLeft--;
      return true;
    }
    this.miss(name, 'attachment-size');
    return false;
  }

  spend(bytes: number): void {
    this.bytesLeft = Math.max(0, this.bytesLeft - bytes);
  }

  miss(name: string, why: UnseenWhy): void {
    const isKnown = this.unseen.some(part => part.name === name && part.why === why);
    if (!isKnown && this.unseen.length < unseenMax) this.unseen.push({ name, why });
  }

  text(text: string, kind: MailText['kind'], name: string, charset = 'utf-8'): void {
    if (text.trim() === '') return;
    const cut = text.length > this.charactersLeft;
    if (cut) this.miss(name, 'attachment-size');
    const kept = cut ? text.slice(0, this.charactersLeft) : text;
    this.charactersLeft -= kept.length;
    this.texts.push({ text: kept, kind, charset, depth: 0, ...(name === '' ? {} : { name }) });
  }
}
