import { compareEntries, compareLines, type Entry } from './entry.ts';
import type { Measure } from './measure.ts';

/** What a window came to when it was asked at an event. */
export interface Reading {
  readonly at: Entry;
  readonly first: Entry;
  readonly hits: number;
  readonly value: number;
}

/** Hits of one group of one correlation, and a window that slides over them. */
export class Window {
  /** Values of `group-by`. */
  readonly group: readonly (string | null)[];
  private readonly measure: Measure;
  private readonly spanMs: number;
  private readonly isMet: (value: number) => boolean;
  private entries: Entry[] = [];
  /** The window holds the entries from `low` up to, without, `high`; those from `high` on wait. */
  private low = 0;
  private high = 0;

  constructor(
    group: readonly (string | null)[],
    measure: Measure,
    spanMs: number,
    isMet: (value: number) => boolean,
  ) {
    this.group = group;
    this.measure = measure;
    this.spanMs = spanMs;
    this.isMet = isMet;
  }

  get size(): number {
    return this.entries.length;
  }

  /** When what waits longest happened; undefined: nothing waits. */
  get waitsFromMs(): number | undefined {
    return this.entries[this.high]?.hit.timeMs;
  }

  all(): readonly Entry[] {
    return this.entries;
  }

  /** Puts a hit where its time belongs; false: it was there. */
  insert(entry: Entry): boolean {
    const { entries } = this;
    let at = entries.length;
    const last = entries[at - 1];
    if (last !== undefined && compareEntries(last, entry) >= 0) at = this.placeOf(entry);
    const there = entries[at];
    if (there !== undefined && compareEntries(there, entry) === 0) return false;
    if (at === entries.length) entries.push(entry);
    else entries.splice(at, 0, entry);
    if (at < this.high) {
      if (at < this.low) this.low += 1;
      this.high += 1;
    }
    // What was asked already at this time or later is asked again.
    const asked = this.entries[this.high - 1];
    if (asked !== undefined && asked.hit.timeMs >= entry.hit.timeMs)
      this.standBefore(entry.hit.timeMs);
    return true;
  }

  private placeOf(entry: Entry): number {
    return this.lowest(each => compareEntries(each, entry) >= 0);
  }

  /** The first place from which on it is true; all before it are false. */
  private lowest(isThere: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry !== undefined && isThere(entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Fills the window as it was before a time; what happened at that time or later waits. */
  standBefore(timeMs: number): void {
    this.measure.clear();
    this.high = this.lowest(({ hit }) => hit.timeMs >= timeMs);
    const lastMs = this.entries[this.high - 1]?.hit.timeMs ?? 0;
    this.low = Math.min(
      this.high,
      this.lowest(({ hit }) => hit.timeMs > lastMs - this.spanMs),
    );
    for (let at = this.low; at < this.high; ) {
      const end = this.endOfMillisecond(at, this.high);
      this.measure.enter(this.entries, at, end);
      at = end;
    }
  }

  private endOfMillisecond(from: number, end: number): number {
    const timeMs = this.entries[from]?.hit.timeMs;
    let at = from + 1;
    while (at < end && this.entries[at]?.hit.timeMs === timeMs) at += 1;
    return at;
  }

  /** Slides up to a time, that included; `tell` is called for each event at which the condition newly holds. */
  slideTo(toMs: number, tell: (reading: Reading) => void): void {
    const { entries } = this;
    for (;;) {
      const timeMs = this.waitsFromMs;
      if (timeMs === undefined || timeMs > toMs) return;
      const begin = this.high;
      const end = this.endOfMillisecond(begin, entries.length);
      this.high = end;
      this.measure.enter(entries, begin, end);
      this.leaveUpTo(timeMs - this.spanMs);
      const value = this.measure.value(timeMs - this.spanMs);
      const first = entries[this.low];
      if (value === undefined || first === undefined || !this.isMet(value)) continue;
      const hits = this.high - this.low;
      for (const at of this.newEvents(begin, end)) {
        at.fired = true;
        tell({ at, first, hits, value });
      }
    }
  }

  private leaveUpTo(timeMs: number): void {
    for (;;) {
      const entry = this.entries[this.low];
      if (entry === undefined || this.low >= this.high || entry.hit.timeMs > timeMs) return;
      this.measure.leave(entry);
      this.low += 1;
    }
  }

  /** One entry of each event that was not told yet. */
  private *newEvents(begin: number, end: number): Generator<Entry> {
    for (let at = begin; at < end; ) {
      const entry = this.entries[at];
      if (entry === undefined) return;
      let isTold = entry.fired;
      for (at += 1; at < end; at += 1) {
        const next = this.entries[at];
        if (next === undefined || compareLines(next.hit, entry.hit) !== 0) break;
        isTold ||= next.fired;
      }
      if (!isTold) yield entry;
    }
  }

  /** Lets go of what waits; how many there were. */
  forgetWaiting(): number {
    const gone = this.entries.length - this.high;
    this.entries.length = this.high;
    return gone;
  }

  /**
   * Lets go of what is as old as that, and of nothing that waits.
   *
   * @returns how many there were, and how many of them younger than another time
   */
  forget(upToMs: number, liveFromMs: number): { readonly entries: number; readonly live: number } {
    const { entries } = this;
    let gone = 0;
    let live = 0;
    for (; gone < this.high; gone += 1) {
      const entry = entries[gone];
      if (entry === undefined || entry.hit.timeMs > upToMs) break;
      if (entry.hit.timeMs > liveFromMs) live += 1;
      if (gone >= this.low) this.measure.leave(entry);
    }
    if (gone === 0) return { entries: 0, live: 0 };
    this.entries = entries.slice(gone);
    this.low = Math.max(this.low, gone) - gone;
    this.high -= gone;
    return { entries: gone, live };
  }
}
