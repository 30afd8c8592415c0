import type { StoredPeople } from '../../core/stored-people.ts';
import { linkStore } from '../scope/link-store.ts';
import { openCustomers } from './customer-files.ts';
import { earlierPeople, putStoredPeople } from './known-people.ts';

/**
 * After a scan: joins what was found in mail with the customer list, and counts whose data lies there. Where nothing
 * changed since, it is had from the last time.
 *
 * @param progress hears what is being done. @returns undefined where there is neither mail nor a list
 * @throws UsageError where list and index have not one key
 */
export const takeStock = async (
  store: string,
  now: Date,
  progress: (stage: string) => void = () => {},
): Promise<StoredPeople | undefined> => {
  progress('joining mail with the customer list');
  const linked = linkStore(store, (done, of) =>
    progress(`joining mail with the customer list: ${done} of ${of}`),
  );
  if (linked === undefined) return undefined;
  let counts = earlierPeople(store, linked);
  if (counts === undefined) {
    progress('counting people');
    const { countStoredPeople } = await import('./stored-people.ts');
    counts = await countStoredPeople(store, linked, openCustomers(store), now);
  }
  putStoredPeople(linked, counts);
  return counts;
};
