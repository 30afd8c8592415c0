import { join } from 'node:path';
import { dayOfHour, dayText, hourMs } from '../../detect/baselines/calendar.ts';
import type { Uncollected } from '../../detect/silence/heard-source.ts';
import {
  type CollectedSource,
  type CollectedState,
  type MissingDays,
  readCollected,
} from '../../store/collected.ts';

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const grouped = <T extends { readonly source: string }, V>(
  list: readonly T[],
  valueOf: (each: T) => V,
): ReadonlyMap<string, readonly V[]> => {
  const groups = new Map<string, V[]>();
  for (const each of list) {
    const group = groups.get(each.source) ?? [];
    group.push(valueOf(each));
    groups.set(each.source, group);
  }
  return groups;
};

/** How the logs of a store are collected: what of them may be missing, and up to when they were read. */
export class Collected implements Uncollected {
  readonly missing: readonly MissingDays[];
  private readonly sources: ReadonlyMap<string, CollectedSource>;
  private readonly missingOf: ReadonlyMap<string, readonly MissingDays[]>;
  private readonly deletedOf: ReadonlyMap<string, readonly Span[]>;
  /** Times of segments that are there and could not be read. */
  private readonly damagedOf = new Map<string, Span[]>();

  constructor({ sources, missing, deleted }: CollectedState) {
    this.missing = missing;
    this.sources = new Map(sources.map(each => [each.source, each]));
    this.missingOf = grouped(missing, each => each);
    this.deletedOf = grouped(deleted, ({ firstMs, lastMs }) => ({ fromMs: firstMs, toMs: lastMs }));
  }

  /** @returns nothing known, where that cannot be read */
  static of(store: string): Collected {
    try {
      return new Collected(readCollected(join(store, 'state.sqlite')));
    } catch {
      return new Collected({ sources: [], missing: [], deleted: [] });
    }
  }

  get readSources(): Iterable<CollectedSource> {
    return this.sources.values();
  }

  damaged(source: string, fromMs: number, toMs: number): void {
    const spans = this.damagedOf.get(source) ?? [];
    spans.push({ fromMs, toMs });
    this.damagedOf.set(source, spans);
  }

  isDamaged(source: string): boolean {
    return this.damagedOf.has(source);
  }

  isMissing(source: string, hour: number): boolean {
    const day = dayText(dayOfHour(hour));
    if (
      this.missingOf.get(source)?.some(each => each.fromDay <= day && day <= each.toDay) === true
    ) {
      return true;
    }
    const [fromMs, toMs] = [hour * hourMs, (hour + 1) * hourMs];
    const touches = (span: Span): boolean => span.fromMs < toMs && span.toMs >= fromMs;
    return [this.deletedOf, this.damagedOf].some(spans => spans.get(source)?.some(touches));
  }

  isFound(source: string, hour: number): boolean {
    return dayText(dayOfHour(hour)) <= (this.sources.get(source)?.addedDay ?? '');
  }

  nameOf(source: string): string {
    return this.sources.get(source)?.log ?? source;
  }

  isFile(source: string): boolean {
    return this.sources.get(source)?.log !== undefined;
  }

  isWhole(source: string): boolean {
    return this.sources.get(source)?.goesOn === true;
  }
}
