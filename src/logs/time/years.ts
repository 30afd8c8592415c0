/** Lines of several programs and hosts do not come quite in order: this many days late is no New Year. */
const lateDaysMax = 7;
/** A clock that lost its time begins at 1 January; so many days may pass until it is set right. */
const lostDaysMax = 10;
/** And so many since the last line before. */
const awayDaysMax = 60;

/** A calendar in which every month has 31 days: only distances of days are taken, and roughly. */
const yearDays = 372;

const dayKey = (month: number, day: number): number => (month - 1) * 31 + day - 1;

/**
 * Counts the years that pass in a log whose stamps name none. Lines come in order, save for late ones; a
 * step back by more than a week is a New Year that passed. It knows months and days, and 0 for the year of
 * the first line.
 */
export class YearCount {
  /** Years since the first line. */
  private years = 0;
  private front = -1;
  private lastKey = -1;
  private lastYears = 0;
  /** Where the log was before its clock lost the time. */
  private lost: { readonly at: number; readonly from: number } | undefined;

  /** The year of a line, counted from the first line's. */
  next(month: number, day: number): number {
    const key = dayKey(month, day);
    if (key !== this.lastKey) {
      this.lastYears = this.place(key);
      this.lastKey = key;
    }
    return this.lastYears;
  }

  /** A line says its year itself, counted the same way. */
  set(years: number, month: number, day: number): void {
    this.years = years;
    this.front = dayKey(month, day);
    this.lastKey = this.front;
    this.lastYears = years;
    this.lost = undefined;
  }

  private place(key: number): number {
    if (this.front < 0) {
      this.front = key;
      return 0;
    }
    const ahead = key - this.front;
    if (ahead < 0) {
      if (0 - ahead <= lateDaysMax) return this.years;
      const silentDays = yearDays + ahead;
      const mayBeLost = key <= lostDaysMax && silentDays > lateDaysMax;
      this.lost = mayBeLost ? { at: this.front, from: key } : undefined;
      this.years += 1;
      this.front = key;
      return this.years;
    }
    if (this.isFound(key)) {
      this.lost = undefined;
      this.years -= 1;
    } else if (ahead >= yearDays - lateDaysMax) return this.years - 1;
    this.front = key;
    return this.years;
  }

  /** The clock had begun at 1 January and is back where it was before: no year has passed. */
  private isFound(key: number): boolean {
    const { lost } = this;
    if (lost === undefined) return false;
    if (key - lost.from <= lostDaysMax) return false;
    const away = key - lost.at;
    if (away >= 0 && away <= awayDaysMax) return true;
    this.lost = undefined;
    return false;
  }

  /** The last line, late ones aside; undefined before the first. */
  last(): { readonly years: number; readonly month: number; readonly day: number } | undefined {
    if (this.front < 0) return undefined;
    const month = Math.floor(this.front / 31) + 1;
    return { years: this.years, month, day: (this.front % 31) + 1 };
  }
}

/** What a look at the whole of a log tells of its years. */
export interface YearScan {
  /** Years from the first line to the last. */
  readonly years: number;
  /** Of the last line. */
  readonly month: number;
  readonly day: number;
  /** In which years, counted from the first, there was a 29 February. */
  readonly leapYears: readonly number[];
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** A clock may be a little ahead, and a zone by most of a day. */
const skewMs = 86_400_000;

/** From this year on backwards, years are tried until every 29 February is one; eight suffice. */
const yearsTriedMax = 16;

/**
 * The year of a log's first line: the latest with which the last line does not lie after `writtenByMs`
 * (when the file was last written to), and with which every 29 February is one.
 */
export const firstYear = (scan: YearScan, writtenByMs: number): number => {
  let last = new Date(writtenByMs + skewMs).getUTCFullYear();
  if (Date.UTC(last, scan.month - 1, scan.day) > writtenByMs + skewMs) last -= 1;
  for (let back = 0; back < yearsTriedMax; back++) {
    const first = last - back - scan.years;
    if (scan.leapYears.every(years => isLeap(first + years))) return first;
  }
  return last - scan.years;
};
