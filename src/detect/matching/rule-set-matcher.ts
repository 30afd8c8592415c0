import type { FieldSpace } from '../fields/field-space.ts';
import type { DetectionRule, Node } from '../sigma/nodes.ts';
import type { Check } from './comparison.ts';
import { Compiler } from './compile.ts';
import { requiredSigns, type Sign } from './required.ts';
import { SignIndex } from './sign-index.ts';
import { simplify } from './simplify.ts';

/**
 * Many rules for events of one kind. Each rule waits for something that an event must have for it to hold, so that an
 * event costs what rules it may fulfil cost, and not what all of them do.
 */
export class RuleSetMatcher<E> {
  readonly #rules: readonly DetectionRule[];
  readonly #compiler: Compiler<E>;
  /** Compiled when first needed: of thousands of rules most wait for ever. */
  readonly #checks: (Check | undefined)[];
  readonly #conditions: readonly Node[];
  readonly #indexes: SignIndex<E | undefined>[] = [];
  /** Rules that wait for nothing. */
  readonly #always: readonly number[];
  /** In which turn a rule was put among those to be asked. */
  readonly #chosenIn: Int32Array;
  readonly #chosen: number[] = [];
  #turn = 0;

  constructor(rules: readonly DetectionRule[], space: FieldSpace<E>) {
    this.#rules = rules;
    this.#compiler = new Compiler(space);
    this.#conditions = rules.map(rule => simplify(rule.when));
    this.#checks = rules.map(() => undefined);
    this.#chosenIn = new Int32Array(rules.length);
    const byField = new Map<string | undefined, [Sign, number][]>();
    const always: number[] = [];
    for (const [number, condition] of this.#conditions.entries()) {
      const signs = requiredSigns(condition);
      if (signs === undefined) always.push(number);
      for (const sign of signs ?? []) {
        const list = byField.get(sign.field);
        if (list === undefined) byField.set(sign.field, [[sign, number]]);
        else list.push([sign, number]);
      }
    }
    this.#always = always;
    for (const [field, signs] of byField) {
      const cell = field === undefined ? this.#compiler.texts : this.#compiler.cell(field);
      // Of a field that no event has, no sign is ever seen.
      if (cell !== undefined) this.#indexes.push(new SignIndex(cell, signs, this.#choose));
    }
  }

  /** The rules that an event fulfils, in their order. */
  match(event: E): readonly DetectionRule[] {
    this.#compiler.look(event);
    this.#turn++;
    this.#chosen.length = 0;
    this.#choose(this.#always);
    for (const index of this.#indexes) index.ask();
    if (this.#chosen.length === 0) return none;
    let found: number[] | undefined;
    for (const number of this.#chosen) {
      if (!this.#checkOf(number)()) continue;
      if (found === undefined) found = [number];
      else found.push(number);
    }
    if (found === undefined) return none;
    return found.sort((a, b) => a - b).flatMap(number => this.#rules[number] ?? []);
  }

  readonly #choose = (rules: readonly number[]): void => {
    for (const number of rules) {
      if (this.#chosenIn[number] === this.#turn) continue;
      this.#chosenIn[number] = this.#turn;
      this.#chosen.push(number);
    }
  };

  #checkOf(number: number): Check {
    const known = this.#checks[number];
    if (known !== undefined) return known;
    const check = this.#compiler.check(this.#conditions[number] ?? { is: 'any', of: [] });
    this.#checks[number] = check;
    return check;
  }
}

const none: readonly never[] = [];
