import type { TextColumn } from '../../logs/rows/columns.ts';
import { type Person, personOf } from '../../logs/rows/person-filter.ts';
import type { AskedFor } from './asked-for.ts';

/** Whether the text that lies at a place in a dictionary is one that is asked for. */
export type TextMatch = (bytes: Buffer, start: number, end: number) => boolean;

/** One of these columns has such a text. */
export interface Condition {
  readonly columns: readonly TextColumn[];
  readonly matches: TextMatch;
}

/** A person, as segments are asked without opening their rows. */
export interface PersonAsked extends Person {
  /** Of which kinds of events. */
  readonly isKind: (kind: string) => boolean;
}

/** What is asked of kept events. */
export interface EventQuestion {
  /** What all that was made of, where it was typed: other threads make the same of it. */
  readonly asked?: AskedFor;
  /** All of them hold. The one that few rows fulfil comes first. */
  readonly conditions: readonly Condition[];
  /** What the conditions ask for already: where it is not, none of them need be tried. */
  readonly person?: PersonAsked;
  /** Milliseconds since 1970, both included. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Ids of sources; all of them unless given. */
  readonly sources?: ReadonlySet<string>;
  readonly newestFirst: boolean;
  readonly limit?: number;
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

/** One of these texts; capital and small letters are the same. */
export const anyOf = (texts: readonly string[]): TextMatch => {
  const wanted = new Set(texts.map(folded));
  return (bytes, start, end) => wanted.has(folded(bytes.toString('utf8', start, end)));
};

/**
 * A person by the name that he logs in with. Capital and small letters are the same, for no server tells two
 * people apart by them. Without `@`, of whatever domain.
 */
export const personMatch = (person: string): TextMatch => {
  const wanted = folded(person);
  const anyDomain = !wanted.includes('@');
  const whole = (text: string): boolean => {
    const name = folded(text);
    return name === wanted || (anyDomain && name.startsWith(`${wanted}@`));
  };
  if (!isAscii(wanted)) {
    return (bytes, start, end) => whole(bytes.toString('utf8', start, end));
  }
  const letters = Buffer.from(wanted, 'latin1');
  const { length } = letters;
  // Most names differ in one of their first letters: no text is made of them.
  return (bytes, start, end) => {
    for (let i = 0; i < length; i += 1) {
      const byte = start + i < end ? (bytes[start + i] ?? 0) : 0;
      if (lower(byte) === letters[i]) continue;
      // Some letters that are not ASCII become one of it when they are folded.
      return byte >= 0x80 && whole(bytes.toString('utf8', start, end));
    }
    return end - start === length || (anyDomain && bytes[start + length] === 0x40);
  };
};

/** Undefined where the filters of segments cannot be asked for him. @param kinds all of them unless given. */
export const personAsked = (
  person: string,
  kinds: readonly string[] | undefined,
): PersonAsked | undefined => {
  const asked = personOf(folded(person));
  if (asked === undefined) return undefined;
  const wanted = kinds && new Set(kinds.map(folded));
  return { ...asked, isKind: kind => wanted?.has(folded(kind)) ?? true };
};
