import { memoryIndex } from '../advisories/memory-index.ts';
import { type ParityPart, parityOf } from '../advisories/urgency/parity.ts';
import { type RankedPart, rank } from '../advisories/urgency/ranking.ts';
import type { AdvisoryIndex } from '../core/advisory-index.ts';
import { exposedTo, type Placed } from '../core/exposed.ts';
import type { Deadline, FlawFacts } from '../core/finding.ts';
import { mendedWith } from '../core/mending.ts';
import {
  daysBetween,
  type MendedUpdate,
  type Parity,
  type PatchRecord,
  patchRecordOf,
} from '../core/parity.ts';
import type { PatchFacts } from '../core/patch.ts';
import type { Configuration } from '../core/policy.ts';
import type { Priority } from '../core/priority.ts';
import type { StoredPeople } from '../core/stored-people.ts';
import { customerFacingRecords } from './customer-facing.ts';

/** A component with all that is known of its patch state. */
export interface UrgencyPart extends Placed {
  readonly patch?: PatchFacts;
  /** Findings with their deadlines. */
  readonly flaws?: FlawFacts;
  /** What earlier runs saw mended, where it is not in `patch.history`. */
  readonly mended?: readonly MendedUpdate[];
}

const dayMs = 86_400_000;

/** Of an update whose flaws nobody names, by exposure alone. */
const waitingDaysOf = (part: UrgencyPart, { policy }: Configuration): number =>
  exposedTo(part).internet ? policy.patchDays.internet : policy.patchDays.internal;

/** How fast one component is mended: what `slowerThanParity` is asked with. */
export const recordOf = (
  part: UrgencyPart,
  configuration: Configuration,
  now: Date,
): PatchRecord => {
  const { patch, flaws, mended } = part;
  return patchRecordOf({
    findings: flaws?.findings ?? [],
    waitingDays: waitingDaysOf(part, configuration),
    now,
    ...(patch === undefined ? {} : { patch }),
    ...(mended === undefined ? {} : { mended }),
  });
};

/**
 * The mail platform beside the customer-facing applications of `policy.customerFacing`; undefined where
 * none are named. What is switched off is left out.
 */
export const parityFor = (
  parts: readonly UrgencyPart[],
  configuration: Configuration,
  index: AdvisoryIndex | undefined,
  now: Date,
): Parity | undefined =>
  configuration.policy.customerFacing.length === 0
    ? undefined
    : parityOf({
        ...customerFacingRecords(configuration, index ?? memoryIndex([]), now),
        parts: parts
          .filter(({ component }) => component.enabled !== false)
          .map(
            (part): ParityPart => ({
              id: part.component.id,
              group: mendedWith(part.component, part.ancestors),
              record: recordOf(part, configuration, now),
            }),
          ),
      });

/** Deadline of a security update that waits without an advisory that says what it mends. */
const waitingDeadlineOf = (
  part: UrgencyPart,
  configuration: Configuration,
  now: Date,
): Deadline | undefined => {
  const waiting = part.patch?.waiting;
  if (waiting?.state !== 'update' || waiting.security !== true) return undefined;
  const days = waitingDaysOf(part, configuration);
  const { why } = exposedTo(part);
  const since = waiting.since.notAfter;
  const open = daysBetween(since, now.toISOString());
  return {
    days,
    why,
    triage: false,
    ...(since === undefined || open === undefined
      ? {}
      : {
          on: new Date(Date.parse(since.slice(0, 10)) + days * dayMs).toISOString().slice(0, 10),
          overdueDays: open - days,
        }),
  };
};

/** What to mend first. What is switched off is left out. */
export const prioritiesFor = (
  parts: readonly UrgencyPart[],
  configuration: Configuration,
  now: Date,
  stored?: StoredPeople,
): readonly Priority[] =>
  rank(
    parts
      .filter(({ component }) => component.enabled !== false)
      .map((part): RankedPart => {
        const { component, ancestors, note, patch, flaws } = part;
        const waitingDeadline = waitingDeadlineOf(part, configuration, now);
        return {
          component,
          ancestors,
          findings: flaws?.findings ?? [],
          ...(flaws?.moveTo === undefined ? {} : { moveTo: flaws.moveTo }),
          ...(note === undefined ? {} : { note }),
          ...(patch === undefined ? {} : { patch }),
          ...(waitingDeadline === undefined ? {} : { waitingDeadline }),
        };
      }),
    configuration.tenants,
    stored,
  );
