import type { Advisory, AffectedProduct, FeedId, Holding } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { PastSign, ReplaySource } from '../../core/replay.ts';
import { holdingName } from '../matching/match.ts';
import { releaseHolds } from '../matching/statements.ts';
import type { Voice } from '../matching/voices.ts';
import type { PastCase } from './case.ts';
import { dayItself } from './days.ts';

type TellingFeed = Extract<FeedId, 'notes' | 'debian-tracker' | 'osv' | 'csaf' | 'cve' | 'nvd'>;

/** Feeds whose records name products: what may tell somebody that a component of his has a flaw. */
const tellingFeeds: readonly TellingFeed[] = [
  'notes',
  'debian-tracker',
  'osv',
  'csaf',
  'cve',
  'nvd',
];

/** A name under which a record may be about a component; without feeds, every feed's word counts. */
export type Listener = Pick<Voice, 'key'> & Partial<Pick<Voice, 'feeds' | 'release'>>;

interface Heard {
  readonly holding: Holding;
  readonly advisory: Advisory;
}

const isMeant = (
  feed: FeedId,
  { key, release }: AffectedProduct,
  listeners: readonly Listener[],
): boolean =>
  listeners.some(
    listener =>
      listener.key === key &&
      (listener.feeds === undefined || listener.feeds.includes(feed)) &&
      releaseHolds(release, listener.release),
  );

/** The day that a record gives itself: its own publication, else that of its fix. */
const dayOf = ({ published, affected }: Advisory): string | undefined =>
  (published ?? affected.find(({ fixedOn }) => fixedOn !== undefined)?.fixedOn)?.slice(0, 10);

/** Debian's tracker dates nothing: the update that it tells of is dated by its changelog. */
const updateOf = (
  feed: TellingFeed,
  signs: readonly PastSign[],
): { readonly day: string; readonly what: string } | undefined => {
  if (feed !== 'debian-tracker') return undefined;
  const [first] = signs.flatMap(({ sign, on, what }) => {
    const day = sign === 'distribution update' ? dayItself(on) : undefined;
    return day === undefined ? [] : [{ day, what }];
  });
  return first;
};

const recordName = ({ holding, advisory }: Heard): string =>
  `${holdingName(holding)}: ${advisory.id}`;

const sourceOf = (
  feed: TellingFeed,
  heard: readonly Heard[],
  held: boolean,
  listeners: readonly Listener[],
  signs: readonly PastSign[],
): ReplaySource => {
  if (!held) {
    return {
      feed,
      state: 'not-held',
      why: 'the database does not hold it: it would not have told',
    };
  }
  const mine = heard.filter(({ advisory }) => advisory.feed === feed);
  if (mine.length === 0) {
    return {
      feed,
      state: 'no-record',
      why: 'it is held, and has no record of this flaw: it would not have told',
    };
  }
  const meant = mine.filter(({ advisory }) =>
    advisory.affected.some(product => isMeant(feed, product, listeners)),
  );
  const [first] = meant
    .flatMap(each => {
      const day = dayOf(each.advisory);
      return day === undefined ? [] : [{ each, day }];
    })
    .sort((a, b) => (a.day < b.day ? -1 : 1));
  const [anyOf] = meant;
  if (first !== undefined) {
    return {
      feed,
      state: 'told',
      on: first.day,
      record: recordName(first.each),
      why: `its record is of ${first.day}`,
    };
  }
  const update = updateOf(feed, signs);
  if (anyOf !== undefined && update !== undefined) {
    return {
      feed,
      state: 'told',
      on: update.day,
      record: recordName(anyOf),
      why: `its record has no day; the update that it is about (${update.what}) is of ${update.day}`,
    };
  }
  if (anyOf !== undefined) {
    return {
      feed,
      state: 'undated',
      record: recordName(anyOf),
      why: 'its record has no day: when it would have told is not known',
    };
  }
  const [other] = mine;
  return {
    feed,
    state: 'no-match',
    ...(other === undefined ? {} : { record: recordName(other) }),
    why: 'its record names no product that is judged by it here: it would not have told',
  };
};

/** What each kind of source would have said of the flaws of a case, to somebody with these names. */
export const replaySources = (
  { flaws, signs }: Pick<PastCase, 'flaws' | 'signs'>,
  listeners: readonly Listener[],
  index: AdvisoryIndex,
): readonly ReplaySource[] => {
  const heard = flaws.flatMap(flaw => index.named(flaw));
  const held = new Set(index.holdings.map(({ feed }) => feed));
  return tellingFeeds.map(feed => sourceOf(feed, heard, held.has(feed), listeners, signs));
};
