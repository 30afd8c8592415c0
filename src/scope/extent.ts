/** What evidence shows to have been within somebody's hands, and by which rule. Two bounds, never one number. */

/** Rules whose extents are evidenced: something in a log, or a finding, shows the access itself. */
const evidencedBases = [
  /** A read that names its messages. */
  'message-read',
  /** A webmail showed the message: its web access log names folder and UID. */
  'message-shown',
  /** A client copied a folder. */
  'folder-synced',
  /** A client copied a mailbox, or one of the attacker's copied a folder of it. */
  'mailbox-synced',
  /** So much was read in a day that the log stopped naming it. */
  'throttled',
  /** A session counted bodies that it fetched, and names none. */
  'bodies-counted',
  /** A mailbox was written out to a file. */
  'mailbox-exported',
  /** POP3 or IMAP took all of it. */
  'mailbox-downloaded',
  /** A table was read: all its rows. */
  'table-read',
  /** It passed through a filter that was under the attacker's control. */
  'in-transit',
  /** An investigator's own finding. */
  'finding',
] as const;

/** Rules whose extents are within reach: nothing shows that it was read, and nothing that it was not. */
const reachBases = [
  /** Somebody was in the mailbox, and nothing tells what he did there. */
  'login',
  /** Headers were listed, something searched, changed or deleted. */
  'touched',
  /** Mail was to be sent on from then. */
  'forwarded',
  /** What an outcome or a time that the log does not tell leaves open. */
  'unclear',
  /** A log that should have been there is missing. */
  'gap',
  /** The component's permissions cover it. */
  'reach',
  /** Passed through the component in the window. */
  'passed',
  /** A record of a customer that the component can read. */
  'record',
] as const;

export type EvidencedBasis = (typeof evidencedBases)[number];
type ReachBasis = (typeof reachBases)[number];
export type Basis = EvidencedBasis | ReachBasis;

/** Place of a basis is its bit. */
export const bases: readonly Basis[] = [...evidencedBases, ...reachBases];

/** Bits of all that are evidenced. */
export const evidencedMask: number = 2 ** evidencedBases.length - 1;

export const basisBit = (basis: Basis): number => 1 << bases.indexOf(basis);

export const isEvidenced = (basis: Basis): basis is EvidencedBasis =>
  (basisBit(basis) & evidencedMask) !== 0;

/** Times in milliseconds since 1970, both included. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  /** When somebody first looked: mail that was seen to be gone by then was not there any more. */
  readonly lookedMs?: number;
}

/** Messages, or people, as evidence describes them. A `span` is that of their arrival in the mailbox. */
export type Extent =
  /** Message-IDs, with angle brackets. @property mailbox where it is known: else wherever they lie. */
  | { readonly is: 'messages'; readonly mailbox?: string; readonly ids: readonly string[] }
  | {
      readonly is: 'uids';
      readonly mailbox: string;
      readonly folder: string;
      readonly uids: readonly number[];
    }
  | {
      readonly is: 'folder';
      readonly mailbox: string;
      readonly folder: string;
      readonly span: Span;
    }
  | { readonly is: 'mailbox'; readonly mailbox: string; readonly span: Span }
  /** Of every mailbox. */
  | { readonly is: 'stored-mail'; readonly span: Span }
  /** What the customer list says of people: their records, whether or not any mail names them. */
  | { readonly is: 'records'; readonly of: RecordsOf };

/** Whose records, and what is in them. All narrowings hold together. */
export interface RecordsOf {
  /** All unless given. */
  readonly tenants?: readonly string[];
  /** Numbers of customers or contracts, as the customer list writes them. */
  readonly contracts?: readonly string[];
  /** Addresses of people, as the customer list writes them. */
  readonly addresses?: readonly string[];
  /** Types of data in a record. */
  readonly types: readonly string[];
}

/** An extent, why it is one, and where that stands. */
export interface Shown {
  readonly basis: Basis;
  readonly extent: Extent;
  readonly at?: EvidenceAt;
  /** Messages that the log counts and does not name. */
  readonly counted?: number;
  /** Lines that show the same; 1 unless given. */
  readonly lines?: number;
}

/** Where something stands that an extent rests on. */
export interface EvidenceAt {
  /** Source of the evidence store, or the name of a finding. */
  readonly source: string;
  /** Segment and line in it, 1-based. */
  readonly seq?: number;
  readonly line?: number;
  readonly atMs?: number;
}
