/** Not told yet, and never told by the thread that had it in hand. */
const unknown = -1;
const failed = -2;
const waitMs = 100;

/** Memory that threads share. */
export interface TurnsShared {
  /** The segment that nobody took yet. */
  readonly next: Int32Array;
  /** By segment: rows of it whose lines have to be looked into. */
  readonly counts: Int32Array;
}

export const sharedTurns = (segments: number): TurnsShared => ({
  next: new Int32Array(new SharedArrayBuffer(4)),
  counts: new Int32Array(new SharedArrayBuffer(4 * Math.max(1, segments))).fill(unknown),
});

/**
 * Segments that threads take in turn. What is made of one depends on how many lines those before it have that must
 * be looked into: each thread tells that as soon as it knows, so that the answer is that of one thread alone.
 */
export class BreachTurns {
  private readonly shared: TurnsShared;
  /** Segments whose counts are in the sum. */
  private summed = 0;
  private sum = 0;

  constructor(shared: TurnsShared) {
    this.shared = shared;
  }

  take(): number | undefined {
    const index = Atomics.add(this.shared.next, 0, 1);
    return index < this.shared.counts.length ? index : undefined;
  }

  tell(index: number, count: number): void {
    Atomics.store(this.shared.counts, index, count);
    Atomics.notify(this.shared.counts, index);
  }

  /** Somebody else has to look at it. */
  fail(index: number): void {
    this.tell(index, failed);
  }

  isTold(index: number): boolean {
    return Atomics.load(this.shared.counts, index) >= 0;
  }

  /** The sum of all segments before one, where all are told. */
  sumTo(index: number): number {
    return this.shared.counts.subarray(0, index).reduce((sum, count) => sum + count, 0);
  }

  /**
   * The sum of all segments before one; waits for other threads. They ascend.
   *
   * @param look at one that failed elsewhere, and tell of it; undefined: somebody else does
   * @param stillThere throws where there is nobody to wait for
   */
  async before(
    index: number,
    look: ((index: number) => Promise<void>) | undefined,
    stillThere: () => Promise<void>,
  ): Promise<number> {
    const { counts } = this.shared;
    while (this.summed < index) {
      const count = Atomics.load(counts, this.summed);
      if (count >= 0) {
        this.sum += count;
        this.summed += 1;
      } else if (count === failed && look !== undefined) await look(this.summed);
      else {
        Atomics.wait(counts, this.summed, count, waitMs);
        await stillThere();
      }
    }
    return this.sum;
  }
}
