import type { AccessEvent, EventKind, MessageRef } from '../core/access-event.ts';
import type { EventTime } from '../core/log-line.ts';
import type { Envelope, FormatContext } from './format.ts';
import type { Stamp } from './stamp.ts';
import { printable } from './text.ts';

/** What is still being filled in: assigning is several times as fast as spreading, and there are many lines. */
export type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** The time of a line: as the message has it, or as its envelope has. */
export const timeOf = (
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

/** At most so many things are open at once; the oldest is forgotten for the newest. */
export class OpenThings<T> {
  readonly #max: number;
  readonly #things: Map<string, T> = new Map();

  constructor(max: number) {
    this.#max = Math.max(1, max);
  }

  get(key: string): T | undefined {
    return this.#things.get(key);
  }

  set(key: string, thing: T): void {
    if (this.#things.size >= this.#max && !this.#things.has(key)) {
      for (const oldest of this.#things.keys()) {
        this.#things.delete(oldest);
        break;
      }
    }
    this.#things.set(key, thing);
  }

  delete(key: string): void {
    this.#things.delete(key);
  }

  get size(): number {
    return this.#things.size;
  }
}
