/** Ten minutes: what happens within is looked at together. */
export const windowMs = 600_000;
export const hourMs = 3_600_000;
export const windowsOfHour = 6;
export const hoursOfDay = 24;
const daysOfWeek = 7;
const hoursOfWeek: number = hoursOfDay * daysOfWeek;

/** Number of the ten minutes that a time lies in, since 1970, in UTC. */
export const windowOf = (ms: number): number => Math.floor(ms / windowMs);
/** Numbers of hours and days since 1970, in UTC. */
export const hourOfWindow = (window: number): number => Math.floor(window / windowsOfHour);
export const dayOfHour = (hour: number): number => Math.floor(hour / hoursOfDay);
export const hourInDay = (hour: number): number => hour - dayOfHour(hour) * hoursOfDay;

const apart = (a: number, b: number, round: number): number => {
  const between = (((a - b) % round) + round) % round;
  return Math.min(between, round - between);
};

/**
 * Whether two hours are the same of the week, or next to it: summer time moves them by one.
 * Weeks are counted in UTC, which is as good as any zone for whatever comes again every seven days.
 */
export const isSameOfWeek = (a: number, b: number): boolean => apart(a, b, hoursOfWeek) <= 1;
/** Whether two hours are the same of the day, or next to it. */
export const isSameOfDay = (a: number, b: number): boolean => apart(a, b, hoursOfDay) <= 1;

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-06-29` */
export const dayText = (day: number): string =>
  new Date(day * hoursOfDay * hourMs).toISOString().slice(0, 10);

/** `between 02:00 and 02:10 on 2026-06-29 (UTC)` */
export const spanText = (fromWindow: number, toWindow: number): string => {
  const clock = (window: number): string => {
    const minutes = (((window * 10) % 1_440) + 1_440) % 1_440;
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  };
  const day = dayText(dayOfHour(hourOfWindow(fromWindow)));
  return `between ${clock(fromWindow)} and ${clock(toWindow)} on ${day} (UTC)`;
};
