import type { Scalar } from '../fields/field-space.ts';
import type { Cell } from './cell.ts';
import { Literals } from './literals.ts';
import type { Sign } from './required.ts';
import { numberOf } from './scalar.ts';

/** By a sign of one field, the rules that may hold where it is there, as their numbers. */
export class SignIndex<E> {
  readonly #cell: Cell<E>;
  readonly #wholes = new Map<string, number[]>();
  /** A longer text is none of them, and need not be hashed to find out. */
  readonly #wholeMax: number;
  readonly #numbers = new Map<number, number[]>();
  readonly #parts: Literals | undefined;
  readonly #partRules: readonly (readonly number[])[];
  readonly #tell: (rules: readonly number[]) => void;

  constructor(
    cell: Cell<E>,
    signs: readonly (readonly [sign: Sign, rule: number])[],
    tell: (rules: readonly number[]) => void,
  ) {
    this.#cell = cell;
    this.#tell = tell;
    const parts = new Map<string, number[]>();
    for (const [{ is, text }, rule] of signs) {
      if (is === 'whole') push(this.#wholes, text, rule);
      else if (is === 'part') push(parts, text, rule);
      else push(this.#numbers, Number(text), rule);
    }
    this.#wholeMax = [...this.#wholes.keys()].reduce((max, text) => Math.max(max, text.length), -1);
    this.#parts = parts.size === 0 ? undefined : new Literals([...parts.keys()]);
    this.#partRules = [...parts.values()];
  }

  /** Tells the rules that the event which is looked at may fulfil; some of them twice. */
  ask(): void {
    if (this.#wholes.size > 0 || this.#parts !== undefined) this.#cell.anyFolded(this.#askText);
    if (this.#numbers.size > 0) this.#cell.anyValue(this.#askNumber);
  }

  readonly #askText = (text: string): boolean => {
    const rules = text.length <= this.#wholeMax ? this.#wholes.get(text) : undefined;
    if (rules !== undefined) this.#tell(rules);
    this.#parts?.each(text, this.#tellPart);
    return false;
  };

  readonly #tellPart = (part: number): void => {
    const rules = this.#partRules[part];
    if (rules !== undefined) this.#tell(rules);
  };

  readonly #askNumber = (value: Scalar): boolean => {
    const number = numberOf(value);
    const rules = number === undefined ? undefined : this.#numbers.get(number);
    if (rules !== undefined) this.#tell(rules);
    return false;
  };
}

const push = <K>(lists: Map<K, number[]>, key: K, rule: number): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [rule]);
  else if (list.at(-1) !== rule) list.push(rule);
};
