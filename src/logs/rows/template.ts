/**
 * What `rest` says, as numbers: two rows of one template have the same numbers, and it is written down as text
 * once. Numbers are looked up several times as fast as a text is put together.
 */
export const ops = {
  endObject: 0,
  endArray: 1,
  beginObject: 2,
  beginArray: 3,
  true: 4,
  false: 5,
  /** The next of the values in `more`. */
  literal: 6,
  /** With a payload, from here on: the name of what follows. */
  key: 7,
  /** Tokens of the line, as text and as a number. */
  text: 8,
  number: 9,
  /** A word of ours or of a protocol, itself. */
  word: 10,
  /** A whole number from -8,000,000 to 8,000,000, itself. */
  whole: 11,
} as const;

const payloadBits = 4;
const wholeOffset = 8_000_000;
const countMax = 1 << 13;

export const wholeMax: number = wholeOffset;

export const keyOp = (key: number): number => (key << payloadBits) | ops.key;
export const wordOp = (word: number): number => (word << payloadBits) | ops.word;
export const wholeOp = (value: number): number =>
  ((value + wholeOffset) << payloadBits) | ops.whole;

export const opOf = (number: number): number => number & ((1 << payloadBits) - 1);
export const payloadOf = (number: number): number => number >>> payloadBits;

/** @param first token, below 4,096. @param count of tokens, below 8,192. */
export const placeOp = (op: 8 | 9, first: number, count: number): number =>
  ((first * countMax + count) << payloadBits) | op;

export const firstOf = (number: number): number => Math.floor(payloadOf(number) / countMax);
export const countOf = (number: number): number => payloadOf(number) % countMax;

const scratchMax = 2_048;
const templatesMax = 20_000;
const slotsMin = 1 << 10;
/** Of templates that are remembered by what rows look like before they are taken apart. */
const recentSlots = 1 << 10;
const nothing = new Int32Array(0);

/** The text of a row's template. */
const textOf = (numbers: Int32Array, keys: readonly string[], words: readonly string[]): string => {
  let out = '';
  for (const number of numbers) {
    const payload = payloadOf(number);
    const op = opOf(number);
    const needsComma = out !== '' && !/[{[:]$/.test(out);
    if (needsComma && op !== ops.endObject && op !== ops.endArray) out += ',';
    switch (op) {
      case ops.endObject:
        out += '}';
        break;
      case ops.endArray:
        out += ']';
        break;
      case ops.beginObject:
        out += '{';
        break;
      case ops.beginArray:
        out += '[';
        break;
      case ops.true:
        out += 'true';
        break;
      case ops.false:
        out += 'false';
        break;
      case ops.literal:
        out += '"~"';
        break;
      case ops.key:
        out += `"${keys[payload] ?? ''}":`;
        break;
      case ops.word:
        out += `"=${words[payload] ?? ''}"`;
        break;
      case ops.whole:
        out += String(payload - wholeOffset);
        break;
      default: {
        const mark = op === ops.text ? '~' : '#';
        out += `"${mark}${firstOf(number)}.${countOf(number)}"`;
      }
    }
  }
  return out;
};

/** A template that was seen. */
export interface Template {
  readonly numbers: Int32Array;
  readonly text: string;
  /** Where its text has a number already, and which. */
  numberedBy: object | undefined;
  code: number;
}

/** Numbers of the row in hand, and the templates that were seen. */
export class Templates {
  /** Of keys and words, by their numbers. */
  readonly keys: string[] = [];
  readonly words: string[] = [];
  private readonly scratch = new Int32Array(scratchMax);
  private length = 0;
  private hash = 0;
  private known: Template[] = [];
  /** Place in `known` plus 1, by hash. */
  private slots = new Int32Array(slotsMin);
  private readonly recent: (Template | undefined)[] = Array.from({ length: recentSlots });
  private look = 0;
  /** What the row in hand is the same as so far; of no numbers as soon as it is not. */
  private expected: Template | undefined;
  private expectedNumbers: Int32Array = nothing;

  /** @param look the same number for rows that are likely of one template. */
  begin(look: number): void {
    this.length = 0;
    this.hash = 0;
    this.look = look % recentSlots;
    this.expected = this.recent[this.look];
    this.expectedNumbers = this.expected?.numbers ?? nothing;
  }

  /** The number that comes next if the row is what it looks like; -1 where that is not known. */
  get next(): number {
    return this.expectedNumbers[this.length] ?? -1;
  }

  add(number: number): void {
    if (this.expectedNumbers[this.length] === number) {
      this.length += 1;
      return;
    }
    if (this.expected !== undefined) this.differ();
    this.put(number);
  }

  /** It is another template: what was the same is taken over. */
  private differ(): void {
    const { length, expectedNumbers } = this;
    this.expected = undefined;
    this.expectedNumbers = nothing;
    this.length = 0;
    for (let i = 0; i < length; i += 1) this.put(expectedNumbers[i] ?? 0);
  }

  private put(number: number): void {
    this.scratch[this.length] = number;
    this.length += 1;
    this.hash = Math.imul(this.hash ^ number, 0x9e37_79b1);
    this.hash ^= this.hash >>> 15;
  }

  /** Whether there is room for so many more. */
  hasRoom(count: number): boolean {
    return this.length + count <= scratchMax;
  }

  /** The template of the row in hand; the same one for the same numbers. */
  end(): Template {
    const { expected } = this;
    if (expected !== undefined) {
      if (expected.numbers.length === this.length) return expected;
      this.differ();
    }
    const template = this.find();
    this.recent[this.look] = template;
    return template;
  }

  private find(): Template {
    const mask = this.slots.length - 1;
    for (let slot = this.hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.slots[slot] ?? 0;
      if (place === 0) return this.learn(slot);
      const known = this.known[place - 1];
      if (known !== undefined && this.isSame(known.numbers)) return known;
    }
  }

  private isSame(numbers: Int32Array): boolean {
    if (numbers.length !== this.length) return false;
    for (let i = 0; i < numbers.length; i += 1) {
      if (numbers[i] !== this.scratch[i]) return false;
    }
    return true;
  }

  private learn(slot: number): Template {
    const numbers = this.scratch.slice(0, this.length);
    const text = textOf(numbers, this.keys, this.words);
    const template: Template = { numbers, text, numberedBy: undefined, code: 0 };
    if (this.known.length >= templatesMax) {
      this.known = [];
      this.slots.fill(0);
      return template;
    }
    this.known.push(template);
    this.slots[slot] = this.known.length;
    if (this.known.length * 2 > this.slots.length) this.grow();
    return template;
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 4);
    const mask = this.slots.length - 1;
    for (const [i, { numbers }] of this.known.entries()) {
      let hash = 0;
      for (const number of numbers) {
        hash = Math.imul(hash ^ number, 0x9e37_79b1);
        hash ^= hash >>> 15;
      }
      let slot = hash & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = i + 1;
    }
  }
}
