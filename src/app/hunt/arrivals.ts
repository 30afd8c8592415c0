interface Arrival {
  readonly atMs: number;
  readonly newestMs: number;
}

/**
 * Up to when lines of other logs are waited for. It goes by when lines came, not by what they say: a log whose clock
 * is wrong, or one of long ago, is waited for no longer than others.
 */
export class Arrivals {
  private readonly graceMs: number;
  private waiting: Arrival[] = [];
  /** Of those that were waited for long enough. */
  private overMs = Number.NEGATIVE_INFINITY;

  constructor(graceMs: number) {
    this.graceMs = graceMs;
  }

  /** @param newestMs time of the newest of the lines that came */
  came(atMs: number, newestMs: number): void {
    this.waiting.push({ atMs, newestMs });
  }

  /** Whether something was waited for long enough that was not asked for yet. */
  isDue(nowMs: number): boolean {
    return this.waiting.some(each => this.isOver(each, nowMs));
  }

  /** Infinity: nothing is waited for. */
  settledMs(nowMs: number): number {
    const over = this.waiting.filter(each => this.isOver(each, nowMs));
    this.waiting = this.waiting.filter(each => !this.isOver(each, nowMs));
    this.overMs = over.reduce((newest, each) => Math.max(newest, each.newestMs), this.overMs);
    return this.waiting.length === 0 ? Number.POSITIVE_INFINITY : this.overMs;
  }

  private isOver({ atMs }: Arrival, nowMs: number): boolean {
    // A clock that was set back is no reason to wait.
    return nowMs - atMs >= this.graceMs || nowMs < atMs;
  }
}
