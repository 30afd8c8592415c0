const hourMs = 3_600_000;

/** Two clocks need not agree to the minute. */
const skewHours = 1;

/** Whether one day or time of RFC 3339 lies before another, whatever zones and fractions they are written in. */
export const isBefore = (a: string, b: string): boolean => {
  const [first, second] = [Date.parse(a), Date.parse(b)];
  // A leap second is a time that `Date` does not know.
  return Number.isNaN(first) || Number.isNaN(second) ? a < b : first < second;
};

/** Hours since `asOf`; negative for what is yet to come, NaN for what is no time. */
export const hoursSince = (asOf: string, now: Date): number =>
  (now.getTime() - Date.parse(asOf)) / hourMs;

/**
 * Whether what was true at `asOf` proves nothing any more: it is too old, its date cannot be read, or it
 * is yet to come, because some clock was or is wrong.
 */
export const isStaleAt = (asOf: string, now: Date, maxAgeHours: number): boolean => {
  const hours = hoursSince(asOf, now);
  return !(hours >= -skewHours && hours <= maxAgeHours);
};

/** As-of of imported files that bear no date, which nobody gave one: 1970, as old as can be. */
export const isUndated = (asOf: string): boolean => Date.parse(asOf) === 0;

/** The day of a source for people. */
export const asOfDay = (asOf: string): string =>
  isUndated(asOf) ? 'an unknown day' : asOf.slice(0, 10);
