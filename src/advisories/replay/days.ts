import { daysBetween } from '../../core/parity.ts';
import type { DayRange, PastDay } from '../../core/replay.ts';

/** Days from one day of the past to another, either of which may be bounded from one side only. */
export const daysFrom = (from: PastDay, to: PastDay): DayRange | undefined => {
  const least = daysBetween(from.notAfter, to.notBefore);
  const most = daysBetween(from.notBefore, to.notAfter);
  return least === undefined && most === undefined
    ? undefined
    : {
        ...(least === undefined ? {} : { least }),
        ...(most === undefined ? {} : { most }),
      };
};

/** A day that is known, to be compared with one that may not be. */
export const exactly = (day: string): PastDay => ({
  notBefore: day.slice(0, 10),
  notAfter: day.slice(0, 10),
  source: '',
});

/** Order of days of the past, by the day on which each was over; earlier first. */
export const earlier = (a: PastDay, b: PastDay): number => {
  const keyOf = ({ notBefore, notAfter }: PastDay): string => notAfter ?? notBefore ?? '9999';
  return keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0;
};

/** The day, where it is known to the day. */
export const dayItself = ({ notBefore, notAfter }: PastDay): string | undefined =>
  notBefore === notAfter ? notBefore : undefined;
