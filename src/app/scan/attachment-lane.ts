import { Worker } from 'node:worker_threads';
import type { Scanned } from '../../exposure/index/batch.ts';
import { type LaneLimits, laneLimits } from './lane-limits.ts';
import type { AttachmentAnswer, AttachmentJob, ThreadSetup } from './protocol.ts';
import { threadUrl } from './scan-threads.ts';

/** One file is sent to many: what was found in so many of them is remembered. */
const rememberedMax = 20_000;
/** Of people in one of them; longer lists are read again. */
const rememberedPeopleMax = 1_000;
/** A further thread takes a second to start: it is worth it where so many attachments wait. */
const waitingMin = 16;

interface Waiting {
  readonly job: AttachmentJob;
  readonly done: (scanned: Scanned) => void;
}

const unseenOnly = (why: string): Scanned => ({
  sure: 0,
  types: 0,
  weak: 0,
  shared: 0,
  people: [],
  unseen: [why],
});

/**
 * Opens attachments beside the reading of messages: libraries that read other programs' formats are slow, and hang
 * or grow on what was made for it. Each attachment has a time and memory; whoever exceeds it ends alone.
 */
export class AttachmentLane {
  private readonly setup: Omit<ThreadSetup, 'progress'>;
  private readonly count: number;
  private readonly limits: LaneLimits;
  private readonly url: URL;
  private readonly queue: Waiting[] = [];
  private readonly known = new Map<string, Promise<Scanned>>();
  private readonly workers = new Set<Worker>();
  private readonly free: Worker[] = [];
  private waitingBytes = 0;
  private waiters: (() => void)[] = [];
  private nextId = 1;
  /** Attachments that were opened, not had from memory. */
  opened = 0;

  constructor(
    setup: Omit<ThreadSetup, 'progress'>,
    count: number,
    limits: LaneLimits = laneLimits,
    url: URL = threadUrl('attachment-thread'),
  ) {
    this.setup = setup;
    this.url = url;
    this.count = count;
    this.limits = limits;
  }

  /** What an attachment holds; never fails. */
  open(job: AttachmentJob): Promise<Scanned> {
    // The type that it goes by decides how it is read.
    const key = `${job.digest} ${job.type} ${job.name.slice(-8)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const opening = new Promise<Scanned>(done => {
      this.queue.push({ job, done });
      this.waitingBytes += job.bytes.length;
      this.next();
    });
    this.known.set(key, opening);
    void this.forgetLong(key, opening);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= rememberedMax) break;
      this.known.delete(oldest);
    }
    return opening;
  }

  private async forgetLong(key: string, opening: Promise<Scanned>): Promise<void> {
    const { people } = await opening;
    if (people.length > rememberedPeopleMax) this.known.delete(key);
  }

  /** Until what waits is little enough for more. */
  async room(): Promise<void> {
    while (this.waitingBytes > this.limits.waitingBytesMax) {
      await new Promise<void>(done => this.waiters.push(done));
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.workers].map(worker => worker.terminate()));
    this.workers.clear();
  }

  private next(): void {
    while (this.queue.length > 0) {
      const worker = this.free.pop() ?? this.started();
      if (worker === undefined) return;
      const waiting = this.queue.shift();
      if (waiting === undefined) return;
      void this.work(worker, waiting);
    }
  }

  private started(): Worker | undefined {
    if (this.workers.size >= this.count) return undefined;
    if (this.workers.size > 0 && this.queue.length < waitingMin) return undefined;
    const worker = new Worker(this.url, {
      workerData: this.setup,
      resourceLimits: { maxOldGenerationSizeMb: this.limits.memoryMb },
      // Libraries complain of what they read, and may quote it.
      stdout: true,
      stderr: true,
    });
    this.workers.add(worker);
    return worker;
  }

  private async work(worker: Worker, { job, done }: Waiting): Promise<void> {
    const size = job.bytes.length;
    const scanned = await this.ask(worker, job);
    if (typeof scanned === 'string') {
      this.workers.delete(worker);
      // Nobody waits for it: it may not end at once.
      void worker.terminate();
    } else this.free.push(worker);
    this.opened += 1;
    this.waitingBytes -= size;
    done(typeof scanned === 'string' ? unseenOnly(scanned) : scanned);
    for (const each of this.waiters.splice(0)) each();
    this.next();
  }

  /** @returns why it could not be opened, where the thread is of no use any more */
  private ask(worker: Worker, { name, type, bytes }: AttachmentJob): Promise<Scanned | string> {
    const id = this.nextId;
    this.nextId += 1;
    return new Promise(settle => {
      const end = (result: Scanned | string): void => {
        clearTimeout(timer);
        worker.removeAllListeners('message');
        worker.removeAllListeners('error');
        worker.removeAllListeners('exit');
        // A late complaint of a thread that is being ended must not end the process.
        worker.on('error', () => {});
        settle(result);
      };
      const timer = setTimeout(() => end('attachment-time'), this.limits.attachmentMsMax);
      worker.removeAllListeners('error');
      worker.on('error', () => end('attachment-hostile'));
      worker.on('exit', () => end('attachment-hostile'));
      worker.on('message', (answer: AttachmentAnswer) => {
        if (answer.id === id) end(answer.scanned);
      });
      worker.postMessage({ id, name, type, bytes }, [bytes.buffer as ArrayBuffer]);
    });
  }
}
