import type { WatchedEvent } from '../../core/watched-event.ts';
import type { FieldSpace } from './field-space.ts';
import { type EventScope, placesOf, type SourceMap } from './source-map.ts';
import { mappedSpace, watchedSpace } from './watched-space.ts';

/** Fields as rules of a log source call them. */
export const sourceSpace = (map: SourceMap): FieldSpace<WatchedEvent> => {
  const mapped = mappedSpace(field => placesOf(field, map));
  return {
    ...mapped,
    getter: field => {
      const constant = map.constants.get(field);
      return constant === undefined ? mapped.getter(field) : () => constant;
    },
  };
};

/** What decides whether an event is of a log source, but for what its record must have. */
export interface ScopeKey {
  readonly format: string | undefined;
  readonly component: string;
  readonly service: string | undefined;
  readonly kind: string;
  readonly isUnparsed: boolean;
}

export const scopeKeyOf = ({ event, format, isUnparsed }: WatchedEvent): ScopeKey => ({
  format,
  component: event.component,
  service: event.service,
  kind: event.kind,
  isUnparsed,
});

/** The scopes of a source that events with such a key may be in. */
export const scopesOf = (map: SourceMap, key: ScopeKey): readonly EventScope[] =>
  map.events.filter(
    scope =>
      isNamed(scope.formats, key.format) &&
      isNamed(scope.components, key.component) &&
      isNamed(scope.services, key.service) &&
      isNamed(scope.kinds, key.kind) &&
      (scope.unparsed === undefined || scope.unparsed === key.isUnparsed),
  );

const isNamed = (names: readonly string[] | undefined, name: string | undefined): boolean =>
  names === undefined || (name !== undefined && names.includes(name));

/** The same for all events that maps cannot tell from each other, but for their records. */
export const laneOf = (event: WatchedEvent): string => {
  const { component, service, kind } = event.event;
  // The service comes last, and the component with its length: what is in them is others' doing.
  return `${kind}${event.isUnparsed ? '-' : '+'}${event.format ?? ''}:${component.length}${component}${service === undefined ? '-' : `+${service}`}`;
};

/** Kinds of events that are remembered; logs have some hundred. */
const lanesMax = 2_000;

/** Whether an event is of a log source. */
export const sourceTest = (map: SourceMap): ((event: WatchedEvent) => boolean) => {
  const known = new Map<string, (event: WatchedEvent) => boolean>();
  const testOf = (event: WatchedEvent): ((event: WatchedEvent) => boolean) => {
    const scopes = scopesOf(map, scopeKeyOf(event));
    return scopes.length === 0 ? () => false : (recordTest(scopes) ?? (() => true));
  };
  return event => {
    const lane = laneOf(event);
    let test = known.get(lane);
    if (test === undefined) {
      if (known.size >= lanesMax) known.clear();
      test = testOf(event);
      known.set(lane, test);
    }
    return test(event);
  };
};

/** Whether the record of an event has what its scope asks for; undefined: nothing is asked for. */
export const recordTest = (
  scopes: readonly EventScope[],
): ((event: WatchedEvent) => boolean) | undefined => {
  if (scopes.some(scope => scope.has === undefined)) return undefined;
  const tests = scopes.map(scope =>
    (scope.has ?? []).map(field => watchedSpace.getter(field) ?? (() => undefined)),
  );
  return event => tests.some(getters => getters.every(getter => getter(event) !== undefined));
};
