import type { AccessEvent } from '../../core/access-event.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import type { FieldSpace, FieldValue, Getter, Scalar } from './field-space.ts';
import type { JsonEvent } from './json-space.ts';
import { isMembers, textsOf, valueAt } from './json-values.ts';
import { type Place, placeOf } from './place.ts';
import { recordIn } from './record.ts';

type WatchedGetter = Getter<WatchedEvent>;

/** As many as there are places in rules. */
const known = new Map<string, WatchedGetter>();

/** Fields of events that Postern read, under their own names and OCSF's. */
export const watchedSpace: FieldSpace<WatchedEvent> = {
  getter: field => {
    const place = placeOf(field);
    if (place === undefined) return undefined;
    // Names of one place have one getter, by which one knows that their values are the same.
    const key = JSON.stringify(place);
    const getter = known.get(key) ?? placeGetter(place);
    known.set(key, getter);
    return getter;
  },
  texts: event => {
    const record = recordOf(event.text);
    // In JSON a text may be written in several ways: what it says counts, and so does what stands there.
    return record === undefined ? [event.text] : [event.text, ...textsOf(record)];
  },
  timeMs: event => event.timeMs,
};

/**
 * The same events, whose fields a rule calls otherwise. The values of a field are those of all its places.
 *
 * @param placesOf names of `watchedSpace`; none: events have no such field
 */
export const mappedSpace = (
  placesOf: (field: string) => readonly string[],
): FieldSpace<WatchedEvent> => ({
  ...watchedSpace,
  getter: field => allGetter(placesOf(field).flatMap(name => watchedSpace.getter(name) ?? [])),
});

const allGetter = (getters: readonly WatchedGetter[]): WatchedGetter | undefined => {
  const [first] = getters;
  if (first === undefined || getters.length === 1) return first;
  return event => {
    const values = getters.map(getter => getter(event)).filter(value => value !== undefined);
    return values.length > 1 ? values.flat() : values[0];
  };
};

const placeGetter = (place: Place): WatchedGetter => {
  switch (place.is) {
    case 'member':
      return memberGetter(place.path);
    case 'uri':
      return event => uriPart(event.event.request?.path, place.part);
    case 'record':
      return event => {
        const record = recordOf(event.text);
        return record === undefined ? undefined : valueAt(record, place.path);
      };
    case 'line':
      return lineGetter(place.part);
    case 'first': {
      const getters = place.of.map(placeGetter);
      return event => {
        for (const getter of getters) {
          const value = getter(event);
          if (value !== undefined) return value;
        }
        return undefined;
      };
    }
  }
};

const lineGetter = (part: Extract<Place, { is: 'line' }>['part']): WatchedGetter => {
  switch (part) {
    case 'format':
      return event => event.format;
    case 'log':
      return event => event.log;
    case 'source':
      return event => event.source;
    case 'unparsed':
      return event => event.isUnparsed;
    case 'text':
      return event => event.text;
    case 'time':
      return event => event.timeMs;
  }
};

const uriPart = (uri: string | undefined, part: 'stem' | 'query'): string | undefined => {
  if (uri === undefined) return undefined;
  const mark = uri.indexOf('?');
  if (part === 'stem') return mark < 0 ? uri : uri.slice(0, mark);
  return mark < 0 ? undefined : uri.slice(mark + 1);
};

const memberGetter = ([outer = '', name]: readonly string[]): WatchedGetter => {
  const own = getters[outer];
  if (name === undefined) {
    return own === undefined ? () => undefined : ({ event }) => valueOf(own(event));
  }
  return ({ event }) => innerValue(own?.(event), name);
};

/** Plain property reads, which engines are quick at; reading by a name that varies is not. */
const getters: Readonly<Record<string, (event: AccessEvent) => unknown>> = {
  kind: event => event.kind,
  outcome: event => event.outcome,
  user: event => event.user,
  actor: event => event.actor,
  app: event => event.app,
  from: event => event.from,
  through: event => event.through,
  to: event => event.to,
  component: event => event.component,
  service: event => event.service,
  host: event => event.host,
  pid: event => event.pid,
  session: event => event.session,
  authMethod: event => event.authMethod,
  tls: event => event.tls,
  folder: event => event.folder,
  messages: event => event.messages,
  count: event => event.count,
  bytes: event => event.bytes,
  direction: event => event.direction,
  detail: event => event.detail,
  request: event => event.request,
  change: event => event.change,
  eventUid: event => event.eventUid,
  flags: event => event.flags,
};

const innerValue = (outer: unknown, name: string): FieldValue => {
  if (outer === undefined) return undefined;
  if (!Array.isArray(outer)) {
    return isMembers(outer) && Object.hasOwn(outer, name) ? valueOf(outer[name]) : undefined;
  }
  const values: Scalar[] = [];
  for (const element of outer) {
    const value = innerValue(element, name);
    if (value === undefined) continue;
    if (typeof value === 'object' && value !== null) values.push(...value);
    else values.push(value);
  }
  return values.length === 0 ? undefined : values;
};

const valueOf = (value: unknown): FieldValue => {
  if (Array.isArray(value)) return value.map(scalarOf);
  return value === undefined ? undefined : scalarOf(value);
};

const scalarOf = (value: unknown): Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null;

/** Of the line that was asked about last: many fields are of one line. */
let lastText = '';
let lastRecord: JsonEvent | undefined;

const recordOf = (text: string): JsonEvent | undefined => {
  if (text !== lastText) {
    lastText = text;
    lastRecord = recordIn(text);
  }
  return lastRecord;
};
