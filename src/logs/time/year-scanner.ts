import { YearCount, type YearScan } from './years.ts';

const months: ReadonlyMap<number, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
    (name, i) => [
      (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
      i + 1,
    ],
  ),
);

const headBytes = 24;
const lineFeed = 0x0a;

/**
 * Looks through a log for the days at the heads of its lines, RFC 3164's `Nov 22 12:00:01` with or without
 * `<PRI>`, to know how many New Years lie in it before its first line is read. Only bytes at heads of lines
 * are looked at.
 */
export class YearScanner {
  private readonly count = new YearCount();
  private readonly leapYears = new Set<number>();
  /** The last day seen, as its six bytes: most lines are of the same one. */
  private high = 0;
  private low = 0;
  private isLineStart = true;
  /** The head of a line that two chunks share. */
  private rest: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    this.rest = new Uint8Array(0);
    let at = 0;
    if (!this.isLineStart) {
      at = bytes.indexOf(lineFeed) + 1;
      if (at === 0) return;
    }
    for (;;) {
      const end = bytes.indexOf(lineFeed, at);
      if (end < 0 && bytes.length - at < headBytes) {
        this.rest = bytes.slice(at);
        this.isLineStart = true;
        return;
      }
      this.line(bytes, at);
      if (end < 0) {
        this.isLineStart = false;
        return;
      }
      at = end + 1;
    }
  }

  /** Undefined where no line of it has such a stamp. */
  end(): YearScan | undefined {
    if (this.rest.length > 0) this.line(this.rest, 0);
    const last = this.count.last();
    return last === undefined ? undefined : { ...last, leapYears: [...this.leapYears] };
  }

  private line(bytes: Uint8Array, start: number): void {
    let at = start;
    if (bytes[at] === 0x3c) {
      at += 1;
      while (at - start < 5 && bytes[at] !== 0x3e) at += 1;
      at += 1;
    }
    const high = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const low = ((bytes[at + 3] ?? 0) << 16) | ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0);
    if (high === this.high && low === this.low) return;
    const month = months.get(high);
    if (month === undefined || bytes[at + 3] !== 0x20) return;
    const tens = bytes[at + 4] === 0x20 ? 0 : (bytes[at + 4] ?? 0) - 0x30;
    const ones = (bytes[at + 5] ?? 0) - 0x30;
    const day = tens * 10 + ones;
    const isDay = tens >= 0 && tens <= 3 && ones >= 0 && ones <= 9 && day >= 1 && day <= 31;
    if (!isDay || bytes[at + 6] !== 0x20 || bytes[at + 9] !== 0x3a) return;
    [this.high, this.low] = [high, low];
    const years = this.count.next(month, day);
    if (month === 2 && day === 29 && this.leapYears.size < 100) this.leapYears.add(years);
  }
}
