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
  readonly #space: FieldSpace<E>;
  readonly #stage: Stage<E | undefined> = { event: undefined, turn: 0 };
  readonly #cells = new Map<string, Cell<E | undefined> | undefined>();
  #texts: Cell<E | undefined> | undefined;

  constructor(space: FieldSpace<E>) {
    this.#space = space;
  }

  /** To be called before the checks are asked about an event. */
  look(event: E): void {
    this.#stage.event = event;
    this.#stage.turn++;
  }

  check(node: Node): Check {
    return this.#compile(simplify(node));
  }

  /** Undefined where no event has such a field. */
  readonly cell = (field: string): Cell<E | undefined> | undefined => {
    if (!this.#cells.has(field)) {
      const getter = this.#space.getter(field);
      this.#cells.set(field, getter === undefined ? undefined : this.#newCell(getter));
    }
    return this.#cells.get(field);
  };

  /** All texts of the event. */
  get texts(): Cell<E | undefined> {
    this.#texts ??= this.#newCell(event => [...this.#space.texts(event)]);
    return this.#texts;
  }

  #newCell(getter: Getter<E>): Cell<E | undefined> {
    return new Cell(this.#stage, event => (event === undefined ? undefined : getter(event)));
  }

  #compile(node: Node): Check {
    switch (node.is) {
      case 'not': {
        const check = this.#compile(node.of);
        return () => !check();
      }
      case 'all':
        return allOf(node.of.map(part => this.#compile(part)));
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
      } else checks.push(this.#compile(node));
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
      .map(list => textsCheck(this.texts, list));
    for (const compare of compares) {
      if (compare.is === 'text') continue;
      checks.push(fieldCheck(this.texts, compare, this.cell));
    }
    return anyOf(checks);
  }
}

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
  const compiler = new Compiler(space);
  const check = compiler.check(rule.when);
  return event => {
    compiler.look(event);
    return check();
  };
};
