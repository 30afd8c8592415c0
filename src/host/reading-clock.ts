import type { Cut } from '../core/files.ts';

/** How long a whole reading has taken, asked before each look at the disk. */
export interface ReadingClock {
  /** Whether no time is left to look at this path. */
  readonly isOver: (path: string) => boolean;
  /** What the end of the time cut off; undefined as long as nothing was refused. */
  readonly cut: Cut | undefined;
}

/**
 * Starts with the first look. Each step of a reading is bounded by itself, but on a disk that answers slowly
 * (a share, a failing disk) the steps together could take hours.
 *
 * @param now milliseconds from any point on.
 */
export const openReadingClock = (msMax: number, now: () => number): ReadingClock => {
  let end: number | undefined;
  let cut: Cut | undefined;
  return {
    isOver: path => {
      const at = now();
      end ??= at + msMax;
      if (at < end) return false;
      cut ??= {
        why: `reading stopped after ${Math.round(msMax / 1000)} s`,
        before: path,
        how: 'Raise policy.readSecondsMax in postern.yaml, or run Postern with --root on a copy that lies on a faster disk.',
      };
      return true;
    },
    get cut() {
      return cut;
    },
  };
};
