import { resolve } from 'node:path';
import type { ExposurePolicy } from '../../core/exposure-policy.ts';
import type { ScanSettings } from './protocol.ts';

/** What the organisation says of its own numbers and words, as those who search mail need it. */
export const scanSettings = async (
  policy: ExposurePolicy,
  folder: string | undefined,
): Promise<ScanSettings> => {
  const { customerNumbers, customerNumberSeparators, regions, words } = policy;
  // Few have words of their own, and what checks them takes long to load.
  const own =
    words === undefined
      ? undefined
      : (await import('./words-file.ts')).wordsIn(resolve(folder ?? '.', words));
  return {
    customerNumbers,
    regions,
    ...(customerNumberSeparators === undefined ? {} : { separators: customerNumberSeparators }),
    ...(own === undefined ? {} : { words: own }),
  };
};
