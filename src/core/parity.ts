import type { ComponentId } from './component.ts';
import type { Finding } from './finding.ts';
import type { PatchFacts } from './patch.ts';
import { letsWait } from './unmended.ts';

const dayMs = 86_400_000;

/** Fewer updates than this give no percentile that anything may be held against. */
export const comparedMin = 5;

/** Updates that were installed longer ago than this say nothing of how work is done today. */
export const parityWindowDays = 730;

/** One update that mended something, and how long it took. Flaws mended by one step count once. */
export interface MendedUpdate {
  /** Names of the flaws; empty where only the package manager tells of the update. */
  readonly flaws: readonly string[];
  /**
   * First public sign of the fix; where a version with the flaw was taken into use only after that, the
   * day on which it was. A day, or RFC 3339.
   */
  readonly since: string;
  readonly mended: string;
  /** Whole days between the two. */
  readonly days: number;
}

/** One flaw that is not mended yet. */
export interface OpenFlaw {
  readonly id: string;
  /** As in `MendedUpdate`; absent: no fix has been seen in public. */
  readonly since?: string;
  /** Whole days since then. */
  readonly days?: number;
  /** By the written policy; absent: with the next upgrade, or not known. */
  readonly deadlineDays?: number;
  /** Negative when there is time left. */
  readonly overdueDays?: number;
  /** The policy lets it wait for the next upgrade: it is compared with nothing. */
  readonly waits?: boolean;
}

/** What is known of how fast one piece of software is mended. */
export interface PatchRecord {
  readonly mended: readonly MendedUpdate[];
  readonly open: readonly OpenFlaw[];
}

/** One side of the comparison. */
export interface ParitySide {
  /** Updates that mended something, within `parityWindowDays`. */
  readonly mended: number;
  /** Of their days, by nearest rank; absent without one. */
  readonly median?: number;
  readonly percentile90?: number;
  readonly open: number;
  /** Of the open ones, those past their written deadline. */
  readonly overdue: number;
  /** What the numbers rest on, and what is missing: one sentence. */
  readonly restsOn: string;
}

/** One of the organisation's customer-facing applications, as `postern.yaml` names it. */
export interface ParityApplication extends ParitySide {
  readonly name: string;
  /** Parts in its bill of materials that name a package. */
  readonly components: number;
  /** Of these, the ones that a source of advisories speaks of. */
  readonly judged: number;
  /** What could not be read or told of it. */
  readonly doubts: readonly string[];
}

type ParityBasis = 'customer-facing history' | 'written deadlines';

/** A piece of software of the mail platform that is mended more slowly than parity allows. */
export interface Slower {
  readonly basis: ParityBasis;
  /** `open`: has been waiting for so long already. `past`: took so long at the 90th percentile. */
  readonly kind: 'open' | 'past';
  readonly days: number;
  readonly allowedDays: number;
  /** The flaw or the updates that show it. */
  readonly what: string;
  /** One sentence that ends a sentence. */
  readonly why: string;
}

export interface SlowerPart extends Slower {
  /** One act of mending: the package, or the copy. */
  readonly group: string;
  readonly components: readonly ComponentId[];
}

/** The mail platform beside the organisation's customer-facing applications. */
export interface Parity {
  readonly customerFacing: ParitySide & { readonly applications: readonly ParityApplication[] };
  readonly mailPlatform: ParitySide;
  readonly basis: ParityBasis;
  /** Why on this basis, with the numbers: one sentence. */
  readonly why: string;
  /**
   * Days that a fix may wait: the 90th percentile of the customer-facing applications. Absent where their
   * history does not give one: then the written deadline of each flaw counts.
   */
  readonly allowedDays?: number;
  /** Slowest first. */
  readonly slower: readonly SlowerPart[];
}

/** By nearest rank: the smallest of the values that `percent` of them do not exceed. 0 < percent ≤ 100. */
export const nearestRank = (values: readonly number[], percent: number): number | undefined => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1];
};

const msOf = (stamp: string | undefined): number =>
  stamp === undefined ? Number.NaN : Date.parse(stamp);

/** Whole days from one stamp to a later one, counted from midnight to midnight; undefined if either is none. */
export const daysBetween = (
  from: string | undefined,
  to: string | undefined,
): number | undefined => {
  const days =
    msOf(to === undefined ? undefined : to.slice(0, 10)) -
    msOf(from === undefined ? undefined : from.slice(0, 10));
  return Number.isNaN(days) ? undefined : Math.round(days / dayMs);
};

/** Whether a day lies within what is compared. */
export const isRecent = (stamp: string, now: Date): boolean => {
  const days = daysBetween(stamp, now.toISOString());
  return days !== undefined && days >= 0 && days <= parityWindowDays;
};

const openOf = (finding: Finding, now: Date): OpenFlaw => {
  const { id, clock, deadline, unmended } = finding;
  const days = daysBetween(clock?.started, now.toISOString());
  const waits = letsWait(unmended) || (deadline !== undefined && deadline.days === undefined);
  return {
    id,
    ...(clock === undefined ? {} : { since: clock.started }),
    ...(days === undefined ? {} : { days }),
    ...(deadline?.days === undefined ? {} : { deadlineDays: deadline.days }),
    ...(deadline?.overdueDays === undefined ? {} : { overdueDays: deadline.overdueDays }),
    ...(waits ? { waits: true } : {}),
  };
};

/** What a record is made of. */
export interface RecordSources {
  readonly patch?: PatchFacts;
  /** With their deadlines. */
  readonly findings: readonly Finding[];
  /** Of the ledger: counts where the package manager's own history tells of no security update. */
  readonly mended?: readonly MendedUpdate[];
  /** Written deadline of an update whose flaws nobody names. */
  readonly waitingDays?: number;
  readonly now: Date;
}

/** An update that waits, where no finding says more of it: at least as old as the newest possible day. */
const waitingOf = ({ patch, waitingDays, now }: RecordSources): readonly OpenFlaw[] => {
  const waiting = patch?.waiting;
  if (waiting?.state !== 'update' || waiting.security !== true) return [];
  const since = waiting.since.notAfter;
  const days = daysBetween(since, now.toISOString());
  return [
    {
      id: `security update ${waiting.version}`,
      ...(since === undefined ? {} : { since }),
      ...(days === undefined ? {} : { days }),
      ...(waitingDays === undefined ? {} : { deadlineDays: waitingDays }),
      ...(days === undefined || waitingDays === undefined
        ? {}
        : { overdueDays: days - waitingDays }),
    },
  ];
};

/** What is known of how fast one component is mended. */
export const patchRecordOf = (sources: RecordSources): PatchRecord => {
  const { patch, findings, mended = [], now } = sources;
  const updates = (patch?.history ?? []).flatMap((past): readonly MendedUpdate[] =>
    past.security === true && past.days !== undefined && past.released !== undefined
      ? [{ flaws: [], since: past.released, mended: past.installed, days: past.days }]
      : [],
  );
  const open = findings
    .filter(({ outcome }) => outcome === 'affected')
    .map(finding => openOf(finding, now));
  return {
    mended: (updates.length > 0 ? updates : mended).filter(each => isRecent(each.mended, now)),
    open: open.some(({ since }) => since !== undefined) ? open : [...open, ...waitingOf(sources)],
  };
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The numbers of one side. */
export const sideOf = (record: PatchRecord, restsOn: string): ParitySide => {
  const days = record.mended.map(each => each.days);
  const median = nearestRank(days, 50);
  const percentile90 = nearestRank(days, 90);
  return {
    mended: record.mended.length,
    ...(median === undefined ? {} : { median }),
    ...(percentile90 === undefined ? {} : { percentile90 }),
    open: record.open.length,
    overdue: record.open.filter(({ overdueDays }) => (overdueDays ?? 0) > 0).length,
    restsOn,
  };
};

const slowestOpen = (
  open: readonly OpenFlaw[],
  excess: (flaw: OpenFlaw) => number | undefined,
): OpenFlaw | undefined => {
  let worst: { readonly flaw: OpenFlaw; readonly by: number } | undefined;
  for (const flaw of open) {
    const by = flaw.waits === true ? undefined : excess(flaw);
    if (by !== undefined && by > 0 && (worst === undefined || by > worst.by)) worst = { flaw, by };
  }
  return worst?.flaw;
};

/**
 * Whether a component is mended more slowly than parity allows; undefined: it is not, or it cannot be
 * told. What waits now comes before what took long in the past.
 */
export const slowerThanParity = (
  { open, mended }: PatchRecord,
  { allowedDays }: Pick<Parity, 'allowedDays'>,
): Slower | undefined => {
  if (allowedDays === undefined) {
    const flaw = slowestOpen(open, ({ overdueDays }) => overdueDays);
    return flaw?.days === undefined || flaw.deadlineDays === undefined
      ? undefined
      : {
          basis: 'written deadlines',
          kind: 'open',
          days: flaw.days,
          allowedDays: flaw.deadlineDays,
          what: flaw.id,
          why: `${flaw.id} has been open for ${plural(flaw.days, 'day')}; its written deadline, which counts where customer-facing applications show no history, is ${plural(flaw.deadlineDays, 'day')}`,
        };
  }
  const flaw = slowestOpen(open, ({ days }) =>
    days === undefined ? undefined : days - allowedDays,
  );
  if (flaw?.days !== undefined) {
    return {
      basis: 'customer-facing history',
      kind: 'open',
      days: flaw.days,
      allowedDays,
      what: flaw.id,
      why: `${flaw.id} has been open for ${plural(flaw.days, 'day')}; nine in ten updates of customer-facing applications were in place within ${plural(allowedDays, 'day')}`,
    };
  }
  const taken = nearestRank(
    mended.map(({ days }) => days),
    90,
  );
  return mended.length < comparedMin || taken === undefined || taken <= allowedDays
    ? undefined
    : {
        basis: 'customer-facing history',
        kind: 'past',
        days: taken,
        allowedDays,
        what: `${mended.length} past updates`,
        why: `nine in ten of its last ${mended.length} updates took up to ${plural(taken, 'day')}, those of customer-facing applications up to ${plural(allowedDays, 'day')}`,
      };
};
