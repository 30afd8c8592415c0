import type { Reach } from '../../core/component.ts';
import type { Place } from '../../core/place.ts';

const distinctBy = <T>(all: readonly T[], keyOf: (each: T) => string): readonly T[] => {
  const seen = new Set<string>();
  return all.filter(each => {
    const key = keyOf(each);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Each place once, the first ones first. */
export const distinctPlaces = (all: readonly Place[]): readonly Place[] =>
  distinctBy(all, ({ path, line }) => `${path}\0${line ?? ''}`);

/** Each thing that is reached once, with the place that was found first. */
export const distinctReach = (all: readonly Reach[]): readonly Reach[] =>
  distinctBy(all, ({ resource, mode, extent }) => `${resource}\0${mode}\0${extent}`);
