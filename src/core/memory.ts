import type { Changes, FlawAt } from './changes.ts';
import type { EarlierDeadline, MendingStep, Outcome } from './finding.ts';
import type { Check, State } from './verdict.ts';

/** A flaw as a run found it. */
export interface SeenFlaw extends FlawAt {
  readonly outcome: Outcome;
  /** Why it applies, or why not any more. */
  readonly why: string;
  readonly due?: string;
  readonly dueWhy?: string;
}

/** What one run found, as far as the next one is to know it. */
export interface Run {
  readonly estate: string;
  /** RFC 3339. */
  readonly at: string;
  readonly components: readonly string[];
  /** Every flaw that was asked about, those that do not apply included. */
  readonly flaws: readonly SeenFlaw[];
  /** Whether the advisory database was asked at all: else no flaw is new, and none is mended. */
  readonly flawsAsked: boolean;
  readonly waiting: readonly { readonly package: string; readonly version: string }[];
  readonly verdicts: readonly {
    readonly component: string;
    readonly check: Check;
    readonly state: State;
  }[];
}

/** What the runs before left to know of one estate. */
export interface Past {
  readonly lastRun?: string;
  firstSeen(at: FlawAt): string | undefined;
  /** Whether a flaw that applies did not when the advisory database was asked last; never in the first asking. */
  isNew(at: FlawAt): boolean;
  /** Last first. */
  steps(at: FlawAt): readonly MendingStep[];
  /** Every deadline that it has had, last first. */
  deadlines(at: FlawAt): readonly EarlierDeadline[];
  waitingSince(package_: string, version: string): string | undefined;
}

/** What remembers runs: the store's ledger. */
export interface Memory {
  past(estate: string): Past;
  /** Writes a run down, all of it or nothing. @returns what is different since the one before. */
  record(run: Run): Changes | undefined;
}
