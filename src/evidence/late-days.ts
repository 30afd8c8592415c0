import type { EvidenceState, SourceState } from '../core/evidence-state.ts';
import { endOfDayMs } from './days.ts';
import { isLate, sealedSource } from './seals.ts';
import type { Leaf, SegmentLeaf } from './verify/leaf.ts';

type StateOf = (source: string) => SourceState;

/** Amends the seals of days of which lines came late. */
export class LateDays {
  private readonly state: EvidenceState;
  private readonly stateOf: StateOf;
  /** Days of each source that were amended while it was still being read: what they say of it is not the last word. */
  private readonly open = new Map<string, Set<string>>();

  constructor(state: EvidenceState, stateOf: StateOf) {
    this.state = state;
    this.stateOf = stateOf;
  }

  /** What goes into the log in the same step as the segment. */
  of({ at, source, day, seq, lines, bytes }: SegmentLeaf): readonly Leaf[] {
    const { state } = this;
    if (!isLate(state, day)) return [];
    const known = state.days(day, day).find(each => each.source === source);
    const sums = {
      source,
      day,
      first: known?.first ?? seq,
      last: seq,
      segments: (known?.segments ?? 0) + 1,
      lines: (known?.lines ?? 0) + lines,
      bytes: (known?.bytes ?? 0) + bytes,
    };
    const own = this.stateOf(source);
    if (!isReadAfter(own, day)) this.open.set(source, this.daysOf(source).add(day));
    const all = { day, sources: [], sums: [sums], gaps: state.gaps() };
    return [{ v: 1, kind: 'seal-amend', at, day, now: sealedSource(own, all) }];
  }

  /** Of sources that were read to their end since: their days are complete after all, but for gaps that were told. */
  closed(at: string): readonly Leaf[] {
    const { state } = this;
    const gaps = state.gaps();
    const out: Leaf[] = [];
    for (const [source, days] of this.open) {
      const own = this.stateOf(source);
      for (const day of [...days].filter(each => isReadAfter(own, each)).toSorted()) {
        days.delete(day);
        const now = sealedSource(own, { day, sources: [], sums: state.days(day, day), gaps });
        if (now.state !== 'gap') out.push({ v: 1, kind: 'seal-amend', at, day, now });
      }
      if (days.size === 0) this.open.delete(source);
    }
    return out;
  }

  private daysOf(source: string): Set<string> {
    return this.open.get(source) ?? new Set();
  }
}

const isReadAfter = ({ readToEndMs = 0 }: SourceState, day: string): boolean =>
  readToEndMs >= endOfDayMs(day);
