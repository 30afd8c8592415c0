import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type {
  CountedPeople,
  PeopleOfType,
  PeopleSet,
  StoredPeople,
} from '../../core/stored-people.ts';
import type { Bound, TypeCount } from '../../scope/bounds.ts';
import type { Extent } from '../../scope/extent.ts';
import { ScopePlan } from '../../scope/plan.ts';
import { type EngineAnswer, scopeBounds } from '../scope/engine.ts';
import { type Linked, openLinked } from '../scope/linked.ts';
import type { Customers } from './customer-files.ts';
import { customersFolder } from './customer-files.ts';

const countsFile = 'counts.json';

const typesOf = (types: readonly TypeCount[]): readonly PeopleOfType[] =>
  types
    .filter(({ weak }) => weak > 0)
    .map(({ type, own, shared, weak }) => ({ type, own, shared, weak }));

const countedOf = (bound: Bound): CountedPeople => {
  const { people, customers, others, probable, byStatus, deletable, byType, byTenant } = bound;
  return {
    people,
    customers,
    others,
    probable,
    byStatus,
    deletable,
    byType: typesOf(byType),
    byTenant: byTenant.map(each => ({
      tenant: each.tenant,
      people: each.people,
      byStatus: each.byStatus,
      deletable: each.deletable,
      byType: typesOf(each.types),
    })),
  };
};

/** What lies in mailboxes now; mail that was seen to be gone does not. */
const storedMail = (nowMs: number): Extent => ({
  is: 'stored-mail',
  span: { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER, lookedMs: nowMs },
});

/** Counts whose data the platform holds. Of a large index it takes some seconds. */
export const countStoredPeople = async (
  store: string,
  linked: Linked,
  customers: Customers | undefined,
  now: Date,
): Promise<StoredPeople> => {
  const { about } = linked;
  // Which of its columns a record fills is not known: types are counted of mail alone.
  const records: Extent = { is: 'records', of: { types: [] } };
  const extents: Readonly<Record<PeopleSet, readonly Extent[]>> = {
    stored: [storedMail(now.getTime())],
    listed: [records],
    both: [storedMail(now.getTime()), records],
  };
  const count = async (set: PeopleSet): Promise<EngineAnswer> => {
    const plan = new ScopePlan(undefined);
    for (const extent of extents[set]) plan.add({ basis: 'reach', extent });
    return await scopeBounds({
      plan,
      linked,
      names: undefined,
      customersFolder:
        about.customers === null ? undefined : join(store, customersFolder, about.customers.folder),
    });
  };
  const stored = await count('stored');
  // Without a list, nobody is on it.
  const listed = about.customers === null ? undefined : await count('listed');
  const both = about.customers === null ? stored : await count('both');
  const none: CountedPeople = {
    people: 0,
    customers: 0,
    others: 0,
    probable: 0,
    byStatus: { active: 0, dormant: 0, former: 0 },
    deletable: 0,
    byType: [],
    byTenant: [],
  };
  return {
    format: 1,
    ...(about.scannedMs === null ? {} : { scanned: new Date(about.scannedMs.first).toISOString() }),
    ...(customers === undefined ? {} : { listed: customers.list.read }),
    messages: stored.withinReach.messages,
    mailboxes: stored.withinReach.mailboxes,
    sets: {
      stored: countedOf(stored.withinReach),
      listed: listed === undefined ? none : countedOf(listed.withinReach),
      both: countedOf(both.withinReach),
    },
    doubts: stored.doubts
      .filter(({ is }) => is !== 'no-customers')
      .map(({ what, count: many }) => ({ what, count: many })),
  };
};

/** Puts the counts beside the tables that they were made of. */
export const putStoredPeople = (linked: Linked, counts: StoredPeople): void => {
  const path = join(linked.folder, countsFile);
  const draft = `${path}.draft`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(counts)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
};

export type KnownPeople =
  | { readonly is: 'counted'; readonly people: StoredPeople }
  /** Nothing was scanned into this store. */
  | { readonly is: 'none' }
  | { readonly is: 'unreadable'; readonly why: string };

/** What was counted last, without looking at anything else. */
export const knownPeople = (store: string): KnownPeople => {
  let linked: Linked | undefined;
  try {
    linked = openLinked(store);
    if (linked === undefined) return { is: 'none' };
    const people = JSON.parse(
      readFileSync(join(linked.folder, countsFile), 'utf8'),
    ) as StoredPeople;
    if (people.format !== 1)
      return { is: 'unreadable', why: 'it is of another version of Postern' };
    return { is: 'counted', people };
  } catch (thrown) {
    return { is: 'unreadable', why: messageOf(thrown) };
  }
};
