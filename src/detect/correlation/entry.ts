import type { LineRef } from '../../core/watched-event.ts';
import type { Hit } from '../hit.ts';

export type Counted = undefined | string | readonly string[] | number | readonly number[];

/** A hit in a window of one group. */
export interface Entry {
  readonly hit: Hit;
  /** Where its rule stands first in the list of the correlation. */
  readonly place: number;
  /**
   * What is counted of it, as the type of the correlation asks: a text or distinct ones, a number or several. There are
   * as many entries as hits, and most have one: no list is made of it.
   */
  readonly counted: Counted;
  /** Whether the correlation was told to hold at it. */
  fired: boolean;
}

/** By source, then as they stand in it. */
export const compareLines = (a: LineRef, b: LineRef): number =>
  (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) || a.seq - b.seq || a.line - b.line;

/** The order of times; within a millisecond that of the lines, so that it is the same in every run. */
export const compareEntries = (a: Entry, b: Entry): number =>
  a.hit.timeMs - b.hit.timeMs || compareLines(a.hit, b.hit) || a.place - b.place;
