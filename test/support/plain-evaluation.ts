import { comparatorOf, type Spans } from '../../src/advisories/stretches.ts';
import type { SchemeId, Standing } from '../../src/core/advisory.ts';

/**
 * What spans say of a version, read literally: the first that holds it decides. Without the cautions of
 * `judge`, so that joining and splitting can be held against the specification; undefined where versions
 * do not compare.
 */
export const standingOf = (
  scheme: SchemeId,
  { spans, versions, rest }: Spans,
  version: string,
): Standing | undefined => {
  if (versions.includes(version)) return 'affected';
  const compare = comparatorOf(scheme);
  if (compare === undefined) return undefined;
  for (const { from, before, through, standing } of spans) {
    const low = from === undefined ? -1 : compare(from, version);
    const high = before === undefined ? -1 : compare(version, before);
    const top = through === undefined ? -1 : compare(version, through);
    if ([low, high, top].includes('incomparable')) return undefined;
    if (low !== 1 && high === -1 && top !== 1) return standing;
  }
  return rest;
};
