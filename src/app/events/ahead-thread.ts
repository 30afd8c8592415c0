/** A thread that takes out of segments what a question asks for, while another tells what came before. */
import { parentPort } from 'node:worker_threads';
import { type AskedFor, questionOf } from './asked-for.ts';
import type { StoreSegment } from './store-segments.ts';
import { SegmentTaker, type TakenSegment } from './taken-segment.ts';

export interface OrderedSegment {
  readonly index: number;
  readonly segment: StoreSegment;
  /** When its lines begin. */
  readonly firstMs: number;
}

export interface AheadOrder {
  /** Comes first, and once. */
  readonly asked?: AskedFor;
  readonly segments?: readonly OrderedSegment[];
}

/** The first answer has none, and says that the thread is there. */
export interface AheadAnswer {
  readonly taken: readonly (readonly [index: number, taken: TakenSegment | undefined])[];
}

let taker: SegmentTaker | undefined;

const take = async (segments: readonly OrderedSegment[]): Promise<void> => {
  const taken: (readonly [number, TakenSegment | undefined])[] = [];
  for (const { index, segment, firstMs } of segments) {
    taken.push([index, await taker?.take(segment, firstMs)]);
  }
  const answer: AheadAnswer = { taken };
  parentPort?.postMessage(answer, []);
};

parentPort?.on('message', ({ asked, segments }: AheadOrder) => {
  if (asked !== undefined) taker = new SegmentTaker(questionOf(asked));
  void take(segments ?? []);
});
