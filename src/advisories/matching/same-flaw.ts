import type { AdvisoryIndex } from '../../core/advisory-index.ts';

/** One flaw's names may lead to others; a chain longer than this is somebody's mistake. */
const namesMax = 200;

const isCve = (name: string): boolean => /^CVE-\d{4}-\d{4,19}$/.test(name);

const rank = (name: string): string =>
  isCve(name) ? `0${name}` : name.startsWith('GHSA-') ? `1${name}` : `2${name}`;

/** CVE first, then GHSA, then the rest, each in order. */
const orderNames = (names: Iterable<string>): readonly string[] =>
  [...names].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));

/** Names that mean the same flaw, found through the advisories that say so. */
export interface SameFlaw {
  /** The name that it goes by in a report. */
  readonly idOf: (name: string) => string;
  /** All its names, the report's first; and the updates that mend it among others. */
  readonly namesOf: (name: string) => readonly string[];
}

export const sameFlaw = (index: AdvisoryIndex): SameFlaw => {
  const groups = new Map<string, readonly string[]>();
  const groupOf = (name: string): readonly string[] => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const names = new Set([name]);
    for (const each of names) {
      if (names.size > namesMax) break;
      for (const { advisory } of index.named(each)) {
        // An update that mends several flaws is none of them.
        if (advisory.covers.length > 0) continue;
        for (const other of [advisory.id, ...advisory.aliases]) names.add(other);
      }
    }
    const ordered = orderNames(names);
    for (const each of ordered) groups.set(each, ordered);
    return ordered;
  };
  return {
    idOf: name => groupOf(name)[0] ?? name,
    namesOf: groupOf,
  };
};
