/** Stands for the threads of a scan: names of messages and attachments say what becomes of whoever reads them. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AttachmentOrder, BatchOrder } from '../../src/app/scan/protocol.ts';
import { BatchBuilder } from '../../src/exposure/index/batch.ts';

const obey = (name: string): void => {
  if (name.startsWith('exit')) process.exit(3);
  if (name.startsWith('throw')) throw new Error('what the message says must not be told');
  if (name.startsWith('hang')) /^(?:a+)+$/.test(`${'a'.repeat(60)}b`);
  if (name.startsWith('eat')) {
    const eaten: number[][] = [];
    for (;;) eaten.push(Array.from({ length: 100_000 }, (_, i) => i * 1.5));
  }
};

const nothing = { sure: 0, types: 0, weak: 0, shared: 0, people: [], unseen: [] };
const { progress } = workerData as { readonly progress?: SharedArrayBuffer };

const batch = (order: BatchOrder): void => {
  const at = new Int32Array(progress ?? new SharedArrayBuffer(8));
  const builder = new BatchBuilder();
  const blank = new Map(order.blank.map(({ item, why }) => [item, why]));
  at[0] = order.id;
  for (const [item, name] of order.names.split('\0').entries()) {
    at[1] = item;
    if (!blank.has(item)) obey(name);
    const head = { idHigh: 0, idLow: 0, received: 0, sizeBytes: 1, flags: 0 };
    builder.add(item, head, nothing);
  }
  at[1] = -1;
  const states = new Uint8Array(order.folder.length);
  const tables = builder.done();
  parentPort?.postMessage(
    { id: order.id, states, tables, attachments: [], unseen: order.blank },
    [],
  );
};

parentPort?.on('message', (order: BatchOrder | AttachmentOrder) => {
  if ('names' in order) {
    batch(order);
    return;
  }
  obey(order.name);
  parentPort?.postMessage({ id: order.id, scanned: { ...nothing, types: 1 } }, []);
});
