import { eventKinds } from '../../core/access-event.ts';
import { UsageError } from '../../core/errors.ts';
import { isDay } from '../../evidence/days.ts';
import { unparsedKind } from '../../logs/rows/columns.ts';
import { addressMatch } from './address.ts';
import { anyOf, type Condition, type EventQuestion, personAsked, personMatch } from './question.ts';

/** A question as it is typed. */
export interface AskedFor {
  readonly person?: string | undefined;
  readonly component?: string | undefined;
  readonly address?: string | undefined;
  readonly kind?: string | undefined;
  readonly outcome?: string | undefined;
  readonly source?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: string | undefined;
  readonly unparsed: boolean;
  readonly newestFirst: boolean;
}

const dayMs = 86_400_000;

const partsOf = (given: string): readonly string[] =>
  given
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

/** `message` stands for all that begins with it. */
const kindsOf = (given: string): readonly string[] =>
  partsOf(given).flatMap(part => {
    const kinds = eventKinds.filter(kind => kind === part || kind.startsWith(`${part}.`));
    if (kinds.length > 0) return kinds;
    throw new UsageError(
      `events: --kind "${part.slice(0, 60)}": expected some of ${eventKinds.join(', ')}, or the word before a dot`,
    );
  });

const timePattern = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)?$/;

/**
 * A day, or a time; of UTC unless it says otherwise.
 *
 * @param said how whoever gave it spelt the option
 * @returns first and last millisecond. @throws UsageError
 */
export const timeOf = (said: string, given: string): readonly [number, number] => {
  if (isDay(given)) {
    const start = Date.parse(`${given}T00:00:00Z`);
    return [start, start + dayMs - 1];
  }
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(given.slice(10));
  const at = timePattern.test(given)
    ? Date.parse(`${given.replace(' ', 'T')}${isZoned ? '' : 'Z'}`)
    : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(
      `${said} "${given.slice(0, 60)}": expected a day or a time such as 2026-06-29, 2026-06-29T08:30 or 2026-06-29T08:30:00+09:00`,
    );
  }
  // To the second or the minute: all of it.
  const seconds = /T?\d\d:\d\d(:\d\d)?(\.\d+)?/.exec(given.slice(10));
  const span = seconds?.[2] !== undefined ? 1 : seconds?.[1] === undefined ? 60_000 : 1_000;
  return [at, at + span - 1];
};

const limitOf = (given: string): number => {
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw new UsageError(`events: --limit "${given.slice(0, 60)}": expected a number from 1 on`);
};

const outcomeOf = (given: string): readonly string[] => {
  const outcomes = partsOf(given);
  for (const each of outcomes) {
    if (each !== 'success' && each !== 'failure' && each !== 'unknown') {
      throw new UsageError(
        `events: --outcome "${each.slice(0, 60)}": expected success, failure or unknown`,
      );
    }
  }
  return outcomes;
};

const addressCondition = (given: string): Condition => {
  const matches = addressMatch(given);
  return {
    columns: ['address'],
    matches: (bytes, start, end) => matches(bytes.toString('latin1', start, end)),
  };
};

/** Everything but lines that no format understands. */
const understood: Condition = {
  columns: ['kind'],
  matches: (bytes, start, end) => bytes.toString('latin1', start, end) !== unparsedKind,
};

/** What is asked, checked. @throws UsageError */
export const questionOf = (asked: AskedFor): EventQuestion => {
  const { person, component, address, kind, outcome, source, from, to, limit } = asked;
  if (asked.unparsed) {
    const other = Object.entries({ person, component, address, kind, outcome }).find(
      ([, value]) => value !== undefined,
    );
    if (other !== undefined) {
      throw new UsageError(
        `events: --unparsed and --${other[0]} exclude each other: of a line that is not understood nobody knows`,
      );
    }
  }
  const conditions: Condition[] = [];
  if (person !== undefined) {
    conditions.push({ columns: ['user', 'actor'], matches: personMatch(person) });
  }
  if (address !== undefined) conditions.push(addressCondition(address));
  if (component !== undefined) {
    conditions.push({ columns: ['component'], matches: anyOf(partsOf(component)) });
  }
  const kinds = kind === undefined ? undefined : kindsOf(kind);
  if (asked.unparsed) conditions.push({ columns: ['kind'], matches: anyOf([unparsedKind]) });
  else
    conditions.push(
      kinds === undefined ? understood : { columns: ['kind'], matches: anyOf(kinds) },
    );
  const filtered = person === undefined ? undefined : personAsked(person, kinds);
  if (outcome !== undefined) {
    conditions.push({ columns: ['outcome'], matches: anyOf(outcomeOf(outcome)) });
  }
  const fromMs = from === undefined ? undefined : timeOf('events: --from', from)[0];
  const toMs = to === undefined ? undefined : timeOf('events: --to', to)[1];
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs) {
    throw new UsageError('events: --from comes after --to');
  }
  return {
    asked,
    conditions,
    newestFirst: asked.newestFirst,
    ...(filtered === undefined ? {} : { person: filtered }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(source === undefined ? {} : { sources: new Set(partsOf(source)) }),
    ...(limit === undefined ? {} : { limit: limitOf(limit) }),
  };
};
