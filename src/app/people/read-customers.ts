import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Tenant } from '../../core/answer.ts';
import type { CustomerList } from '../../core/customer-index.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { CustomerSource } from '../../core/exposure-policy.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { Candidates, SamePerson } from '../../exposure/people/same-person.ts';
import { groupsOf } from '../../exposure/people/sort-records.ts';
import { lock } from '../../store/lock.ts';
import { Buckets } from './buckets.ts';
import { customersFolder } from './customer-files.ts';
import { putIdentifiers, putMemberships } from './put-customers.ts';
import { type ListSettings, readList } from './read-list.ts';
import { RowColumns } from './row-columns.ts';

export interface CustomersRequest {
  readonly store: string;
  readonly sources: readonly CustomerSource[];
  /** Folder that paths in the sources are relative to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pseudonyms: Pseudonyms;
  readonly regions: readonly string[];
  /** Characters that mean nothing in customer numbers. */
  readonly separators?: string;
  /** Of `postern.yaml`: whose e-mail addresses tell their tenant. */
  readonly tenants?: readonly Pick<Tenant, 'name' | 'domains'>[];
  readonly now: Date;
  /** Called now and then. */
  readonly progress?: (done: CustomersProgress) => void;
}

interface CustomersProgress {
  readonly list: string;
  readonly rows: number;
  /** 0 to 1, where it can be told. */
  readonly share?: number;
}

/** Which rows are of one person. */
const personsOf = (
  buckets: Buckets,
  columns: RowColumns,
): { readonly personOf: Uint32Array; readonly persons: number } => {
  const same = new SamePerson(columns.rows, columns.numbered());
  const each = (join: (group: Parameters<SamePerson['joinOthers']>[0]) => void): void => {
    for (const { words, records } of buckets.sorted()) {
      for (const group of groupsOf(words, records)) join(group);
    }
  };
  if (columns.hasNumbered) each(group => same.joinNumbered(group));
  if (columns.hasOthers) each(group => same.joinOthers(group));
  if (columns.hasNumbered && columns.hasOthers) {
    const candidates = new Candidates();
    each(group => same.joinMixed(group, candidates));
    same.settle(candidates);
  }
  return same.number(columns.blank());
};

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/** The manifest takes the old one's place in one step; then nothing names the old folder any more. */
const publish = (folder: string, list: CustomerList): void => {
  syncFolder(join(folder, list.folder));
  const draft = join(folder, 'manifest.json.draft');
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(list, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, 'manifest.json'));
  syncFolder(folder);
};

/** What another run left behind that nobody names. */
const tidy = (folder: string, keep: string): void => {
  for (const name of readdirSync(folder)) {
    if (name !== keep && name.startsWith('list-')) rmSync(join(folder, name), { recursive: true });
  }
};

const crowdsUnseen = (crowds: number): readonly Unseen[] =>
  crowds === 0
    ? []
    : [
        {
          what: 'the customer list',
          why: `${crowds.toLocaleString('en')} identifiers are those of more than a hundred people each: nobody is recognised by them`,
          how: 'leave placeholders (none@example.jp, 000-0000-0000) and switchboards out of the list',
        },
      ];

/** Changes whenever a list comes out otherwise than before. */
const rules = 1;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** How lists are read, as one word: the same bytes and the same settings give the same persons. */
export const settingsDigest = ({
  sources,
  regions,
  separators,
  tenants = [],
}: Pick<CustomersRequest, 'sources' | 'regions' | 'separators' | 'tenants'>): string =>
  sha256(
    JSON.stringify([
      rules,
      sources,
      regions,
      separators ?? null,
      tenants.map(({ name, domains }) => [name, domains]),
    ]),
  );

/** Names the state of all lists together. */
export const listsDigest = (lists: CustomerList['lists']): string =>
  sha256(lists.map(({ digest }) => `${digest}\n`).join(''));

/**
 * Reads lists of customers into the store, in place of those that it held. Only numbers and pseudonyms are written;
 * memory does not grow with names, but with rows: some twenty bytes for each.
 *
 * @throws UsageError where a list cannot be read; the store holds what it held then
 */
export const readCustomers = async (request: CustomersRequest): Promise<CustomerList> => {
  const { store, sources, pseudonyms, now } = request;
  const folder = join(store, customersFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lock(folder, 'customers');
  let buckets: Buckets | undefined;
  let draft: string | undefined;
  try {
    draft = mkdtempSync(join(folder, 'list-'));
    const name = basename(draft);
    buckets = new Buckets(draft);
    const columns = new RowColumns();
    const lists: CustomerList['lists'][number][] = [];
    const types = new Set<string>();
    const unseen: Unseen[] = [];
    const settings: ListSettings = { ...request, buckets, columns };
    for (const source of sources) {
      const read = await readList(source, settings);
      lists.push(read.list);
      for (const type of read.types) types.add(type);
      unseen.push(...read.unseen);
    }
    buckets.sort();
    const { personOf, persons } = personsOf(buckets, columns);
    const { recognisable, ...identifiers } = putIdentifiers(draft, buckets, personOf, persons);
    const memberships = putMemberships(draft, columns, personOf, persons);
    buckets.remove();
    const list: CustomerList = {
      format: 1,
      folder: name,
      lists,
      digest: listsDigest(lists),
      settings: settingsDigest(request),
      read: now.toISOString(),
      fingerprint: pseudonyms.fingerprint,
      rows: columns.rows,
      persons,
      ...identifiers,
      ...memberships,
      types: [...types],
      tenants: columns.tenants,
      unrecognisable: persons - recognisable.reduce((sum, has) => sum + has, 0),
      unseen: [...unseen, ...crowdsUnseen(identifiers.crowds)],
    };
    publish(folder, list);
    tidy(folder, name);
    return list;
  } catch (thrown) {
    buckets?.remove();
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
    if (thrown instanceof UsageError || !(thrown instanceof RangeError)) throw thrown;
    throw new UsageError(`the customer list: ${messageOf(thrown)}`);
  } finally {
    unlock();
  }
};
