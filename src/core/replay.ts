import type { ComponentId } from './component.ts';
import type { Sign } from './finding.ts';

/** A day of the past, bounded from both sides where only a month or a "by then" is known. */
export interface PastDay {
  /** `yyyy-mm-dd`; absent: not known from this side. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** Where it stands. */
  readonly source: string;
  /** Remembered, not read there. */
  readonly unchecked?: boolean;
}

/** Days between two days of the past; the ends are apart where one of them is not known to the day. */
export interface DayRange {
  readonly least?: number;
  readonly most?: number;
}

/** A sign of a fix in a case of the past. */
export interface PastSign {
  readonly sign: Sign;
  readonly what: string;
  readonly on: PastDay;
}

/** What one kind of source would have said of the case, with what the database holds now. */
export interface ReplaySource {
  /** `notes`, `debian-tracker`, `osv`, `csaf`, `cve`, `nvd`. */
  readonly feed: string;
  readonly state: 'told' | 'undated' | 'no-record' | 'no-match' | 'not-held';
  /** Day that its record states; where it states none, that of the update it is about. */
  readonly on?: string;
  /** `osv/Debian: DSA-5934-1`. */
  readonly record?: string;
  /** One sentence. */
  readonly why: string;
}

export interface ReplayDeadline {
  /** Whole days from the first sign of a fix; absent: with the next upgrade. */
  readonly days?: number;
  readonly on?: string;
  readonly why: string;
}

/** A component of this estate that is the product of a case. */
export interface ReplayConcern {
  readonly component: ComponentId;
  /** When it would have been told of, by the sources that may judge it. */
  readonly told?: { readonly on: string; readonly by: string };
  /** Why not. */
  readonly untold?: string;
}

/** One case of the past, as this estate would have met it. */
export interface ReplayedCase {
  readonly id: string;
  readonly title: string;
  /** What happened, in one sentence. */
  readonly story: string;
  readonly flaws: readonly string[];
  readonly product: string;
  /** Components of this estate that are the product; empty: shown for a host that has it. */
  readonly concerns: readonly ReplayConcern[];
  readonly exploited: PastDay | { readonly unknown: string };
  /** Known signs of a fix, first first. */
  readonly signs: readonly PastSign[];
  readonly published?: PastDay;
  readonly catalogued?: PastDay;
  readonly sources: readonly ReplaySource[];
  /** The day on which the first source would have told. */
  readonly told?: { readonly on: string; readonly by: string };
  /** Why nothing would have told. */
  readonly untold?: string;
  /** Negative: after it. */
  readonly beforeExploitation?: DayRange;
  readonly beforeCatalogue?: DayRange;
  /** Days from the first known sign of a fix until this estate would have been told. */
  readonly afterFirstSign?: DayRange;
  /** By the policy of today, as of the day that it was told. */
  readonly deadline?: ReplayDeadline;
  /** Once the catalogue named it. */
  readonly deadlineOnceExploited?: ReplayDeadline;
}

/** The answer of `postern advisories replay`. */
export interface Replay {
  /** RFC 3339, UTC. */
  readonly generated: string;
  readonly tool: { readonly name: 'postern'; readonly version: string };
  readonly target: { readonly root: string } | { readonly sample: true };
  /** Kinds of source that the database holds now. */
  readonly held: readonly string[];
  /** What such a replay cannot show. */
  readonly caveats: readonly string[];
  readonly cases: readonly ReplayedCase[];
}
