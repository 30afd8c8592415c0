import type { LineRef } from '../core/watched-event.ts';

/** An event that fulfils a detection rule, as far as alerts and correlations need it. */
export interface Hit extends LineRef {
  /** Id of the rule. */
  readonly rule: string;
  readonly timeMs: number;
  readonly component: string;
  /** Whose mailbox or account it is, and who acted where that is another one; as written in the log. */
  readonly user?: string;
  readonly actor?: string;
  readonly app?: string;
  readonly address?: string;
  /** An `EventKind`. */
  readonly kind: string;
  /** What correlations ask for, by the name of the field in the rule; absent where the event has no such field. */
  readonly values?: Readonly<Record<string, string>>;
}

/** A correlation whose condition holds, at the event that made it hold. */
export interface CorrelationHit {
  readonly rule: string;
  /** Of the event at which it held. */
  readonly timeMs: number;
  /** Values of `group-by`, in the rule's order; null where an event has no such field. */
  readonly group: readonly (string | null)[];
  /** What was counted: of `temporal` the number of rules. */
  readonly value: number;
  /** First and last of the hits within the window, in the order of their times. */
  readonly first: Hit;
  readonly last: Hit;
  readonly hits: number;
}
