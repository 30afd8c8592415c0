import type { AccessEvent, EventKind, MessageRef } from '../core/access-event.ts';
import type { EventTime } from '../core/log-line.ts';
import type { Envelope, FormatContext } from './format.ts';
import type { Stamp } from './stamp.ts';
import { printable } from './text.ts';

/** What is still being filled in: assigning is several times as fast as spreading, and there are many lines. */
export type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** The time of a line: as the message has it, or as its envelope has. */
const timeOf = (
  envelope: Envelope,
  context: FormatContext,
  stamp: Stamp | undefined = envelope.stamp,
): EventTime => (stamp === undefined ? { original: '' } : context.time(stamp));

/** An event with what every line has. */
export const draftOf = (
  kind: EventKind,
  outcome: AccessEvent['outcome'],
  component: string,
  envelope: Envelope,
  context: FormatContext,
  stamp?: Stamp,
): Draft<AccessEvent> => {
  const draft: Draft<AccessEvent> = {
    kind,
    time: timeOf(envelope, context, stamp),
    outcome,
    component,
  };
  if (envelope.host !== undefined) draft.host = printable(envelope.host);
  if (envelope.pid !== undefined) draft.pid = envelope.pid;
  return draft;
};

export type MessageDraft = Draft<MessageRef>;

/** Stale keys are dropped when there are so many more of them than things. */
const staleMax = 1_024;

/** At most so many things are open at once; the oldest is forgotten for the newest. */
export class OpenThings<T> {
  readonly #max: number;
  readonly #things: Map<string, T> = new Map();
  /**
   * Keys in the order in which they came, those of things that are closed among them. A Map knows that order
   * too, but steps over each hole that deleting left at its front, time and again.
   */
  #order: string[] = [];
  #head = 0;

  constructor(max: number) {
    this.#max = Math.max(1, max);
  }

  get(key: string): T | undefined {
    return this.#things.get(key);
  }

  set(key: string, thing: T): void {
    const { size } = this.#things;
    this.#things.set(key, thing);
    if (this.#things.size === size) return;
    if (size >= this.#max) this.#forgetOldest(key);
    if (this.#order.length - this.#head >= 2 * size + staleMax) {
      this.#order = [...this.#things.keys()];
      this.#head = 0;
    } else this.#order.push(key);
  }

  delete(key: string): void {
    this.#things.delete(key);
  }

  get size(): number {
    return this.#things.size;
  }

  #forgetOldest(newest: string): void {
    while (this.#head < this.#order.length) {
      const key = this.#order[this.#head] ?? '';
      this.#head += 1;
      if (key !== newest && this.#things.delete(key)) break;
    }
    if (this.#head > staleMax && this.#head * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#head);
      this.#head = 0;
    }
  }
}
