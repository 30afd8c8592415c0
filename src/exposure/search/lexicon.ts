import type { DataType } from '../data-type.ts';
import { fold } from '../normal.ts';
import type { Words } from '../words.ts';

/** What stands at a place of the text: a word of sets, or a literal of types. */
export interface Entry {
  /** Folded, Latin letters small unless it is a literal; a blank stands for a blank, `-`, `_`, `.` or nothing. */
  readonly text: string;
  /** Of `text`. */
  readonly units: Uint16Array;
  /** The same without blanks. */
  readonly compact: Uint16Array;
  /** Numbers of the sets it speaks for (`Lexicon.sets`). */
  readonly labels: readonly number[];
  /** It labels values of a kind that numbers are; names, addresses and hints may stand before any number. */
  readonly ofNumbers: boolean;
  /** It speaks against numbers near it: `adjacent` only of the one directly beside it, for it has other meanings too. */
  readonly against: 'near' | 'adjacent' | undefined;
  /** Places in `types` of those that take it for a literal. */
  readonly literalOf: readonly number[];
  /** Places in `types` of those that want to judge where this word stands, with the set's name. */
  readonly wordOf: readonly (readonly [type: number, set: string])[];
  readonly latin: boolean;
  /** Some type judges where it stands. */
  readonly isJudged: boolean;
}

/** All words of all languages and all literals of all types, found by their first letters. */
export interface Lexicon {
  /** Of each UTF-16 unit: `unitKind`. */
  readonly kinds: Uint8Array;
  /** Whether any entry's first word has this hash (`wordBit`). */
  readonly wordBits: Uint32Array;
  /** Entries by the hash of their first word, whole; longest first. */
  readonly words: ReadonlyMap<number, readonly Entry[]>;
  /** Whether any literal begins with three units of this hash (`literalBit`). */
  readonly literalBits: Uint32Array;
  readonly literals: ReadonlyMap<number, readonly Entry[]>;
  /** Whether any entry of no Latin letters begins with two units of this hash (`pair`). */
  readonly pairs: Uint32Array;
  /** By `pair`, words of one unit by that alone; longest first. */
  readonly other: ReadonlyMap<number, readonly Entry[]>;
  readonly sets: ReadonlyMap<string, number>;
}

export const unitKind = {
  other: 0,
  small: 1,
  capital: 2,
  digit: 3,
  at: 4,
  noWidth: 5,
  start: 6,
  /** A word of one unit begins here, and perhaps longer ones. */
  single: 7,
} as const;

const lettersEnd = 0x530;

/** Small letter of a Latin, Greek or Cyrillic one, which are written with blanks between words; 0 for anything else. */
export const letters: Uint16Array = ((): Uint16Array => {
  const table = new Uint16Array(0x10000);
  for (let unit = 0x41; unit < lettersEnd; unit += 1) {
    const text = String.fromCharCode(unit);
    if (!/[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(text)) continue;
    const small = text.toLowerCase();
    table[unit] = small.length === 1 ? small.charCodeAt(0) : unit;
  }
  return table;
})();

const mixed = (value: number, bits: number): number => Math.imul(value, 0x9e3779b1) >>> (32 - bits);
const hasBit = (bits: Uint32Array, bit: number): boolean =>
  (((bits[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
const setBit = (bits: Uint32Array, bit: number): void => {
  bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
};

/** Small tables stay in the fastest memory; one word in eighty that is none is looked at twice. */
const wordHashBits = 17;
const literalHashBits = 15;
const pairHashBits = 17;

/** One letter more of a word's hash; letters are small. */
export const hashOn = (hash: number, letter: number): number => ((hash << 4) + letter) | 0;

export const isWord = (bits: Uint32Array, hash: number): boolean =>
  hasBit(bits, mixed(hash, wordHashBits));

/** Of three units, capitals as they are. */
export const literalKey = (first: number, second: number, third: number): number =>
  (first + (second << 8) + (third << 16)) | 0;
export const isLiteral = (bits: Uint32Array, key: number): boolean =>
  hasBit(bits, mixed(key, literalHashBits));

/** What may stand for a blank between words of an entry. */
export const isBlank = (unit: number): boolean =>
  unit === 0x20 || unit === 0x2d || unit === 0x5f || unit === 0x2e || unit === 0xad;

/** Of the first two units of a word; the second of one unit alone is 0. */
export const pair = (first: number, second: number): number => first * 0x10000 + second;
export const isPair = (bits: Uint32Array, first: number, second: number): boolean =>
  hasBit(bits, mixed(first * 0x10001 + second, pairHashBits));

const kindsOf = (other: Iterable<number>): Uint8Array => {
  const kinds = new Uint8Array(0x10000);
  for (const key of other) {
    const first = Math.floor(key / 0x10000);
    if (key % 0x10000 === 0) kinds[first] = unitKind.single;
    else if (kinds[first] !== unitKind.single) kinds[first] = unitKind.start;
  }
  for (let unit = 0; unit < lettersEnd; unit += 1) {
    const small = letters[unit] ?? 0;
    if (small !== 0) kinds[unit] = small === unit ? unitKind.small : unitKind.capital;
  }
  for (let unit = 0x30; unit <= 0x39; unit += 1) kinds[unit] = unitKind.digit;
  kinds[0x40] = unitKind.at;
  kinds[0xad] = unitKind.noWidth;
  return kinds;
};

interface Draft {
  text: string;
  labels: Set<number>;
  ofNumbers: boolean;
  against: boolean;
  literalOf: Set<number>;
  wordOf: Map<string, readonly [number, string]>;
}

const blank = /[ _-]+/g;

/** Puts words and literals of everybody together. Words that cannot be found (empty, too long) are left away. */
export const lexiconOf = (
  languages: readonly Words[],
  types: readonly DataType[],
  extra: ReadonlyMap<string, readonly string[]> = new Map(),
): Lexicon => {
  const drafts = new Map<string, Draft>();
  const sets = new Map<string, number>();
  const numberOf = (set: string): number => {
    const known = sets.get(set);
    if (known !== undefined) return known;
    sets.set(set, sets.size);
    return sets.size - 1;
  };
  const draft = (text: string, literal: boolean): Draft => {
    // `n i f` is found where `nif` is, so that they are one entry.
    const key = literal ? `l${text}` : `w${text.replaceAll(' ', '')}`;
    const known = drafts.get(key);
    if (known !== undefined) {
      if (text.length > known.text.length) known.text = text;
      return known;
    }
    const fresh: Draft = {
      text,
      labels: new Set(),
      ofNumbers: false,
      against: false,
      literalOf: new Set(),
      wordOf: new Map(),
    };
    drafts.set(key, fresh);
    return fresh;
  };
  const wordless = new Set([
    'special',
    ...types.filter(type => !isOfNumbers(type)).map(({ id }) => id),
  ]);
  const wordTypes = new Map<string, (readonly [number, string])[]>();
  types.forEach((type, index) => {
    for (const set of type.anchors.words ?? [])
      wordTypes.set(set, [...(wordTypes.get(set) ?? []), [index, set]]);
    for (const literal of type.anchors.literals ?? [])
      draft(fold(literal), true).literalOf.add(index);
  });
  const addLabel = (set: string, word: string): void => {
    const text = wordText(word);
    if (text === '') return;
    const entry = draft(text, false);
    entry.labels.add(numberOf(set));
    if (!wordless.has(set.split('/', 1)[0] ?? '')) entry.ofNumbers = true;
    for (const wanted of wordTypes.get(set) ?? []) entry.wordOf.set(wanted.join(' '), wanted);
  };
  for (const language of languages) {
    for (const [set, words] of Object.entries(language.labels))
      for (const word of words) addLabel(set, word);
    for (const words of Object.values(language.against))
      for (const word of words) {
        const text = wordText(word);
        if (text !== '') draft(text, false).against = true;
      }
  }
  for (const [set, words] of extra) for (const word of words) addLabel(set, word);
  return indexed(
    [...drafts.entries()].map(([key, entry]) => finished(key.startsWith('l'), entry)),
    sets,
  );
};

const wordText = (word: string): string => {
  const text = fold(word).toLowerCase().trim().replace(blank, ' ');
  return text.length > 80 ? '' : text;
};

const isOfNumbers = ({ anchors: { numbers, runs, tokens } }: DataType): boolean =>
  numbers !== undefined || runs !== undefined || tokens !== undefined;

const unitsOf = (text: string): Uint16Array =>
  Uint16Array.from(Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)));

const finished = (literal: boolean, draft: Draft): Entry => ({
  text: draft.text,
  units: unitsOf(draft.text),
  compact: unitsOf(draft.text.replaceAll(' ', '')),
  labels: [...draft.labels],
  ofNumbers: draft.ofNumbers,
  against: draft.against ? (isTelling(draft.text) ? 'near' : 'adjacent') : undefined,
  literalOf: literal ? [...draft.literalOf] : [],
  wordOf: [...draft.wordOf.values()],
  latin: (letters[draft.text.charCodeAt(0)] ?? 0) !== 0,
  isJudged: draft.wordOf.size > 0 || (literal && draft.literalOf.size > 0),
});

/** `order number`, `注文番号`; while `case`, `time` and `元` are said of anything. */
const isTelling = (text: string): boolean => {
  const isLatin = (letters[text.charCodeAt(0)] ?? 0) !== 0;
  return text.includes(' ') || text.length >= (isLatin ? 9 : 3);
};

const indexed = (entries: Entry[], sets: ReadonlyMap<string, number>): Lexicon => {
  const words = new Map<number, Entry[]>();
  const literals = new Map<number, Entry[]>();
  const other = new Map<number, Entry[]>();
  const wordBits = new Uint32Array(1 << (wordHashBits - 5));
  const literalBits = new Uint32Array(1 << (literalHashBits - 5));
  const pairs = new Uint32Array(1 << (pairHashBits - 5));
  const put = (map: Map<number, Entry[]>, key: number, entry: Entry): void => {
    const there = map.get(key);
    if (there === undefined) map.set(key, [entry]);
    else if (!there.includes(entry)) there.push(entry);
  };
  for (const entry of entries.sort((a, b) => b.text.length - a.text.length)) {
    const [first = 0, second = 0] = entry.units;
    if (!entry.latin) {
      for (const unit of secondUnits(second, entry)) {
        put(other, pair(first, unit), entry);
        setBit(pairs, mixed(first * 0x10001 + unit, pairHashBits));
      }
    } else if (entry.literalOf.length > 0) {
      for (const third of thirdUnits(entry)) {
        const key = literalKey(first, second, third);
        put(literals, key, entry);
        setBit(literalBits, mixed(key, literalHashBits));
      }
    } else {
      for (const hash of firstWords(entry)) {
        put(words, hash, entry);
        setBit(wordBits, mixed(hash, wordHashBits));
      }
    }
  }
  return {
    kinds: kindsOf(other.keys()),
    wordBits,
    words,
    literalBits,
    literals,
    pairs,
    other,
    sets,
  };
};

/** A literal of two units is found by what may follow it. */
const thirdUnits = ({ units }: Entry): readonly number[] => {
  const third = units[2];
  if (third !== undefined) return [third];
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return Array.from(`0123456789${letters}${letters.toLowerCase()}`, letter => letter.charCodeAt(0));
};

/** Hashes of `post` and `postcode` for `post code`: the blank between may not be there. */
const firstWords = ({ units }: Entry): readonly number[] => {
  const hashes: number[] = [];
  let hash = 0;
  for (const unit of units) {
    if ((letters[unit] ?? 0) !== 0) hash = hashOn(hash, unit);
    else {
      hashes.push(hash);
      if (unit !== 0x20) return hashes;
    }
  }
  hashes.push(hash);
  return hashes;
};

/** Latin letters in a word (`Eメール`, `(at)`) may be capitals; a blank may be there or not. */
const secondUnits = (second: number, { text, literalOf }: Entry): readonly number[] => {
  if (literalOf.length > 0) return [second];
  const written = String.fromCharCode(second);
  if (second === 0x20) return [0x20, 0x2d, 0x5f, 0x2e, 0xad, text.charCodeAt(2)];
  return [...new Set([second, written.toUpperCase().charCodeAt(0), 0xad])];
};
