import {
  dayOfHour,
  hourInDay,
  hoursOfDay,
  isSameOfDay,
  isSameOfWeek,
  windowsOfHour,
} from './calendar.ts';
import { type Usual, usualOf } from './robust.ts';

/** Days that are remembered: nine weeks. */
export const daysKept = 63;

/** What is counted of whoever a history is of: `window` by ten minutes, the others by hour. */
const measures = ['window', 'hour', 'reads', 'fresh', 'events'] as const;
export type Measure = (typeof measures)[number];

const windowsOfDay = hoursOfDay * windowsOfHour;
const at: Readonly<Record<Measure, number>> = {
  window: 0,
  hour: windowsOfDay,
  reads: windowsOfDay + hoursOfDay,
  fresh: windowsOfDay + 2 * hoursOfDay,
  events: windowsOfDay + 3 * hoursOfDay,
};
/** A bit for each hour of the day that was out of the usual, and is no part of what is. */
const strangeAt: number = windowsOfDay + 4 * hoursOfDay;
const unitsOf = (measure: Measure): number => (measure === 'window' ? windowsOfHour : 1);

/** Numbers of a day: ten minutes, then hours measure by measure, then which hours were strange. */
export const dayNumbers: number = strangeAt + 1;

/** Strange at one time of so many of the last days is how it is now. */
const persistsDays = 5;
const persistsWithin = 14;
/** Hours of the same time of the week that must have been active before they alone say what is usual then. */
const samplesMin = 6;

/** What somebody did before, as far as one number of it goes. Only times at which he did anything count. */
export interface Reference extends Usual {
  /** What `median` and `spread` are of. */
  readonly of: 'this time of the week' | 'this hour of the day' | 'any time' | 'nothing';
  readonly highest: number;
  /** At the same hour of whatever day, one hour to or from. */
  readonly highestThen: number;
  /** The same of what was out of the usual, and is in no other number here; 0: nothing was. */
  readonly strange: number;
  readonly strangeThen: number;
}

interface Tops {
  readonly day: number;
  /** Up to which hour they are, that one not included. */
  end: number;
  readonly byHour: Float64Array;
}

/** What was counted of one component, account, application or address: by day, ten minutes and hour. */
export class History {
  readonly days: Map<number, Uint32Array> = new Map();
  /** By measure and hour of the day: the highest of all days, so that most numbers need no further look. */
  private readonly tops = new Map<Measure, Tops>();

  add(measure: Measure, hour: number, unit: number, count: number): void {
    const day = dayOfHour(hour);
    let block = this.days.get(day);
    if (block === undefined) {
      block = new Uint32Array(dayNumbers);
      this.days.set(day, block);
      if (this.days.size > daysKept) this.forget(day);
    }
    const place = at[measure] + hourInDay(hour) * unitsOf(measure) + unit;
    block[place] = Math.min(0xffff_ffff, (block[place] ?? 0) + count);
  }

  /** What was counted of an hour was out of the usual. */
  markStrange(hour: number): void {
    const block = this.days.get(dayOfHour(hour));
    if (block === undefined) return;
    block[strangeAt] = (block[strangeAt] ?? 0) | (1 << hourInDay(hour));
    this.tops.clear();
  }

  private forget(day: number): void {
    for (const old of this.days.keys()) if (old <= day - daysKept) this.days.delete(old);
    this.tops.clear();
  }

  /** A bit for each hour of the day that was strange on so many days lately that this is how it is. */
  private persisting(day: number): number {
    const strange = new Uint8Array(hoursOfDay);
    for (const [each, block] of this.days) {
      const bits = each < day && each >= day - persistsWithin ? (block[strangeAt] ?? 0) : 0;
      if (bits === 0) continue;
      const near =
        bits | (bits << 1) | (bits >> 1) | (bits >> (hoursOfDay - 1)) | (bits << (hoursOfDay - 1));
      for (let h = 0; h < hoursOfDay; h += 1) strange[h] = (strange[h] ?? 0) + ((near >> h) & 1);
    }
    let mask = 0;
    for (const [h, days] of strange.entries()) if (days >= persistsDays) mask |= 1 << h;
    return mask;
  }

  /** Tells what was counted from one hour to another one, which is not included. */
  private each(
    measure: Measure,
    from: number,
    to: number,
    take: (hour: number, count: number, isStrange: boolean) => void,
  ): void {
    const today = dayOfHour(to);
    const persisting = this.persisting(today);
    const units = unitsOf(measure);
    for (const [day, block] of this.days) {
      if (day > today || day <= today - daysKept || (day + 1) * hoursOfDay <= from) continue;
      const strange = (block[strangeAt] ?? 0) & ~persisting;
      const first = Math.max(0, from - day * hoursOfDay);
      const end = Math.min(hoursOfDay, to - day * hoursOfDay);
      for (let h = first; h < end; h += 1) {
        const isStrange = (strange & (1 << h)) !== 0;
        const place = at[measure] + h * units;
        for (let unit = 0; unit < units; unit += 1) {
          const count = block[place + unit] ?? 0;
          if (count > 0) take(day * hoursOfDay + h, count, isStrange);
        }
      }
    }
  }

  /** The highest of any day at this hour of it, one hour to or from, up to an hour that is not included. */
  highestThen(measure: Measure, hour: number): number {
    const today = dayOfHour(hour);
    let tops = this.tops.get(measure);
    // What was strange may be usual on another day: worked out anew for each.
    if (tops === undefined || tops.day !== today || tops.end > hour) {
      tops = { day: today, end: -Infinity, byHour: new Float64Array(hoursOfDay) };
      this.tops.set(measure, tops);
    }
    const { byHour } = tops;
    if (tops.end < hour) {
      this.each(measure, tops.end, hour, (then, count, isStrange) => {
        const h = hourInDay(then);
        if (!isStrange && count > (byHour[h] ?? 0)) byHour[h] = count;
      });
      tops.end = hour;
    }
    const h = hourInDay(hour);
    const top = (of: number): number => byHour[(of + hoursOfDay) % hoursOfDay] ?? 0;
    return Math.max(top(h - 1), top(h), top(h + 1));
  }

  /** @param hour up to which, that hour not included */
  reference(measure: Measure, hour: number): Reference {
    const week: number[] = [];
    const day: number[] = [];
    const all: number[] = [];
    let [highest, highestThen, strange, strangeThen] = [0, 0, 0, 0];
    this.each(measure, -Infinity, hour, (then, count, isStrange) => {
      if (isStrange) {
        if (count > strange) strange = count;
        if (isSameOfDay(then, hour) && count > strangeThen) strangeThen = count;
        return;
      }
      all.push(count);
      if (count > highest) highest = count;
      if (!isSameOfDay(then, hour)) return;
      day.push(count);
      if (count > highestThen) highestThen = count;
      if (isSameOfWeek(then, hour)) week.push(count);
    });
    const [of, counts] =
      week.length >= samplesMin * unitsOf(measure)
        ? (['this time of the week', week] as const)
        : day.length >= samplesMin
          ? (['this hour of the day', day] as const)
          : all.length > 0
            ? (['any time', all] as const)
            : (['nothing', all] as const);
    return { of, ...usualOf(counts), highest, highestThen, strange, strangeThen };
  }

  /** Of all times up to an hour, that one not included; without what was strange. */
  whole(measure: Measure, hour: number): { readonly median: number; readonly highest: number } {
    const counts: number[] = [];
    let highest = 0;
    this.each(measure, -Infinity, hour, (_, count, isStrange) => {
      if (isStrange) return;
      counts.push(count);
      if (count > highest) highest = count;
    });
    return { median: usualOf(counts).median, highest };
  }

  /** Days with anything, before a day. */
  activeDays(day: number): number {
    let count = 0;
    for (const each of this.days.keys()) if (each < day && each > day - daysKept) count += 1;
    return count;
  }
}
