import { dayOf } from '../../evidence/days.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** No log is older; a clock that lost the time begins at 1970. */
const earliestMs = Date.UTC(1990, 0, 1);
/** So many lines in turn say that it is an earlier day, and so many came since it was last another one. */
const olderMin = 64;
const linesMin = 5_000;

/**
 * The day, in UTC, that each line of a log is kept under: the day on which it was written, save that disorder does
 * not tear days apart. A line up to an hour older than the newest stays with it, one without a stamp or with an
 * impossible one stays with its neighbours, and single lines of earlier days do, too.
 */
export class DaysOfLines {
  /** Of the line before; none before the first that tells. */
  day: string | undefined;
  private readonly now: () => number;
  private startMs = 0;
  private endMs = 0;
  private newestMs = 0;
  private older = 0;
  private lines = 0;
  private isFresh = true;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Another file begins: its first line may be of any day. */
  fresh(): void {
    this.isFresh = true;
  }

  take(atMs: number | undefined): string | undefined {
    this.lines += 1;
    if (atMs === undefined) return this.day;
    if (atMs >= this.startMs && atMs < this.endMs) {
      this.older = 0;
      this.isFresh = false;
      if (atMs > this.newestMs) this.newestMs = atMs;
      return this.day;
    }
    if (!(atMs >= earliestMs && atMs <= this.now() + dayMs)) return this.day;
    if (atMs >= this.endMs || this.isEarlier(atMs)) this.set(atMs);
    return this.day;
  }

  private isEarlier(atMs: number): boolean {
    if (this.newestMs - atMs <= hourMs) return false;
    if (this.isFresh) return true;
    this.older += 1;
    return this.older >= olderMin && this.lines >= linesMin;
  }

  private set(atMs: number): void {
    this.startMs = Math.floor(atMs / dayMs) * dayMs;
    this.endMs = this.startMs + dayMs;
    this.newestMs = atMs;
    this.day = dayOf(new Date(atMs));
    this.older = 0;
    this.lines = 0;
    this.isFresh = false;
  }
}
