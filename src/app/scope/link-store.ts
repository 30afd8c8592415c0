import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { SqliteExposureState } from '../../store/exposure-state.ts';
import { lock } from '../../store/lock.ts';
import { customersFolder, identifiersFile, openCustomers } from '../people/customer-files.ts';
import { segmentsFolder } from '../scan/index-writer.ts';
import { exposureFolder } from '../scan/scan.ts';
import { link } from './link.ts';
import { type Linked, openLinked } from './linked.ts';

const statePath = (store: string): string => join(store, exposureFolder, 'state.sqlite');

/** Which key a store's pseudonyms are made with; `undefined` where nothing was made with any. */
export const fingerprintOf = (store: string): string | undefined => {
  if (!existsSync(statePath(store))) return openCustomers(store)?.list.fingerprint;
  const state = new SqliteExposureState(statePath(store));
  try {
    return state.fingerprint() ?? openCustomers(store)?.list.fingerprint;
  } finally {
    state.close();
  }
};

/**
 * Joins what was scanned with the list of customers, as far as that was not done before. A store with either of them
 * can be asked; with neither there is nothing to ask.
 *
 * @throws UsageError where there is neither
 */
export const linkStore = (
  store: string,
  progress?: (done: number, of: number) => void,
): Linked | undefined => {
  const customers = openCustomers(store);
  if (customers === undefined && !existsSync(statePath(store))) return undefined;
  const folder = join(store, exposureFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lock(folder, 'link');
  try {
    const state = new SqliteExposureState(statePath(store));
    try {
      const made = state.fingerprint();
      if (customers !== undefined && made !== undefined && customers.list.fingerprint !== made) {
        throw new UsageError(
          `scope: the customer list was read with the key ${customers.list.fingerprint}, the mail with ${made}: neither knows the other; read the list again with postern scan --customers`,
        );
      }
      if (made === undefined && customers !== undefined) {
        state.setFingerprint(customers.list.fingerprint);
      }
      link({
        store,
        state,
        segmentsFolder: join(folder, segmentsFolder),
        customers,
        identifiersPath:
          customers === undefined
            ? undefined
            : join(store, customersFolder, customers.list.folder, identifiersFile),
        ...(progress === undefined ? {} : { progress }),
      });
    } finally {
      state.close();
    }
  } finally {
    unlock();
  }
  return openLinked(store);
};
