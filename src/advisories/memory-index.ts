import type {
  Advisory,
  Exploited,
  FeedEntry,
  Holding,
  Likelihood,
  ProductKey,
} from '../core/advisory.ts';
import type { AdvisoryIndex, HeldAdvisory, HeldStatement } from '../core/advisory-index.ts';
import { byBytes } from '../core/byte-order.ts';
import { isBefore } from '../core/stamp.ts';

/** What one holding holds. */
export interface HeldEntries {
  readonly holding: Holding;
  readonly entries: Iterable<FeedEntry>;
}

const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

/** Of two copies the one that its source changed last; without dates the later one. */
const isOlder = ({ modified }: Advisory, known: HeldAdvisory | undefined): boolean =>
  modified !== undefined &&
  known?.advisory.modified !== undefined &&
  isBefore(modified, known.advisory.modified);

/** An index in memory, for samples and tests: answers what a store of the same entries answers. */
export const memoryIndex = (held: readonly HeldEntries[]): AdvisoryIndex => {
  const about = new Map<ProductKey, HeldAdvisory[]>();
  const vex = new Map<ProductKey, HeldStatement[]>();
  const named = new Map<string, HeldAdvisory[]>();
  const exploited = new Map<string, Exploited[]>();
  const likelihood = new Map<string, Likelihood>();
  for (const { holding, entries } of held) {
    const advisories = new Map<string, HeldAdvisory>();
    const likelihoods = new Map<string, Likelihood>();
    for (const entry of entries) {
      switch (entry.kind) {
        case 'advisory':
          if (!isOlder(entry.advisory, advisories.get(entry.advisory.id))) {
            advisories.set(entry.advisory.id, { holding, advisory: entry.advisory });
          }
          break;
        case 'vex':
          for (const key of new Set(entry.statement.products.map(product => product.key))) {
            push(vex, key, { holding, statement: entry.statement });
          }
          break;
        case 'exploited':
          push(exploited, entry.exploited.flaw, entry.exploited);
          break;
        case 'likelihood':
          likelihoods.set(entry.likelihood.flaw, entry.likelihood);
          break;
      }
    }
    for (const [flaw, each] of likelihoods) if (!likelihood.has(flaw)) likelihood.set(flaw, each);
    for (const each of [...advisories.values()].sort((a, b) =>
      byBytes(a.advisory.id, b.advisory.id),
    )) {
      const { advisory } = each;
      if (advisory.withdrawn !== undefined) continue;
      for (const key of new Set(advisory.affected.map(product => product.key))) {
        push(about, key, each);
      }
      for (const id of new Set([advisory.id, ...advisory.aliases, ...advisory.covers])) {
        push(named, id, each);
      }
    }
  }
  return {
    holdings: held.map(({ holding }) => holding),
    about: key => about.get(key) ?? [],
    vexAbout: key => vex.get(key) ?? [],
    named: id => named.get(id) ?? [],
    exploited: id => exploited.get(id) ?? [],
    likelihood: id => likelihood.get(id),
  };
};
