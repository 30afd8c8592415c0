import type { AlertLevel } from '../../core/alert.ts';
import { collectionRules } from '../silence/collection.ts';
import { silenceRule } from '../silence/told.ts';
import { dayOfHour } from './calendar.ts';
import type { Feature } from './features.ts';
import type { History, Measure, Reference } from './history.ts';
import type { ComponentMemory, PeerMeasure, PeersHighest, SubjectKind } from './memory.ts';

/** Days with lines before a component's baselines say anything. */
export const learningDays = 14;

/** Days on which all that is done is new, and says nothing of what is new later. */
export const beginningDays = 7;

/** Days with lines on which somebody did nothing, behind which he wakes. */
export const silentDays = 21;

/** Who was told of. */
export const toldKey = (kind: SubjectKind | 'component', id: number): string => `${kind} ${id}`;

/** Among them: the whole was out of the usual, and nobody needs to be told. */
export const strangeKey = 'strange';

const baselineIds = [
  'mailboxes-per-10-minutes',
  'mailboxes-per-hour',
  'reads-per-hour',
  'reads-of-account',
  'new-mailboxes',
  'first-seen',
  'woke',
  'unusual-hour',
  'new-address',
  'volume',
] as const;
export type BaselineId = (typeof baselineIds)[number];

/** What a baseline is called among rules. */
export const ruleOf = (id: BaselineId): `baseline/${BaselineId}` => `baseline/${id}`;
/** What is told without a rule of a file. */
export const baselineRules: readonly string[] = [
  ...baselineIds.map(ruleOf),
  silenceRule,
  ...collectionRules,
];

/** What a number is held against. */
type Against =
  | { readonly is: 'own'; readonly reference: Reference }
  | {
      readonly is: 'peers';
      readonly peers: PeersHighest;
      /** From where nobody ever came. */
      readonly address?: string;
    }
  /** Days with lines on which it did nothing, behind its last day. */
  | { readonly is: 'silence'; readonly days: number; readonly lastDay: number }
  | { readonly is: 'hours'; readonly days: number; readonly reference: Reference }
  | { readonly is: 'addresses'; readonly address: string; readonly days: number };

/** Something that is out of the usual. */
export interface Finding {
  readonly baseline: BaselineId;
  readonly level: AlertLevel;
  readonly kind: SubjectKind | 'component';
  readonly feature: Feature;
  readonly value: number;
  readonly against: Against;
  /** It was within ten minutes rather than within the hour. */
  readonly isWindow: boolean;
  /** From which day on what it is held against was counted; absent: since there are lines. */
  readonly sinceDay?: number;
}

/** From when on a number is worth a word, whatever the usual is. */
export const floors: Readonly<Record<SubjectKind | 'component', Partial<Record<Measure, number>>>> =
  {
    component: { window: 20, hour: 40, reads: 400, events: 2_000 },
    actor: { window: 5, hour: 8, reads: 200, fresh: 5 },
    app: { window: 8, hour: 12, reads: 200, fresh: 10 },
    address: { window: 12, hour: 20, reads: 200 },
    account: { reads: 300 },
  };

/** By how many spreads, and how many times the highest. */
const spreads = 6;
const timesHighest = 1.5;
const timesHighestThen = 2;
const timesVolume = 3;

/**
 * Whether a number is out of the usual of a history: more than six spreads above the median of the same time of the
 * week, and above the highest of all times by half, or twice the highest that there ever was at this hour of the day.
 *
 * @param least below which nothing is said
 */
export const outOfUsual = (
  history: History,
  measure: Measure,
  hour: number,
  value: number,
  least: number,
): Reference | undefined => {
  if (value < least) return undefined;
  if (value <= timesHighest * history.highestThen(measure, hour)) return undefined;
  const reference = history.reference(measure, hour);
  const { median, spread, highest, highestThen } = reference;
  // Of few, half as many again is chance.
  const beyond = (before: number, times: number): number =>
    Math.max(times * before, before + 2 * spread);
  const byHighest =
    measure === 'events'
      ? beyond(highest, timesVolume)
      : Math.min(beyond(highest, timesHighest), beyond(highestThen, timesHighestThen));
  const limit = Math.max(median + spreads * spread, byHighest);
  return value > limit ? reference : undefined;
};

/** What one that nobody knows yet may do: twice the most that any such did on the days before. */
export const outOfPeers = (
  memory: ComponentMemory,
  measure: PeerMeasure,
  hour: number,
  value: number,
  least: number,
): PeersHighest | undefined => {
  if (value < least) return undefined;
  const peers = memory.peers.highest(measure, dayOfHour(hour));
  return value > 2 * peers.highest ? peers : undefined;
};
