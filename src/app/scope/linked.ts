import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The index of exposure and the customer list, joined: who is named in which message.
 *
 *     STORE/exposure/linked/current              link to the folder that counts
 *     STORE/exposure/linked/<generation>/
 *       link.json                                LinkedAbout
 *       messages-0001.parquet … mentions-0001.parquet …  mailboxes, folders, gone, dropped, memberships .parquet
 *       others.bin                               identifiers of persons who are no customers
 *       counts.json                              how many people's data lies in stored mail
 *
 * A generation is never changed: the next one takes over what still holds by hard links, and the link is replaced.
 */
export interface LinkedAbout {
  readonly format: 1;
  readonly generation: number;
  /** Of the key that everything is pseudonymised with. */
  readonly fingerprint: string;
  /** Bits of masks. */
  readonly types: readonly string[];
  /** The list that the first persons are of; `null`: nobody is a customer. */
  readonly customers: {
    readonly folder: string;
    readonly digest: string;
    readonly persons: number;
    readonly memberships: number;
    readonly tenants: readonly string[];
  } | null;
  /** Customers and others: their numbers are below. */
  readonly persons: number;
  /** Numbers of messages are below. */
  readonly messagesTo: number;
  readonly messages: number;
  readonly mentions: number;
  readonly mailboxes: number;
  /** When scans came to their ends: of the source that waited longest, and of the one that was scanned last. */
  readonly scannedMs: { readonly first: number; readonly last: number } | null;
  /** Version of the index's state that it was made of. */
  readonly version: number;
  readonly files: readonly LinkedFile[];
  /** Places that a scan could not see, by reason. */
  readonly unseen: Readonly<Record<string, number>>;
}

/** One pair of files, and what is in it. */
export interface LinkedFile {
  /** `0001` */
  readonly name: string;
  readonly segments: readonly { readonly number: number; readonly digest: string }[];
  readonly messages: number;
  readonly mentions: number;
}

export const linkedFolder = (store: string): string => join(store, 'exposure/linked');

/** The linked tables of a store. */
export interface Linked {
  readonly folder: string;
  readonly about: LinkedAbout;
}

/** Undefined where nothing was linked. @throws Error where what is there cannot be read */
export const openLinked = (store: string): Linked | undefined => {
  const current = join(linkedFolder(store), 'current');
  if (!existsSync(current)) return undefined;
  // The folder itself: what comes after it may take its place at any time.
  const folder = realpathSync(current);
  const about = JSON.parse(readFileSync(join(folder, 'link.json'), 'utf8')) as LinkedAbout;
  if (about.format !== 1) throw new Error(`${folder}: of another version of Postern`);
  return { folder, about };
};
