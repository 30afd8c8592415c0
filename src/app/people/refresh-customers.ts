import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { CustomerList } from '../../core/customer-index.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { CustomerSource } from '../../core/exposure-policy.ts';
import { openCustomers } from './customer-files.ts';
import {
  type CustomersRequest,
  listsDigest,
  readCustomers,
  settingsDigest,
} from './read-customers.ts';

const fileDigest = async (name: string, path: string): Promise<string> => {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Uint8Array);
    }
  } catch (thrown) {
    throw new UsageError(`${name}: the customer list cannot be read: ${messageOf(thrown)}`);
  }
  return hash.digest('hex');
};

/** Of files; what a database would answer is not known before it was asked. */
const digestNow = async (
  sources: readonly CustomerSource[],
  folder: string,
): Promise<string | undefined> => {
  const lists: CustomerList['lists'][number][] = [];
  for (const { file, query } of sources) {
    if (file === undefined || query !== undefined) return undefined;
    lists.push({ name: file, digest: await fileDigest(file, resolve(folder, file)), rows: 0 });
  }
  return listsDigest(lists);
};

const known = (store: string): CustomerList | undefined => {
  try {
    return openCustomers(store)?.list;
  } catch {
    // It is made anew.
    return undefined;
  }
};

/**
 * Reads lists of customers into the store, unless it holds just these: the same bytes, read the same way under the
 * same key on the same day (whose data could be deleted changes with the days).
 *
 * @throws UsageError
 */
export const refreshCustomers = async (request: CustomersRequest): Promise<CustomerList> => {
  const { store, sources, folder, pseudonyms, now } = request;
  const before = known(store);
  if (
    before !== undefined &&
    before.settings === settingsDigest(request) &&
    before.fingerprint === pseudonyms.fingerprint &&
    before.read.slice(0, 10) === now.toISOString().slice(0, 10) &&
    (await digestNow(sources, folder)) === before.digest
  ) {
    return before;
  }
  return await readCustomers(request);
};
