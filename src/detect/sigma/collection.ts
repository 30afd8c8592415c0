import { entry } from './entries.ts';
import { Mistake, shown } from './mistake.ts';
import type { MapTree, RuleDocument, Tree } from './yaml-tree.ts';

/**
 * The rules of a file of several documents, where one with `action: global` is part of all that follow, `reset` ends
 * that, and `repeat` is the rule before it with other values (Sigma's rule collections, which 2.0 took out).
 */
export const expandActions = (documents: readonly RuleDocument[]): readonly RuleDocument[] => {
  const out: RuleDocument[] = [];
  let shared: MapTree | undefined;
  let before: MapTree | undefined;
  for (const document of documents) {
    if ('mistake' in document) {
      out.push(document);
      continue;
    }
    const action = entry(document.map, 'action');
    const name = action?.is === 'scalar' ? action.source : undefined;
    if (action === undefined) {
      before = merged(shared, document.map);
      out.push({ at: document.at, map: before });
      // What names one rule cannot name the next.
      shared = shared && withoutIdentity(shared);
    } else if (name === 'global') before = shared = without(document.map, 'action');
    else if (name === 'reset') shared = undefined;
    else if (name === 'repeat') {
      before = merged(before && withoutIdentity(before), without(document.map, 'action'));
      out.push({ at: document.at, map: before });
    } else {
      const mistake = new Mistake(
        `'action' is global, reset or repeat${name === undefined ? '' : `, not ${shown(name)}`}`,
        action.at,
      );
      out.push({ at: document.at, mistake });
    }
  }
  return out;
};

const without = (map: MapTree, key: string): MapTree => {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
};

const withoutIdentity = (map: MapTree): MapTree => without(without(map, 'id'), 'name');

/** Maps within maps are merged, everything else of the second counts. */
const merged = (first: MapTree | undefined, second: MapTree): MapTree => {
  if (first === undefined) return second;
  const entries = new Map(first.entries);
  for (const [key, { at, value }] of second.entries) {
    const old: Tree | undefined = entries.get(key)?.value;
    const both = old?.is === 'map' && value.is === 'map' ? merged(old, value) : value;
    entries.set(key, { at, value: both });
  }
  return { is: 'map', at: second.at, entries };
};
