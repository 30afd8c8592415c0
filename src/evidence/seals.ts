import type { DayOfSource, EvidenceState, GapState, SourceState } from '../core/evidence-state.ts';
import { dayAfter, endOfDayMs } from './days.ts';
import type { EvidenceLog } from './evidence-log.ts';
import type { SealedSource, SealLeaf } from './verify/leaf.ts';

/** Sources of one leaf at most: an entry of the log has room for no more than 65,535 bytes. */
const sourcesOfLeafMax = 250;
/** Days that one call seals at most: a clock that runs wild does not fill the log. */
const daysMax = 4_000;

interface Day {
  readonly day: string;
  readonly sources: readonly SourceState[];
  readonly sums: readonly DayOfSource[];
  readonly gaps: readonly GapState[];
}

const whyGap = (source: SourceState, { day, gaps }: Day): string | null => {
  const gap = gaps.find(
    each => each.source === source.id && each.fromDay <= day && day <= each.toDay,
  );
  if (gap !== undefined) return gap.why;
  return (source.readToEndMs ?? 0) >= endOfDayMs(day)
    ? null
    : 'it was not read to its end after that day';
};

/** What became of a source on a day. */
export const sealedSource = (source: SourceState, day: Day): SealedSource => {
  const sum = day.sums.find(each => each.source === source.id && each.day === day.day);
  const why = whyGap(source, day);
  const state = why !== null ? 'gap' : sum === undefined ? 'idle' : 'complete';
  const none = { first: 0, last: 0, segments: 0, lines: 0, bytes: 0 };
  const { first, last, segments, lines, bytes } = sum ?? none;
  return { source: source.id, state, first, last, segments, lines, bytes, why };
};

/** Sources that a day must account for: those in hand by then, and those that have lines of it. */
const sourcesOf = ({ day, sources, sums }: Day): readonly SourceState[] =>
  sources.filter(
    ({ id, addedDay, retired }) =>
      (addedDay <= day && retired !== true) ||
      sums.some(each => each.source === id && each.day === day),
  );

const earliest = (days: readonly string[]): string | undefined => days.toSorted()[0];

/** First day without a seal; `undefined` where there is nothing to seal. */
const nextDay = (state: EvidenceState, sources: readonly SourceState[]): string | undefined => {
  const last = state.lastSeal();
  if (last !== undefined) return dayAfter(last.day);
  const [firstWithLines] = state.days();
  return earliest([
    ...sources.map(({ addedDay }) => addedDay),
    ...(firstWithLines === undefined ? [] : [firstWithLines.day]),
  ]);
};

/**
 * Seals each day that is over, in turn: every source with its segments, counts and state. A day waits until
 * each source was read to its end after it, but not longer than one more day.
 */
export const sealDays = async (
  log: EvidenceLog,
  state: EvidenceState,
  now: Date,
): Promise<readonly string[]> => {
  const sealed: string[] = [];
  for (let n = 0; n < daysMax; n += 1) {
    const sources = state.sources();
    const day = nextDay(state, sources);
    if (day === undefined || endOfDayMs(day) > now.getTime()) break;
    const all: Day = { day, sources, sums: state.days(day, day), gaps: state.gaps() };
    const concerned = sourcesOf(all);
    const isRead = concerned.every(each => (each.readToEndMs ?? 0) >= endOfDayMs(day));
    if (!isRead && endOfDayMs(dayAfter(day)) > now.getTime()) break;
    const rows = concerned.map(each => sealedSource(each, all));
    const parts = Math.max(1, Math.ceil(rows.length / sourcesOfLeafMax));
    const prev = state.lastSeal()?.hash ?? null;
    const leaves = Array.from(
      { length: parts },
      (_, i): SealLeaf => ({
        v: 1,
        kind: 'seal',
        at: now.toISOString(),
        day,
        prev,
        part: i + 1,
        parts,
        sources: rows.slice(i * sourcesOfLeafMax, (i + 1) * sourcesOfLeafMax),
      }),
    );
    await log.append(leaves, ({ hashes }) => ({ seal: { day, hash: hashes.at(-1) ?? '' } }));
    sealed.push(day);
  }
  return sealed;
};

/** Whether lines of this day come after its seal. */
export const isLate = (state: EvidenceState, day: string): boolean =>
  day <= (state.lastSeal()?.day ?? '');
