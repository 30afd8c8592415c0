/** Where the lines of one source go. */
export interface LineStore {
  /** Whole lines. @returns once they are on the disk. */
  readonly keep: (lines: Buffer) => Promise<void>;
}

/** Bytes that were taken and are not on the disk yet, of all sources together. */
export class InHand {
  private readonly bytesMax: number;
  private bytes = 0;
  private readonly relieved = new Set<() => void>();

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get isFull(): boolean {
    return this.bytes >= this.bytesMax;
  }

  /** Is called whenever there is room again. */
  onRelief(act: () => void): void {
    this.relieved.add(act);
  }

  add(bytes: number): void {
    this.bytes += bytes;
  }

  release(bytes: number): void {
    const wasFull = this.bytes > this.bytesMax / 2;
    this.bytes -= bytes;
    if (wasFull && this.bytes <= this.bytesMax / 2) for (const act of this.relieved) act();
  }
}

const lineFeed = Buffer.from('\n');
/** So long a line waits for others, so that one sync serves many. */
const waitMs = 50;
/** So many bytes wait for nothing, and are handed over together. */
const batchBytesMax = 512 << 10;

/** The lines of one source on their way to the disk, many with one sync. */
export class Outbox {
  private readonly store: Promise<LineStore>;
  private readonly inHand: InHand;
  private readonly failed: (thrown: unknown) => void;
  private lines: Buffer[] = [];
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private hasFailed = false;

  /** @param failed hears of it when the store takes no more; lines then stay where they are. */
  constructor(store: Promise<LineStore>, inHand: InHand, failed: (thrown: unknown) => void) {
    this.store = store;
    this.inHand = inHand;
    this.failed = failed;
  }

  /** @param line without its line end. Its memory is the outbox's from now on. */
  add(line: Buffer): void {
    this.lines.push(line, lineFeed);
    this.bytes += line.length + 1;
    this.inHand.add(line.length + 1);
    if (this.sending !== undefined) return;
    if (this.bytes >= batchBytesMax || this.inHand.isFull) this.begin();
    else this.timer ??= setTimeout(() => this.begin(), waitMs);
  }

  /** All that was added is on the disk when this is done, or the store has failed. */
  async empty(): Promise<void> {
    while (this.lines.length > 0 && !this.hasFailed) {
      this.begin();
      await this.sending;
    }
    await this.sending;
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending !== undefined || this.hasFailed) return;
    this.sending = this.send().finally(() => {
      this.sending = undefined;
      // What came in the very moment in which the last batch was done.
      if (this.lines.length > 0) this.begin();
    });
  }

  private async send(): Promise<void> {
    try {
      const store = await this.store;
      while (this.lines.length > 0) {
        const batch = this.taken();
        await store.keep(batch);
        this.inHand.release(batch.length);
      }
    } catch (thrown) {
      this.hasFailed = true;
      this.failed(thrown);
    }
  }

  private taken(): Buffer {
    let bytes = 0;
    let count = 0;
    while (count < this.lines.length && bytes < batchBytesMax) {
      // A line and its end.
      bytes += (this.lines[count]?.length ?? 0) + 1;
      count += 2;
    }
    const batch = Buffer.concat(this.lines.splice(0, count));
    this.bytes -= batch.length;
    return batch;
  }
}
