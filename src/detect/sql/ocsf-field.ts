import type { Place } from '../fields/place.ts';
import type { SqlField } from './field.ts';
import { jsonTexts } from './json-path.ts';
import type { Names } from './let.ts';
import { textLiteral } from './literal.ts';
import { type OcsfPlace, ocsfPlaces } from './ocsf-places.ts';

export const oneField = (text: string): SqlField => ({
  is: 'one',
  text,
  exists: `(${text}) IS NOT NULL`,
});

const manyField = (texts: string): SqlField => ({
  is: 'many',
  texts,
  exists: `len(${texts}) > 0`,
});

const atPlace = (root: string, { paths, isList, nothing }: OcsfPlace, names: Names): SqlField => {
  if (isList !== true) {
    const texts = paths.map(path => {
      const text = `json_extract_string(${root}, ${textLiteral(path)})`;
      return nothing === undefined ? text : `nullif(${text}, ${textLiteral(nothing)})`;
    });
    return oneField(texts.length === 1 ? (texts[0] ?? '') : `coalesce(${texts.join(', ')})`);
  }
  // Of a path with `[*]` DuckDB gives a list, which is one more list of JSON.
  const lists = paths.map(path => {
    const value = `json_extract(${root}, ${textLiteral(path)})`;
    return path.includes('[*]') ? `to_json(nullif(${value}, []::JSON[]))` : value;
  });
  const values = names.let(
    `coalesce(${lists.join(', ')})`,
    value => `CASE WHEN ${value} IS NULL THEN []::JSON[] ELSE [${value}] END`,
  );
  return manyField(jsonTexts(values, names));
};

/**
 * OCSF's actor is whoever acted, the user himself where nobody else did; ours is somebody else. A login (3002) names
 * one only where there is one.
 */
const actorField = (root: string, part: string): SqlField => {
  const at = (path: string): string => `json_extract_string(${root}, '$.${path}')`;
  const acted = at(`actor.user.${part}`);
  const owner = `coalesce(${at(`resources[0].owner.${part}`)}, ${at(`user.${part}`)})`;
  const isOther = `(${at('class_uid')} = '3002' OR ${acted} <> ${owner})`;
  return oneField(
    `coalesce(${at(`unmapped.postern.actor.${part}`)}, CASE WHEN ${isOther} THEN nullif(${acted}, 'unknown') END)`,
  );
};

/** A member of our events in the OCSF that Postern writes. */
export const ocsfMember = (
  root: string,
  path: readonly string[],
  names: Names,
): SqlField | undefined => {
  const [outer, ...rest] = path;
  if (outer === 'change') {
    const key = rest.join('.').replaceAll('~', '~0').replaceAll('/', '~1');
    return oneField(
      `json_extract_string(${root}, ${textLiteral(`/unmapped/postern/change/${key}`)})`,
    );
  }
  const name = path.join('.');
  if (name === 'actor.name' || name === 'actor.uid') return actorField(root, rest.join('.'));
  const place = ocsfPlaces.get(name);
  return place === undefined ? undefined : atPlace(root, place, names);
};

/** What a place comes to, where a table says what members, lines and records are. */
export interface PlaceWriter {
  member(path: readonly string[], names: Names): SqlField | undefined;
  line(part: Extract<Place, { is: 'line' }>['part'], names: Names): SqlField | undefined;
  record(path: string, names: Names): SqlField | undefined;
}

export const placeField = (
  place: Place,
  writer: PlaceWriter,
  names: Names,
): SqlField | undefined => {
  switch (place.is) {
    case 'member':
      return writer.member(place.path, names);
    case 'uri':
      return writer.member(['request', place.part], names);
    case 'line':
      return writer.line(place.part, names);
    case 'record':
      return writer.record(place.path, names);
    case 'first': {
      const fields = place.of
        .map(each => placeField(each, writer, names))
        .filter(field => field !== undefined);
      const texts = fields.flatMap(field => (field.is === 'one' ? [field.text] : []));
      if (texts.length === fields.length) {
        return texts.length === 0 ? undefined : oneField(`coalesce(${texts.join(', ')})`);
      }
      const cases = fields.map(field => `WHEN ${field.exists} THEN ${listOf(field)}`);
      return manyField(`CASE ${cases.join(' ')} ELSE []::VARCHAR[] END`);
    }
  }
};

/** A VARCHAR[] of what a field is. */
export const listOf = (field: SqlField): string =>
  field.is === 'many'
    ? field.texts
    : `CASE WHEN (${field.text}) IS NULL THEN []::VARCHAR[] ELSE [${field.text}] END`;
