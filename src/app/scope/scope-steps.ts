import type { CensusShape } from '../../scope/census.ts';
import type { TallyMemory, TallyShape } from '../../scope/tally.ts';
import type { Marked, ScopeWork, SoughtParts } from './scope-work.ts';

/** A step that all threads do together. */
export type ScopeStep =
  | { readonly do: 'mark'; readonly sought: SoughtParts }
  | {
      readonly do: 'tally';
      readonly shape: TallyShape;
      /** One for each thread. */
      readonly memories: readonly TallyMemory[];
    }
  | {
      readonly do: 'census';
      readonly shape: TallyShape;
      /** All is gathered in the first. */
      readonly memories: readonly TallyMemory[];
      readonly census: CensusShape;
      readonly pieces: readonly (readonly [from: number, to: number])[];
    };

/** What one thread did of it. */
export type StepDone = Marked | Float64Array | undefined;

export const doScopeStep = (work: ScopeWork, step: ScopeStep, thread: number): StepDone => {
  switch (step.do) {
    case 'mark':
      return work.mark(step.sought);
    case 'tally':
      {
        const memory = step.memories[thread];
        if (memory !== undefined) work.tally(step.shape, memory);
      }
      return undefined;
    case 'census':
      return work.census(step.shape, step.memories, step.census, step.pieces);
  }
};
