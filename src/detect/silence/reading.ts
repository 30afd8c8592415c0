import { hourMs, hoursOfDay } from '../baselines/calendar.ts';

const dayMs = hoursOfDay * hourMs;
/** What is so much behind whoever reads it is a copy of what was, and no log that goes on. */
const copyMs = 2 * dayMs;
/** Before something new came in so many different hours, nobody knows how it comes. */
const comeHoursMin = 3;
/** Days of which it is remembered how far lines were behind. */
const lagDays = 14;
/** Beyond twice what lines were ever behind. */
const patienceMs = 900_000;

/** Plain data, as it is written down. */
export interface ReadingState {
  /** Time of its newest event; up to when it had been read then. */
  readonly heardMs?: number;
  readonly readMs?: number;
  /** By day, how far events were behind reading at most, in milliseconds. */
  readonly lags: readonly (readonly [day: number, ms: number])[];
  /** Hours, of three at most, in which something new came. */
  readonly comeHours?: readonly number[];
  /** Days on which it was read and had something new: a copy that is looked at again and again has not. */
  readonly readDays: readonly number[];
  /** Up to when it was read, when it was told that it is read no more. */
  readonly toldMs?: number;
}

export const noReading: ReadingState = { lags: [], readDays: [] };

const dayOf = (ms: number): number => Math.floor(ms / dayMs);

/**
 * Up to which time a log has no more to tell: it was read later, and by as much as its lines were ever behind. A
 * clock that is wrong, and an export that comes hours later, are behind always.
 */
export class Reading {
  private heardMs: number | undefined;
  private readMs: number | undefined;
  private readonly lags: Map<number, number>;
  private readonly readDays: Set<number>;
  private readonly comeHours: Set<number>;
  private toldMs: number | undefined;
  /** Events came since it was read last. */
  private hasCome = false;

  constructor(state: ReadingState) {
    this.heardMs = state.heardMs;
    this.readMs = state.readMs;
    this.lags = new Map(state.lags);
    this.readDays = new Set(state.readDays);
    this.comeHours = new Set(state.comeHours);
    this.toldMs = state.toldMs;
  }

  get state(): ReadingState {
    const { heardMs, readMs, lags, readDays, comeHours, toldMs } = this;
    return {
      ...(heardMs === undefined ? {} : { heardMs }),
      ...(readMs === undefined ? {} : { readMs }),
      lags: [...lags],
      readDays: [...readDays],
      comeHours: [...comeHours],
      ...(toldMs === undefined ? {} : { toldMs }),
    };
  }

  /** Events came. @param isSilent it was told to be silent until then: that says nothing of how it is read */
  heard(ms: number, isSilent: boolean): void {
    if (this.heardMs !== undefined && this.readMs !== undefined && !isSilent) {
      this.put(this.readMs, this.heardMs);
    }
    this.heardMs = Math.max(ms, this.heardMs ?? -Infinity);
    this.hasCome = true;
  }

  /**
   * It was read up to a time, and what was there is heard.
   *
   * @param isSilent as `heard` has it. @returns whether that is news
   */
  read(readMs: number, isSilent: boolean): boolean {
    if (this.readMs !== undefined && readMs <= this.readMs) return false;
    const isFirst = this.lags.size === 0;
    const { hasCome } = this;
    this.hasCome = false;
    this.readMs = readMs;
    this.toldMs = undefined;
    if (hasCome) {
      if (this.comeHours.size < comeHoursMin) this.comeHours.add(Math.floor(readMs / hourMs));
      this.readDays.add(dayOf(readMs));
      for (const day of this.readDays) {
        if (day <= dayOf(readMs) - lagDays) this.readDays.delete(day);
      }
    }
    if (this.heardMs !== undefined && !isSilent && (isFirst || hasCome))
      this.put(readMs, this.heardMs);
    return true;
  }

  private put(readMs: number, heardMs: number): void {
    const day = dayOf(readMs);
    this.lags.set(day, Math.max(0, readMs - heardMs, this.lags.get(day) ?? 0));
    for (const old of this.lags.keys()) if (old <= day - lagDays) this.lags.delete(old);
  }

  private get lagMs(): number | undefined {
    const lag = Math.max(-Infinity, ...this.lags.values());
    return lag > copyMs || lag === -Infinity ? undefined : lag;
  }

  /**
   * Up to when nothing more comes; undefined where that cannot be told.
   *
   * @param readMs up to when it was read by now
   * @param isWritten hosts write it themselves, as far as can be told: until it is known how it comes, it comes at once
   */
  overMs(readMs: number, isWritten: boolean): number | undefined {
    const { lagMs, heardMs = -Infinity } = this;
    const isKnown = this.comeHours.size >= comeHoursMin;
    if (!isKnown && !isWritten) return undefined;
    if (this.lags.size === 0) return readMs - heardMs > dayMs ? undefined : readMs - patienceMs;
    return lagMs === undefined ? undefined : readMs - 2 * lagMs - patienceMs;
  }

  /**
   * Since when it is read no more, where it was read day by day: told once.
   *
   * @param hoursMax after which a run is no longer recent
   */
  stopped(nowMs: number, hoursMax: number): number | undefined {
    const { readMs, lagMs } = this;
    if (readMs === undefined || lagMs === undefined || this.readDays.size < 3) return undefined;
    if (nowMs - readMs <= hoursMax * hourMs || this.toldMs === readMs) return undefined;
    this.toldMs = readMs;
    return readMs;
  }
}
