import { join } from 'node:path';
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
import type { Linked } from '../scope/linked.ts';
import { type Customers, customersFolder } from './customer-files.ts';

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
