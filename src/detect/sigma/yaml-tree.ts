import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import { Mistake, shown } from './mistake.ts';

/** A value of a rule file with its place, an offset in the text. What an alias stands for is shared, never copied. */
export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly is: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
  /** As written; of a number its digits. */
  readonly source: string;
  /** Where the source begins, if it stands in the file as it is: without escapes, on one line. */
  readonly verbatimAt?: number;
}

interface ListTree {
  readonly is: 'list';
  readonly at: number;
  readonly items: readonly Tree[];
}

export interface MapTree {
  readonly is: 'map';
  readonly at: number;
  readonly entries: ReadonlyMap<string, { readonly at: number; readonly value: Tree }>;
}

/** A document of a file: a map, or why it is none. Empty ones are left out. */
export type RuleDocument =
  | { readonly at: number; readonly map: MapTree }
  | { readonly at: number; readonly mistake: Mistake };

/** How deep lists and maps may lie within each other; of Sigma's own shapes none is deeper than six. */
const depthMax = 64;
/** Values of one document, those that aliases repeat counted each time. */
const valuesMax = 1_000_000;

const surrogate = /\p{Surrogate}/u;

class TreeMaker {
  /** By anchor: null while it is being made, when an alias to it would have no end. */
  private readonly anchors = new Map<string, { tree: Tree; values: number } | null>();
  private values = 0;
  /** Of the document in its file. */
  private readonly offset: number;

  constructor(offset: number) {
    this.offset = offset;
  }

  make(node: unknown, at: number, depth = 0): Tree {
    if (depth > depthMax) throw new Mistake(`lists and maps more than ${depthMax} deep`, at);
    if (isAlias(node)) return this.ofAlias(node, at);
    const before = this.values;
    this.count(1, at);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) {
      return { is: 'scalar', at, value: null, source: '' };
    }
    const { anchor } = node;
    if (anchor !== undefined) this.anchors.set(anchor, null);
    const here = this.placeOf(node) ?? at;
    let tree: Tree;
    if (isScalar(node)) tree = scalarTree(node, here);
    else if (isMap(node)) tree = this.map(node.items, here, depth);
    else tree = { is: 'list', at: here, items: this.items(node.items, here, depth) };
    if (anchor !== undefined) this.anchors.set(anchor, { tree, values: this.values - before });
    return tree;
  }

  private placeOf(node: unknown): number | undefined {
    const known = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
    const at = known ? node.range?.[0] : undefined;
    return at === undefined ? undefined : at + this.offset;
  }

  private items(items: readonly unknown[], at: number, depth: number): readonly Tree[] {
    return items.map(item => this.make(item, this.placeOf(item) ?? at, depth + 1));
  }

  private count(values: number, at: number): void {
    this.values += values;
    if (this.values > valuesMax) {
      throw new Mistake(`more than ${valuesMax} values, what aliases repeat counted each time`, at);
    }
  }

  private ofAlias(alias: Alias, at: number): Tree {
    const known = this.anchors.get(alias.source);
    if (known === undefined) throw new Mistake(`no anchor ${shown(alias.source)} before it`, at);
    if (known === null) {
      throw new Mistake(`the alias ${shown(alias.source)} stands within what it stands for`, at);
    }
    this.count(known.values, at);
    return known.tree;
  }

  private map(items: readonly Pair[], at: number, depth: number): MapTree {
    const entries = new Map<string, { at: number; value: Tree }>();
    const merged: MapTree[] = [];
    for (const { key, value } of items) {
      const keyAt = this.placeOf(key) ?? at;
      if (!isScalar(key)) throw new Mistake('a key that is no text', keyAt);
      const name = scalarTree(key, keyAt).source;
      const tree = this.make(value, this.placeOf(value) ?? keyAt, depth + 1);
      if (name === '<<' && key.type === 'PLAIN') merged.push(...mapsOf(tree, keyAt));
      else if (entries.has(name)) throw new Mistake(`the key ${shown(name)} stands twice`, keyAt);
      else entries.set(name, { at: keyAt, value: tree });
    }
    for (const each of merged) {
      for (const [name, entry] of each.entries) if (!entries.has(name)) entries.set(name, entry);
    }
    return { is: 'map', at, entries };
  }
}

const mapsOf = (tree: Tree, at: number): readonly MapTree[] => {
  if (tree.is === 'map') return [tree];
  if (tree.is === 'list' && tree.items.every(each => each.is === 'map')) return tree.items;
  throw new Mistake('<< takes a map', at);
};

const scalarTree = ({ value, source: written, type, range }: Scalar, at: number): ScalarTree => {
  if (typeof value === 'string') {
    if (surrogate.test(value)) throw new Mistake('half of a character: a lone surrogate', at);
    const quotes = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE' ? 1 : 0;
    const isPlain = quotes === 1 || type === 'PLAIN';
    const length = range === null || range === undefined ? -1 : range[1] - range[0];
    const isVerbatim = isPlain && length === value.length + 2 * quotes;
    return {
      is: 'scalar',
      at,
      value,
      source: value,
      ...(isVerbatim && { verbatimAt: at + quotes }),
    };
  }
  const source = written ?? String(value);
  if (value === null || value === undefined) return { is: 'scalar', at, value: null, source };
  if (typeof value === 'boolean') return { is: 'scalar', at, value, source };
  // `.inf` and `.nan` are numbers to YAML and to nobody who compares with them.
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  return { is: 'scalar', at, value: isNumber ? value : source, source };
};

/** The parser's word for what is wrong, where it speaks of itself to programmers said anew. */
const yamlMistake = (thrown: unknown, at?: number): Mistake => {
  if (thrown instanceof Mistake) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/call stack/i.test(message)) return new Mistake('lists and maps nested too deeply', at);
  return new Mistake(`not valid YAML: ${message}`, at);
};

/** The one document of a text, which begins at an offset of its file; undefined where it is empty. Never throws. */
export const readDocument = (text: string, offset: number): RuleDocument | undefined => {
  try {
    const document = parseDocument(text, {
      prettyErrors: false,
      logLevel: 'silent',
      // The parser compares every key with every other: a long file would take it hours.
      uniqueKeys: false,
    });
    // A warning (a tag that nobody knows) means that a value is not what its author thinks it is.
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) {
      // What is missing at the end is missing there, not at the next document.
      const at = offset + Math.min(problem.pos[0], text.trimEnd().length);
      return { at: offset, mistake: yamlMistake(problem, at) };
    }
    const tree = new TreeMaker(offset).make(document.contents, offset);
    if (tree.is === 'scalar' && tree.value === null) return undefined;
    if (tree.is === 'map') return { at: tree.at, map: tree };
    return { at: tree.at, mistake: new Mistake('no map of keys and values', tree.at) };
  } catch (thrown) {
    return { at: offset, mistake: yamlMistake(thrown, offset) };
  }
};
