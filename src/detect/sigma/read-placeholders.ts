import { decodeRules } from './decode.ts';
import { readDocuments } from './documents.ts';
import { texts } from './entries.ts';
import { Mistake, shown } from './mistake.ts';
import type { RuleProblem } from './nodes.ts';
import type { Placeholders } from './placeholders.ts';
import { Places } from './places.ts';
import type { MapTree } from './yaml-tree.ts';

export interface PlaceholderSet {
  readonly placeholders: Placeholders;
  readonly problems: readonly RuleProblem[];
}

const bytesMax = 11 << 20;

/**
 * What the placeholders of rules stand for here: a YAML map from each name, without its percent signs, to a value or a
 * list of values. `Administrators: [adm_*, root]`. Never throws; of a name that is wrong, the others stay.
 */
export const readPlaceholders = (path: string, file: string | Uint8Array): PlaceholderSet => {
  const text = decodeRules(path, file, bytesMax);
  if (typeof text !== 'string') return { placeholders: new Map(), problems: [text] };
  const placeholders = new Map<string, readonly string[]>();
  const problems: RuleProblem[] = [];
  const places = new Places(text);
  const report = (mistake: Mistake, at: number): void => {
    const { line, column } = places.of(mistake.at ?? at);
    problems.push({ path, line, column, why: mistake.message });
  };
  for (const document of readDocuments(text)) {
    if ('mistake' in document) report(document.mistake, document.at);
    else {
      for (const [name, { at }] of document.map.entries) {
        try {
          placeholders.set(name, valuesOf(document.map, name, at));
        } catch (thrown) {
          if (!(thrown instanceof Mistake)) throw thrown;
          report(thrown, at);
        }
      }
    }
  }
  return { placeholders, problems };
};

const valuesOf = (map: MapTree, name: string, at: number): readonly string[] => {
  if (!/^\w+$/.test(name)) {
    throw new Mistake(`${shown(name)} is no name of a placeholder: letters, digits and _`, at);
  }
  const values = texts(map, name);
  if (values.length === 0) throw new Mistake(`nothing stands for ${shown(name)}`, at);
  return Object.freeze(values);
};
