const dayMs = 86_400_000;

/** `2026-06-29` of a time, in UTC. */
export const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

export const dayAfter = (day: string, days = 1): string =>
  dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs));

/** Milliseconds since 1970 at which a day is over. */
export const endOfDayMs = (day: string): number => Date.parse(`${day}T00:00:00Z`) + dayMs;

/** Whether a text is a day that exists, in the years that four digits can name. */
export const isDay = (text: string): boolean => {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && dayOf(new Date(ms)) === text;
};
