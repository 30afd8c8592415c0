import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { BatchAnswer, BatchOrder, BlankRow, ThreadSetup } from './protocol.ts';

/** A thread in a checkout is a source, in an installed package it is built. */
export const threadUrl = (name: string): URL =>
  new URL(import.meta.url.endsWith('.ts') ? `./${name}.ts` : `./${name}.js`, import.meta.url);

export interface ThreadLimits {
  /** For one message; whoever takes longer is taken for stuck. */
  readonly messageMsMax: number;
  readonly memoryMb: number;
}

export const threadLimits: ThreadLimits = { messageMsMax: 60_000, memoryMb: 320 };

/** So many batches are with a thread: one that it reads, and one that waits for it. */
const batchesPerThread = 2;
const lookEveryMs = 250;
const noItem = -1;

interface Job {
  order: BatchOrder;
  readonly done: (answer: BatchAnswer) => void;
  readonly failed: (thrown: Error) => void;
}

/** One thread, and what it was asked for. */
class ScanThread {
  readonly jobs: Job[] = [];
  private readonly setup: Omit<ThreadSetup, 'progress'>;
  private readonly limits: ThreadLimits;
  private readonly url: URL;
  private readonly idle: () => void;
  private progress = new Int32Array(new SharedArrayBuffer(8));
  private worker: Worker | undefined;
  private last = '';
  /** How often it was looked at since it came on: a machine that slept counts nothing. */
  private looks = 0;

  constructor(
    setup: Omit<ThreadSetup, 'progress'>,
    limits: ThreadLimits,
    url: URL,
    idle: () => void,
  ) {
    this.setup = setup;
    this.limits = limits;
    this.url = url;
    this.idle = idle;
  }

  add(job: Job): void {
    this.jobs.push(job);
    this.started().postMessage(job.order, []);
  }

  /** Ends it where it has been with one message for too long. */
  look(): void {
    const now = `${this.progress[0]} ${this.progress[1]}`;
    this.looks = now !== this.last || this.jobs.length === 0 ? 0 : this.looks + 1;
    this.last = now;
    if (this.looks * lookEveryMs <= this.limits.messageMsMax) return;
    this.looks = 0;
    void this.worker?.terminate();
    this.died('message-time', undefined);
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    this.progress = new Int32Array(new SharedArrayBuffer(8)).fill(noItem);
    // Threads begin with 1 MB for what is new, and stay there: it is looked through a thousand times a second then.
    setFlagsFromString('--min-semi-space-size=8');
    const worker = new Worker(this.url, {
      workerData: { ...this.setup, progress: this.progress.buffer },
      resourceLimits: { maxOldGenerationSizeMb: this.limits.memoryMb },
      // What a message holds must not be written anywhere.
      stdout: true,
      stderr: true,
    });
    worker.on('message', (answer: BatchAnswer) => {
      if (worker === this.worker) this.take(answer);
    });
    const died = (thrown: unknown): void => {
      if (worker === this.worker) this.died('message-hostile', thrown);
    };
    worker.on('error', died);
    worker.on('exit', () => died(undefined));
    this.worker = worker;
    return worker;
  }

  private take(answer: BatchAnswer): void {
    const at = this.jobs.findIndex(({ order }) => order.id === answer.id);
    const [job] = at < 0 ? [] : this.jobs.splice(at, 1);
    job?.done(answer);
    this.idle();
  }

  /** All that it had in hand is read anew, without the message that it died of. */
  private died(why: string, thrown: unknown): void {
    this.worker = undefined;
    const [batch, item = noItem] = this.progress;
    const jobs = this.jobs.splice(0);
    const culprit = jobs.find(({ order }) => order.id === batch);
    if (culprit === undefined || item === noItem) {
      // It never came to read anything: that is a fault of ours.
      const error = thrown instanceof Error ? thrown : new Error('a thread that reads mail ended');
      for (const { failed } of jobs) failed(error);
      return;
    }
    const blank: BlankRow[] = [...culprit.order.blank, { item, why }];
    culprit.order = { ...culprit.order, blank };
    for (const job of jobs) this.add(job);
  }
}

/** Whoever reads batches. */
export interface BatchReaders {
  /** Until there is room for another batch. */
  room(): Promise<void>;
  read(order: BatchOrder): Promise<BatchAnswer>;
  close(): Promise<void>;
}

/** Threads that read messages, as many batches at a time as keep them at work. */
export class ScanThreads implements BatchReaders {
  private readonly threads: readonly ScanThread[];
  private readonly timer: NodeJS.Timeout;
  private waiting: (() => void)[] = [];

  constructor(
    setup: Omit<ThreadSetup, 'progress'>,
    count: number,
    limits: ThreadLimits = threadLimits,
    url: URL = threadUrl('thread'),
  ) {
    this.threads = Array.from(
      { length: count },
      () => new ScanThread(setup, limits, url, () => this.wake()),
    );
    this.timer = setInterval(() => {
      for (const thread of this.threads) thread.look();
    }, lookEveryMs);
    this.timer.unref();
  }

  /** Until one of them can take another batch. */
  async room(): Promise<void> {
    while (this.threads.every(({ jobs }) => jobs.length >= batchesPerThread)) {
      await new Promise<void>(done => this.waiting.push(done));
    }
  }

  /** What a thread dies of is passed over and said. @throws where a thread dies of no message */
  read(order: BatchOrder): Promise<BatchAnswer> {
    const [least] = this.threads.toSorted((a, b) => a.jobs.length - b.jobs.length);
    return new Promise((done, failed) => {
      least?.add({
        order,
        done,
        failed: thrown => {
          failed(thrown);
          this.wake();
        },
      });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.threads.map(thread => thread.close()));
  }

  private wake(): void {
    for (const each of this.waiting.splice(0)) each();
  }
}
