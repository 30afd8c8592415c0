import type { Getter, Scalar } from '../fields/field-space.ts';
import { fold } from './fold.ts';
import type { TextTest } from './regex.ts';
import { textOf } from './scalar.ts';

/** Which event is looked at; cells that were filled for another one are stale. */
export interface Stage<E> {
  event: E;
  turn: number;
}

const none: readonly never[] = [];

/** The values of one field of the event that is looked at: got, turned into text and folded once, whoever asks. */
export class Cell<E> {
  readonly #stage: Stage<E>;
  readonly #getter: Getter<E>;
  #turn = -1;
  #foldedTurn = -1;
  #isThere = false;
  #hasNull = false;
  /** The first text; more of them, and values as they are, only where a field has several. */
  #first: string | undefined;
  #folded: string | undefined;
  #value: Scalar | undefined;
  #values: readonly Scalar[] | undefined;
  #texts: readonly string[] = none;
  #foldedTexts: readonly string[] = none;

  constructor(stage: Stage<E>, getter: Getter<E>) {
    this.#stage = stage;
    this.#getter = getter;
  }

  get isThere(): boolean {
    this.#fill();
    return this.#isThere;
  }

  /** Absent, null, a null among others, or a list of nothing. */
  get isNull(): boolean {
    this.#fill();
    return this.#hasNull;
  }

  anyText(test: TextTest): boolean {
    this.#fill();
    if (this.#first === undefined) return false;
    if (test(this.#first)) return true;
    for (const text of this.#texts) if (test(text)) return true;
    return false;
  }

  anyFolded(test: TextTest): boolean {
    this.#fill();
    if (this.#first === undefined) return false;
    this.#foldAll();
    if (test(this.#folded ?? '')) return true;
    for (const text of this.#foldedTexts) if (test(text)) return true;
    return false;
  }

  /** Of values that are not null. */
  anyValue(test: (value: Scalar) => boolean): boolean {
    this.#fill();
    if (this.#values !== undefined)
      return this.#values.some(value => value !== null && test(value));
    return this.#value !== undefined && this.#value !== null && test(this.#value);
  }

  #fill(): void {
    if (this.#turn === this.#stage.turn) return;
    this.#turn = this.#stage.turn;
    const value = this.#getter(this.#stage.event);
    this.#isThere = value !== undefined;
    this.#texts = none;
    if (typeof value === 'object' && value !== null) {
      this.#fillAll(value);
      return;
    }
    this.#values = undefined;
    this.#value = value;
    this.#hasNull = value === undefined || value === null;
    this.#first = value === undefined ? undefined : textOf(value);
  }

  #fillAll(values: readonly Scalar[]): void {
    const texts = values.map(textOf).filter(text => text !== undefined);
    this.#value = undefined;
    this.#values = values;
    this.#hasNull = values.length === 0 || texts.length < values.length;
    this.#first = texts[0];
    this.#texts = texts.length > 1 ? texts.slice(1) : none;
  }

  #foldAll(): void {
    if (this.#foldedTurn === this.#stage.turn) return;
    this.#foldedTurn = this.#stage.turn;
    this.#folded = fold(this.#first ?? '');
    this.#foldedTexts = this.#texts.length === 0 ? none : this.#texts.map(fold);
  }
}
