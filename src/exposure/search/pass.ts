import {
  type Entry,
  hashOn,
  isBlank,
  isLiteral,
  isPair,
  isWord,
  type Lexicon,
  letters,
  literalKey,
  pair,
  unitKind,
} from './lexicon.ts';

/** A list of numbers that grows, kept from text to text. */
export class Places {
  #list = new Int32Array(1024);
  length = 0;

  push(a: number, b: number): void {
    if (this.length + 2 > this.#list.length) {
      const wider = new Int32Array(this.#list.length * 2);
      wider.set(this.#list);
      this.#list = wider;
    }
    this.#list[this.length] = a;
    this.#list[this.length + 1] = b;
    this.length += 2;
  }

  at(index: number): number {
    return this.#list[index] ?? 0;
  }
}

/** What one pass over a text found; from and to of each, in the order of the text. */
export interface Anchored {
  /** Rows of digits, characters without width among them. */
  readonly groups: Places;
  /** Latin letters and digits without anything between, at least one of each. */
  readonly tokens: Places;
  /** Places of `@`; the second number is not used. */
  readonly ats: Places;
  readonly words: Places;
  /** Of each of `words`. */
  readonly entries: Entry[];
  /** Some group holds characters without width, so that it has fewer digits than characters. */
  hasNoWidth: boolean;
}

/** Room for what a pass finds, so that it is not made anew for every text. */
export const room = (): Anchored => ({
  groups: new Places(),
  tokens: new Places(),
  ats: new Places(),
  words: new Places(),
  entries: [],
  hasNoWidth: false,
});

/** Zeros behind a text, so that looking at the next letters needs no care for its end. */
const margin = 8;
/** The text's units, in room that is kept from text to text: reading these is several times faster than the text. */
let kept = new Uint16Array(1 << 17);
const keptMax = 1 << 23;

const unitsOf = (text: string): Uint16Array => {
  const { length } = text;
  let units = kept;
  if (length + margin > units.length) {
    units = new Uint16Array(length + (length >> 1) + margin);
    if (units.length <= keptMax) kept = units;
  }
  Buffer.from(units.buffer).write(text, 0, 'utf16le');
  units.fill(0, length, length + margin);
  return units;
};

/** Finds all anchors, looking at every character once. */
export const anchor = (text: string, lexicon: Lexicon, found: Anchored): void => {
  found.groups.length = 0;
  found.tokens.length = 0;
  found.ats.length = 0;
  found.words.length = 0;
  found.entries.length = 0;
  found.hasNoWidth = false;
  const { kinds, wordBits, literalBits, pairs } = lexicon;
  const units = unitsOf(text);
  const length = text.length;
  let at = 0;
  /** Words within a longer one that was found say nothing of their own. */
  let wordEnd = 0;
  while (at < length) {
    let here = kinds[units[at] ?? 0] ?? 0;
    if (here === unitKind.other) {
      at += 1;
      continue;
    }
    if (here > unitKind.digit) {
      if (here === unitKind.at) found.ats.push(at, at + 1);
      else if (here >= unitKind.start && at >= wordEnd) {
        const unit = units[at] ?? 0;
        const next = units[at + 1] ?? 0;
        if (isPair(pairs, unit, next))
          wordEnd = otherWord(units, at, length, pair(unit, next), lexicon, found, wordEnd);
        if (here === unitKind.single && at >= wordEnd)
          wordEnd = otherWord(units, at, length, pair(unit, 0), lexicon, found, wordEnd);
      }
      at += 1;
      continue;
    }
    const from = at;
    let parts = 0;
    do {
      if (here === unitKind.digit) {
        const digits = at;
        at = digitsEnd(units, at, kinds, found);
        found.groups.push(digits, at);
        here = kinds[units[at] ?? 0] ?? 0;
        parts |= 2;
      } else {
        // A word begins where letters begin, and within `phoneNumber` where a capital follows a small letter.
        const begin = at;
        let unit = units[at] ?? 0;
        const key = literalKey(unit, units[at + 1] ?? 0, units[at + 2] ?? 0);
        if (isLiteral(literalBits, key)) literalWord(units, at, length, key, lexicon, found);
        let hash: number = letters[unit] ?? 0;
        for (;;) {
          at += 1;
          unit = units[at] ?? 0;
          here = kinds[unit] ?? 0;
          if (here !== unitKind.capital) break;
          hash = hashOn(hash, letters[unit] ?? 0);
        }
        while (here === unitKind.small) {
          hash = hashOn(hash, unit);
          at += 1;
          unit = units[at] ?? 0;
          here = kinds[unit] ?? 0;
        }
        if (begin >= wordEnd && isWord(wordBits, hash))
          wordEnd = latinWord(units, begin, at, length, hash, lexicon, found, wordEnd);
        parts |= 1;
      }
    } while (here !== unitKind.other && here <= unitKind.digit);
    if (parts === 3) found.tokens.push(from, at);
  }
};

/** The end of the text is no digit (`margin`). */
const digitsEnd = (
  units: Uint16Array,
  from: number,
  kinds: Uint8Array,
  found: Anchored,
): number => {
  let at = from + 1;
  let kind = kinds[units[at] ?? 0] ?? 0;
  while (kind === unitKind.digit) {
    at += 1;
    kind = kinds[units[at] ?? 0] ?? 0;
  }
  if (kind !== unitKind.noWidth) return at;
  found.hasNoWidth = true;
  let to = at;
  while (kind === unitKind.digit || kind === unitKind.noWidth) {
    at += 1;
    if (kind === unitKind.digit) to = at;
    kind = kinds[units[at] ?? 0] ?? 0;
  }
  return to;
};

/** A literal does not hide the words in it. */
const literalWord = (
  units: Uint16Array,
  at: number,
  length: number,
  key: number,
  { literals }: Lexicon,
  found: Anchored,
): void => {
  const entries = literals.get(key);
  if (entries === undefined) return;
  const before = at === 0 ? 0 : (units[at - 1] ?? 0);
  if ((letters[before] ?? 0) !== 0 || (before >= 0x30 && before <= 0x39)) return;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined) break;
    const to = exactTo(units, at, entry);
    if (to < 0 || to > length) continue;
    found.words.push(at, to);
    found.entries.push(entry);
  }
};

const latinWord = (
  units: Uint16Array,
  at: number,
  firstEnd: number,
  length: number,
  hash: number,
  { words }: Lexicon,
  found: Anchored,
  wordEnd: number,
): number => {
  const entries = words.get(hash);
  if (entries === undefined) return wordEnd;
  // Many entries begin with `i` or `my`; the letter that follows tells most of them apart.
  const letterCount = firstEnd - at;
  const next = units[firstEnd] ?? 0;
  const follow = isBlank(next)
    ? (units[firstEnd + blankLength(units, firstEnd, letterCount)] ?? 0)
    : next;
  const small = letters[follow] ?? 0;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined) break;
    const wanted = entry.compact[letterCount];
    if (wanted !== undefined && wanted !== small && wanted !== follow) continue;
    const to = wordTo(units, at, entry);
    if (to < 0 || to > length) continue;
    found.words.push(at, to);
    found.entries.push(entry);
    return to;
  }
  return wordEnd;
};

const otherWord = (
  units: Uint16Array,
  at: number,
  length: number,
  key: number,
  { other }: Lexicon,
  found: Anchored,
  wordEnd: number,
): number => {
  const entries = other.get(key);
  if (entries === undefined) return wordEnd;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined) break;
    const isLiteral = entry.literalOf.length > 0;
    const to = isLiteral ? exactTo(units, at, entry) : mixedTo(units, at, entry);
    if (to < 0 || to > length) continue;
    found.words.push(at, to);
    found.entries.push(entry);
    if (!isLiteral) return to;
  }
  return wordEnd;
};

const exactTo = (units: Uint16Array, at: number, entry: Entry): number => {
  const word = entry.units;
  for (let index = 0; index < word.length; index += 1)
    if (units[at + index] !== word[index]) return -1;
  return at + word.length;
};

/** Words of this length are cut off by a full stop rather than ended by it. */
const cutMax = 5;

/** Of what stands for a blank behind so many letters: `St.-Nr.` and `Kd. Nr.` have two of them. */
const blankLength = (units: Uint16Array, at: number, letterCount: number): 1 | 2 => {
  if (units[at] !== 0x2e) return 1;
  const next = units[at + 1] ?? 0;
  return next === 0x2d || (next === 0x20 && letterCount <= cutMax) ? 2 : 1;
};

/** Where the word ends that stands at `at`, or -1. */
const mixedTo = (units: Uint16Array, at: number, entry: Entry): number => {
  const word = entry.units;
  let to = at;
  for (let index = 0; index < word.length; index += 1) {
    const wanted = word[index] ?? 0;
    let unit = units[to] ?? 0;
    if (wanted === 0x20) {
      if (isBlank(unit)) to += blankLength(units, to, index);
      continue;
    }
    if (unit === 0xad) {
      to += 1;
      unit = units[to] ?? 0;
    }
    if (unit !== wanted && (letters[unit] ?? 0) !== wanted) return -1;
    to += 1;
  }
  return to;
};

/** As `mixedTo`, and no letter follows that would make it another word. */
const wordTo = (units: Uint16Array, at: number, entry: Entry): number => {
  const to = mixedTo(units, at, entry);
  if (to < 0) return to;
  const next = units[to] ?? 0;
  const small = letters[next] ?? 0;
  if (small === 0) return to;
  const last = units[to - 1] ?? 0;
  // `phoneNumber`: a capital after a small letter begins another word.
  return next !== small && (letters[last] ?? 0) === last ? to : -1;
};
