/** One message, taken apart as far as its bytes allow. Nothing throws: what could not be read is in `faults`. */
export interface MailMessage {
  /** Unfolded, encoded words and RFC 2231 decoded, in their order, at most `headersMax`. */
  readonly headers: readonly MailHeader[];
  /** Of From, Sender, Reply-To. */
  readonly senders: readonly MailAddress[];
  /** Of To, Cc, Bcc. */
  readonly recipients: readonly MailAddress[];
  /** As logs have it: with angle brackets where the message has them. */
  readonly messageId?: string;
  /** Milliseconds since 1970, of Date; a date without a zone is taken as UTC. */
  readonly date?: number;
  /**
   * Subject first, then every text part in its order; parts of attached messages among them, each
   * after its own subject and a text of its address headers. Last, what stands before the first and
   * behind the last boundary of a multipart, where it is more than the usual note to old programs.
   */
  readonly texts: readonly MailText[];
  readonly attachments: readonly MailAttachment[];
  readonly faults: readonly MailFault[];
}

export interface MailHeader {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
}

export interface MailAddress {
  /** Display name, empty where there is none. */
  readonly name: string;
  /** `taro@example.jp`, as written. */
  readonly address: string;
}

export interface MailText {
  /** Lines end with `\n` whatever the message had; NUL is gone; soft line ends of format=flowed are joined. */
  readonly text: string;
  /** HTML has become text: tags gone, references resolved, rows of tables one line each with tabs between cells. */
  readonly kind: 'subject' | 'plain' | 'html' | 'csv';
  /** The one it was decoded by, in the name browsers use: `iso-2022-jp` where the label said nothing and the bytes did. */
  readonly charset: string;
  /** Nesting of attached messages, 0 for the message itself. */
  readonly depth: number;
  /**
   * Another form of the text right before it (multipart/alternative) with the very same words,
   * white space aside. To search it again finds nothing new.
   */
  readonly repeats?: true;
  /** File name of a text that was attached as a file. */
  readonly name?: string;
}

/** A part that is not text by itself. */
export interface MailAttachment {
  readonly name: string;
  /** Lower case, `application/pdf`. */
  readonly type: string;
  /** Its content, transfer encoding undone; at most `decodedBytesMax` of it. */
  bytes(): Uint8Array;
  /** Its first bytes, at most so many, without decoding the rest. */
  head?(bytesMax: number): Uint8Array;
  /** Of what `bytes()` gives; decoded to be counted where it is encoded. */
  readonly sizeBytes: number;
  readonly encrypted?: boolean;
}

export interface MailFault {
  /** `depth`, `parts`, `header-bytes` and `decoded-bytes` leave something away; the others are mended as mail programs do. */
  readonly kind:
    | 'depth'
    | 'parts'
    | 'header-bytes'
    | 'decoded-bytes'
    | 'charset'
    | 'encoding'
    | 'boundary'
    | 'encrypted';
  readonly detail: string;
}

export interface MailLimits {
  /** Nesting of multiparts and attached messages together. */
  readonly depthMax: number;
  readonly partsMax: number;
  readonly headersMax: number;
  /** Of one header block; a message has one, and so has each part. */
  readonly headerBytesMax: number;
  /** Of all parts together. */
  readonly decodedBytesMax: number;
}

/** Far above what mail programs write (they nest about 6 deep, and hold about 100 parts), far below what hurts. */
export const defaultMailLimits: MailLimits = {
  depthMax: 32,
  partsMax: 2_000,
  headersMax: 2_000,
  headerBytesMax: 1_048_576,
  decodedBytesMax: 67_108_864,
};
