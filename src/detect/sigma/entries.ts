import { Mistake, shown } from './mistake.ts';
import type { MapTree, ScalarTree, Tree } from './yaml-tree.ts';

/** What a key of a map holds; null and an absent key are the same. */
export const entry = (map: MapTree, key: string): Tree | undefined => {
  const value = map.entries.get(key)?.value;
  return value?.is === 'scalar' && value.value === null ? undefined : value;
};

/** A single value as it was written. */
export const optionalText = (map: MapTree, key: string): string | undefined => {
  const value = entry(map, key);
  if (value === undefined) return undefined;
  if (value.is !== 'scalar') throw new Mistake(`${shown(key)} is a text`, value.at);
  return value.source;
};

/** A list of texts, or one of them by itself. */
export const texts = (map: MapTree, key: string): readonly string[] =>
  scalars(map, key).map(each => each.source);

export const scalars = (map: MapTree, key: string): readonly ScalarTree[] => {
  const value = entry(map, key);
  if (value === undefined) return [];
  if (value.is === 'scalar') return [value];
  if (value.is === 'map') throw new Mistake(`${shown(key)} is a list of texts`, value.at);
  return value.items.flatMap(item => {
    if (item.is !== 'scalar') throw new Mistake(`${shown(key)} is a list of texts`, item.at);
    return item.value === null ? [] : [item];
  });
};

export const optionalMap = (map: MapTree, key: string): MapTree | undefined => {
  const value = entry(map, key);
  if (value !== undefined && value.is !== 'map')
    throw new Mistake(`${shown(key)} is a map`, value.at);
  return value;
};

/** One of the words given, in lower case. */
export const oneOf = <T extends string>(
  map: MapTree,
  key: string,
  words: readonly T[],
): T | undefined => {
  const value = entry(map, key);
  if (value === undefined) return undefined;
  const written = value.is === 'scalar' ? value.source.toLowerCase() : '';
  const word = words.find(each => each === written);
  if (word !== undefined) return word;
  const what = value.is === 'scalar' ? shown(value.source) : `a ${value.is}`;
  throw new Mistake(`${shown(key)} is ${words.join(', ')}; not ${what}`, value.at);
};
