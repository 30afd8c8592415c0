import { dayOfHour, hourInDay, hoursOfDay } from '../baselines/calendar.ts';
import { daysKept } from '../baselines/history.ts';

/** Days that an hour must have been heard on before it is expected. */
const learningDays = 14;
/** Weeks in which the same hour of the week must have been heard, where days differ. */
const learningWeeks = 6;
/** An hour is expected where it never, or next to never, had fewer events. */
const eventsOfDay = 10;
const eventsOfWeek = 20;
/** In the hours beside it as well: summer time moves them by one. */
const eventsBeside = 5;
/** In so many of the days before, there may be fewer. */
const fewer = 0.1;
/** Told at one time on so many of the last days is how it is now. */
const persistsDays = 3;
const persistsWithin = 14;

/** Numbers of a day: hours, then a bit for each hour of which nobody knows, and for each of a silence that was told. */
const unknownAt: number = hoursOfDay;
const toldAt: number = hoursOfDay + 1;
export const dayNumbers: number = hoursOfDay + 2;

/** A line, and when it was written. */
export interface HeardLine {
  readonly ms: number;
  readonly seq: number;
  readonly line: number;
  /** That it was read from; absent where that is not known. */
  readonly file?: string;
}

/** What an hour that is over began and ended with. */
export interface Ends {
  readonly first: HeardLine;
  readonly last: HeardLine;
}

/** What was there before at an hour that is empty now. */
export interface Expected {
  readonly by: 'day' | 'week';
  /** Of how many days, or weeks, that is known. */
  readonly times: number;
  /** The fewest events that there were in any of these hours, and in all but one in ten of them. */
  readonly quietest: number;
  readonly low: number;
}

/** Why a silence was told: what is said of it again when it is over. */
export type Why =
  | ({ readonly is: 'hours' } & Expected)
  /** So many hours at a time it was silent before, at most. */
  | { readonly is: 'length'; readonly days: number; readonly longest: number };

/** Hours without an event that follow each other. */
export interface Silence {
  readonly fromHour: number;
  /** Those of them in which events are expected. */
  expected: number;
  /** How many of its first hours are such of their weekday. */
  ofWeek: number;
  told?: Why;
}

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

/** What is left out of so many values, from below. */
const lowOf = (values: readonly number[]): number =>
  sorted(values)[Math.floor(values.length * fewer)] ?? 0;

/** What was heard of one log, component or host, hour by hour. */
export class Voice {
  readonly component: string | undefined;
  readonly host: string | undefined;
  readonly days: Map<number, Uint32Array> = new Map();
  /** Since it was last written down. */
  readonly changedDays: Set<number> = new Set();
  /** Of hours that are not over yet. */
  readonly ends: Map<number, Ends> = new Map();
  /** Its last line before the hours that are not over. */
  before: HeardLine | undefined;
  silence: Silence | undefined;
  firstHour: number;

  constructor(about: { readonly component?: string; readonly host?: string }, firstHour: number) {
    this.component = about.component;
    this.host = about.host;
    this.firstHour = firstHour;
  }

  private blockOf(day: number): Uint32Array {
    const known = this.days.get(day);
    if (known !== undefined) return known;
    const made = new Uint32Array(dayNumbers);
    this.days.set(day, made);
    for (const old of this.days.keys()) if (old <= day - daysKept) this.days.delete(old);
    return made;
  }

  add(hour: number, count: number, { first, last }: Ends): void {
    const block = this.blockOf(dayOfHour(hour));
    const place = hourInDay(hour);
    block[place] = Math.min(0xffff_ffff, (block[place] ?? 0) + count);
    this.changedDays.add(dayOfHour(hour));
    if (hour < this.firstHour) this.firstHour = hour;
    const known = this.ends.get(hour);
    this.ends.set(hour, {
      first: known !== undefined && known.first.ms <= first.ms ? known.first : first,
      last: known !== undefined && known.last.ms > last.ms ? known.last : last,
    });
  }

  /**
   * Events of an hour that was taken for over: they came late.
   *
   * @returns whether it was told to be silent then
   */
  addLate(hour: number, count: number, { last }: Ends): boolean {
    const block = this.blockOf(dayOfHour(hour));
    const place = hourInDay(hour);
    block[place] = Math.min(0xffff_ffff, (block[place] ?? 0) + count);
    for (const at of [unknownAt, toldAt]) block[at] = (block[at] ?? 0) & ~(1 << place);
    this.changedDays.add(dayOfHour(hour));
    if (hour < this.firstHour) this.firstHour = hour;
    if (this.before === undefined || last.ms > this.before.ms) this.before = last;
    const { silence } = this;
    if (silence === undefined || hour < silence.fromHour) return false;
    this.silence = undefined;
    return silence.told !== undefined;
  }

  /** Its last line of all. */
  get last(): HeardLine | undefined {
    let last = this.before;
    for (const { last: each } of this.ends.values()) {
      if (last === undefined || each.ms >= last.ms) last = each;
    }
    return last;
  }

  count(hour: number): number {
    return this.days.get(dayOfHour(hour))?.[hourInDay(hour)] ?? 0;
  }

  private bit(hour: number, at: number): boolean {
    return (((this.days.get(dayOfHour(hour))?.[at] ?? 0) >> hourInDay(hour)) & 1) === 1;
  }

  private mark(hour: number, at: number): void {
    const block = this.blockOf(dayOfHour(hour));
    block[at] = (block[at] ?? 0) | (1 << hourInDay(hour));
    this.changedDays.add(dayOfHour(hour));
  }

  /** Nobody knows whether anything was written in that hour. */
  markUnknown(hour: number): void {
    this.mark(hour, unknownAt);
  }

  isUnknown(hour: number): boolean {
    return this.bit(hour, unknownAt);
  }

  /** That it was silent was told: it is no part of what is usual, unless it goes on. */
  markTold(hour: number): void {
    this.mark(hour, toldAt);
  }

  /** Hours of the day at which it was told to be silent so often lately that this is how it is; one to or from. */
  private isPersisting(hour: number): boolean {
    let days = 0;
    for (let back = 1; back <= persistsWithin; back += 1) {
      const then = hour - back * hoursOfDay;
      if ([-1, 0, 1].some(off => this.bit(then + off, toldAt))) days += 1;
    }
    return days >= persistsDays;
  }

  /**
   * What was there at the same hour before, and the least of it and of the hours beside it.
   *
   * @param rest what of each hour is looked at; all of it, unless given
   */
  private samples(hour: number, step: number, rest?: (hour: number) => number): Samples {
    const own: number[] = [];
    const least: number[] = [];
    const countOf = rest ?? ((each: number): number => this.count(each));
    const takesTold = this.isPersisting(hour);
    const from = Math.max(
      (dayOfHour(this.firstHour) + 1) * hoursOfDay,
      hour - (daysKept - 1) * hoursOfDay,
    );
    for (let then = hour - step; then > from; then -= step) {
      const near = [then - 1, then, then + 1];
      if (near.some(each => this.bit(each, unknownAt))) continue;
      if (!takesTold && near.some(each => this.bit(each, toldAt))) continue;
      own.push(countOf(then));
      least.push(Math.min(...near.map(countOf)));
    }
    return { own, least };
  }

  /** Whether there are always events at the hour of the day; undefined where there are not, or where that is not known. */
  expectedOfDay(hour: number): Expected | undefined {
    // Most hours that are empty were empty the day before.
    if ([1, 2, 3].every(back => this.count(hour - back * hoursOfDay) === 0)) return undefined;
    const { own, least } = this.samples(hour, hoursOfDay);
    if (own.length < learningDays) return undefined;
    // What became of it lately counts for itself.
    const isExpected = [own.length, learningDays].every(
      newest =>
        lowOf(own.slice(0, newest)) >= eventsOfDay && lowOf(least.slice(0, newest)) >= eventsBeside,
    );
    return isExpected
      ? { by: 'day', times: own.length, quietest: Math.min(...own), low: lowOf(own) }
      : undefined;
  }

  /** The same of the hour of the week: of whatever rests on some days of it. */
  expectedOfWeek(hour: number): Expected | undefined {
    if (this.count(hour - 7 * hoursOfDay) === 0) return undefined;
    const { own, least } = this.samples(hour, 7 * hoursOfDay);
    const quietest = Math.min(...own);
    const isExpected =
      own.length >= learningWeeks && quietest >= eventsOfWeek && Math.min(...least) >= eventsBeside;
    return isExpected ? { by: 'week', times: own.length, quietest, low: quietest } : undefined;
  }

  /** Whether what others write beside it at an hour is about what they always write then. */
  isBeside(hour: number, whole: Voice): boolean {
    const { least } = this.samples(hour, hoursOfDay, then => whole.count(then) - this.count(then));
    return whole.count(hour) >= Math.max(1, lowOf(least) / 2);
  }

  /** Days with events, of the so many before an hour. */
  activeDays(hour: number, within: number): number {
    const day = dayOfHour(hour);
    let days = 0;
    for (let back = 1; back <= within; back += 1) {
      const block = this.days.get(day - back);
      if (block?.some((count, at) => at < hoursOfDay && count > 0) === true) days += 1;
    }
    return days;
  }

  /** Days that it is known for, up to an hour. */
  knownDays(hour: number): number {
    return Math.min(daysKept, dayOfHour(hour) - dayOfHour(this.firstHour));
  }

  /**
   * The most hours in which it was silent at a time, before an hour.
   *
   * @param counts whether an hour of the day counts
   */
  longestBefore(hour: number, counts: (hourOfDay: number) => boolean): number {
    const from = Math.max(this.firstHour, hour - daysKept * hoursOfDay);
    let [longest, run] = [0, 0];
    for (let each = from; each < hour; each += 1) {
      const isSilent = this.count(each) === 0 && !this.bit(each, unknownAt);
      const isTold = this.bit(each, toldAt) && !this.isPersisting(each);
      if (!isSilent || isTold) run = 0;
      else if (counts(hourInDay(each))) run += 1;
      if (run > longest) longest = run;
    }
    return longest;
  }
}

/** The newest first. */
interface Samples {
  readonly own: readonly number[];
  readonly least: readonly number[];
}
