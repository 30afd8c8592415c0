import type { PersonStatus } from '../core/personal.ts';
import type { Basis, EvidenceAt } from './extent.ts';

/**
 * People of one data type, each counted once. Three sets, each within the next: data that belongs to them, data in
 * a message that tells of them (theirs or another's), and that with what was found with low confidence.
 */
export interface TypeCount {
  readonly type: string;
  readonly own: number;
  readonly shared: number;
  readonly weak: number;
}

export interface TenantCount {
  /** As the customer list names it. */
  readonly tenant: string;
  readonly people: number;
  /** By what they are to this tenant: somebody may have left one and stayed with another. */
  readonly byStatus: Readonly<Record<PersonStatus, number>>;
  /** Former customers whose data could have been deleted. */
  readonly deletable: number;
  readonly contracts: number;
  readonly types: readonly TypeCount[];
}

/** How many lie within one bound, each person once. */
export interface Bound {
  /** Customers and others. */
  readonly people: number;
  readonly customers: number;
  /** Correspondents and others who are on no list: as many as there are identifiers, for nobody knows whose they are. */
  readonly others: number;
  /** Of the people: those whom only a name with an address or a birth date told. */
  readonly probable: number;
  /** Customers, by the liveliest of what they are to any tenant. */
  readonly byStatus: Readonly<Record<PersonStatus, number>>;
  /** Former customers, of all tenants that they ever had, whose data could have been deleted. */
  readonly deletable: number;
  /** People; who is several of them counts in each. */
  readonly byRole: {
    readonly owner: number;
    readonly correspondent: number;
    readonly mentioned: number;
  };
  readonly byType: readonly TypeCount[];
  /** Those with people in them, most people first. */
  readonly byTenant: readonly TenantCount[];
  readonly messages: number;
  /** Mailboxes with a message in the bound, or that the evidence names. */
  readonly mailboxes: number;
  readonly contracts: number;
  readonly tenants: number;
}

/** What one rule brought in. People and messages may have come in by several. */
export interface BasisCount {
  readonly basis: Basis;
  readonly people: number;
  readonly messages: number;
  /** Lines, findings or gaps that it rests on. */
  readonly evidence: number;
  /** Bodies that logs counted without naming them: at least so many reads. */
  readonly counted: number;
  readonly first?: EvidenceAt;
  readonly last?: EvidenceAt;
}

/** Why a bound is not the last word. */
export interface Doubt {
  readonly is: /** Parts of messages that could not be opened, or are encrypted: who stands in them nobody knows. */
    | 'unseen-parts'
    | 'encrypted-parts'
    /** Mail of which the index knows nothing: the mailbox was not scanned. */
    | 'mailbox-not-scanned'
    /** Mail that came after the last scan, and before the window ended. */
    | 'scan-too-old'
    /** Messages that logs name and the index does not have. */
    | 'message-not-found'
    /** A log that should have been there. */
    | 'gap'
    /** A line that cannot be read, or that does not tell its time or whom it is about. */
    | 'log-not-read'
    | 'account-unknown'
    /** No customer list, or none of a key: people are identifiers. */
    | 'no-customers'
    | 'no-index';
  readonly what: string;
  /** How many: messages, mailboxes, lines. */
  readonly count: number;
  /** It touches what is evidenced, and not only what is within reach. */
  readonly evidenced: boolean;
}

/** Both bounds: whoever is evidenced is within reach too. */
export interface Bounds {
  readonly evidenced: Bound;
  readonly withinReach: Bound;
  readonly bases: readonly BasisCount[];
  readonly doubts: readonly Doubt[];
}
