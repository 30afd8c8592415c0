import { entry, scalars } from './entries.ts';
import { Mistake, shown } from './mistake.ts';
import type { MapTree, ScalarTree, Tree } from './yaml-tree.ts';

/** Is given what is wrong with a rule that is run all the same. */
export type Tell = (mistake: Mistake) => void;

/** Of `related`; `obsoletes` and `correlation` are pySigma's. */
const relations: readonly string[] = [
  'derived',
  'obsolete',
  'obsoletes',
  'merged',
  'renamed',
  'similar',
  'correlation',
];

/** `2026-06-29`; with slashes it was until Sigma 2. */
const dateText = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;

/** Looks at what a rule says of itself that nobody here goes by: what the specification does not allow is told. */
export const checkRemarks = (map: MapTree, tell: Tell): void => {
  for (const key of ['date', 'modified']) checkDate(map, key, tell);
  for (const key of ['taxonomy', 'license']) checkText(map, key, tell);
  for (const key of ['scope', 'fields']) checkTexts(map, key, tell);
  checkRelated(map, tell);
};

const checkDate = (map: MapTree, key: string, tell: Tell): void => {
  const value = entry(map, key);
  if (value?.is !== 'scalar') return;
  const [, year = '', month = '', day = ''] = dateText.exec(value.source.trim()) ?? [];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDay = year !== '' && new Date(at).getUTCMonth() === Number(month) - 1;
  if (!isDay) tell(new Mistake(`${shown(key)} is a day, as 2026-06-29 is`, value.at));
};

const checkText = (map: MapTree, key: string, tell: Tell): void => {
  const value = entry(map, key);
  if (value === undefined || (value.is === 'scalar' && typeof value.value === 'string')) return;
  tell(new Mistake(`${shown(key)} is a text`, value.at));
};

const checkTexts = (map: MapTree, key: string, tell: Tell): void => {
  try {
    scalars(map, key);
  } catch (thrown) {
    if (!(thrown instanceof Mistake)) throw thrown;
    tell(thrown);
  }
};

const checkRelated = (map: MapTree, tell: Tell): void => {
  const related = entry(map, 'related');
  if (related === undefined) return;
  if (related.is !== 'list') {
    tell(new Mistake("'related' is a list", related.at));
    return;
  }
  // One will do: a list may be as long as somebody likes.
  const [wrong] = related.items.flatMap(each => relationMistake(each) ?? []);
  if (wrong !== undefined) tell(wrong);
};

const relationMistake = (tree: Tree): Mistake | undefined => {
  const id = memberOf(tree, 'id');
  const type = memberOf(tree, 'type');
  if (id === undefined || type === undefined) {
    return new Mistake("what is related has an 'id' and a 'type'", tree.at);
  }
  if (relations.includes(type.source.toLowerCase())) return undefined;
  const known = 'derived, obsolete, merged, renamed or similar';
  return new Mistake(`what is related is ${known}; not ${shown(type.source)}`, type.at);
};

const memberOf = (tree: Tree, key: string): ScalarTree | undefined => {
  const value = tree.is === 'map' ? entry(tree, key) : undefined;
  return value?.is === 'scalar' ? value : undefined;
};
