import { ocsfNames } from '../fields/ocsf-names.ts';
import { type Place, placeOf } from '../fields/place.ts';
import type { SqlField, SqlTable } from './field.ts';
import { jsonAtoms, jsonField } from './json-path.ts';
import type { Names } from './let.ts';
import { ocsfMember, oneField, type PlaceWriter, placeField } from './ocsf-field.ts';
import { timeMsIn } from './time-condition.ts';

/** Columns of `postern events --format parquet` that hold a member as it is. */
const columns: Readonly<Record<string, string>> = {
  kind: 'kind',
  outcome: 'outcome',
  component: 'component',
  service: 'service',
  'user.name': 'user',
  'actor.name': 'actor',
  'from.ip': 'address',
  'from.host': 'client_host',
  host: 'host',
  session: 'session',
  detail: 'detail',
  count: 'count',
  bytes: 'bytes',
};

const column = (name: string): SqlField => oneField(`CAST(event."${name}" AS VARCHAR)`);

/** What a line that no format understands is as an event: kind `other`, the line itself in `detail`. */
const ofUnparsed = (name: string, line: string, format: string): string | undefined =>
  new Map([
    ['kind', "'other'"],
    // Whose line it is nothing says but the format that claimed it.
    ['component', `coalesce(${format}, 'unknown')`],
    ['outcome', "'unknown'"],
    ['detail', line],
  ]).get(name);

/** A field, and what it is in lines that no format understands. */
const orUnparsed = (
  name: string,
  field: SqlField | undefined,
  isUnparsed: string,
  line: string,
  format: string,
): SqlField | undefined => {
  const other = ofUnparsed(name, line, format);
  if (other === undefined || field?.is !== 'one') return field;
  return oneField(`CASE WHEN ${isUnparsed} THEN ${other} ELSE ${field.text} END`);
};

const withoutNumber = (segment: string): string => `regexp_replace(${segment}, '/[0-9]+\\z', '')`;

/** The line, read as JSON where it is an object. */
const recordIn = (line: string): string =>
  `CASE WHEN starts_with(${line}, '{') THEN TRY_CAST(${line} AS JSON) END`;

type LinePart = Extract<Place, { is: 'line' }>['part'];

/** What `postern events --format parquet --raw` writes: columns, and the whole event as OCSF beside them. */
const eventsWriter: PlaceWriter = {
  member: (path, names) => {
    const name = columns[path.join('.')];
    if (name === undefined) return ocsfMember('CAST(event.ocsf AS JSON)', path, names);
    return orUnparsed(
      name,
      column(name),
      'event.unparsed IS NOT NULL',
      'event.raw_data',
      'event.format',
    );
  },
  line: part => {
    const parts: Readonly<Record<LinePart, SqlField>> = {
      format: column('format'),
      log: column('log'),
      source: oneField(withoutNumber('event.segment')),
      unparsed: oneField('CAST(event.unparsed IS NOT NULL AS VARCHAR)'),
      text: column('raw_data'),
      time: oneField('CAST(epoch_ms(event."time") AS VARCHAR)'),
    };
    return parts[part];
  },
  record: (path, names) => jsonField(recordIn('event.raw_data'), path, names),
};

/** Texts of the line, and of the record that it is; where lines were not written, those of the event. */
const textsIn = (line: string, record: string, event: string): string =>
  `CASE WHEN ${line} IS NULL THEN ${jsonAtoms(event)} ELSE list_concat([${line}], ${jsonAtoms(record)}) END`;

/** @param source what stands behind FROM */
export const eventsTable = (source: string): SqlTable => ({
  from: () => `${source} AS event`,
  field: (name, names) => {
    const place = placeOf(name);
    return place === undefined ? undefined : placeField(place, eventsWriter, names);
  },
  texts: () => textsIn('event.raw_data', recordIn('event.raw_data'), 'CAST(event.ocsf AS JSON)'),
  timeMs: () => 'epoch_ms(event."time")',
  shown: 'event.*',
});

const root = 'event.json';
const lineOfOcsf = `json_extract_string(${root}, '$.raw_data')`;

const ocsfWriter: PlaceWriter = {
  member: (path, names) =>
    orUnparsed(
      path.join('.'),
      ocsfMember(root, path, names),
      `json_exists(${root}, '$.unparsed')`,
      lineOfOcsf,
      `json_extract_string(${root}, '$.format')`,
    ),
  line: part => {
    const text = (path: string): string => `json_extract_string(${root}, '${path}')`;
    const parts: Readonly<Record<LinePart, SqlField>> = {
      // Lines that no format understands are no OCSF: what they say stands at the top.
      format: oneField(
        `coalesce(nullif(${text('$.metadata.log_format')}, 'none'), ${text('$.format')})`,
      ),
      log: oneField(`coalesce(${text('$.metadata.log_name')}, ${text('$.log_name')})`),
      source: oneField(
        withoutNumber(`coalesce(${text('$.unmapped.postern.segment')}, ${text('$.segment')})`),
      ),
      unparsed: oneField(`coalesce(${text('$.unparsed')}, 'false')`),
      text: oneField(lineOfOcsf),
      time: oneField(text('$.time')),
    };
    return parts[part];
  },
  record: (path, names) => jsonField(recordIn(lineOfOcsf), path, names),
};

/** Rows with one column `json`: OCSF, from Postern (`events --format ndjson --raw`) or from elsewhere. */
export const ocsfTable = (source: string): SqlTable => ({
  from: () => `${source} AS event`,
  field: (name, names) => {
    const place = Object.hasOwn(ocsfNames, name) ? undefined : placeOf(name);
    return place === undefined
      ? jsonField(root, name, names)
      : placeField(place, ocsfWriter, names);
  },
  texts: () => textsIn(lineOfOcsf, recordIn(lineOfOcsf), root),
  timeMs: (names: Names) => timeMsIn(`json_extract_string(${root}, '$.time')`, names),
  shown: 'event.json',
});
