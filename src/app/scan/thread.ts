/** A thread that reads messages: files to numbers, a batch at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { memoryOf } from '../../exposure/index/batch.ts';
import { BatchReader } from './batch-reader.ts';
import type { BatchOrder, ThreadSetup } from './protocol.ts';

// Whoever starts the thread gives it this.
const reader = new BatchReader(workerData as ThreadSetup);

const answer = async (order: BatchOrder): Promise<void> => {
  const done = await reader.answer(order);
  parentPort?.postMessage(done, [
    ...memoryOf(done.tables),
    done.states.buffer,
    ...done.attachments.map(({ bytes }) => bytes.buffer as ArrayBuffer),
  ]);
};

/** Batches are read one after the other: they share their memory. */
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (order: BatchOrder) => {
  last = last.then(() => answer(order));
});
