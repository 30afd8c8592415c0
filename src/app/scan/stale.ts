import { join } from 'node:path';
import { messageFlags } from '../../core/exposure-index.ts';
import type { ExposureSegment, ExposureState } from '../../core/exposure-state.ts';
import { readMessages, segmentFile } from '../../store/exposure-segment.ts';
import { staleOf } from './detector.ts';

/** What is to be read anew: whole segments, or messages of them. */
export interface Stale {
  readonly segments: ReadonlySet<number>;
  has(segment: number, message: number): boolean;
}

const withAttachments = (folder: string, { number }: ExposureSegment): ReadonlySet<number> => {
  const { message, flags } = readMessages(join(folder, segmentFile(number, 'messages')));
  const found = new Set<number>();
  for (let i = 0; i < message.length; i += 1) {
    if (((flags[i] ?? 0) & messageFlags.attachments) !== 0) found.add(message[i] ?? 0);
  }
  return found;
};

/** @param folder where the segments lie. @param full everything is. */
export const staleIn = (
  folder: string,
  state: ExposureState,
  detector: string,
  full: boolean,
): Stale => {
  const all = new Set<number>();
  const some = new Map<number, ReadonlySet<number>>();
  for (const segment of state.segments()) {
    const stale = full ? 'all' : staleOf(segment.detector, detector);
    if (stale === 'all') all.add(segment.number);
    if (stale === 'attachments') some.set(segment.number, withAttachments(folder, segment));
  }
  return {
    segments: new Set([...all, ...some.keys()]),
    has: (segment, message) => all.has(segment) || some.get(segment)?.has(message) === true,
  };
};
