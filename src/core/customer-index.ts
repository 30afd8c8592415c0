import type { DataTypeId, IdentifierKind, PersonStatus } from './personal.ts';
import type { Unseen } from './unseen.ts';

/**
 * What is kept of a customer list: whom it names, as numbers, and what each can be recognised by, as pseudonyms. No
 * text of any row is kept: names and addresses are read from the list again, by row number, when they are needed.
 *
 *     STORE/exposure/customers/manifest.json                   CustomerList
 *     STORE/exposure/customers/<folder>/identifiers.bin   CustomerIdentifiers
 *     STORE/exposure/customers/<folder>/memberships.bin   MembershipColumns, one column behind the other
 *
 * A list is replaced whole: the new folder is on the disk before the manifest that names it takes the old one's place.
 */
export interface CustomerList {
  readonly format: 1;
  readonly folder: string;
  /** One for each file or query, in their order; rows are numbered on from one to the next. */
  readonly lists: readonly {
    /** As `postern.yaml` or the command line names it, without credentials. */
    readonly name: string;
    /** SHA-256 in hex: of the file's bytes; of a query, of the rows as they came. */
    readonly digest: string;
    readonly rows: number;
  }[];
  /** SHA-256 in hex of the digests of the lists, one line each: names this state of all of them. */
  readonly digest: string;
  /** SHA-256 in hex of how the lists were read: columns, words, regions, version of Postern's rules. */
  readonly settings: string;
  /** RFC 3339, UTC: when reading began. */
  readonly read: string;
  /** Of the key that identifiers are pseudonymised with: pseudonyms of another key match nobody. */
  readonly fingerprint: string;
  readonly rows: number;
  /** Persons have the numbers 0 to `persons` - 1, in the order of their first rows. */
  readonly persons: number;
  /** Memberships of each person: one for each of his rows. */
  readonly memberships: number;
  /** Records in `identifiers.bin`. */
  readonly identifiers: number;
  /** Different identifiers of each kind. */
  readonly kinds: Readonly<Record<IdentifierKind, number>>;
  /** Identifiers that more than `crowdMax` persons have (`none@example.jp`, a switchboard): they name nobody. */
  readonly crowds: number;
  /** Data types that a record holds, by the columns of the lists: `email`, `date-of-birth`. */
  readonly types: readonly DataTypeId[];
  /** By number, in the order in which the list names them; `''` where a row names none. */
  readonly tenants: readonly string[];
  /** Persons by the status that counts (`statusCounting`). */
  readonly statuses: Readonly<Record<PersonStatus, number>>;
  /** Former customers whose data could have been deleted, and those of whom nobody can tell. */
  readonly deletable: { readonly yes: number; readonly unknown: number };
  /** Persons without any identifier: no mail can be found to be about them. */
  readonly unrecognisable: number;
  /** Rows and values that could not be used, by reason; no values in it. */
  readonly unseen: readonly Unseen[];
}

/** Of identifiers that more persons have, none is kept. */
export const crowdMax = 100;

/**
 * Records of four little-endian 32-bit words, ascending: the first, second and third 32 bits of the pseudonym, and a
 * person. One identifier of several persons (a family's telephone, `info@`) stands in several records, one behind
 * the other: whoever matches it is *probably* one of them.
 */
export interface CustomerIdentifiers {
  readonly records: number;
  /** Some of them, four words each. */
  readonly words: Uint32Array;
}

export const identifierWords = 4;

/** Rows of the list, sorted by person and then by row. */
export interface MembershipColumns {
  readonly person: Uint32Array;
  /** 1-based number of the row among the rows of all lists, heads not counted. */
  readonly row: Uint32Array;
  /** Place in `CustomerList.tenants`. */
  readonly tenant: Uint16Array;
  /** Place in `personStatuses`. */
  readonly status: Uint8Array;
  /** Place in `deletableStates`: whether a former customer's data could have been deleted when the list was read. */
  readonly deletable: Uint8Array;
}

export const deletableStates = ['no', 'yes', 'unknown'] as const;
export type DeletableState = (typeof deletableStates)[number];

/** Somebody who is active anywhere is active; else dormant, if he is that anywhere. */
export const statusCounting = (a: PersonStatus, b: PersonStatus): PersonStatus =>
  a === 'active' || b === 'active'
    ? 'active'
    : a === 'dormant' || b === 'dormant'
      ? 'dormant'
      : 'former';
