import { comparisonsOf, PatternBudget } from './comparison.ts';
import { allOf, anyOf, not } from './joined-nodes.ts';
import { Mistake, shown } from './mistake.ts';
import { type ModifierContext, modifiers } from './modifiers.ts';
import type { Comparison, Node } from './nodes.ts';
import type { Placeholders } from './placeholders.ts';
import { type Value, valueOf } from './value.ts';
import type { MapTree, ScalarTree, Tree } from './yaml-tree.ts';

/** A key of a map of fields: `CommandLine|contains|all`. */
interface ItemKey {
  /** Undefined: any field. */
  readonly field: string | undefined;
  readonly modifiers: readonly string[];
  readonly all: boolean;
  readonly negated: boolean;
  readonly cased: boolean;
  readonly at: number;
}

/** Keys of `detection` that are no search identifiers. */
const noIdentifiers = new Set(['condition', 'timeframe']);

/** The search identifiers of a detection or filter, by name. */
export const readSelections = (
  detection: MapTree,
  placeholders: Placeholders,
  others: readonly string[] = [],
): ReadonlyMap<string, Node> => {
  const selections = new Map<string, Node>();
  const reader = new SelectionReader(placeholders);
  for (const [name, { at, value }] of detection.entries) {
    if (noIdentifiers.has(name) || others.includes(name)) continue;
    selections.set(name, reader.read(name, value, at));
  }
  if (selections.size === 0) throw new Mistake('no search identifier', detection.at);
  return selections;
};

/** Values of one rule, each of which is a node of a few hundred bytes. */
const comparisonsMax = 500_000;

class SelectionReader {
  private readonly placeholders: Placeholders;
  private comparisons = 0;
  private readonly budget = new PatternBudget();

  constructor(placeholders: Placeholders) {
    this.placeholders = placeholders;
  }

  /** A map: all of its items. A list: any of them. A single value: a keyword. */
  read(name: string, tree: Tree, at: number): Node {
    switch (tree.is) {
      case 'scalar':
        return this.item(keywordKey(at), [tree]);
      case 'map': {
        if (tree.entries.size === 0) throw new Mistake(`${shown(name)} is empty`, at);
        return allOf([...tree.entries].map(([key, entry]) => this.entry(key, entry)));
      }
      case 'list': {
        if (tree.items.length === 0) throw new Mistake(`${shown(name)} is empty`, at);
        const keywords = tree.items.filter(each => each.is === 'scalar');
        const rest = tree.items.filter(each => each.is !== 'scalar');
        return anyOf([
          ...(keywords.length > 0 ? [this.item(keywordKey(at), keywords)] : []),
          ...rest.map(each => this.read(name, each, each.at)),
        ]);
      }
    }
  }

  private entry(written: string, { at, value }: { at: number; value: Tree }): Node {
    const key = readKey(written, at);
    if (value.is === 'scalar') return this.item(key, [value]);
    if (value.is === 'map') {
      throw new Mistake(
        `a map where ${shown(written)} takes a value or a list of values`,
        value.at,
      );
    }
    const scalars = value.items.filter(each => each.is === 'scalar');
    const other = value.items.find(each => each.is !== 'scalar');
    if (other !== undefined) {
      throw new Mistake(`a list or map within the values of ${shown(written)}`, other.at);
    }
    // No value at all is null, as it is where the list is left out.
    if (scalars.length === 0) {
      return this.item(key, [{ is: 'scalar', at: value.at, value: null, source: '' }]);
    }
    return this.item(key, scalars);
  }

  private item(key: ItemKey, scalars: readonly ScalarTree[]): Node {
    const alternatives = scalars.map(scalar => this.alternatives(key, scalar));
    const node = key.all ? allOf(alternatives.map(anyOf)) : anyOf(alternatives.flat());
    return key.negated ? not(node) : node;
  }

  private alternatives(key: ItemKey, scalar: ScalarTree): readonly Node[] {
    const context: ModifierContext = { at: scalar.at, placeholders: this.placeholders };
    let values: readonly Value[] = [first(key, scalar)];
    for (const name of key.modifiers) {
      const change = modifiers.get(name);
      if (change !== undefined) values = values.flatMap(value => change(value, context));
    }
    return values.flatMap(value => {
      const meant = key.field === undefined ? anywhere(value, key) : within(value, key);
      const comparisons = comparisonsOf(meant, key.cased, scalar.at, this.budget);
      this.comparisons += comparisons.length;
      if (this.comparisons > comparisonsMax) {
        throw new Mistake(
          `a rule of more than ${comparisonsMax} values, those that modifiers make counted`,
          scalar.at,
        );
      }
      return comparisons.map(compare => nodeOf(key.field, compare, scalar.at));
    });
  }
}

/** The value that the first modifier sees: of `re` the text as it is written, since it knows wildcards of its own. */
const first = (key: ItemKey, scalar: ScalarTree): Value => {
  if (!key.modifiers.includes('re')) return valueOf(scalar);
  if (scalar.value === null) throw new Mistake("'re' without a regular expression", scalar.at);
  return {
    is: 'regex',
    source: scalar.source,
    flags: new Set(),
    openBefore: false,
    openAfter: false,
  };
};

/** A keyword stands somewhere in a text, unless it says where. */
const anywhere = (value: Value, key: ItemKey): Value => {
  const open = { openBefore: true, openAfter: true };
  const text: Value =
    value.is === 'number' && value.relation === 'eq' && value.part === undefined
      ? { is: 'text', pieces: [value.source], ...open }
      : value;
  if (text.is === 'boolean') return { is: 'text', pieces: [text.source], ...open };
  const says = positionsIn(key.modifiers).some(each => each !== 'contains');
  return (text.is === 'text' || text.is === 'bytes') && !says ? { ...text, ...open } : text;
};

/** What is in every Base64 text that has a text in it is never all of one. */
const within = (value: Value, { modifiers: names }: ItemKey): Value =>
  value.is === 'text' && names.includes('base64offset') && positionsIn(names).length === 0
    ? { ...value, openBefore: true, openAfter: true }
    : value;

const nodeOf = (field: string | undefined, compare: Comparison, at: number): Node => {
  const frozen = Object.freeze(compare);
  if (field !== undefined) return Object.freeze({ is: 'field', field, compare: frozen });
  if (compare.is !== 'text' && compare.is !== 'regex' && compare.is !== 'cidr') {
    throw new Mistake('a keyword is a text: this needs a field', at);
  }
  if (compare.is === 'text' && compare.pattern.every(piece => typeof piece !== 'string')) {
    throw new Mistake('an empty keyword, which everything contains', at);
  }
  return Object.freeze({ is: 'keyword', compare: frozen });
};

const keywordKey = (at: number): ItemKey => ({
  field: undefined,
  modifiers: [],
  all: false,
  negated: false,
  cased: false,
  at,
});

/** Modifiers about the item rather than about each of its values. */
const itemModifiers = new Set(['all', 'neq', 'cased']);

const readKey = (written: string, at: number): ItemKey => {
  const [field = '', ...names] = written.split('|');
  for (const [index, name] of names.entries()) {
    if (!itemModifiers.has(name) && !modifiers.has(name)) throw unknown(written, name, at);
    if (names.indexOf(name) !== index) {
      throw new Mistake(`the modifier ${shown(name)} stands twice in ${shown(written)}`, at);
    }
  }
  const chain = names.filter(name => !itemModifiers.has(name));
  checkChain(chain, at);
  return {
    field: field === '' ? undefined : field,
    modifiers: chain,
    all: names.includes('all'),
    negated: names.includes('neq'),
    cased: names.includes('cased'),
    at,
  };
};

const unknown = (written: string, name: string, at: number): Mistake => {
  if (name === '') return new Mistake(`a '|' without a modifier in ${shown(written)}`, at);
  const known = modifiers.has(name.toLowerCase()) || itemModifiers.has(name.toLowerCase());
  const hint = known ? ': modifiers are written in lower case' : '';
  return new Mistake(`unknown modifier ${shown(name)} in ${shown(written)}${hint}`, at);
};

/** Those that take the value as it is written. */
const onlyFirst = new Set(['re', 'cidr', 'exists']);

const positions: readonly string[] = ['contains', 'startswith', 'endswith'];
const positionsIn = (names: readonly string[]): readonly string[] =>
  names.filter(name => positions.includes(name));

const checkChain = (chain: readonly string[], at: number): void => {
  const [one, other] = positionsIn(chain);
  if (one !== undefined && other !== undefined) {
    throw new Mistake(`the modifiers ${shown(one)} and ${shown(other)} contradict each other`, at);
  }
  for (const [index, name] of chain.entries()) {
    if (index > 0 && onlyFirst.has(name) && !(name === 'cidr' && chain[0] === 'expand')) {
      throw new Mistake(
        `the modifier ${shown(name)} stands behind ${shown(chain[index - 1] ?? '')}, and takes only what is written`,
        at,
      );
    }
  }
};
