/** Losses in a row are one entry of the log: it is for ever, and a flood must not fill it. */
const everyMs = 10 * 60_000;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Counts what is known to be lost, and tells it: the first at once, then what came together in ten minutes. */
export class Losses {
  private readonly tell: (fromDay: string, toDay: string, why: string) => Promise<void>;
  private readonly now: () => number;
  private readonly counts = new Map<string, number>();
  private sinceMs: number | undefined;
  private toldMs = Number.NEGATIVE_INFINITY;
  total = 0;

  constructor(
    tell: (fromDay: string, toDay: string, why: string) => Promise<void>,
    now: () => number,
  ) {
    this.tell = tell;
    this.now = now;
  }

  /** @param why of a few reasons one: `dropped by the kernel, whose buffer was full`. */
  add(count: number, why: string): void {
    if (count <= 0) return;
    this.total += count;
    this.sinceMs ??= this.now();
    this.counts.set(why, (this.counts.get(why) ?? 0) + count);
  }

  /** Tells what is to be told by now. */
  async pass(isLast = false): Promise<void> {
    const now = this.now();
    const { sinceMs } = this;
    if (sinceMs === undefined || (!isLast && now - this.toldMs < everyMs)) return;
    this.toldMs = now;
    this.sinceMs = undefined;
    const [from, to] = [new Date(sinceMs).toISOString(), new Date(now).toISOString()];
    const what = [...this.counts].map(([why, count]) => `${count} messages ${why}`).join('; ');
    this.counts.clear();
    await this.tell(dayOf(sinceMs), dayOf(now), `${what}; noticed from ${from} to ${to}`);
  }
}
