import type { AlertLevel } from './alert.ts';
import type { Unseen } from './unseen.ts';
import type { LineRef } from './watched-event.ts';

/** An alert as reports show it. Times are milliseconds since 1970. */
export interface ReportedAlert {
  /** Short and stable: `postern hunt suppress ID`. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly level: AlertLevel;
  readonly component: string;
  /** A pseudonym, or the name where names are asked for; absent: nobody in particular. */
  readonly who?: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Of the newest sighting. */
  readonly sentence: string;
  /** `attack.t1114.002` */
  readonly tags: readonly string[];
  readonly sightings: number;
  readonly events: number;
  readonly lines: readonly LineRef[];
}

/** What one rule, or one baseline, would have come to. */
export interface RuleBacktest {
  readonly rule: string;
  readonly title: string;
  readonly level: AlertLevel;
  /** `detection`, `correlation`, `baseline` */
  readonly kind: 'detection' | 'correlation' | 'baseline';
  /** Where it stands; absent of a baseline. */
  readonly place?: { readonly path: string; readonly line: number };
  /** Events that it matched, or at which it held. */
  readonly events: number;
  /** How many alerts these would have been. */
  readonly alerts: number;
  /** Sightings that `watch.allow` would have kept back; they are in no other figure but `events`. */
  readonly allowed: number;
  /** By component, person, address and UTC day, how many events: those with most, at most ten of each. */
  readonly components: readonly Share[];
  readonly people: readonly Share[];
  readonly addresses: readonly Share[];
  readonly days: readonly Share[];
  readonly firstMs?: number;
  readonly lastMs?: number;
  /** What an alert would have said: of the first few. */
  readonly sentences: readonly string[];
  /** Lines to look at. */
  readonly lines: readonly LineRef[];
}

export interface Share {
  readonly name: string;
  readonly events: number;
}

/** What became of a rule file's document. */
interface ReportedProblem {
  readonly path: string;
  readonly line: number;
  readonly column?: number;
  readonly rule?: string;
  readonly why: string;
}

/** What a hunt came to. */
export interface HuntReport {
  /** `watch`: what was found is remembered and told; `backtest`: nothing is. */
  readonly mode: 'watch' | 'backtest';
  readonly atMs: number;
  readonly lines: {
    readonly segments: number;
    readonly sources: number;
    readonly events: number;
    /** Those of which the line itself had to be read, because columns did not tell. */
    readonly read: number;
    readonly notUnderstood: number;
    /** Of the events that were seen. */
    readonly firstMs?: number;
    readonly lastMs?: number;
  };
  readonly rules: {
    /** That were read from all folders. */
    readonly read: number;
    /** That ran. */
    readonly run: number;
    /** Of those, how many are about an event that was there at all. */
    readonly about: number;
    readonly problems: readonly ReportedProblem[];
  };
  /** New ones, worst first. */
  readonly alerts: readonly ReportedAlert[];
  /** Sightings that went to alerts which are open already, and that were suppressed or are allowed. */
  readonly repeated: number;
  readonly suppressed: number;
  /** Of a backtest, those that would have fired first. */
  readonly backtest?: readonly RuleBacktest[];
  /** What limits the answer, in sentences: cold starts, correlations that forgot, messages that were not delivered. */
  readonly notes: readonly string[];
  readonly unseen: readonly Unseen[];
}
