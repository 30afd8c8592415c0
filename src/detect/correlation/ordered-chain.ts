import type { Entry } from './entry.ts';

/** The table below grows with the square of it. */
export const orderedRulesMax = 64;

/**
 * How many rules of a list matched one after the other, some left out where need be. For each length it is enough to
 * know of the chain that began last: it stays within the window longest. So nothing has to be taken out.
 */
export class OrderedChain {
  private readonly places: ReadonlyMap<string, readonly number[]>;
  private readonly size: number;
  /** `[last * size + length - 1]`: when the youngest chain of that length began that ends at a place up to `last`. */
  private readonly began: Float64Array;

  constructor(rules: readonly string[]) {
    const places = new Map<string, number[]>();
    // Backwards, so that a hit of a rule that stands in the list twice never follows itself.
    for (let at = rules.length - 1; at >= 0; at -= 1) {
      const rule = rules[at] ?? '';
      places.set(rule, [...(places.get(rule) ?? []), at]);
    }
    this.places = places;
    this.size = rules.length;
    this.began = new Float64Array(this.size * this.size).fill(Number.NEGATIVE_INFINITY);
  }

  /** All of one millisecond, which may follow each other in the order that the list has. */
  enter(entries: readonly Entry[]): void {
    const ordered = entries.length < 2 ? entries : entries.toSorted((a, b) => a.place - b.place);
    for (const { hit } of ordered)
      for (const place of this.places.get(hit.rule) ?? []) this.reach(place, hit.timeMs);
  }

  private reach(place: number, timeMs: number): void {
    const { size, began } = this;
    for (let length = place + 1; length >= 1; length -= 1) {
      const since =
        length === 1
          ? timeMs
          : (began[(place - 1) * size + length - 2] ?? Number.NEGATIVE_INFINITY);
      for (let last = place; last < size; last += 1) {
        const at = last * size + length - 1;
        if (since <= (began[at] ?? 0)) break;
        began[at] = since;
      }
    }
  }

  length(afterMs: number): number {
    const row = (this.size - 1) * this.size;
    for (let length = this.size; length >= 1; length -= 1)
      if ((this.began[row + length - 1] ?? 0) > afterMs) return length;
    return 0;
  }

  clear(): void {
    this.began.fill(Number.NEGATIVE_INFINITY);
  }
}
