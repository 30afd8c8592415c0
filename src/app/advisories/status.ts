import type { Holding } from '../../core/advisory.ts';
import type { AdvisorySettings } from '../../core/policy.ts';
import { hoursSince, isStaleAt } from '../../core/stamp.ts';
import type { AdvisoryStore, DamagedHolding } from '../../store/advisory-store.ts';
import { maxAgeHoursOf, sourceName, wantedSources } from './sources.ts';

/** How one source stands. */
export interface SourceStatus {
  readonly source: string;
  readonly holding: Holding;
  /** Since `holding.asOf`. */
  readonly ageHours: number;
  readonly maxAgeHours: number;
  /** Its silence proves nothing any more. */
  readonly stale: boolean;
}

export interface AdvisoriesStatus {
  readonly folder: string;
  readonly sources: readonly SourceStatus[];
  /** Wanted, and never taken in. */
  readonly missing: readonly string[];
  /** Sources of which there is no copy, because the last try failed. */
  readonly failures: readonly {
    readonly source: string;
    readonly on: string;
    readonly why: string;
  }[];
  readonly damaged: readonly DamagedHolding[];
}

export const statusOf = (
  holdings: readonly Holding[],
  settings: AdvisorySettings,
  now: Date,
): readonly SourceStatus[] =>
  holdings.map(holding => {
    const ageHours = hoursSince(holding.asOf, now);
    const maxAgeHours = maxAgeHoursOf(settings, holding);
    return {
      source: sourceName(holding.feed, holding.part),
      holding,
      ageHours: Math.max(0, ageHours),
      maxAgeHours,
      stale: isStaleAt(holding.asOf, now, maxAgeHours),
    };
  });

export const advisoriesStatus = (
  store: AdvisoryStore,
  settings: AdvisorySettings,
  now: Date,
): AdvisoriesStatus => {
  const open = store.open();
  open.close();
  const sources = statusOf(open.holdings, settings, now);
  const have = new Set(sources.map(({ source }) => source));
  const absent = wantedSources(settings)
    .map(({ feed, address: { part } }) => ({ source: sourceName(feed.id, part), feed, part }))
    .filter(({ source }) => !have.has(source));
  return {
    folder: store.folder,
    sources,
    missing: absent.map(({ source }) => source),
    failures: absent.flatMap(({ source, feed, part }) => {
      const { on, failed: why } = store.memoryOf(feed.id, part) ?? {};
      return on === undefined || why === undefined ? [] : [{ source, on, why }];
    }),
    damaged: open.damaged,
  };
};
