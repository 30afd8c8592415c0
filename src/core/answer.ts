import type { Changes } from './changes.ts';
import type { Component } from './component.ts';
import type { FlawFacts } from './finding.ts';
import type { Parity } from './parity.ts';
import type { PatchFacts } from './patch.ts';
import type { Priority } from './priority.ts';
import type { ReachedPeople } from './reached-people.ts';
import type { StoredPeople } from './stored-people.ts';
import type { Unseen } from './unseen.ts';
import type { Check, State, Verdicts } from './verdict.ts';

/** One component with what was found out about it and the six verdicts. */
export interface AnsweredComponent extends Component {
  /** What the host can tell of its patch state; absent when no package manager knows it. */
  readonly patch?: PatchFacts;
  /** What the advisory database says of it; absent where there is none. */
  readonly flaws?: FlawFacts;
  /** Whose data it can reach, as a scan counted them. */
  readonly people?: ReachedPeople;
  readonly checks: Verdicts;
}

export type StateCounts = Readonly<Record<State, number>>;

/** People whose data the platform holds, as the organisation itself counts them. */
export interface Tenant {
  readonly name: string;
  readonly domains: readonly string[];
  readonly people: { readonly active: number; readonly dormant: number; readonly former: number };
  /** Day of the count, `yyyy-mm-dd`. */
  readonly counted: string;
}

/** How old one source of the advisory database is, and what it holds. */
export interface AdvisoryState {
  /** `osv/Debian`. */
  readonly source: string;
  readonly asOf: string;
  readonly ageHours: number;
  readonly maxAgeHours: number;
  readonly stale: boolean;
  /** It names some flaws and does not claim to name all: its age means nothing. */
  readonly partial?: boolean;
  readonly entries: number;
  readonly refused: number;
  /** The last try to fetch it, when that failed. */
  readonly failed?: { readonly on: string; readonly why: string };
}

/** The whole answer of `postern confirm`, before it is put on paper. */
export interface Answer {
  /** RFC 3339, UTC. */
  readonly generated: string;
  readonly tool: { readonly name: 'postern'; readonly version: string };
  /** `{ sample: true }`, or the inspected root as the user named it. */
  readonly target: { readonly root: string } | { readonly sample: true };
  readonly organisation?: string;
  readonly tenants: readonly Tenant[];
  /** Whose data the platform holds, as a scan counted it; absent where nothing was scanned. */
  readonly people?: StoredPeople;
  /** One sentence of verdict. */
  readonly sentence: string;
  readonly counts: Readonly<Record<Check, StateCounts>>;
  readonly components: readonly AnsweredComponent[];
  /** Absent where there is no advisory database. */
  readonly advisories?: readonly AdvisoryState[];
  /** What to mend first; absent where there is no advisory database. */
  readonly priorities?: readonly Priority[];
  /** Absent where `postern.yaml` names no customer-facing applications. */
  readonly parity?: Parity;
  /** Since the run before; absent in the first, and where nothing is kept. */
  readonly changes?: Changes;
  readonly unseen: readonly Unseen[];
}
