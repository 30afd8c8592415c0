import { timeOf } from '../matching/scalar.ts';
import type { FieldSpace, FieldValue, Scalar } from './field-space.ts';
import { isMembers, textsOf, valueAt } from './json-values.ts';

export type JsonEvent = Readonly<Record<string, unknown>>;

/**
 * Where fields may lie that are not at the top: Windows event logs as their converters write them, Elastic's
 * documents.
 */
const containers = [
  'Event.EventData',
  'Event.System',
  'Event.UserData',
  'Event.EventData.Data',
  'EventData',
  'System',
  'winlog.event_data',
  'winlog',
  'event_data',
  '_source',
];

/** How Sigma calls what converters of Windows event logs call otherwise. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  EventID: ['winlog.event_id', 'event_id'],
  Provider_Name: [
    'Event.System.Provider.#attributes.Name',
    'Event.System.Provider.@Name',
    'winlog.provider_name',
  ],
  Computer: ['winlog.computer_name'],
};

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
    const others = [
      ...containers.map(container => `${container}.${field}`),
      ...(Object.hasOwn(spellings, field) ? (spellings[field] ?? []) : []),
    ];
    return event => {
      const value = valueAt(event, field);
      return value === undefined ? firstValue(event, others) : value;
    };
  },
  texts: textsOf,
  timeMs: event => {
    for (const name of timeNames) {
      const value = valueAt(event, name);
      const time = value === undefined ? undefined : timeOf(firstScalar(value));
      if (time !== undefined) return time;
    }
    return Number.NaN;
  },
};

const firstValue = (event: JsonEvent, paths: readonly string[]): FieldValue => {
  // Most events have none of these, and then none of the paths needs a look.
  if (!roots.some(root => Object.hasOwn(event, root))) return undefined;
  for (const path of paths) {
    const value = valueAt(event, path);
    if (value !== undefined) return value;
  }
  return undefined;
};

const roots = ['Event', 'EventData', 'System', 'winlog', 'event_data', '_source', 'event_id'];

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
