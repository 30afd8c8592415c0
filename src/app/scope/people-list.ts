import type { CustomerList } from '../../core/customer-index.ts';
import { UsageError } from '../../core/errors.ts';
import type { CustomerSource } from '../../core/exposure-policy.ts';
import { namedRows } from '../people/named-rows.ts';
import { linkStore } from './link-store.ts';
import { type ListedPerson, PeopleTeller } from './listed-people.ts';
import type { PeopleFile } from './people-file.ts';
import type { PeopleSlice, PersonInBound } from './people-sets.ts';
import { type Scoped, type ScopeRequest, scopeCase } from './scope.ts';

export interface PeopleListRequest {
  readonly scope: Omit<ScopeRequest, 'take'>;
  readonly bound: 'evidenced' | 'within-reach';
  /** Where the list of customers is read again, for names; without it nobody is named. */
  readonly names?: {
    readonly sources: readonly CustomerSource[];
    readonly folder: string;
    readonly list: CustomerList;
    readonly environment: Readonly<Record<string, string | undefined>>;
  };
  /** The file that somebody goes into: one for all, or one for each of his tenants. */
  readonly fileOf: (person: ListedPerson) => readonly PeopleFile[];
}

/** What is kept of somebody until his name is read. */
type Kept = Pick<PersonInBound, 'person' | 'bits' | 'isEvidenced' | 'flags' | 'evidencedFlags'> & {
  readonly own: readonly [number, number];
  readonly shared: readonly [number, number];
  readonly weak: readonly [number, number];
  readonly evidencedOwn: readonly [number, number];
  readonly evidencedShared: readonly [number, number];
  readonly evidencedWeak: readonly [number, number];
};

const copyOf = (each: PersonInBound): Kept => ({
  person: each.person,
  bits: each.bits,
  isEvidenced: each.isEvidenced,
  flags: each.flags,
  evidencedFlags: each.evidencedFlags,
  own: [...each.own],
  shared: [...each.shared],
  weak: [...each.weak],
  evidencedOwn: [...each.evidencedOwn],
  evidencedShared: [...each.evidencedShared],
  evidencedWeak: [...each.evidencedWeak],
});

/** People whose names are read at a time: what is kept of each takes some 500 bytes. */
const namedMax = 4_000_000;

/** Lists everybody in a bound; with names, of customers. @throws UsageError */
export const listPeople = async (request: PeopleListRequest): Promise<Scoped> => {
  const { scope, bound, names, fileOf } = request;
  const isEvidenced = bound === 'evidenced';
  const linked = linkStore(scope.store);
  if (linked === undefined) throw new UsageError(`scope: ${scope.store} knows nobody`);
  let teller: PeopleTeller | undefined;
  const waiting: Kept[] = [];
  const tellerFor = (types: readonly string[]): PeopleTeller =>
    (teller ??= new PeopleTeller(scope.store, linked, types));
  const take = (slice: PeopleSlice, types: readonly string[]): void => {
    const told = tellerFor(types);
    slice.each(each => {
      if (isEvidenced && !each.isEvidenced) return;
      if (names === undefined || each.person >= told.customers) {
        const person = told.tell(each, isEvidenced);
        for (const file of fileOf(person)) file.add(person);
      } else if (waiting.length < namedMax) waiting.push(copyOf(each));
      else {
        throw new UsageError(
          `scope: more than ${namedMax.toLocaleString('en')} people are to be named: ask for --bound evidenced, or for a list without --names and join it with your own by its rows`,
        );
      }
    });
  };
  const scoped = await scopeCase({ ...scope, take });
  if (names !== undefined && teller !== undefined) await nameAll(names, teller, waiting, request);
  return scoped;
};

/** Persons are numbered in the order of their first rows: names come in the order in which they are waited for. */
const nameAll = async (
  names: NonNullable<PeopleListRequest['names']>,
  teller: PeopleTeller,
  waiting: readonly Kept[],
  { bound, fileOf }: PeopleListRequest,
): Promise<void> => {
  const byRow = new Map(waiting.map(each => [teller.rowOf(each.person), each]));
  const isEvidenced = bound === 'evidenced';
  const rows = namedRows({ ...names, wants: row => byRow.has(row) });
  for await (const some of rows) {
    for (const named of some) {
      const each = byRow.get(named.row);
      if (each === undefined) continue;
      const told = teller.tell(each as PersonInBound, isEvidenced);
      for (const file of fileOf(told)) file.add(told, named);
    }
  }
};
