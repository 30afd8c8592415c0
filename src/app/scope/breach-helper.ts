import { Worker } from 'node:worker_threads';
import type { BreachAnswer, BreachOrder, BreachShare } from './breach-thread.ts';

/** The thread in a checkout is a source, in an installed package it is built. */
const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? './breach-thread.ts' : './breach-thread.js',
  import.meta.url,
);

/** A second thread that looks at segments for what shows something of a breach. */
export class BreachHelper {
  private readonly worker: Worker;
  private readonly answer: Promise<BreachShare>;
  private failed: Error | undefined;

  constructor(order: BreachOrder) {
    this.worker = new Worker(threadUrl);
    this.answer = new Promise((resolve, reject) => {
      const fail = (thrown: unknown): void => {
        this.failed = thrown instanceof Error ? thrown : new Error(String(thrown));
        reject(this.failed);
      };
      this.worker.once('message', ({ share, why }: BreachAnswer) => {
        if (share === undefined) fail(new Error(why ?? 'a thread found nothing to say'));
        else resolve(share);
      });
      this.worker.once('error', fail);
    });
    // Whoever waits for it hears of it.
    this.answer.catch(() => {});
    this.worker.postMessage(order, []);
  }

  /** @throws where there is nobody any more to wait for */
  async stillThere(): Promise<void> {
    await new Promise(resolve => void setImmediate(resolve));
    if (this.failed !== undefined) throw this.failed;
  }

  /** @throws what the thread threw */
  async share(): Promise<BreachShare> {
    return await this.answer;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
