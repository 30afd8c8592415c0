import type { IdentifierKind } from './personal.ts';

/**
 * What a scan leaves behind: no text of any mail, only numbers and pseudonyms. A *segment* is some thousand
 * messages that were read, in two tables and a dictionary; it is never changed, only superseded. The state of the
 * index (`ExposureState`) says which segments count, which of their messages were read anew since (`dropped`: they
 * have another number in a later segment) and which are gone from their mailbox.
 *
 *     STORE/exposure/state.sqlite
 *     STORE/exposure/segments/00000012.messages.parquet     columns of MessageColumns
 *                                      .mentions.parquet     columns of MentionColumns
 *                                      .identifiers.parquet  columns of IdentifierDictionary
 */

/** How somebody occurs in a message; bits, so that one row says all of it. */
export const roles = { sender: 1, recipient: 2, text: 4, attachment: 8, owner: 16 } as const;

/** What is known of a message as a whole; bits. */
export const messageFlags = {
  /** Something in it could not be opened, or was left away for its size, depth or number: it may hold more. */
  unseen: 1,
  /** An encrypted part: nobody without its key can tell what it holds. */
  encrypted: 2,
  attachments: 4,
  /** It was gone from the mailbox when the scan came by again (`gone` says when that was seen). */
  gone: 8,
  /** Its owner has deleted it, and the store still holds it. */
  expunged: 16,
} as const;

/**
 * One message. Bits of `types` and `weak` are those of `ExposureTypes`: types found with medium or high, and
 * with low confidence, anywhere in the message.
 */
export interface MessageColumns {
  /** Ascending in a segment, once in all segments, from 0; below 2^32. */
  readonly message: ArrayLike<number>;
  /** Number of the mailbox in the index's state, where its pseudonym stands. */
  readonly mailbox: ArrayLike<number>;
  /** Number of the folder in the index's state. */
  readonly folder: ArrayLike<number>;
  /** When the mailbox got it, milliseconds since 1970; its file's or `Date:` time where nothing better is known. */
  readonly received: ArrayLike<number>;
  /** IMAP UID, 0 where unknown. */
  readonly uid: ArrayLike<number>;
  /** Pseudonym of the Message-ID (kind `message-id`), 0 and 0 where it has none. */
  readonly idHigh: ArrayLike<number>;
  readonly idLow: ArrayLike<number>;
  readonly size: ArrayLike<number>;
  readonly flags: ArrayLike<number>;
  readonly types: ArrayLike<number>;
  readonly weak: ArrayLike<number>;
  /** Of `types`, those found with high confidence. */
  readonly sure: ArrayLike<number>;
  /** Of both, what could not be told whose it is, at least once: anybody whom the message names. */
  readonly shared: ArrayLike<number>;
}

/** One identifier in one message, sorted by message. */
export interface MentionColumns {
  readonly message: ArrayLike<number>;
  /** Place in the segment's dictionary. */
  readonly identifier: ArrayLike<number>;
  /** `roles`. */
  readonly roles: ArrayLike<number>;
  /** Types that belong to this very identifier: same row of a table, same labelled block, or nobody else is named. */
  readonly own: ArrayLike<number>;
  /** The same, of types found with low confidence only. */
  readonly weak: ArrayLike<number>;
}

/** A segment's identifiers, sorted by pseudonym, so that they can be joined with the customer list in one pass. */
export interface IdentifierDictionary {
  readonly high: Float64Array;
  readonly low: Float64Array;
  /** Place in `identifierKinds`. */
  readonly kind: Uint8Array;
}

/** What is pseudonymised: identifiers of people, and names that would tell of them. */
export type PseudonymKind = IdentifierKind | 'mailbox' | 'folder' | 'message-id' | 'message-key';

/** Which bit of a mask is which data type: fixed when a type is first seen, kept in the index's state. At most 52. */
export type ExposureTypes = readonly string[];
