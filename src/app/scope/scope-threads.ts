import { Worker } from 'node:worker_threads';
import { doScopeStep, type ScopeStep, type StepDone } from './scope-steps.ts';
import { type ScopeShared, ScopeWork } from './scope-work.ts';

interface Answer {
  readonly done?: StepDone;
  readonly why?: string;
}

/** The thread in a checkout is a source, in an installed package it is built. */
const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? './scope-thread.ts' : './scope-thread.js',
  import.meta.url,
);

/** Does steps of a scoping, each by all threads together. */
export class ScopeThreads {
  private readonly own: ScopeWork;
  private readonly workers: readonly Worker[];
  readonly count: number;

  /** @param threads this one counted. */
  constructor(shared: ScopeShared, threads: number) {
    this.own = new ScopeWork(shared);
    this.count = threads;
    this.workers = Array.from({ length: threads - 1 }, () => {
      const worker = new Worker(threadUrl);
      worker.postMessage({ shared, thread: 0 }, []);
      return worker;
    });
  }

  /** What each thread did of it. @throws what one of them threw */
  async step(step: ScopeStep): Promise<readonly StepDone[]> {
    const others = this.workers.map(async (worker, i) => await answerOf(worker, step, i + 1));
    // Whatever fails here, the others are waited for.
    const own = Promise.resolve().then(() => doScopeStep(this.own, step, 0));
    const settled = await Promise.allSettled([own, ...others]);
    return settled.map(each => {
      if (each.status === 'fulfilled') return each.value;
      throw each.reason;
    });
  }

  async close(): Promise<void> {
    this.own.close();
    await Promise.all(this.workers.map(async worker => await worker.terminate()));
  }
}

const answerOf = (worker: Worker, step: ScopeStep, thread: number): Promise<StepDone> =>
  new Promise((resolve, reject) => {
    const failed = (thrown: unknown): void =>
      reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    worker.once('message', ({ done, why }: Answer) => {
      worker.off('error', failed);
      if (done === undefined) reject(new Error(why ?? 'a thread did nothing'));
      else resolve(done);
    });
    worker.once('error', failed);
    worker.postMessage({ step, thread }, []);
  });
