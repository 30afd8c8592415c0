import { Worker } from 'node:worker_threads';
import type { AheadAnswer, AheadOrder, OrderedSegment } from './ahead-thread.ts';
import type { AskedFor } from './asked-for.ts';
import type { EventQuestion } from './question.ts';
import type { StoreSegment } from './store-segments.ts';
import { SegmentTaker, type TakenSegment } from './taken-segment.ts';

/** The thread in a checkout is a source, in an installed package it is built. */
const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? './ahead-thread.ts' : './ahead-thread.js',
  import.meta.url,
);

/** How far segments are looked at before it is their turn. */
const aheadMax = 64;
/** Segments that the other thread is told of at once, and how often before it answers. */
const runLength = 4;
const runsMax = 3;
/** So many have to be looked at row by row: the other thread finds nothing more to do. */
const inVainMax = 8;

export interface AheadOptions {
  readonly question: EventQuestion & { readonly asked: AskedFor };
  readonly segments: readonly StoreSegment[];
  readonly firstMsOf: (segment: StoreSegment) => number;
  /** That is looked at next. */
  readonly from: number;
}

/** Has segments looked at by two threads, by this one no more than it would have to, and gives them in their order. */
export class Ahead {
  private readonly options: AheadOptions;
  private readonly worker: Worker;
  private readonly own: SegmentTaker;
  private readonly taken = new Map<number, TakenSegment | undefined>();
  /** That nobody was told of yet. */
  private next: number;
  private isThere = false;
  private runs = 0;
  private inVain = 0;
  private hasEnded = false;
  private arrived: () => void = () => {};

  constructor(options: AheadOptions) {
    this.options = options;
    this.own = new SegmentTaker(options.question);
    this.next = options.from;
    this.worker = new Worker(threadUrl);
    this.worker.on('message', (answer: AheadAnswer) => this.take(answer));
    const end = (): void => {
      this.hasEnded = true;
      this.arrived();
    };
    this.worker.on('error', end);
    this.worker.on('exit', end);
    this.post({ asked: options.question.asked });
  }

  /** Undefined where it has to be looked at row by row. @param index each that is asked for comes after the one before. */
  async at(index: number): Promise<TakenSegment | undefined> {
    for (;;) {
      // What the other thread said meanwhile.
      await new Promise(resolve => void setImmediate(resolve));
      if (this.hasEnded) break;
      this.order(index);
      if (this.taken.has(index)) break;
      const mine = this.claim(index);
      if (mine === index) return undefined;
      if (mine === undefined) await new Promise<void>(resolve => void (this.arrived = resolve));
      else await this.look(mine);
    }
    const taken = this.taken.get(index);
    this.taken.delete(index);
    return taken;
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners();
    await this.worker.terminate();
  }

  /** Gives the other thread something to do. */
  private order(index: number): void {
    while (this.isThere && this.runs < runsMax && this.inVain < inVainMax) {
      const end = Math.min(this.next + runLength, this.endOf(index));
      const segments: OrderedSegment[] = [];
      for (; this.next < end; this.next += 1) segments.push(this.ordered(this.next));
      if (segments.length === 0) return;
      this.runs += 1;
      this.post({ segments });
    }
  }

  private claim(index: number): number | undefined {
    if (this.next >= this.endOf(index)) return undefined;
    this.next += 1;
    return this.next - 1;
  }

  private endOf(index: number): number {
    return Math.min(index + aheadMax, this.options.segments.length);
  }

  private async look(index: number): Promise<void> {
    const { segment, firstMs } = this.ordered(index);
    this.taken.set(index, await this.own.take(segment, firstMs));
  }

  private ordered(index: number): OrderedSegment {
    const { segments, firstMsOf } = this.options;
    const segment = segments[index];
    if (segment === undefined) throw new RangeError('there is no such segment');
    return { index, segment, firstMs: firstMsOf(segment) };
  }

  private take({ taken }: AheadAnswer): void {
    if (this.isThere) this.runs -= 1;
    this.isThere = true;
    for (const [index, each] of taken) {
      this.taken.set(index, each);
      if (each === undefined) this.inVain += 1;
    }
    this.arrived();
  }

  private post(order: AheadOrder): void {
    this.worker.postMessage(order, []);
  }
}
