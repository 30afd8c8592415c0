/**
 * A sum of numbers that come and go, without the error of floating point: it is the same whatever their order, so that
 * a window which slid for a month and one that was filled anew say the same. (Shewchuk, "Adaptive Precision
 * Floating-Point Arithmetic", 1997: a number is kept as parts that do not overlap.)
 */
export class ExactSum {
  /** From the smallest to the largest. */
  private parts: number[] = [];

  /** To take a number out again, its negative is added. */
  add(value: number): void {
    let rest = value;
    let kept = 0;
    for (const part of this.parts) {
      const [large, small] = Math.abs(rest) < Math.abs(part) ? [part, rest] : [rest, part];
      const sum = large + small;
      const lost = small - (sum - large);
      if (lost !== 0) this.parts[kept++] = lost;
      rest = sum;
    }
    this.parts.length = kept;
    if (rest !== 0) this.parts.push(rest);
  }

  /** Rounded once, to the nearest. */
  value(): number {
    let at = this.parts.length - 1;
    let sum = this.parts[at] ?? 0;
    let lost = 0;
    while (at > 0 && lost === 0) {
      at -= 1;
      const before = sum;
      const part = this.parts[at] ?? 0;
      sum = before + part;
      lost = part - (sum - before);
    }
    // Half-way between two numbers, the parts below say which is nearer.
    const below = at > 0 ? (this.parts[at - 1] ?? 0) : 0;
    if ((lost < 0 && below < 0) || (lost > 0 && below > 0)) {
      const doubled = lost * 2;
      const other = sum + doubled;
      if (doubled === other - sum) return other;
    }
    return sum;
  }

  clear(): void {
    this.parts = [];
  }
}
