import type { Reach, Resource } from './component.ts';
import type { CountedPeople, PeopleSet, StoredPeople } from './stored-people.ts';

/** People whose data a component can reach, as a scan of the mail and the customer list tell. */
export interface ReachedPeople {
  readonly set: PeopleSet;
  /** Mail passes through it: who was in what is stored no more is not counted. */
  readonly isPassing: boolean;
  /** It reaches some of the stored mail: which people that is was not counted apart. */
  readonly isPart: boolean;
  /** It reaches mail, too, which was not counted: those on the list are the least. */
  readonly isUncounted: boolean;
  /** Some mail could not be seen or opened, or only passed: there may be more. */
  readonly atLeast: boolean;
  /** Day of the scan, or of the list where no mail counts. */
  readonly counted: string;
  readonly people: CountedPeople;
}

const mail: ReadonlySet<Resource> = new Set(['stored-mail', 'mail-in-transit', 'host']);
const records: ReadonlySet<Resource> = new Set([
  'customer-records',
  'directory',
  'credentials',
  'host',
]);

/** Extents that leave out no mailbox, as the readers of platforms word them. */
const whole =
  /^(?:every (?:virtual |local )?mailbox|the mailbox of every|headers and text of every message|the text of every message|attachments of every message|senders, subjects and folders of every message|all that|all mail)/;

const setOf = (reach: readonly Reach[], hasList: boolean): PeopleSet | undefined => {
  const reachesMail = reach.some(({ resource }) => mail.has(resource));
  const reachesRecords = hasList && reach.some(({ resource }) => records.has(resource));
  if (reachesMail) return reachesRecords ? 'both' : 'stored';
  return reachesRecords ? 'listed' : undefined;
};

/** `undefined` where nothing was counted of what it reaches. */
export const reachedPeople = (
  reach: readonly Reach[],
  stored: StoredPeople | undefined,
): ReachedPeople | undefined => {
  if (stored === undefined) return undefined;
  const { listed, scanned, sets, doubts } = stored;
  const wanted = setOf(reach, listed !== undefined);
  // Mail that no scan came to the end of is not counted, whatever was found in a part of it.
  const set = wanted === 'both' && scanned === undefined ? 'listed' : wanted;
  const day = (set === 'listed' ? listed : scanned)?.slice(0, 10);
  if (set === undefined || day === undefined) return undefined;
  const has = (one: Resource): boolean => reach.some(({ resource }) => resource === one);
  const isPassing = has('mail-in-transit') && set !== 'listed';
  const isPart =
    has('stored-mail') &&
    !isPassing &&
    !has('host') &&
    !reach.some(({ resource, extent }) => resource === 'stored-mail' && whole.test(extent));
  const isUncounted = set !== wanted;
  const isSeen = !isUncounted && (set === 'listed' || doubts.length === 0);
  return {
    set,
    isPassing,
    isPart,
    isUncounted,
    atLeast: isPassing || !isSeen,
    counted: day,
    people: sets[set],
  };
};

const grouped = (count: number): string => count.toLocaleString('en-US');

const places: Readonly<Record<PeopleSet, string>> = {
  stored: 'in stored mail',
  listed: 'on the customer list',
  both: 'in stored mail and on the customer list',
};

/**
 * "at least 4,012 people in stored mail, 312 of them former customers (data of 300 could have been deleted), by the
 * scan of 2026-11-01".
 */
export const reachedWords = (reached: ReachedPeople): string => {
  const { set, isPart, isPassing, isUncounted, atLeast, counted, people } = reached;
  const { people: all, byStatus, deletable } = people;
  const former =
    byStatus.former === 0
      ? ''
      : `, ${grouped(byStatus.former)} of them ${byStatus.former === 1 ? 'a former customer' : 'former customers'}${deletable === 0 ? '' : ` (data of ${grouped(deletable)} could have been deleted)`}`;
  const by = set === 'listed' ? 'list' : 'scan';
  const bound = isPart ? 'some of ' : atLeast ? 'at least ' : '';
  const why = isUncounted
    ? '; whoever is in mail comes on top, which was not scanned'
    : isPassing
      ? '; whoever was in mail that passed and is not stored comes on top'
      : isPart
        ? '; how many are in the part of it that is reached was not counted'
        : '';
  return `${bound}${grouped(all)} ${all === 1 ? 'person' : 'people'} ${places[set]}${former}, by the ${by} of ${counted}${why}`;
};
