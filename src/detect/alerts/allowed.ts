import type { Sighting } from '../../core/alert.ts';
import { idMatches } from '../../core/policy.ts';
import type { AllowedSighting } from '../../core/watch-policy.ts';
import { networkTest, rangeOf } from '../matching/network.ts';

type Test = (sighting: Sighting) => boolean;

/** Undefined where a text is neither an address nor a network. */
export const allowedNetwork = (text: string): ((address: string) => boolean) | undefined =>
  rangeOf(text) === undefined ? undefined : networkTest(text);

const globTest = (
  glob: string | undefined,
  ...valuesOf: readonly ((sighting: Sighting) => string | undefined)[]
): Test | undefined => {
  if (glob === undefined) return undefined;
  const folded = glob.toLowerCase();
  return sighting =>
    valuesOf.some(valueOf => {
      const value = valueOf(sighting);
      return value !== undefined && idMatches(folded, value.toLowerCase());
    });
};

/** The last second of the year 9999: a log may name any time. */
const farthestMs = 253_402_300_799_000;

/** `2026-06-29`, in UTC. */
export const dayOfMs = (ms: number): string =>
  new Date(Math.min(Math.max(ms, 0), farthestMs) || 0).toISOString().slice(0, 10);

const testOf = (entry: AllowedSighting): Test => {
  const inNetwork = entry.address === undefined ? undefined : allowedNetwork(entry.address);
  const { until } = entry;
  const tests = [
    globTest(
      entry.rule,
      each => each.rule,
      each => each.name,
      each => each.title,
    ),
    globTest(entry.component, each => each.component),
    globTest(entry.who, each => each.who),
    globTest(entry.app, each => each.app),
    entry.address === undefined
      ? undefined
      : (each: Sighting): boolean =>
          each.address !== undefined && inNetwork?.(each.address) === true,
    until === undefined ? undefined : (each: Sighting): boolean => dayOfMs(each.timeMs) <= until,
  ].filter(test => test !== undefined);
  return sighting => tests.every(test => test(sighting));
};

/**
 * Which entry, if any, says that a sighting is right. An entry holds for what happened until the end of its day,
 * whenever it is found.
 */
export const allowedBy = (
  entries: readonly AllowedSighting[],
): ((sighting: Sighting) => AllowedSighting | undefined) => {
  const tests = entries.map(entry => ({ entry, test: testOf(entry) }));
  return sighting => tests.find(({ test }) => test(sighting))?.entry;
};
