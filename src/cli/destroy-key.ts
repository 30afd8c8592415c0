import { destroyKey, type KeyRequest, openKey } from '../app/people/key.ts';
import { UsageError } from '../core/errors.ts';

/**
 * Destroys the key of a store's pseudonyms. Whoever asks says which one, so that no habit of the fingers does it.
 *
 * @param fingerprint as the key is named. @returns what was done. @throws UsageError where it is another one
 */
export const destroyedKey = (request: KeyRequest, fingerprint: string): string => {
  const key = openKey(request);
  if (key.fingerprint !== fingerprint) {
    throw new UsageError(
      `scan: --destroy-key: the key of ${request.store} is ${key.fingerprint}, and without it nobody in the store can be named any more: --destroy-key ${key.fingerprint} destroys it`,
    );
  }
  const path = destroyKey(request);
  return `${path}: the key ${fingerprint} is overwritten and gone; what is in ${request.store} names nobody any more. Copies of the file, in backups and snapshots, have to be destroyed as well.\n`;
};
