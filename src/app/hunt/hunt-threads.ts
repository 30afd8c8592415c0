import { Worker } from 'node:worker_threads';
import type { HuntAnswer } from './hunt-thread.ts';
import { type HuntSetup, HuntWork, type SegmentDone } from './hunt-work.ts';
import type { PassLines } from './pipeline.ts';

/** Looks at segments. */
export interface Hunters {
  /** How many segments it is worth to have under way. */
  readonly underWay: number;
  hunt(lines: PassLines): Promise<SegmentDone>;
  close(): Promise<void>;
}

/** In this thread: for so little that starting others would take longer. */
export class OwnHunter implements Hunters {
  readonly underWay = 1;
  private readonly work: HuntWork;

  constructor(setup: HuntSetup) {
    this.work = new HuntWork(setup);
  }

  async hunt(lines: PassLines): Promise<SegmentDone> {
    return await this.work.hunt(lines);
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}

/** The thread in a checkout is a source, in an installed package it is built. */
const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? './hunt-thread.ts' : './hunt-thread.js',
  import.meta.url,
);

interface Waiting {
  readonly done: (done: SegmentDone) => void;
  readonly failed: (thrown: Error) => void;
}

class Thread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;

  constructor(setup: HuntSetup) {
    this.worker = new Worker(threadUrl);
    this.worker.on('message', ({ id, done, why }: HuntAnswer) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (done !== undefined) waiting?.done(done);
      else waiting?.failed(new Error(why ?? 'a thread found nothing to say'));
    });
    const failed = (thrown: unknown): void => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      for (const each of this.waiting.values()) each.failed(error);
      this.waiting.clear();
    };
    this.worker.on('error', failed);
    this.worker.on('exit', code => failed(new Error(`a thread ended with ${code}`)));
    this.worker.postMessage({ setup }, []);
  }

  get load(): number {
    return this.waiting.size;
  }

  async hunt(lines: PassLines): Promise<SegmentDone> {
    return await new Promise((done, failed) => {
      const id = this.nextId;
      this.nextId += 1;
      this.waiting.set(id, { done, failed });
      this.worker.postMessage({ id, lines }, []);
    });
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners('exit');
    await this.worker.terminate();
  }
}

/** Several threads, each with a segment in hand and one that waits. */
export class HuntThreads implements Hunters {
  readonly underWay: number;
  private readonly threads: readonly Thread[];

  constructor(setup: HuntSetup, count: number) {
    this.threads = Array.from({ length: count }, () => new Thread(setup));
    this.underWay = count * 2;
  }

  async hunt(lines: PassLines): Promise<SegmentDone> {
    const [first, ...others] = this.threads;
    if (first === undefined) throw new Error('there are no threads');
    const idlest = others.reduce((best, each) => (each.load < best.load ? each : best), first);
    return await idlest.hunt(lines);
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(async thread => await thread.close()));
  }
}
