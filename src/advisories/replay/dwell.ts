import type { DayRange, PastDay } from '../../core/replay.ts';
import { daysFrom } from './days.ts';
import { type DwellCase, dwellCases } from './dwell-cases.ts';

/** How long lines of one log are kept. */
export interface KeptFor {
  /** Name of the source; absent for what is asked of all. */
  readonly source?: string;
  /** `null`: nothing deletes them. */
  readonly keepsDays: number | null;
}

/** Whether the first line of a break-in would have been there on the day on which somebody began to look. */
type DwellState = 'kept' | 'gone' | 'unknown';

export interface ReplayedDwell {
  readonly id: string;
  readonly title: string;
  readonly entered: DwellCase['entered'];
  readonly found: DwellCase['found'];
  /** Days between; absent where one of both is not known. */
  readonly days?: DayRange;
  /** Of the log that is kept shortest. */
  readonly state: DwellState;
  readonly why: string;
  /** Logs in which it would be gone, or may be. */
  readonly gone: readonly string[];
  readonly unsure: readonly string[];
}

const isKnown = (day: DwellCase['entered']): day is PastDay => !('unknown' in day);

/** A line of a day goes when the day lies more than the policy's days back. */
const stateFor = ({ least, most }: DayRange, keepsDays: number | null): DwellState => {
  if (keepsDays === null || (most !== undefined && most <= keepsDays)) return 'kept';
  return least !== undefined && least > keepsDays ? 'gone' : 'unknown';
};

const rangeWords = ({ least, most }: DayRange): string => {
  if (least === most) return `${least ?? 0} days`;
  if (least === undefined) return `${most ?? 0} days at most`;
  return most === undefined ? `${least} days at least` : `${least} to ${most} days`;
};

const keepWords = (kept: readonly KeptFor[]): string => {
  const days = kept.flatMap(({ keepsDays }) => (keepsDays === null ? [] : [keepsDays]));
  return days.length === 0 ? 'nothing deletes lines' : `lines are kept ${Math.min(...days)} days`;
};

const nameOf = ({ source }: KeptFor): string => source ?? 'all logs';

const replayOne = (
  { id, title, entered, found }: DwellCase,
  kept: readonly KeptFor[],
): ReplayedDwell => {
  const about = { id, title, entered, found };
  const days = isKnown(entered) && isKnown(found) ? daysFrom(entered, found) : undefined;
  if (days === undefined) {
    const reason = [entered, found].flatMap(day => ('unknown' in day ? [day.unknown] : []))[0];
    const why = `how long it went unnoticed is not known: ${reason ?? 'a day is not known'}`;
    // What nothing deletes is there, however long it took.
    const isKept = kept.length > 0 && kept.every(({ keepsDays }) => keepsDays === null);
    return isKept
      ? { ...about, state: 'kept', why: keepWords(kept), gone: [], unsure: [] }
      : { ...about, state: 'unknown', why, gone: [], unsure: kept.map(nameOf) };
  }
  const stated = kept.map(each => ({ each, state: stateFor(days, each.keepsDays) }));
  const namesOf = (wanted: DwellState): readonly string[] =>
    stated.flatMap(({ each, state }) => (state === wanted ? [nameOf(each)] : []));
  const [gone, unsure] = [namesOf('gone'), namesOf('unknown')];
  const state = gone.length > 0 ? 'gone' : unsure.length > 0 ? 'unknown' : 'kept';
  const why = `it went unnoticed for ${rangeWords(days)}; ${keepWords(kept)}`;
  return { ...about, days, state, why, gone, unsure };
};

/** Asks of each break-in of the past whether today's policy would still have had its first line. */
export const replayDwell = (kept: readonly KeptFor[]): readonly ReplayedDwell[] =>
  dwellCases.map(each => replayOne(each, kept));
