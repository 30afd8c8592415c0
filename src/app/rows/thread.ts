/** The thread that makes segments, so that reading goes on meanwhile. */
import { parentPort } from 'node:worker_threads';
import { makeSegmentAndRows, type SegmentOrder } from './work.ts';

interface Asked {
  readonly id: number;
  readonly order: SegmentOrder;
}

parentPort?.on('message', ({ id, order }: Asked) => {
  makeSegmentAndRows(order).then(
    done => parentPort?.postMessage({ id, done }),
    (thrown: unknown) => {
      const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      parentPort?.postMessage({ id, why });
    },
  );
});
