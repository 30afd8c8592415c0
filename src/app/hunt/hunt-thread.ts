/** A thread that looks at segments for a hunt, one after the other. */
import { parentPort } from 'node:worker_threads';
import { memoryOf } from '../../detect/hit-batch.ts';
import { type HuntSetup, HuntWork, type SegmentDone } from './hunt-work.ts';
import type { PassLines } from './pipeline.ts';

interface Asked {
  readonly setup?: HuntSetup;
  readonly id?: number;
  readonly lines?: PassLines;
}

export interface HuntAnswer {
  readonly id: number;
  readonly done?: SegmentDone;
  readonly why?: string;
}

let work: HuntWork | undefined;

const answer = async (id: number, lines: PassLines): Promise<void> => {
  let said: HuntAnswer;
  try {
    const done = await work?.hunt(lines);
    said =
      done === undefined ? { id, why: 'a thread was given nothing to begin with' } : { id, done };
  } catch (thrown) {
    const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    said = { id, why };
  }
  const { done } = said;
  parentPort?.postMessage(said, done === undefined ? [] : [...memoryOf(done.found.hits)]);
};

parentPort?.on('message', ({ setup, id, lines }: Asked) => {
  if (setup !== undefined) work = new HuntWork(setup);
  if (id !== undefined && lines !== undefined) void answer(id, lines);
});
