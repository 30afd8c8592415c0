import type { LogSource } from '../sigma/nodes.ts';

/**
 * What a Sigma log source is among Postern's events, and what its fields are called there: one file of
 * `rules/sources`. Names of our own (`user.name`, `record.Operation`) are good in every source and need no entry.
 */
export interface SourceMap {
  readonly id: string;
  readonly title: string;
  /** It is about a rule whose log source is one of these. */
  readonly logSources: readonly LogSourceName[];
  /** Which events: those that one of these holds for. None: Postern reads no such log. */
  readonly events: readonly EventScope[];
  /** By a rule's name for it, the members that hold it; several: all of their values are the field's. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Fields that say the same in all events of the source: `eventService` of Google's. */
  readonly constants: ReadonlyMap<string, string>;
  /** Where a name that is not in `fields` is to be looked for: `record.` in front of it, or as it stands. */
  readonly otherwise: 'record' | 'own';
  /** By a rule's name, why no event of this source has such a field. */
  readonly lacking: ReadonlyMap<string, string>;
  /** What to switch on or to collect, so that there are such events: one sentence. */
  readonly advice: string;
}

/** Absent: the rule must not name it. `*`: whatever it names, or nothing. */
interface LogSourceName {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
}

/** All that is given must hold; of several names one. */
export interface EventScope {
  readonly formats?: readonly string[];
  readonly components?: readonly string[];
  /** `AccessEvent.service` */
  readonly services?: readonly string[];
  readonly kinds?: readonly string[];
  /** Lines that no format understands, or only lines that one does; absent: both. */
  readonly unparsed?: boolean;
  /** The line is JSON, and has all of these: `record.eventType`. */
  readonly has?: readonly string[];
}

const isNamed = (rule: string | undefined, map: string | undefined): boolean =>
  map === '*' || rule?.toLowerCase() === map?.toLowerCase();

/** The maps that a rule's log source stands for; none: nobody has said which events it means. */
export const mapsOf = (source: LogSource, maps: readonly SourceMap[]): readonly SourceMap[] =>
  maps.filter(map =>
    map.logSources.some(
      name =>
        isNamed(source.category, name.category) &&
        isNamed(source.product, name.product) &&
        isNamed(source.service, name.service),
    ),
  );

/** Where a rule's field that is no constant is to be looked for in events of a source; none: they never have it. */
export const placesOf = (field: string, map: SourceMap): readonly string[] => {
  const places = map.fields.get(field);
  if (places !== undefined) return places;
  if (map.lacking.has(field)) return [];
  return map.otherwise === 'own' ? [field] : [field, `record.${field}`];
};
