import type { AdvisoryIndex, HeldAdvisory } from '../../core/advisory-index.ts';

/** An index that looks each name up once, until it is told to forget. */
export interface NamesOnce {
  readonly index: AdvisoryIndex;
  readonly forget: () => void;
}

/**
 * A flaw's names are asked for its other names, its severity and its dates: of one component they are the
 * same few, over all components they are too many to keep.
 */
export const namesOnce = (index: AdvisoryIndex): NamesOnce => {
  const known = new Map<string, readonly HeldAdvisory[]>();
  return {
    index: {
      get holdings() {
        return index.holdings;
      },
      about: key => index.about(key),
      vexAbout: key => index.vexAbout(key),
      named: id => {
        const before = known.get(id);
        if (before !== undefined) return before;
        const found = index.named(id);
        known.set(id, found);
        return found;
      },
      exploited: id => index.exploited(id),
      likelihood: id => index.likelihood(id),
    },
    forget: () => known.clear(),
  };
};
