/** One message, taken apart as far as its bytes allow. Nothing throws: what could not be read is in `faults`. */
export interface MailMessage {
  /** Unfolded, encoded words and RFC 2231 decoded, in their order, at most `headersMax`. */
  readonly headers: readonly MailHeader[];
  /** Of From, Sender, Reply-To. */
  readonly senders: readonly MailAddress[];
  /** Of To, Cc, Bcc. */
  readonly recipients: readonly MailAddress[];
  /** With angle brackets, as logs have it. */
  readonly messageId?: string;
  /** Milliseconds since 1970, of Date. */
  readonly date?: number;
  /** Subject first, then every text part in its order; parts of attached messages among them. */
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
  readonly text: string;
  /** HTML has become text: tags gone, references resolved, rows of tables one line each with tabs between cells. */
  readonly kind: 'subject' | 'plain' | 'html' | 'csv';
  readonly charset: string;
  /** Nesting of attached messages, 0 for the message itself. */
  readonly depth: number;
}

/** A part that is not text by itself. */
export interface MailAttachment {
  readonly name: string;
  /** Lower case, `application/pdf`. */
  readonly type: string;
  /** Its content, transfer encoding undone; at most `decodedBytesMax` of it. */
  bytes(): Uint8Array;
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
  readonly depthMax: number;
  readonly partsMax: number;
  readonly headersMax: number;
  readonly headerBytesMax: number;
  /** Of all parts together. */
  readonly decodedBytesMax: number;
}
