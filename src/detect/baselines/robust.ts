/** What numbers that came before are like, so that a few strange ones among them change little. */
export interface Usual {
  readonly median: number;
  /** Median of what each is away from the median, times 1.4826: of a normal distribution its standard deviation. */
  readonly spread: number;
}

const deviationOfMedian = 1.4826;

const middle = (sorted: Float64Array): number => {
  const at = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  const upper = sorted[at] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[at - 1] ?? 0)) / 2;
};

/**
 * Of counts. Their spread is never taken for less than that of what happens by chance (the root of the count), than
 * a tenth, and than one: a number that was the same for weeks must not make the next one strange.
 */
export const usualOf = (counts: readonly number[]): Usual => {
  const sorted = Float64Array.from(counts).sort();
  const median = middle(sorted);
  const away = sorted.map(count => Math.abs(count - median)).sort();
  const spread = deviationOfMedian * middle(away);
  return { median, spread: Math.max(spread, Math.sqrt(median), median / 10, 1) };
};
