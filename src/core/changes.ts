import type { Check, State } from './verdict.ts';

/** A flaw in a component. */
export interface FlawAt {
  readonly component: string;
  readonly flaw: string;
}

/** A verdict that is another one than in the run before. */
export interface VerdictChange {
  readonly component: string;
  readonly check: Check;
  readonly from: State;
  readonly to: State;
}

/** A deadline that is another one, because what it is made of changed. */
export interface DeadlineChange extends FlawAt {
  readonly from?: string;
  readonly to?: string;
  /** What the new one is made of. */
  readonly why: string;
}

/** What is different since the run before on the same estate. */
export interface Changes {
  /** When that run was. RFC 3339. */
  readonly since: string;
  readonly componentsNew: readonly string[];
  readonly componentsGone: readonly string[];
  readonly flawsNew: readonly FlawAt[];
  /** Applied then, and do not any more: the version, or what is known of it, changed. */
  readonly flawsMended: readonly FlawAt[];
  readonly deadlines: readonly DeadlineChange[];
  readonly verdicts: readonly VerdictChange[];
}
