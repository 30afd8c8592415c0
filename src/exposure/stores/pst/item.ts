/** What a PST holds of one thing: a message, an appointment, a contact, a note. */
export interface PstItem {
  /** `IPM.Note`, `IPM.Contact` … */
  readonly kind: string;
  /** As they came over the wire, where the message did. */
  readonly transportHeaders: string;
  readonly subject: string;
  readonly senders: readonly PstAddress[];
  readonly to: readonly PstAddress[];
  readonly cc: readonly PstAddress[];
  readonly bcc: readonly PstAddress[];
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly sent?: number;
  readonly received?: number;
  readonly plain: string;
  readonly html: string;
  readonly rtf: string;
  /** What else it says of people: telephone numbers of a contact, attendees; label and value. */
  readonly more: readonly (readonly [label: string, value: string])[];
  readonly attachments: readonly PstAttachment[];
  /** Something of it was left away for its size, number or depth, or could not be read. */
  readonly isCut: boolean;
}

export interface PstAddress {
  readonly name: string;
  readonly address: string;
}

export type PstAttachment =
  | { readonly name: string; readonly type: string; readonly bytes: Uint8Array }
  | { readonly name: string; readonly item: PstItem };
