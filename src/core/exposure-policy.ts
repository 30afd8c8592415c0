import type { PersonStatus } from './personal.ts';

/** Where a password stands; never the password itself. */
export type SecretPlace =
  | { readonly variable: string }
  /** Relative to `postern.yaml`; its first line. */
  | { readonly file: string };

/** A mail server that is read through IMAP: how Postern logs in there. */
export interface ImapLogin {
  /** `imaps://scan@imap.example.jp`: of every entry of `mail` that begins so. */
  readonly server: string;
  readonly password: SecretPlace;
  /** File with certificates (PEM) that the server's must be, or be signed by; else the system's. */
  readonly certificates?: string;
}

/** Which columns of a list say what; each by its name in the list's head, in the order in which they are asked. */
export interface CustomerColumns {
  readonly person?: string;
  readonly name?: readonly string[];
  readonly kana?: readonly string[];
  readonly email?: readonly string[];
  readonly telephone?: readonly string[];
  readonly customerNumber?: readonly string[];
  /** Joined in their order. */
  readonly address?: readonly string[];
  readonly postcode?: string;
  readonly birthDate?: string;
  readonly tenant?: string;
  readonly status?: string;
  readonly left?: string;
  readonly deletableAfter?: string;
}

/** A list of customers: a file, or what a database answers. */
export interface CustomerSource {
  /** CSV or Parquet, or an SQLite database; which of them its first bytes tell. Relative to `postern.yaml`. */
  readonly file?: string;
  /** `mysql://user@host/name`, `postgresql://user@host/name`. */
  readonly database?: string;
  /** What a database is asked. */
  readonly query?: string;
  readonly password?: SecretPlace;
  readonly certificates?: string;
  /** `false`: the database's name is not held against its certificate, and it may have none. */
  readonly tls?: boolean;
  /** Of a CSV file; else its bytes tell. */
  readonly charset?: string;
  readonly delimiter?: string;
  /** What is not said here, the names of columns tell. */
  readonly columns?: CustomerColumns;
  /** The organisation's own words for them. */
  readonly statuses?: Readonly<Record<string, PersonStatus>>;
  /** Tenant of all rows, where no column says one. */
  readonly tenant?: string;
  /** Days after somebody left in which his data could not be deleted; a column is stronger. */
  readonly deletableAfterDays?: number;
}

/** What `postern.yaml` says of personal data in mail. */
export interface ExposurePolicy {
  /** Paths, and addresses of mail servers (`imaps://user@host/`). */
  readonly mail: readonly string[];
  readonly imap: readonly ImapLogin[];
  /** File of the key that identifiers are pseudonymised with. */
  readonly key?: string;
  readonly customers: readonly CustomerSource[];
  readonly customerNumbers: readonly {
    /** Of bounded length and cost: `unboundedPattern`. */
    readonly pattern: string;
    readonly labels: readonly string[];
  }[];
  /** Characters that mean nothing in a customer number. */
  readonly customerNumberSeparators?: string;
  /** Regions whose telephone numbers are written without a country code, most likely first. */
  readonly regions: readonly string[];
  /** File with words beyond those that Postern knows, of another language or of the house. */
  readonly words?: string;
}

export const emptyExposure: ExposurePolicy = {
  mail: [],
  imap: [],
  customers: [],
  customerNumbers: [],
  regions: ['JP'],
};
