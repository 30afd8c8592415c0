import type { CensusShape } from '../../scope/census.ts';
import type { TallyMemory, TallyShape } from '../../scope/tally.ts';
import type { Marked, ScopeWork, SoughtParts } from './scope-work.ts';

/** A step that all threads do together. */
export type ScopeStep =
  | { readonly do: 'mark'; readonly sought: SoughtParts }
  | { readonly do: 'tally'; readonly shape: TallyShape; readonly memory: TallyMemory }
  | {
      readonly do: 'census';
      readonly shape: TallyShape;
      readonly memory: TallyMemory;
      readonly census: CensusShape;
      readonly pieces: readonly (readonly [from: number, to: number])[];
    };

/** What one thread did of it. */
export type StepDone = Marked | Float64Array | undefined;

export const doScopeStep = (work: ScopeWork, step: ScopeStep): StepDone => {
  switch (step.do) {
    case 'mark':
      return work.mark(step.sought);
    case 'tally':
      work.tally(step.shape, step.memory);
      return undefined;
    case 'census':
      return work.census(step.shape, step.memory, step.census, step.pieces);
  }
};
