/** The thread that makes segments, so that reading goes on meanwhile. */
import { parentPort } from 'node:worker_threads';
import { makeSegmentAndRows, type SegmentDone, type SegmentOrder } from './work.ts';

interface Asked {
  readonly id: number;
  readonly order: SegmentOrder;
}

/** Handed over and not copied, where the memory is all theirs. */
const memoryOf = ({ segment, rows }: SegmentDone): ArrayBuffer[] =>
  [segment.file, rows].flatMap(bytes =>
    bytes !== undefined && bytes.byteLength === bytes.buffer.byteLength
      ? [bytes.buffer as ArrayBuffer]
      : [],
  );

const answer = async ({ id, order }: Asked): Promise<void> => {
  try {
    const done = await makeSegmentAndRows(order);
    parentPort?.postMessage({ id, done }, memoryOf(done));
  } catch (thrown) {
    const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    parentPort?.postMessage({ id, why }, []);
  }
};

parentPort?.on('message', (asked: Asked) => void answer(asked));
