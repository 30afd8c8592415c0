import type { WatchedEvent } from '../../core/watched-event.ts';
import type { Leaf, RowShape } from '../../detect/columns/leaf.ts';
import type { Guard, Residual } from '../../detect/columns/residual.ts';
import type { Getter } from '../../detect/fields/field-space.ts';
import type { Matcher } from '../../detect/matching/matcher.ts';
import type { DetectionRule } from '../../detect/sigma/nodes.ts';

/** A field of which hits carry the value, for correlations. */
export interface WantedField {
  /** As the rule names it. */
  readonly name: string;
  readonly get: Getter<WatchedEvent>;
  readonly leavesOf: (shape: RowShape) => readonly Leaf[];
}

/** A detection rule, compiled for events that are kept and for those that arrive. */
export interface WatchedRule {
  readonly rule: DetectionRule;
  readonly matches: Matcher<WatchedEvent>;
  /** Whether rows of a shape can be of one of its sources. */
  readonly isAbout: (shape: RowShape, guard: Guard) => boolean;
  /** What is left of it for rows of a shape; never true where `matches` is false, and the other way round. */
  readonly residualOf: (shape: RowShape, guard: Guard) => Residual;
  readonly fields: readonly WantedField[];
}
