/** Of texts such as `12`, `-0.5`, `1e3`: neither hexadecimal nor `Infinity`, and nothing around it. */
const written = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?$/;

/** Beyond it a sum of all that a window can hold may leave what numbers can say. */
const numberMax = 1e290;

/** The number that a text is, or undefined. */
export const numberOf = (text: string): number | undefined => {
  if (!written.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= numberMax ? value : undefined;
};

/** The first place whose number is not below the asked one; of sorted numbers. */
const placeOf = (sorted: readonly number[], value: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Numbers that come and go, in their order. */
export class SortedNumbers {
  private numbers: number[] = [];

  add(value: number): void {
    this.numbers.splice(placeOf(this.numbers, value), 0, value);
  }

  remove(value: number): void {
    const at = placeOf(this.numbers, value);
    if (this.numbers[at] === value) this.numbers.splice(at, 1);
  }

  clear(): void {
    this.numbers = [];
  }

  /** The value below which so many of a hundred lie, between two neighbours in proportion; undefined of none. */
  percentile(percent: number): number | undefined {
    const last = this.numbers.length - 1;
    if (last < 0) return undefined;
    const at = (Math.min(Math.max(percent, 0), 100) / 100) * last;
    const low = this.numbers[Math.floor(at)] ?? 0;
    const high = this.numbers[Math.ceil(at)] ?? low;
    return low + (high - low) * (at - Math.floor(at));
  }
}
