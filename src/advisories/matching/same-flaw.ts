import type { Advisory } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';

/** One flaw's names may lead to others; a chain longer than this is somebody's mistake. */
const namesMax = 200;

const isCve = (name: string): boolean => /^CVE-\d{4}-\d{4,19}$/.test(name);

const rank = (name: string): string =>
  isCve(name) ? `0${name}` : name.startsWith('GHSA-') ? `1${name}` : `2${name}`;

/** CVE first, then GHSA, then the rest, each in order. */
const orderNames = (names: Iterable<string>): readonly string[] =>
  [...names].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));

/**
 * Names that mean the same flaw, found through the advisories that say so. Two CVE names are two flaws,
 * whoever calls them one: what clears the one must not clear the other.
 */
export interface SameFlaw {
  /** The names that the flaws of one record or statement go by in a report, found by all names that it gives. */
  readonly idsOf: (names: readonly string[]) => readonly string[];
  /** All names of the flaw that goes by one, that one first; updates that mend it among others are none. */
  readonly namesOf: (id: string) => readonly string[];
}

const ownNames = ({ id, aliases }: Advisory): readonly string[] => [id, ...aliases];

export const sameFlaw = (index: AdvisoryIndex): SameFlaw => {
  const groups = new Map<string, readonly string[]>();
  /** Names that are reached from one, as long as no record says that it is about other CVE names alone. */
  const reached = (start: string): readonly string[] => {
    const names = new Set([start]);
    for (const each of names) {
      if (names.size > namesMax) break;
      // Behind another CVE name lies another flaw.
      if (each !== start && isCve(each)) continue;
      for (const { advisory } of index.named(each)) {
        // An update that mends several flaws is none of them.
        if (advisory.covers.length > 0) continue;
        const own = ownNames(advisory);
        if (isCve(start) && own.some(isCve) && !own.includes(start)) continue;
        for (const other of own) if (!isCve(start) || !isCve(other)) names.add(other);
      }
    }
    return orderNames(names);
  };
  const groupOf = (name: string): readonly string[] => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const names = reached(name);
    groups.set(name, names);
    return names;
  };
  const idsOf = (name: string): readonly string[] => {
    if (isCve(name)) return [name];
    const names = groupOf(name);
    const cves = names.filter(isCve);
    return cves.length > 0 ? cves : names.slice(0, 1);
  };
  return {
    idsOf: names => {
      const cves = names.filter(isCve);
      return [...new Set(cves.length > 0 ? cves : names.flatMap(idsOf))];
    },
    namesOf: groupOf,
  };
};
