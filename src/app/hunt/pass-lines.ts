import { spanOf } from '../events/ask.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import type { Cursors, PassLines } from './pipeline.ts';
import type { TimeWindow } from './segment-hunt.ts';

/** Lines that were not seen yet. */
export const linesSince = (
  segments: readonly StoreSegment[],
  cursors: Cursors,
): readonly PassLines[] =>
  segments.flatMap(segment => {
    const { seq = 0, line = 0 } = cursors.get(segment.source) ?? {};
    if (segment.seq < seq) return [];
    return [{ segment, from: segment.seq === seq ? line : 0 }];
  });

/** All lines of segments that may have some of these times. */
export const linesWithin = (
  segments: readonly StoreSegment[],
  { fromMs, toMs }: TimeWindow,
): readonly PassLines[] =>
  segments
    .filter(segment => {
      const [first, last] = spanOf(segment);
      return first <= toMs && last >= fromMs;
    })
    .map(segment => ({ segment, from: 0 }));
