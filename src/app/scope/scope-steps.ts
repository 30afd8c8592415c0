import type { BucketMemory, BucketShape, RecordPeople } from '../../scope/buckets.ts';
import type { CensusShape } from '../../scope/census.ts';
import type { Marked, ScopeWork, SoughtParts, Spread } from './scope-work.ts';

/** Notes, by buckets of persons, what mentions add to them, for as long as there is room. */
export interface SpreadStep {
  readonly do: 'spread';
  readonly shape: BucketShape;
  readonly memory: BucketMemory;
  /** Begins with the first mention, and does not go on. */
  readonly isFirst: boolean;
}

/** Adds up, bucket by bucket, what was noted, and counts people where nothing more comes. */
export interface GatherStep {
  readonly do: 'gather';
  readonly shape: BucketShape;
  readonly memory: BucketMemory;
  /** Sets of words of each thread. */
  readonly sets: readonly Int32Array[];
  /** Words of all persons of the shape, where they have to be kept. */
  readonly words: Int32Array | undefined;
  readonly isLast: boolean;
  readonly records: readonly RecordPeople[];
  readonly census: CensusShape;
  /** A bit for each person. */
  readonly withinReach: Uint32Array;
  readonly evidenced: Uint32Array;
}

/** A step that all threads do together. */
export type ScopeStep =
  | { readonly do: 'mark'; readonly sought: SoughtParts }
  | SpreadStep
  | GatherStep;

/** What one thread did of it. */
export type StepDone = Marked | Spread | Float64Array;

export const doScopeStep = (work: ScopeWork, step: ScopeStep, thread: number): StepDone => {
  switch (step.do) {
    case 'mark':
      return work.mark(step.sought);
    case 'spread':
      return work.spread(step, thread);
    case 'gather':
      return work.gather(step);
  }
};
