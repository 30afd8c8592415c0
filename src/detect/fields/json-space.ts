import { timeOf } from '../matching/scalar.ts';
import {
  convertedPaths,
  convertedRoots,
  mayBeSpaced,
  spacedKey,
  userDataOf,
  wrappedIn,
} from './converted-names.ts';
import type { FieldSpace, FieldValue, Scalar } from './field-space.ts';
import { isMembers, textsOf, valueAt } from './json-values.ts';

export type JsonEvent = Readonly<Record<string, unknown>>;

const timeNames = [
  '@timestamp',
  'timestamp',
  'Timestamp',
  'time',
  '_time',
  'ts',
  'UtcTime',
  'SystemTime',
  'Event.System.TimeCreated.#attributes.SystemTime',
  'Event.System.TimeCreated.@SystemTime',
  'Event.System.TimeCreated_attributes.SystemTime',
  'System.TimeCreated.#attributes.SystemTime',
  'System.TimeCreated.@SystemTime',
  'TimeCreated',
  'TimeGenerated',
  'CreationTime',
  'CreationDate',
  'eventTime',
  'EventTime',
  'createdDateTime',
  'activityDateTime',
  'published',
  'id.time',
  'date',
];

/**
 * Fields of JSON objects, named as they are there: the key as it stands, dots and blanks included, else a path. What
 * is not there is looked for where logs that were converted have it.
 */
export const jsonSpace: FieldSpace<JsonEvent> = {
  getter: field => {
    const others = convertedPaths(field);
    return event => {
      const value = valueAt(event, field);
      return value === undefined ? convertedValue(event, field, others) : value;
    };
  },
  texts: textsOf,
  timeMs: event => {
    const time = timeIn(event);
    if (time !== undefined) return time;
    const wrapped = wrappedIn(event);
    return (wrapped === undefined ? undefined : timeIn(wrapped)) ?? Number.NaN;
  },
};

const timeIn = (event: JsonEvent): number | undefined => {
  for (const name of timeNames) {
    const value = valueAt(event, name);
    const time = value === undefined ? undefined : timeOf(firstScalar(value));
    if (time !== undefined) return time;
  }
  return undefined;
};

const convertedValue = (event: JsonEvent, field: string, paths: readonly string[]): FieldValue => {
  // Most events have none of these, and then none of the paths needs a look.
  if (convertedRoots.some(root => Object.hasOwn(event, root))) {
    for (const path of paths) {
      const value = valueAt(event, path);
      if (value !== undefined) return value;
    }
    for (const element of userDataOf(event)) {
      const value = valueAt(element, field);
      if (value !== undefined) return value;
    }
    const spaced = mayBeSpaced(field) ? spacedKey(event, field) : undefined;
    if (spaced !== undefined) return valueAt(...spaced);
  }
  const wrapped = wrappedIn(event);
  if (wrapped === undefined) return undefined;
  const value = valueAt(wrapped, field);
  return value === undefined ? convertedValue(wrapped, field, paths) : value;
};

const firstScalar = (value: NonNullable<FieldValue> | null): Scalar =>
  typeof value === 'object' && value !== null ? (value[0] ?? null) : value;

/** The object that a text is, where it is one. */
export const jsonEventOf = (text: string): JsonEvent | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
