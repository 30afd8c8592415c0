import type { Reach, Resource } from './component.ts';
import type { CountedPeople, PeopleSet, StoredPeople } from './stored-people.ts';

/** People whose data a component can reach, as a scan of the mail and the customer list tell. */
export interface ReachedPeople {
  readonly set: PeopleSet;
  /** Nothing but passing mail is reached: customers are counted, and whoever they write to comes on top. */
  readonly isPassing: boolean;
  /** Some mail could not be seen or opened: there may be more. */
  readonly atLeast: boolean;
  /** Day of the scan, or of the list where no mail counts. */
  readonly counted: string;
  readonly people: CountedPeople;
}

const mail: ReadonlySet<Resource> = new Set(['stored-mail', 'host']);
const records: ReadonlySet<Resource> = new Set([
  'customer-records',
  'directory',
  'credentials',
  'host',
]);

const setOf = (reach: readonly Reach[], hasList: boolean): PeopleSet | undefined => {
  const reachesMail = reach.some(({ resource }) => mail.has(resource));
  const reachesRecords = hasList && reach.some(({ resource }) => records.has(resource));
  if (reachesMail) return reachesRecords ? 'both' : 'stored';
  const passes = hasList && reach.some(({ resource }) => resource === 'mail-in-transit');
  return reachesRecords || passes ? 'listed' : undefined;
};

/** `undefined` where nothing was counted of what it reaches. */
export const reachedPeople = (
  reach: readonly Reach[],
  stored: StoredPeople | undefined,
): ReachedPeople | undefined => {
  if (stored === undefined) return undefined;
  const { listed, scanned, sets, doubts } = stored;
  const set = setOf(reach, listed !== undefined);
  const day = (set === 'listed' ? listed : (scanned ?? listed))?.slice(0, 10);
  // A scan that never came to its end has counted a part of the mail.
  if (set === undefined || day === undefined) return undefined;
  const isPassing = reach.every(({ resource }) => resource === 'mail-in-transit');
  const isWhole = set === 'listed' ? !isPassing : doubts.length === 0 && scanned !== undefined;
  return { set, isPassing, atLeast: !isWhole, counted: day, people: sets[set] };
};

const grouped = (count: number): string => count.toLocaleString('en-US');

const places: Readonly<Record<PeopleSet, string>> = {
  stored: 'in stored mail',
  listed: 'on the customer list',
  both: 'in stored mail and on the customer list',
};

/** "at least 4,012 people in stored mail, 312 of them former customers, of whom 300 could have been deleted (scan of 2026-11-01)". */
export const reachedWords = ({ set, atLeast, counted, people }: ReachedPeople): string => {
  const { people: all, byStatus, deletable } = people;
  const former =
    byStatus.former === 0
      ? ''
      : `, ${grouped(byStatus.former)} of them ${byStatus.former === 1 ? 'a former customer' : 'former customers'}${deletable === 0 ? '' : ` (data of ${grouped(deletable)} could have been deleted)`}`;
  const by = set === 'listed' ? 'list' : 'scan';
  return `${atLeast ? 'at least ' : ''}${grouped(all)} ${all === 1 ? 'person' : 'people'} ${places[set]}${former}, by the ${by} of ${counted}`;
};
