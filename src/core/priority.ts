import type { ComponentId } from './component.ts';
import type { Clock, Deadline } from './finding.ts';

/** What is mended first, whoever it concerns: used by attackers, then likely to be, then the rest. */
export const exploitations = ['exploited', 'likely', 'other'] as const;
export type Exploitation = (typeof exploitations)[number];

/** People whose data the components of one act can reach. A ceiling: what each reaches is not counted yet. */
export interface PeopleInReach {
  /** Absent: no scan counted anybody, and `postern.yaml` counts no tenants. Whether there may be more, the words say. */
  readonly atMost?: number;
  /** What the number is: "4,000,000 accounts of 6 tenants: it reads stored mail". */
  readonly words: string;
}

/** One act of mending, with all that it mends. */
export interface Priority {
  /** From 1. */
  readonly rank: number;
  /** The package or the copy, and the versions: `roundcube 1.6.5 → 1.6.11`. */
  readonly what: string;
  readonly components: readonly ComponentId[];
  /** Exploited ones first, then by how likely exploitation is. */
  readonly flaws: readonly string[];
  readonly exploitation: Exploitation;
  /** Those of `flaws` that are known to be used. */
  readonly exploited: readonly string[];
  /** Highest EPSS score among them. */
  readonly likelihood?: number;
  /** Highest CVSS base score among them. */
  readonly score?: number;
  /** Oldest first sign of a fix. */
  readonly clock?: Clock;
  /** The one that ends first. */
  readonly deadline?: Deadline;
  /** Of that deadline; absent: none has a day. */
  readonly overdueDays?: number;
  readonly people: PeopleInReach;
  /** People × days, by the formula in `docs/urgency.md`; orders acts of the same exploitation. */
  readonly weight: number;
  /** The formula with its numbers: one sentence. */
  readonly why: string;
  /** Command or link; a comment (#) where nothing mends it yet. */
  readonly remedy: string;
}
