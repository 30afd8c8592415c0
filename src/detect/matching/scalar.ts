import type { Scalar } from '../fields/field-space.ts';

/** How a value reads; undefined for null, which is no text. */
export const textOf = (value: Scalar): string | undefined =>
  typeof value === 'string' ? value : value === null ? undefined : String(value);

/** Digits as people write them: no blanks, no `0x`, no `Infinity`, which databases read differently. */
const numberText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number, or a text that is one. */
export const numberOf = (value: Scalar): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 400 || !numberText.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
};

const timeText =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?$/i;

/**
 * Milliseconds since 1970 of a time: a text of RFC 3339 (a blank for the `T`, no zone, no seconds and no time of day
 * are fine; without a zone it is UTC), or a number of seconds, milli-, micro- or nanoseconds since 1970, told apart by
 * their size.
 */
export const timeOf = (value: Scalar): number | undefined => {
  const number = numberOf(value);
  if (number !== undefined) return ofUnixTime(number);
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const match = timeText.exec(value);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [month, day, hour, minute, second] = [part(2), part(3), part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return undefined;
  const at = Date.UTC(part(1), month - 1, day, hour, minute, second);
  // The 31st of June is no day.
  if (new Date(at).getUTCMonth() !== month - 1 || part(1) < 100) return undefined;
  const millis = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1_000);
  const offset = (part(9) * 60 + part(10)) * 60_000;
  return at + millis + (match[8] === '-' ? offset : -offset);
};

const ofUnixTime = (number: number): number | undefined => {
  const size = Math.abs(number);
  if (size < 1e11) return Math.floor(number * 1_000);
  if (size < 1e14) return Math.floor(number);
  if (size < 1e17) return Math.floor(number / 1e3);
  return size < 1e20 ? Math.floor(number / 1e6) : undefined;
};

export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** In UTC; the week is that of ISO 8601. */
export const timePart = (ms: number, part: TimePart): number => {
  const date = new Date(ms);
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeek(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
};

const dayMs = 86_400_000;

/** The week that has the Thursday of this one is counted from the year of that Thursday. */
const isoWeek = (date: Date): number => {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const thursday = midnight + (3 - ((date.getUTCDay() + 6) % 7)) * dayMs;
  const newYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - newYear) / (7 * dayMs)) + 1;
};
