import type { Exploited, Likelihood, Severity, Ssvc } from './advisory.ts';
import type { Evidence } from './verdict.ts';

/** Three outcomes. What cannot be told is said with its reason, never taken for safe. */
export type Outcome = 'affected' | 'not-affected' | 'undetermined';

/** What made a fix public first, in the words of the report. */
const signs = ['vendor note', 'upstream release', 'distribution update', 'advisory'] as const;
export type Sign = (typeof signs)[number];

/** When the patch clock started. Absent: no fix has been seen in public. */
export interface Clock {
  /** RFC 3339, or a day. */
  readonly started: string;
  readonly sign: Sign;
  /** The statement that it rests on: `DSA-5934-1 of 2025-06-03`. */
  readonly basis: string;
  /** No source dates the fix: it was public on that day, and perhaps long before. */
  readonly atLatest?: boolean;
}

export interface Deadline {
  /** Whole days from the start of the clock; absent: with the next upgrade. */
  readonly days?: number;
  /** Last day in time, `yyyy-mm-dd`; absent without a clock or without days. */
  readonly on?: string;
  /** "exploited, faces the internet, automatable": the inputs it was made of. */
  readonly why: string;
  /** Negative when there is time left. Absent without a day. */
  readonly overdueDays?: number;
  /** Whether a look for traces of an intruder is asked for, too (CISA BOD 26-04: within the 3 days). */
  readonly triage: boolean;
}

/** A deadline that an earlier run computed, until what it is made of changed. */
export interface EarlierDeadline {
  /** Day on which it ended; absent: none. */
  readonly on?: string;
  readonly why: string;
  /** The run that computed it first. RFC 3339. */
  readonly computed: string;
}

/** Mitigated is not patched; patched is not evicted. */
export const mendingStates = ['vulnerable', 'mitigated', 'patched', 'triaged-clean'] as const;
export type MendingState = (typeof mendingStates)[number];

/** A step in the life of a flaw in a component: who said so, when and why. */
export interface MendingStep {
  readonly state: MendingState;
  /** RFC 3339. */
  readonly on: string;
  /** A person's name as given, or `postern` for what it saw itself. */
  readonly by: string;
  readonly why: string;
}

/** One flaw in one component, whatever the number of sources that tell of it. */
export interface Finding {
  /** The CVE where there is one, else the name that the first source gives. */
  readonly id: string;
  /** Every other name, advisories that cover it included. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly outcome: Outcome;
  /** One sentence: the installed version, the range, whose word it is. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** First version that mends it, in the scheme of the installed one. */
  readonly fixedIn?: string;
  /** The source will not mend it: its own word. */
  readonly unmended?: string;
  readonly severity?: Severity;
  readonly exploited?: Exploited;
  readonly likelihood?: Likelihood;
  readonly ssvc?: Ssvc;
  readonly clock?: Clock;
  readonly deadline?: Deadline;
  /** Which it had before, last first. */
  readonly earlierDeadlines?: readonly EarlierDeadline[];
  /** Last first. */
  readonly steps?: readonly MendingStep[];
  /** Rests on a CPE alone: nothing better names the product. */
  readonly byCpe?: boolean;
  readonly references: readonly string[];
  /** Command or link that mends it. */
  readonly remedy?: string;
  /** First seen on this estate, and whether that is new since the last run. */
  readonly firstSeen?: string;
  readonly isNew?: boolean;
}

/** What the advisory database can say of one component. */
export interface FlawFacts {
  readonly findings: readonly Finding[];
  /** Sources that may judge it and know it: `debian-tracker (bookworm)`. Empty: nobody does. */
  readonly judges: readonly Judge[];
  /** Whether a catalogue of exploited flaws was asked that is recent enough to prove something by its silence. */
  readonly exploitation: 'current' | 'stale' | 'missing';
  /** The version that mends every flaw of which a mended version is known. */
  readonly moveTo?: MoveTo;
  /** Why nobody may or can judge it; present when `judges` is empty. */
  readonly silence?: string;
  /** What would make a judge speak; goes with `silence`. */
  readonly how?: string;
}

/** What to move to: the software itself, or what the component ships with. */
export interface MoveTo {
  readonly software: string;
  readonly version: string;
  /** How many of the flaws that apply it mends, and how many apply. */
  readonly mends: number;
  readonly of: number;
}

/** A holding whose word on a component counts. */
export interface Judge {
  /** `debian-tracker`, `osv/Packagist`. */
  readonly holding: string;
  readonly asOf: string;
  /** Past `maxAgeHours`: its silence proves nothing any more. */
  readonly stale: boolean;
  /** It holds all that its source says of the product; single records that were imported do not. */
  readonly whole: boolean;
  /** Statements of it on this product, whatever their outcome. */
  readonly statements: number;
}
