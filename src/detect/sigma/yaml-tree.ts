import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
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
}

export interface ListTree {
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
    const here = node.range?.[0] ?? at;
    let tree: Tree;
    if (isScalar(node)) tree = scalar(node, here);
    else if (isMap(node)) tree = this.map(node.items, here, depth);
    else tree = { is: 'list', at: here, items: this.items(node.items, here, depth) };
    if (anchor !== undefined) this.anchors.set(anchor, { tree, values: this.values - before });
    return tree;
  }

  private items(items: readonly unknown[], at: number, depth: number): readonly Tree[] {
    return items.map(item => this.make(item, offsetOf(item) ?? at, depth + 1));
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
      const keyAt = offsetOf(key) ?? at;
      if (!isScalar(key)) throw new Mistake('a key that is no text', keyAt);
      const name = scalar(key, keyAt).source;
      const tree = this.make(value, offsetOf(value) ?? keyAt, depth + 1);
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

const offsetOf = (node: unknown): number | undefined =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;

const scalar = (node: Scalar, at: number): ScalarTree => {
  const here = node.range?.[0] ?? at;
  const { value } = node;
  if (typeof value === 'string') {
    if (surrogate.test(value)) throw new Mistake('half of a character: a lone surrogate', here);
    return { is: 'scalar', at: here, value, source: value };
  }
  const source = node.source ?? String(value);
  if (value === null || value === undefined) return { is: 'scalar', at: here, value: null, source };
  if (typeof value === 'boolean') return { is: 'scalar', at: here, value, source };
  // `.inf` and `.nan` are numbers to YAML and to nobody who compares with them.
  if (typeof value === 'number' && Number.isFinite(value)) {
    return { is: 'scalar', at: here, value, source };
  }
  return { is: 'scalar', at: here, value: source, source };
};

/** The parser's word for what is wrong, where it speaks of itself to programmers said anew. */
const yamlMistake = (thrown: unknown, at?: number): Mistake => {
  if (thrown instanceof Mistake) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/call stack/i.test(message)) return new Mistake('lists and maps nested too deeply', at);
  return new Mistake(`not valid YAML: ${message}`, at);
};

const treeOf = (document: Document.Parsed): RuleDocument | undefined => {
  const at = document.contents?.range?.[0] ?? document.range[0];
  // A warning (a tag that nobody knows) means that a value is not what its author thinks it is.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    return { at, mistake: new Mistake(`not valid YAML: ${problem.message}`, problem.pos[0]) };
  }
  if (document.contents === null) return undefined;
  try {
    const tree = new TreeMaker().make(document.contents, at);
    if (tree.is === 'scalar' && tree.value === null) return undefined;
    if (tree.is !== 'map') return { at, mistake: new Mistake('no map of keys and values', at) };
    return { at, map: tree };
  } catch (thrown) {
    return { at, mistake: yamlMistake(thrown, at) };
  }
};

/** The documents of a file, in their order. Never throws; what is wrong with one leaves the others. */
export const readDocuments = (text: string): readonly RuleDocument[] => {
  let documents: readonly Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, {
      prettyErrors: false,
      logLevel: 'silent',
      // The parser compares every key with every other: a long file would take it hours.
      uniqueKeys: false,
    });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch (thrown) {
    return [{ at: 0, mistake: yamlMistake(thrown, 0) }];
  }
  return documents.flatMap(each => treeOf(each) ?? []);
};

/** 1-based line and column of an offset. */
export class Places {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.starts.push(at + 1);
    }
  }

  of(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }
}
