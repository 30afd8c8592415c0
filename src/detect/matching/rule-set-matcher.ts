import type { FieldSpace } from '../fields/field-space.ts';
import type { DetectionRule, Node } from '../sigma/nodes.ts';
import type { Cell } from './cell.ts';
import type { Check } from './comparison.ts';
import { Compiler } from './compile.ts';
import { requiredSigns, type Sign } from './required.ts';
import { SignIndex } from './sign-index.ts';
import { simplify } from './simplify.ts';

/** A rule as it is asked of some events. */
export interface AskedRule<E> {
  readonly rule: DetectionRule;
  /** What is left of its condition. */
  readonly when: Node;
  readonly space: FieldSpace<E>;
  /** What must hold besides; undefined: nothing. */
  readonly only: ((event: E) => boolean) | undefined;
}

/** With more, a rule asks for itself, in one pass, rather than fill an index that others share. */
const signsMax = 500;

/**
 * Many rules for events of one kind. Each rule waits for something that an event must have for it to hold, so that an
 * event costs what rules it may fulfil cost, and not what all of them do.
 */
export class RuleSetMatcher<E> {
  readonly #asked: readonly AskedRule<E>[];
  readonly #compiler: Compiler<E>;
  /** Compiled when first needed: of thousands of rules most wait for ever. */
  readonly #checks: (Check | undefined)[];
  readonly #indexes: readonly SignIndex<E | undefined>[];
  /** Rules that wait for nothing. */
  readonly #always: readonly number[];
  /** In which turn a rule was put among those to be asked. */
  readonly #chosenIn: Int32Array;
  readonly #chosen: number[] = [];
  #turn = 0;

  constructor(asked: readonly AskedRule<E>[], compiler: Compiler<E> = new Compiler<E>()) {
    this.#asked = asked;
    this.#compiler = compiler;
    this.#checks = asked.map(() => undefined);
    this.#chosenIn = new Int32Array(asked.length);
    const byCell = new Map<Cell<E | undefined>, [Sign, number][]>();
    const always: number[] = [];
    for (const [number, { when, space }] of asked.entries()) {
      const signs = requiredSigns(when);
      if (signs === undefined || signs.length > signsMax) {
        always.push(number);
        continue;
      }
      for (const sign of signs) {
        const { field } = sign;
        const cell = field === undefined ? compiler.texts(space) : compiler.cell(field, space);
        // Of a field that no event has, no sign is ever seen.
        if (cell === undefined) continue;
        const list = byCell.get(cell);
        if (list === undefined) byCell.set(cell, [[sign, number]]);
        else list.push([sign, number]);
      }
    }
    this.#always = always;
    this.#indexes = [...byCell].map(([cell, signs]) => new SignIndex(cell, signs, this.#choose));
  }

  /** The rules that an event fulfils, in their order, each once. */
  match(event: E): readonly DetectionRule[] {
    this.#compiler.look(event);
    this.#turn++;
    this.#chosen.length = 0;
    this.#choose(this.#always);
    for (const index of this.#indexes) index.ask();
    let found: number[] | undefined;
    for (const number of this.#chosen) {
      if (!this.#holds(number, event)) continue;
      if (found === undefined) found = [number];
      else found.push(number);
    }
    return found === undefined ? none : this.#rulesOf(found);
  }

  #rulesOf(numbers: number[]): readonly DetectionRule[] {
    const rules = numbers.sort((a, b) => a - b).flatMap(number => this.#asked[number]?.rule ?? []);
    return rules.length === 1 ? rules : [...new Set(rules)];
  }

  readonly #choose = (rules: readonly number[]): void => {
    for (const number of rules) {
      if (this.#chosenIn[number] === this.#turn) continue;
      this.#chosenIn[number] = this.#turn;
      this.#chosen.push(number);
    }
  };

  #holds(number: number, event: E): boolean {
    const asked = this.#asked[number];
    if (asked === undefined) return false;
    let check = this.#checks[number];
    if (check === undefined) {
      check = this.#compiler.check(asked.when, asked.space);
      this.#checks[number] = check;
    }
    return check() && asked.only?.(event) !== false;
  }
}

/** Rules that are all asked of every event, whatever their log source. */
export const askAll = <E>(
  rules: readonly DetectionRule[],
  space: FieldSpace<E>,
): RuleSetMatcher<E> =>
  new RuleSetMatcher(
    rules.map(rule => ({ rule, when: simplify(rule.when), space, only: undefined })),
  );

const none: readonly never[] = [];
