import type { Leaf, SealedSource } from './leaf.ts';

interface CoveredSource {
  /** What was said of it when it was added. */
  readonly meta: Readonly<Record<string, string>>;
  readonly addedDay: string;
  retired: boolean;
  /** Its days as they were sealed, late lines counted. */
  readonly sealed: Map<string, SealedSource>;
  readonly gaps: { readonly fromDay: string; readonly toDay: string; readonly why: string }[];
  /** Segments of each day that are kept, and those that were deleted. */
  readonly kept: Map<string, number>;
  readonly deleted: Map<string, number>;
  readonly dayOf: string[];
}

const noSeal = 'no seal accounts for it';

/** A day on which something may be missing. */
export interface UncoveredDay {
  readonly source: string;
  readonly day: string;
  readonly why: string;
}

/** Days and sources of which something is asked. */
export interface Scope {
  /** All of them where there are none. */
  readonly sources?: readonly string[];
  readonly fromDay?: string;
  readonly toDay?: string;
}

export const isInScope = (
  { sources, fromDay = '', toDay = '9999-12-31' }: Scope,
  { source, day }: { readonly source: string; readonly day: string },
): boolean => (sources === undefined || sources.includes(source)) && fromDay <= day && day <= toDay;

const dayMs = 86_400_000;
const following = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);

const bump = (counts: Map<string, number>, day: string, by: number): void => {
  counts.set(day, (counts.get(day) ?? 0) + by);
};

/** What a log says of the days of its sources. It believes the records: `Replay` asks whether they may stand. */
export class Coverage {
  readonly sources: Map<string, CoveredSource> = new Map();
  firstSealedDay: string | undefined;
  lastSealedDay: string | undefined;
  /** The newest of each policy, by its name. */
  private readonly policies = new Map<
    string,
    { readonly source: string | null; readonly keepDays: number }
  >();

  take(leaf: Leaf): void {
    switch (leaf.kind) {
      case 'source-add':
        this.sources.set(leaf.source, {
          meta: leaf.meta,
          addedDay: leaf.at.slice(0, 10),
          retired: false,
          sealed: new Map(),
          gaps: [],
          kept: new Map(),
          deleted: new Map(),
          dayOf: [],
        });
        break;
      case 'source-retire': {
        const source = this.sources.get(leaf.source);
        if (source !== undefined) source.retired = true;
        break;
      }
      case 'segment': {
        const source = this.sources.get(leaf.source);
        if (source === undefined) break;
        source.dayOf[leaf.seq] = leaf.day;
        bump(source.kept, leaf.day, 1);
        break;
      }
      case 'delete':
        this.takeDelete(leaf.source, leaf.first, leaf.last);
        break;
      case 'gap':
        this.sources.get(leaf.source)?.gaps.push(leaf);
        break;
      case 'seal':
        this.firstSealedDay ??= leaf.day;
        this.lastSealedDay = leaf.day;
        for (const each of leaf.sources) {
          this.sources.get(each.source)?.sealed.set(leaf.day, each);
        }
        break;
      case 'seal-amend':
        this.sources.get(leaf.now.source)?.sealed.set(leaf.day, leaf.now);
        break;
      case 'policy':
        this.policies.set(leaf.id, leaf);
        break;
      case 'rows':
      case 'idle':
      case 'hold':
      case 'release':
      case 'key':
      case 'scope':
        break;
    }
  }

  private takeDelete(id: string, first: number, last: number): void {
    const source = this.sources.get(id);
    if (source === undefined) return;
    for (let seq = first; seq <= Math.min(last, source.dayOf.length - 1); seq += 1) {
      const day = source.dayOf[seq];
      if (day === undefined) continue;
      bump(source.kept, day, -1);
      bump(source.deleted, day, 1);
    }
  }

  /** Whether the log knows that lines of a day are not there, or only does not say that they are. */
  isLost(id: string, day: string): boolean {
    const source = this.sources.get(id);
    const isTold = source?.gaps.some(({ fromDay, toDay }) => fromDay <= day && day <= toDay);
    return isTold === true || (source?.deleted.get(day) ?? 0) > 0;
  }

  /** Why a day of a source is not covered: no seal, a gap, or lines that were deleted; `undefined` where it is. */
  why(id: string, day: string): string | undefined {
    const source = this.sources.get(id);
    if (source === undefined) return 'the source was never added';
    const deleted = source.deleted.get(day) ?? 0;
    if (deleted > 0) return `${deleted} of its segments were deleted, as a policy asked`;
    const gap = source.gaps.find(({ fromDay, toDay }) => fromDay <= day && day <= toDay);
    if (gap !== undefined) return gap.why;
    const sealed = source.sealed.get(day);
    if (sealed === undefined) return noSeal;
    return sealed.state === 'gap' ? (sealed.why ?? 'it is sealed as a gap') : undefined;
  }

  /** Days that policies keep the lines of a source: the longest counts. `null` where none concerns it. */
  keepsDays(id: string): number | null {
    const days = [...this.policies.values()]
      .filter(({ source }) => source === null || source === id)
      .map(({ keepDays }) => keepDays);
    return days.length === 0 ? null : Math.max(...days);
  }

  /** First and last day of a source that there is anything of. */
  daysOf(id: string): { readonly first: string; readonly last: string } | undefined {
    const source = this.sources.get(id);
    const days = [...(source?.kept.keys() ?? []), ...(source?.sealed.keys() ?? [])].toSorted();
    const [first, last] = [days[0], days.at(-1)];
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  /** Days from a source's first line to the day on which it was added, of which it has no line, and no seal says why. */
  unaccounted(id: string): readonly string[] {
    const source = this.sources.get(id);
    const days = this.daysOf(id);
    if (source === undefined || days === undefined) return [];
    const out: string[] = [];
    const sealed = this.lastSealedDay ?? '';
    // A source that was ended when it was taken in has nothing after its last line.
    const end = source.retired && days.last < sealed ? days.last : sealed;
    for (let day = days.first; day < source.addedDay && day <= end; day = following(day)) {
      if (this.why(id, day) === noSeal) out.push(day);
    }
    return out;
  }

  /** Segments of a scope that were deleted. */
  deletedIn(scope: Scope): number {
    let count = 0;
    for (const [source, { deleted }] of this.sources) {
      for (const [day, segments] of deleted) {
        if (isInScope(scope, { source, day })) count += segments;
      }
    }
    return count;
  }

  /** Days of a scope that are not covered, from the first to the last that there is anything of. */
  uncovered(scope: Scope, most: number): readonly UncoveredDay[] {
    const out: UncoveredDay[] = [];
    const asked = scope.sources ?? [...this.sources.keys()];
    for (const id of asked) {
      const source = this.sources.get(id);
      if (source === undefined) continue;
      const days = this.daysOf(id);
      const from = scope.fromDay ?? days?.first;
      const to = scope.toDay ?? days?.last;
      if (from === undefined || to === undefined) continue;
      for (let day = from; day <= to && out.length < most; day = following(day)) {
        const why = this.why(id, day);
        if (why !== undefined) out.push({ source: id, day, why });
      }
    }
    return out;
  }
}
