import type { LogTrail, OwnRotation } from '../../core/access-log.ts';
import type { Place } from '../../core/place.ts';
import type { Cleaner } from './cleaners.ts';
import { joinUnknown } from './onward.ts';
import type { Rotation } from './rotation.ts';

/** What all that removes lines of one log leaves of it, taken together. */
export interface Kept {
  readonly rotation: NonNullable<LogTrail['rotation']>;
  /** Days that a line surely stays; absent: that cannot be told. Infinite: nothing removes it. */
  readonly leastDays?: number;
  readonly unknown?: string;
  /** Days after which the next file is begun, at the latest. */
  readonly periodDays?: number;
}

const placed = (because: Place | undefined): string =>
  because === undefined ? '' : ` (${because.path}:${because.line ?? 1})`;

const ofProgram = (own: OwnRotation): Kept => {
  const { removes, why, because, periodDays } = own;
  const rotation = (keepsDays: number | null | undefined): Kept['rotation'] => ({
    ...(keepsDays === undefined ? {} : { keepsDays }),
    why,
    ...(because === undefined ? {} : { because }),
  });
  const period = periodDays === undefined ? {} : { periodDays };
  switch (removes.is) {
    case 'nothing':
      return {
        rotation: rotation(null),
        leastDays: Number.POSITIVE_INFINITY,
        unknown: `${why}: nothing that was found removes its lines`,
        ...period,
      };
    case 'by size':
      return {
        rotation: rotation(undefined),
        unknown: `${why}: how many days that holds depends on how much is written`,
        ...period,
      };
    case 'unknown':
      return { rotation: rotation(undefined), unknown: why, ...period };
    case 'by age':
      return { rotation: rotation(removes.mostDays), leastDays: removes.leastDays, ...period };
  }
};

/** logrotate's stanza, or that there is none, and what the program does by itself. */
export const withProgram = (
  settled: Rotation,
  hasStanza: boolean,
  own: OwnRotation | undefined,
): Kept => {
  const {
    rotation = { why: 'nothing was found that rotates it' },
    retainedDays,
    unknown,
  } = settled;
  const alone: Kept = {
    rotation,
    ...(retainedDays === undefined ? {} : { leastDays: retainedDays }),
    ...(unknown === undefined ? {} : { unknown }),
  };
  if (own === undefined) return alone;
  const renames = own.leaves !== undefined;
  if (!hasStanza) {
    const kept = ofProgram(own);
    if (renames || own.removes.is !== 'nothing') return kept;
    // A stanza that logrotate drops says more than that the program does nothing.
    const { unknown: _, ...rest } = kept;
    return {
      ...rest,
      rotation,
      unknown: `nothing that was found removes lines from it, so it grows without limit; ${own.why}, and whether a script does was not read`,
    };
  }
  if (!renames && own.removes.is === 'nothing') return alone;
  const both = `${own.why}${placed(own.because)}, beside logrotate`;
  if (own.removes.is === 'nothing') {
    return {
      ...alone,
      rotation: { ...rotation, keepsDays: null, why: `${rotation.why}; but ${own.why}` },
      unknown:
        joinUnknown(
          unknown,
          `what the program renames itself${placed(own.because)} logrotate does not remove: it stays longer`,
        ) ?? both,
    };
  }
  return {
    rotation: {
      why: `${rotation.why}; ${both}`,
      ...(rotation.because === undefined ? {} : { because: rotation.because }),
    },
    unknown: `${both}: each takes files from the other, so how long a line stays cannot be told`,
  };
};

const shorter = (
  kept: Kept['rotation'],
  most: number | undefined,
  { what, because }: Cleaner,
): Kept['rotation'] => {
  const { keepsDays } = kept;
  if (most === undefined) {
    if (keepsDays !== null) return kept;
    // Nothing else removes lines, and when this does cannot be told.
    return { why: what, because };
  }
  return keepsDays === null || keepsDays === undefined || most < keepsDays
    ? { keepsDays: most, why: `${what}: a line stays at most ${most} days`, because }
    : kept;
};

/**
 * A cleaner that keeps files longer changes nothing. One that keeps them shorter counts where it is
 * sure to remove them: else the fewer days would be told as a fact.
 */
const leastOf = (
  before: number | undefined,
  cleaner: number | undefined,
  isSure: boolean,
): number | undefined => {
  if (before === undefined || cleaner === undefined) return undefined;
  if (cleaner >= before) return before;
  return isSure ? cleaner : undefined;
};

/** What removes old files beside rotation: the shortest counts, and what has no number takes all away. */
const withCleaner = (kept: Kept, cleaner: Cleaner): Kept => {
  const { leastDays, unknown, rotation, periodDays } = kept;
  const { what, because } = cleaner;
  const most =
    cleaner.mostDays === undefined || periodDays === undefined
      ? undefined
      : cleaner.mostDays + periodDays;
  const least = leastOf(leastDays, cleaner.leastDays, most !== undefined);
  const isSure = least !== undefined;
  // That nothing removes lines is no longer so.
  const before = leastDays === Number.POSITIVE_INFINITY ? undefined : unknown;
  const doubt = isSure
    ? before
    : joinUnknown(before, `${what}${placed(because)}, so what is kept is not certain`);
  return {
    rotation: shorter(rotation, most, cleaner),
    ...(isSure ? { leastDays: least } : {}),
    ...(doubt === undefined ? {} : { unknown: doubt }),
    ...(periodDays === undefined ? {} : { periodDays }),
  };
};

export const withCleaners = (kept: Kept, cleaners: readonly Cleaner[]): Kept =>
  cleaners.slice(0, 20).reduce(withCleaner, kept);
