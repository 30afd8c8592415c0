/**
 * How a hunt is put together: which part takes what from whom. A run is one *pass* over the lines that it has not
 * seen; following is one pass behind the other. What a pass learnt is committed in one transaction together with how
 * far it came, so that whoever is killed neither loses an alert nor tells it twice.
 *
 *   lines → rules (columns first, then whole events) → hits, in the order of their times → correlations
 *         → sightings ← baselines ← columns of the same segments
 *   sightings → alerts → channels
 */
import type { Sighting } from '../../core/alert.ts';
import type { ReportedAlert } from '../../core/hunt-report.ts';
import type { LineRef } from '../../core/watched-event.ts';
import type { SourceMap } from '../../detect/fields/source-map.ts';
import type { Rule, RuleProblem } from '../../detect/sigma/nodes.ts';
import type { StoreSegment } from '../events/store-segments.ts';

/** Rules as a run has them, in this thread and in others: plain data, cloned and never changed. */
export interface RunRules {
  /** Of all folders, correlations behind what they refer to; without those that are switched off. */
  readonly rules: readonly Rule[];
  readonly maps: readonly SourceMap[];
  /** By id of a detection rule, the fields that `Hit.values` needs: those its correlations group by and count. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

export interface LoadedRules extends RunRules {
  /** Those that were read, with those that do not run: deprecated, switched off, of no use to the others. */
  readonly all: readonly Rule[];
  /** Ids of the rules whose hits are told; the others feed correlations. */
  readonly alerting: ReadonlySet<string>;
  readonly problems: readonly RuleProblem[];
  /** Of everything that decides what a pass makes of a line; where it is another one, correlations begin anew. */
  readonly fingerprint: string;
}

/** Lines of one segment or spool that a pass looks at: those behind `from` (0: all). */
export interface PassLines {
  readonly segment: StoreSegment;
  readonly from: number;
}

/** Up to which line of a source everything was seen, that line included. */
export type Cursors = ReadonlyMap<string, Omit<LineRef, 'source'>>;

/** What became of the sightings of a pass. */
export interface TakenAlerts {
  /** Alerts that nobody was told of before, grouped, worst first. */
  readonly fresh: readonly ShownAlert[];
  /** Sightings that went to alerts that are open already. */
  readonly repeated: number;
  /** Sightings that a suppression or an allow-list kept back. */
  readonly suppressed: number;
}

/** An alert as reports show it. */
export type ShownAlert = ReportedAlert;

export interface Alerts {
  /** Groups, leaves out what is suppressed or allowed, and queues what channels are to be told: within the transaction of the pass. */
  take(sightings: readonly Sighting[], options: { readonly names: boolean }): TakenAlerts;
  /** Delivers what waits in the queue; behind the commit. What could not be delivered waits for the next time. */
  deliver(): Promise<readonly string[]>;
}
