import type { DataTypeId, PersonStatus } from './personal.ts';

/**
 * People of one data type, each counted once: data that is theirs; data in a message that names them, theirs or
 * another's; and that with what was found with low confidence.
 */
export interface PeopleOfType {
  readonly type: DataTypeId;
  readonly own: number;
  readonly shared: number;
  readonly weak: number;
}

interface PeopleOfTenant {
  /** As the customer list names it; `''`: of none. */
  readonly tenant: string;
  readonly people: number;
  readonly byStatus: Readonly<Record<PersonStatus, number>>;
  /** Former customers whose data could have been deleted. */
  readonly deletable: number;
  readonly byType: readonly PeopleOfType[];
}

/** How many people, each counted once, however many mailboxes and tenants name them. */
export interface CountedPeople {
  readonly people: number;
  readonly customers: number;
  /** On no list: as many as there are identifiers, for nobody knows whose they are. */
  readonly others: number;
  /** Of the people: those whom only a name with an address or a birth date told, or what several share. */
  readonly probable: number;
  readonly byStatus: Readonly<Record<PersonStatus, number>>;
  readonly deletable: number;
  /** Of what mail holds; what a record of the list holds is not counted by type. */
  readonly byType: readonly PeopleOfType[];
  readonly byTenant: readonly PeopleOfTenant[];
}

/** Which of the counts a component's reach comes to. */
export type PeopleSet = 'stored' | 'listed' | 'both';

/** Whose data the platform holds, as scans and the customer list tell. */
export interface StoredPeople {
  readonly format: 1;
  /** RFC 3339, UTC: end of the last scan of the place that waited longest for one. Absent: none came to its end. */
  readonly scanned?: string;
  /** RFC 3339, UTC: when the customer list was read. Absent: there is none. */
  readonly listed?: string;
  readonly messages: number;
  readonly mailboxes: number;
  /** Named in stored mail; on the customer list; either. */
  readonly sets: Readonly<Record<PeopleSet, CountedPeople>>;
  /** Why there may be more: mail that a scan could not see, or could not open. Empty: the counts are whole. */
  readonly doubts: readonly { readonly what: string; readonly count: number }[];
}
