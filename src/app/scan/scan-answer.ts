import { join } from 'node:path';
import type { ExposureState } from '../../core/exposure-state.ts';
import { identifierKinds } from '../../core/personal.ts';
import type { StoredPeople } from '../../core/stored-people.ts';
import type { Unseen } from '../../core/unseen.ts';
import { dataTypeWords } from '../../exposure/data-type-words.ts';
import { summedCounts } from '../../exposure/index/type-counts.ts';
import { toolVersion } from '../version.ts';
import { countPeople, type PeopleCounts } from './count-people.ts';
import { segmentsFolder } from './index-writer.ts';
import type { ScanCounts } from './scan-counts.ts';
import { reasonOf } from './unseen-reasons.ts';

/** What a scan came to, and what the index knows by now: `schemas/scan.schema.json`. */
export interface ScanAnswer {
  readonly schema: 'postern.scan/1';
  /** RFC 3339, UTC. */
  readonly generated: string;
  readonly tool: { readonly name: 'postern'; readonly version: string };
  readonly run: {
    /** Messages that were read; and of them those that another version, or other settings, had read before. */
    readonly messages: number;
    readonly readAnew: number;
    /** Messages that are no longer where they were. */
    readonly gone: number;
    readonly folders: number;
    readonly foldersUnchanged: number;
    readonly bytes: number;
    readonly seconds: number;
    /** It was ended before it came to its end. */
    readonly stopped: boolean;
  };
  readonly index: {
    readonly messages: number;
    readonly gone: number;
    readonly mailboxes: number;
    readonly folders: number;
    /** Different identifiers: a person with an address and a telephone number is two. */
    readonly people: PeopleCounts;
    readonly types: readonly TypeRow[];
  };
  /** Whose data lies in the mail, each person once; absent where the scan was stopped. */
  readonly people?: StoredPeople;
  readonly unseen: readonly (Unseen & { readonly count: number })[];
}

/** In how many messages a type was found, by the confidence of the surest finding in each. */
export interface TypeRow {
  readonly type: string;
  readonly title: string;
  readonly sensitivity: string;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
}

const typeRows = (state: ExposureState): readonly TypeRow[] => {
  const counts = summedCounts(state.segments().map(({ types }) => types));
  return Object.entries(counts)
    .map(([type, [high, medium, low]]) => {
      const known = dataTypeWords.find(({ id }) => id === type);
      const title = known?.title ?? type;
      return { type, title, sensitivity: known?.sensitivity ?? 'ordinary', high, medium, low };
    })
    .sort((a, b) => b.high + b.medium - (a.high + a.medium) || (a.type < b.type ? -1 : 1));
};

const unseenRows = (
  state: ExposureState,
  places: readonly Unseen[],
  forbidden: number,
): ScanAnswer['unseen'] => {
  const counts = new Map<string, number>();
  for (const { folder, why, count } of state.unseen()) {
    // Of places, the run itself tells more.
    if (folder !== 0) counts.set(why, (counts.get(why) ?? 0) + count);
  }
  if (forbidden > 0) counts.set('forbidden', forbidden);
  return [
    ...places.map(place => ({ ...place, count: 1 })),
    ...[...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([why, count]) => ({ what: reasonOf(why).what, why, how: reasonOf(why).how, count })),
  ];
};

export interface AnswerParts {
  readonly state: ExposureState;
  /** The index's. */
  readonly folder: string;
  readonly counts: ScanCounts;
  readonly places: readonly Unseen[];
  readonly ms: number;
  readonly isStopped: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export const scanAnswer = (parts: AnswerParts): ScanAnswer => {
  const { state, folder, counts, places, ms, isStopped, nowMs } = parts;
  const messages = state.segments().reduce((sum, segment) => sum + segment.messages, 0);
  return {
    schema: 'postern.scan/1',
    generated: new Date(nowMs).toISOString(),
    tool: { name: 'postern', version: toolVersion },
    run: {
      messages: counts.messages,
      readAnew: counts.readAnew,
      gone: counts.gone,
      folders: counts.folders,
      foldersUnchanged: counts.foldersUnchanged,
      bytes: counts.bytes,
      seconds: Math.round(ms) / 1_000,
      stopped: isStopped,
    },
    index: {
      messages: messages - state.dropped().length,
      gone: state.gone().message.length,
      mailboxes: state.mailboxes().length,
      folders: state.folders().length,
      people: countPeople(join(folder, segmentsFolder), state),
      types: typeRows(state),
    },
    unseen: unseenRows(state, places, counts.forbidden),
  };
};

/** Kinds of identifiers in words, one and many. */
export const kindWords: Readonly<
  Record<(typeof identifierKinds)[number], readonly [string, string]>
> = {
  email: ['e-mail address', 'e-mail addresses'],
  telephone: ['telephone number', 'telephone numbers'],
  'customer-number': ['customer number', 'customer numbers'],
  'name-and-address': ['name with a postal address', 'names with a postal address'],
  'name-and-birth-date': ['name with a date of birth', 'names with a date of birth'],
};
