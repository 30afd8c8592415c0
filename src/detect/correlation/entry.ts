import type { LineRef } from '../../core/watched-event.ts';
import type { Hit } from '../hit.ts';

/** A hit in a window of one group. */
export interface Entry {
  readonly hit: Hit;
  /** Where its rule stands first in the list of the correlation. */
  readonly place: number;
  /** What is counted of it: distinct texts, or numbers, as the type of the correlation asks. */
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  /** Whether the correlation was told to hold at it. */
  fired: boolean;
}

/** By source, then as they stand in it. */
export const compareLines = (a: LineRef, b: LineRef): number =>
  (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) || a.seq - b.seq || a.line - b.line;

/** The order of times; within a millisecond that of the lines, so that it is the same in every run. */
export const compareEntries = (a: Entry, b: Entry): number =>
  a.hit.timeMs - b.hit.timeMs || compareLines(a.hit, b.hit) || a.place - b.place;
