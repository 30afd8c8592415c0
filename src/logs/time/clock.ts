import type { EventTime } from '../../core/log-line.ts';
import type { Stamp } from '../stamp.ts';
import { firstYear, YearCount } from './years.ts';
import type { Zone } from './zone.ts';

/** A clock was set back while its log was written. */
export interface ClockStep {
  /** Line whose stamp lies before those of earlier lines. */
  readonly line: number;
  readonly host?: string;
  readonly seconds: number;
}

export interface ClockOptions {
  /** The zone of stamps that name none, by the host that wrote them. */
  readonly zoneOf: (host: string | undefined) => Zone;
  /** When the log was last written to: no line is younger. */
  readonly writtenByMs: number;
  /** Year of the first line, where it is known (`firstYear`); else the latest before `writtenByMs`. */
  readonly firstYear?: number;
  /**
   * Where lines are read as they are sent: the time, milliseconds since 1970. A stamp's year is then the latest
   * with which it does not lie in the future, each by itself: what one sender claims dates no other's lines.
   */
  readonly nowMs?: () => number;
}

/** Lines of several processes come in some disorder; a step back by more is one of the clock. */
const disorderSecondsMax = 60;
const stepsMax = 100;
const hostsMax = 1_000;

type Assumed = 'year' | 'zone' | 'day';

/** Of a day without a year. */
const latestYear = (month: number, day: number, byMs: number): number =>
  firstYear({ years: 0, month, day, leapYears: month === 2 && day === 29 ? [0] : [] }, byMs);

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * Works out what the stamps of one log leave open: the year by the lines before and the time by which the
 * log was written, the zone by configuration, the hour that summer time brings twice by the order of lines.
 * Whatever was not written is marked as assumed.
 */
export class LogClock {
  readonly steps: ClockStep[] = [];
  /** All of them, those that are not listed included. */
  stepCount = 0;
  /** When the line that was passed last was written, milliseconds since 1970, by its own stamp where it has one. */
  passedMs: number | undefined;
  private readonly options: ClockOptions;
  private readonly count = new YearCount();
  private base: number | undefined;
  private host: string | undefined;
  private zone: Zone;
  /** The latest second since 1970 that each host has shown. */
  private readonly fronts = new Map<string, number>();
  /** The stamp that was passed last, and told nothing new but this: lines of one second share one. */
  private passedStamp: Stamp | undefined;
  private lastStamp: Stamp | undefined;
  private lastTime: EventTime | undefined;
  private lastMs = Number.NEGATIVE_INFINITY;
  private lastDay: Day | undefined;

  constructor(options: ClockOptions) {
    this.options = options;
    this.base = options.firstYear;
    this.zone = options.zoneOf(undefined);
  }

  /** Takes note of a line's own stamp and host; every line's, in their order. */
  pass(stamp: Stamp | undefined, host: string | undefined, line: number): void {
    if (host !== this.host) {
      this.host = host;
      this.zone = this.options.zoneOf(host);
    } else if (stamp !== undefined && stamp === this.passedStamp) return;
    // Another zone, another time: what was read of the same stamp holds no more.
    this.passedStamp = undefined;
    this.lastStamp = undefined;
    this.passedMs = undefined;
    if (stamp === undefined || stamp.month === undefined || stamp.day === undefined) return;
    const year = this.yearOf(stamp, stamp.month, stamp.day);
    const { hour, minute, second } = stamp;
    const wallMs = Date.UTC(year, stamp.month - 1, stamp.day, hour, minute, second);
    if (stamp.offsetMinutes !== undefined) {
      this.passedMs = wallMs - stamp.offsetMinutes * 60_000;
      this.compare(wallMs / 1_000 - stamp.offsetMinutes * 60, line);
      return;
    }
    const { offsetMinutes, secondOffsetMinutes } = this.zone.at(wallMs);
    this.passedMs = wallMs - offsetMinutes * 60_000;
    // In the hour that comes twice, a step back is what clocks are meant to do.
    if (secondOffsetMinutes !== undefined) return;
    const isStep = this.compare(wallMs / 1_000 - offsetMinutes * 60, line);
    if (!isStep && this.options.nowMs === undefined) this.passedStamp = stamp;
  }

  /** When it was, as far as the stamp and what is known of its log tell. */
  read(stamp: Stamp): EventTime {
    if (stamp === this.lastStamp && this.lastTime !== undefined) return this.lastTime;
    const time = this.timeOf(stamp);
    this.lastStamp = stamp;
    this.lastTime = time;
    return time;
  }

  /** @returns whether it lies before earlier lines: each line that does is counted. */
  private compare(second: number, line: number): boolean {
    const { host } = this;
    const front = this.fronts.get(host ?? '');
    if (front !== undefined && second < front - disorderSecondsMax) {
      this.stepCount += 1;
      if (this.steps.length < stepsMax) {
        const seconds = front - second;
        this.steps.push({ line, seconds, ...(host === undefined ? {} : { host }) });
      }
    } else if (front !== undefined && second <= front) return false;
    if (front === undefined && this.fronts.size >= hostsMax) this.fronts.clear();
    this.fronts.set(host ?? '', second);
    return front !== undefined && second < front;
  }

  private yearOf(stamp: Stamp, month: number, day: number): number {
    const { base } = this;
    if (stamp.year !== undefined) {
      if (base === undefined) this.base = stamp.year;
      this.count.set(stamp.year - (base ?? stamp.year), month, day);
      return stamp.year;
    }
    const { nowMs } = this.options;
    if (nowMs !== undefined) return latestYear(month, day, nowMs());
    const years = this.count.next(month, day);
    if (base !== undefined) return base + years;
    this.base = latestYear(month, day, this.options.writtenByMs);
    return this.base;
  }

  private dayOf(stamp: Stamp): Day {
    const { month, day } = stamp;
    if (month === undefined || day === undefined) {
      const by = new Date(this.options.writtenByMs);
      return (
        this.lastDay ?? {
          year: by.getUTCFullYear(),
          month: by.getUTCMonth() + 1,
          day: by.getUTCDate(),
        }
      );
    }
    const year = this.yearOf(stamp, month, day);
    return { year, month, day };
  }

  private timeOf(stamp: Stamp): EventTime {
    // A time within the message may be of another day.
    if (stamp !== this.passedStamp) this.passedStamp = undefined;
    const on = this.dayOf(stamp);
    this.lastDay = on;
    // A leap second is the first of the next minute, as POSIX counts.
    const wallMs = Date.UTC(
      on.year,
      on.month - 1,
      on.day,
      stamp.hour,
      stamp.minute,
      stamp.second,
      stamp.millisecond ?? 0,
    );
    const assumed: Assumed[] = [];
    if (stamp.year === undefined) assumed.push('year');
    const offsetMinutes = stamp.offsetMinutes ?? this.offset(wallMs, assumed);
    if (stamp.month === undefined || stamp.day === undefined) assumed.push('day');
    const atMs = wallMs - offsetMinutes * 60_000;
    if (!Number.isFinite(atMs)) return { original: stamp.original };
    this.lastMs = atMs;
    return {
      atMs,
      original: stamp.original,
      offsetMinutes,
      ...(assumed.length === 0 ? {} : { assumed }),
    };
  }

  private offset(wallMs: number, assumed: Assumed[]): number {
    const { offsetMinutes, secondOffsetMinutes, skipped } = this.zone.at(wallMs);
    const isTwice = secondOffsetMinutes !== undefined;
    if (this.zone.assumed || isTwice || skipped === true) assumed.push('zone');
    if (!isTwice) return offsetMinutes;
    // Whatever is shown twice is shown the second time where it would else lie before earlier lines.
    const first = wallMs - offsetMinutes * 60_000;
    return first < this.lastMs - disorderSecondsMax * 1_000 ? secondOffsetMinutes : offsetMinutes;
  }
}
