import type { AlertLevel } from './alert.ts';

/** Whether a rule can tell of anything in the logs that are kept, and if not, why and what would change that. */
export type RuleFit =
  /** `logs` are names of evidence sources. */
  | { readonly state: 'applies'; readonly logs: readonly string[] }
  /** Events of its log source are there; none so far has what it asks for. */
  | {
      readonly state: 'waits';
      readonly logs: readonly string[];
      readonly why: string;
      /** What to switch on, where the rule or its source says. */
      readonly how?: string;
    }
  | {
      readonly state: 'cannot';
      readonly because: CannotBecause;
      readonly why: string;
      readonly how: string;
    };

type CannotBecause =
  /** None of the logs that are kept is of its log source. */
  | 'no-log'
  /** Its log source is one that Postern does not read. */
  | 'not-read'
  /** Nobody has said which events its log source means. */
  | 'unknown-source'
  /** No event of its log source ever has a field that it needs. */
  | 'no-field';

export interface FittedRule {
  readonly id: string;
  readonly name?: string;
  readonly title: string;
  readonly level: AlertLevel;
  /** File and 1-based line. */
  readonly place: { readonly path: string; readonly line: number };
  /** `product: m365, service: audit`; of a correlation that of its first rule. */
  readonly logSource: string;
  readonly fit: RuleFit;
}

/** A log of the store, and how many of the rules are about it. */
export interface FittedLog {
  /** Name of the evidence source, and the log as its lines name it. */
  readonly source: string;
  readonly log: string;
  readonly components: readonly string[];
  /** Events that were looked at: the newest of the log. */
  readonly events: number;
  readonly applies: number;
  readonly waits: number;
}

export interface RuleFits {
  readonly rules: readonly FittedRule[];
  readonly logs: readonly FittedLog[];
  readonly problems: readonly {
    readonly path: string;
    readonly line: number;
    readonly column?: number;
    readonly rule?: string;
    readonly why: string;
  }[];
}
