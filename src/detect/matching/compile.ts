import type { FieldSpace, Getter } from '../fields/field-space.ts';
import type { Comparison, DetectionRule, Node } from '../sigma/nodes.ts';
import { Cell, type Stage } from './cell.ts';
import { absentCheck, type Check, fieldCheck } from './comparison.ts';
import type { Matcher } from './matcher.ts';
import { simplify } from './simplify.ts';
import { anyShapeTest } from './text-set.ts';
import { shapeOf } from './text-test.ts';

type FieldNode = Extract<Node, { is: 'field' }>;
type TextComparison = Extract<Comparison, { is: 'text' }>;

/** Compiles rules for events of one kind; what they look at in common is looked at once for each event. */
export class Compiler<E> {
  readonly #stage: Stage<E | undefined> = { event: undefined, turn: 0 };
  /** By what gets the values: two names for the same field have one. */
  readonly #cells = new Map<Getter<E>, Cell<E | undefined>>();
  readonly #texts = new Map<FieldSpace<E>['texts'], Cell<E | undefined>>();
  readonly #spaces = new Map<FieldSpace<E>, SpaceCompiler<E>>();

  /** To be called before the checks are asked about an event. */
  look(event: E): void {
    this.#stage.event = event;
    this.#stage.turn++;
  }

  /** The same check for the same node, so that what many rules share is there once. */
  check(node: Node, space: FieldSpace<E>): Check {
    return this.#of(space).check(node);
  }

  /** Undefined where no event has such a field. */
  cell(field: string, space: FieldSpace<E>): Cell<E | undefined> | undefined {
    return this.#of(space).cell(field);
  }

  /** All texts of the event. */
  texts(space: FieldSpace<E>): Cell<E | undefined> {
    return cached(this.#texts, space.texts, texts => this.#newCell(event => [...texts(event)]));
  }

  #of(space: FieldSpace<E>): SpaceCompiler<E> {
    return cached(
      this.#spaces,
      space,
      () =>
        new SpaceCompiler(field => {
          const getter = space.getter(field);
          return getter && cached(this.#cells, getter, () => this.#newCell(getter));
        }, this.texts(space)),
    );
  }

  #newCell(getter: Getter<E>): Cell<E | undefined> {
    return new Cell(this.#stage, event => (event === undefined ? undefined : getter(event)));
  }
}

/** Within one space. */
class SpaceCompiler<E> {
  readonly #getCell: (field: string) => Cell<E | undefined> | undefined;
  readonly #texts: Cell<E | undefined>;
  readonly #cells = new Map<string, Cell<E | undefined> | undefined>();
  readonly #checks = new WeakMap<Node, Check>();

  constructor(
    getCell: (field: string) => Cell<E | undefined> | undefined,
    texts: Cell<E | undefined>,
  ) {
    this.#getCell = getCell;
    this.#texts = texts;
  }

  readonly cell = (field: string): Cell<E | undefined> | undefined => {
    if (!this.#cells.has(field)) this.#cells.set(field, this.#getCell(field));
    return this.#cells.get(field);
  };

  check(node: Node): Check {
    const known = this.#checks.get(node);
    if (known !== undefined) return known;
    const check = this.#compile(node);
    this.#checks.set(node, check);
    return check;
  }

  #compile(node: Node): Check {
    switch (node.is) {
      case 'not': {
        const check = this.check(node.of);
        return () => !check();
      }
      case 'all':
        return allOf(node.of.map(part => this.check(part)));
      case 'any':
        return this.#compileAny(node.of);
      case 'keyword':
        return this.#keywords([node.compare]);
      case 'field': {
        const cell = this.cell(node.field);
        if (cell !== undefined) return fieldCheck(cell, node.compare, this.cell);
        const answer = absentCheck(node.compare);
        return () => answer;
      }
    }
  }

  /** Texts that one field is compared with are one test. */
  #compileAny(nodes: readonly Node[]): Check {
    const checks: Check[] = [];
    const lists = new Map<string, FieldNode[]>();
    const keywords: Comparison[] = [];
    for (const node of nodes) {
      if (node.is === 'keyword') keywords.push(node.compare);
      else if (node.is === 'field' && node.compare.is === 'text') {
        const key = `${node.compare.cased ? 'c' : 'f'}${node.field}`;
        const list = lists.get(key);
        if (list === undefined) lists.set(key, [node]);
        else list.push(node);
      } else checks.push(this.check(node));
    }
    for (const list of lists.values()) checks.push(this.#textList(list));
    if (keywords.length > 0) checks.push(this.#keywords(keywords));
    return anyOf(checks);
  }

  #textList(list: readonly FieldNode[]): Check {
    const [first] = list;
    const cell = first === undefined ? undefined : this.cell(first.field);
    if (first === undefined || cell === undefined) return () => false;
    const compares = list.map(node => node.compare).filter(compare => compare.is === 'text');
    return textsCheck(cell, compares);
  }

  /** Of any text of the event; the reader has put wildcards around what may stand anywhere in it. */
  #keywords(compares: readonly Comparison[]): Check {
    const texts = compares.filter(compare => compare.is === 'text');
    const checks = [true, false]
      .map(isCased => texts.filter(compare => compare.cased === isCased))
      .filter(list => list.length > 0)
      .map(list => textsCheck(this.#texts, list));
    for (const compare of compares) {
      if (compare.is === 'text') continue;
      checks.push(fieldCheck(this.#texts, compare, this.cell));
    }
    return anyOf(checks);
  }
}

const cached = <K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V => {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make(key);
  known.set(key, made);
  return made;
};

/** One of some patterns, all with case or all without. */
const textsCheck = <E>(cell: Cell<E>, compares: readonly TextComparison[]): Check => {
  const isCased = compares[0]?.cased === true;
  const test = anyShapeTest(compares.map(compare => shapeOf(compare.pattern, isCased)));
  return isCased ? () => cell.anyText(test) : () => cell.anyFolded(test);
};

const allOf = (checks: readonly Check[]): Check => {
  const [first, second] = checks;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (checks.length === 2) return () => first() && second();
  return () => {
    for (const check of checks) if (!check()) return false;
    return true;
  };
};

const anyOf = (checks: readonly Check[]): Check => {
  const [first, second] = checks;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (checks.length === 2) return () => first() || second();
  return () => {
    for (const check of checks) if (check()) return true;
    return false;
  };
};

/** @throws where a pattern is none of RE2, which the reader of rules has refused before */
export const compileMatcher = <E>(
  rule: Pick<DetectionRule, 'when'>,
  space: FieldSpace<E>,
): Matcher<E> => {
  const compiler = new Compiler<E>();
  const check = compiler.check(simplify(rule.when), space);
  return event => {
    compiler.look(event);
    return check();
  };
};
