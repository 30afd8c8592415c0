import type { DataType } from '../data-type.ts';
import { fold } from '../normal.ts';
import type { Words } from '../words.ts';

/** What stands at a place of the text: a word of sets, or a literal of types. */
export interface Entry {
  /** Folded, Latin letters small unless it is a literal; a blank stands for a blank, `-`, `_`, `.` or nothing. */
  readonly text: string;
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
}

/** All words of all languages and all literals of all types, found by their first letters. */
export interface Lexicon {
  /** Of each UTF-16 unit: `unitKind`. */
  readonly kinds: Uint8Array;
  /** Whether any entry begins with letters of this hash (`beginning`). */
  readonly begins: Uint8Array;
  /** By `beginning`; longest first. */
  readonly latin: ReadonlyMap<number, readonly Entry[]>;
  /** By first unit; longest first. */
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
} as const;

/** Small letter of a Latin one, 0 for anything else. */
export const letters: Uint16Array = ((): Uint16Array => {
  const table = new Uint16Array(0x10000);
  for (let unit = 0x41; unit < 0x250; unit += 1) {
    const text = String.fromCharCode(unit);
    if (!/\p{Script=Latin}/u.test(text)) continue;
    const small = text.toLowerCase();
    table[unit] = small.length === 1 ? small.charCodeAt(0) : unit;
  }
  return table;
})();

/** Of four small letters; behind the first that is none (0) the others count no more. */
export const beginning = (first: number, second: number, third: number, fourth: number): number =>
  (first * 0x6e5 +
    (second === 0 ? 0 : second * 0x3d1 + (third === 0 ? 0 : third * 0x1f + fourth))) &
  0xffff;

const kindsOf = (starts: Iterable<number>): Uint8Array => {
  const kinds = new Uint8Array(0x10000);
  for (const unit of starts) kinds[unit] = unitKind.start;
  for (let unit = 0; unit < 0x250; unit += 1) {
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
    const key = `${literal ? 'l' : 'w'}${text}`;
    const known = drafts.get(key);
    if (known !== undefined) return known;
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

const finished = (literal: boolean, draft: Draft): Entry => ({
  text: draft.text,
  labels: [...draft.labels],
  ofNumbers: draft.ofNumbers,
  against: draft.against ? (isTelling(draft.text) ? 'near' : 'adjacent') : undefined,
  literalOf: literal ? [...draft.literalOf] : [],
  wordOf: [...draft.wordOf.values()],
  latin: (letters[draft.text.charCodeAt(0)] ?? 0) !== 0,
});

/** `order number`, `注文番号`; while `case`, `time` and `元` are said of anything. */
const isTelling = (text: string): boolean => {
  const isLatin = (letters[text.charCodeAt(0)] ?? 0) !== 0;
  return text.includes(' ') || text.length >= (isLatin ? 9 : 3);
};

const indexed = (entries: Entry[], sets: ReadonlyMap<string, number>): Lexicon => {
  const latin = new Map<number, Entry[]>();
  const other = new Map<number, Entry[]>();
  const begins = new Uint8Array(0x10000);
  const put = (map: Map<number, Entry[]>, key: number, entry: Entry): void => {
    const there = map.get(key);
    if (there === undefined) map.set(key, [entry]);
    else if (!there.includes(entry)) there.push(entry);
  };
  for (const entry of entries.sort((a, b) => b.text.length - a.text.length)) {
    if (!entry.latin) {
      put(other, entry.text.charCodeAt(0), entry);
      continue;
    }
    for (const key of beginningsOf(entry.text)) {
      begins[key] = 1;
      put(latin, key, entry);
    }
  }
  return { kinds: kindsOf(other.keys()), begins, latin, other, sets };
};

/** A blank of the word may be there or not, so a word with one early is found by two beginnings. */
const beginningsOf = (text: string): readonly number[] => {
  const hash = (from: string): number => {
    const [first = 0, second = 0, third = 0, fourth = 0] = [0, 1, 2, 3].map(
      at => letters[from.charCodeAt(at)] ?? 0,
    );
    return beginning(first, second, third, fourth);
  };
  return [hash(text), hash(text.replaceAll(' ', ''))];
};
