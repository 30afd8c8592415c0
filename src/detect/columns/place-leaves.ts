import { type Place, placeOf } from '../fields/place.ts';
import { column, constant, inLine, type Leaf, type RowShape } from './leaf.ts';

/** Not of rows but of their segment: the name of the evidence source. */
export const sourceColumn = '@source';

const uriLeaves = (part: 'stem' | 'query', shape: RowShape): readonly Leaf[] => {
  const [only, more] = shape.leaves(['request', 'path']);
  if (only === undefined) return [];
  if (more === undefined && only.is === 'tokens') return [{ ...only, part }];
  if (more !== undefined || only.is !== 'value' || typeof only.value !== 'string') return inLine;
  const mark = only.value.indexOf('?');
  if (part === 'stem') return constant(mark < 0 ? only.value : only.value.slice(0, mark));
  return mark < 0 ? [] : constant(only.value.slice(mark + 1));
};

const firstLeaves = (of: readonly Place[], shape: RowShape): readonly Leaf[] => {
  const lists: (readonly Leaf[])[] = [];
  for (const place of of) {
    const leaves = leavesOfPlace(place, shape);
    if (leaves.length === 0) continue;
    lists.push(leaves);
    // What is there in every row leaves nothing to those behind it.
    if (leaves.some(leaf => leaf.is === 'value' || leaf.is === 'time')) break;
  }
  const [only] = lists;
  return lists.length === 1 && only !== undefined
    ? only
    : lists.length === 0
      ? []
      : [{ is: 'first', of: lists }];
};

const leavesOfPlace = (place: Place, shape: RowShape): readonly Leaf[] => {
  switch (place.is) {
    case 'member':
      return shape.leaves(place.path);
    case 'uri':
      return uriLeaves(place.part, shape);
    case 'record':
      return shape.isOneLine ? [{ is: 'record', path: place.path }] : inLine;
    case 'line':
      return lineLeaves(place.part, shape);
    case 'first':
      return firstLeaves(place.of, shape);
  }
};

const lineLeaves = (
  part: Extract<Place, { is: 'line' }>['part'],
  shape: RowShape,
): readonly Leaf[] => {
  switch (part) {
    case 'format':
      return constant(shape.format);
    case 'log':
      return column('log');
    case 'source':
      return column(sourceColumn);
    case 'unparsed':
      return constant(shape.isUnparsed);
    case 'text':
      return shape.isOneLine ? [{ is: 'text' }] : inLine;
    case 'time':
      return [{ is: 'time' }];
  }
};

/** All texts of an event, for keywords. */
export const leavesOfTexts = (shape: RowShape): readonly Leaf[] =>
  shape.isOneLine ? [{ is: 'texts' }] : inLine;

/** Where rows of a shape have a field of our own; `watchedSpace` finds the same in whole events. */
export const leavesOfField = (field: string, shape: RowShape): readonly Leaf[] => {
  const place = placeOf(field);
  return place === undefined ? [] : leavesOfPlace(place, shape);
};

/** The same for a field that lies in several places: `mappedSpace`. */
export const leavesOfFields = (fields: readonly string[], shape: RowShape): readonly Leaf[] =>
  fields.flatMap(field => leavesOfField(field, shape));
