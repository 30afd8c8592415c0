import { GrownNumbers } from './grown.ts';

/** Two kinds of one value have other pseudonyms, but for chance; so 48 bits lead to few, mostly to one. */
const slotsMin = 1_024;

/** Numbers identifiers in the order in which they come, each once. */
export class IdentifierTable {
  readonly high: GrownNumbers = new GrownNumbers();
  readonly low: GrownNumbers = new GrownNumbers();
  readonly kind: GrownNumbers = new GrownNumbers();
  /** Number of an identifier and one more; 0 where a slot is free. */
  private slots: Int32Array = new Int32Array(slotsMin);

  get length(): number {
    return this.high.length;
  }

  numberOf(high: number, low: number, kind: number): number {
    if (2 * this.length >= this.slots.length) this.grow();
    const mask = this.slots.length - 1;
    // Pseudonyms are as good as random: any of their bits do.
    let slot = low & mask;
    for (;;) {
      const found = (this.slots[slot] ?? 0) - 1;
      if (found < 0) break;
      if (
        this.high.at(found) === high &&
        this.low.at(found) === low &&
        this.kind.at(found) === kind
      ) {
        return found;
      }
      slot = (slot + 1) & mask;
    }
    const number = this.length;
    this.high.push(high);
    this.low.push(low);
    this.kind.push(kind);
    this.slots[slot] = number + 1;
    return number;
  }

  private grow(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    const mask = this.slots.length - 1;
    for (let i = 0; i < this.length; i += 1) {
      let slot = this.low.at(i) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = i + 1;
    }
  }
}

/** Places of pseudonyms in their order: by the high part, then the low one, then the kind. */
export const inOrder = (
  high: ArrayLike<number>,
  low: ArrayLike<number>,
  kind: ArrayLike<number>,
): Uint32Array => {
  const count = high.length;
  // Typed arrays sort numbers without asking a function, many times as fast; then each finds its place again.
  const sorted = Float64Array.from(high).sort();
  let room = slotsMin;
  while (room < 2 * count) room *= 2;
  const slots = new Int32Array(room);
  const mask = room - 1;
  for (let i = 0; i < count; i += 1) {
    let slot = spread(high[i] ?? 0) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = i + 1;
  }
  const order = new Uint32Array(count);
  for (let rank = 0; rank < count; rank += 1) {
    const value = sorted[rank] ?? 0;
    let slot = spread(value) & mask;
    while (high[(slots[slot] ?? 0) - 1] !== value) slot = (slot + 1) & mask;
    order[rank] = (slots[slot] ?? 0) - 1;
    // Taken: an equal one is another place.
    slots[slot] = -1;
  }
  settleEquals(order, high, low, kind);
  return order;
};

const spread = (high: number): number => Math.floor(high / 0x10000) ^ (high % 0x10000);

/** Equal high parts are chance, one in millions. */
const settleEquals = (
  order: Uint32Array,
  high: ArrayLike<number>,
  low: ArrayLike<number>,
  kind: ArrayLike<number>,
): void => {
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && high[order[to] ?? 0] === high[order[from] ?? 0]) to += 1;
    if (to - from > 1) {
      order
        .subarray(from, to)
        .sort((a, b) => (low[a] ?? 0) - (low[b] ?? 0) || (kind[a] ?? 0) - (kind[b] ?? 0));
    }
    from = to;
  }
};
