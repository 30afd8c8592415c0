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
  /**
   * What correlations ask for (`correlation/fields.ts` says which fields of which rule), by the name of the field in
   * the rule; absent where the event has no such field. Several where the field has several.
   */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
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
  /** The first hit within the window. */
  readonly first: Hit;
  /** The hit of the event at which it held: with the rule and the group, what makes two of these the same. */
  readonly last: Hit;
  /** Within the window, that of the event and others of its millisecond included. */
  readonly hits: number;
}
