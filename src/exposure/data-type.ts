import type { Confidence, DataTypeId, IdentifierKind, Sensitivity } from '../core/personal.ts';
import type { Words } from './words.ts';

/** Text that is searched: the same length as what it was made of, full-width and other forms folded one to one. */
export interface SearchedText {
  readonly text: string;
  readonly kind: 'subject' | 'plain' | 'html' | 'csv';
}

/** One piece of personal data in a text. The value leaves memory only as a pseudonym, or not at all. */
export interface Found {
  readonly type: DataTypeId;
  /** From and to (exclusive) in UTF-16 units of the searched text. */
  readonly from: number;
  readonly to: number;
  readonly confidence: Confidence;
  /** In its normal form: digits only, lower case, E.164 …; a national number begins with its country: `de:12345678901`. */
  readonly value: string;
  /** Set where it tells who somebody is. */
  readonly identifier?: IdentifierKind;
}

/** What a type says of a candidate. */
export type Judged = Omit<Found, 'type'>;

/**
 * What leads to values of a type. All anchors of all types are found in one pass over the text; a type never
 * reads the text from end to end, it only looks around its candidates, a bounded way.
 */
export interface Anchors {
  /**
   * Digits in groups of these lengths, one `-`, ` `, `.` or `/` (or the end of a wrapped line) between two groups:
   * `[[16], [4, 4, 4, 4]]`. Every such window of a longer row of groups is handed over, with `glued` set
   * where more belongs to it.
   */
  readonly numbers?: readonly (readonly number[])[];
  /** Rows of groups as long as they go, at least and at most this many digits: `[7, 20]`; `(`, `)` and `+` may stand in them. */
  readonly runs?: readonly [digitsMin: number, digitsMax: number];
  /** Latin letters and digits with nothing between, at least one of each, of this length, with this many digits: `[9, 12, 6]`. */
  readonly tokens?: readonly [lengthMin: number, lengthMax: number, digitsMin?: number];
  /** Every `@`. */
  readonly at?: true;
  /** Names of sets of label words (`Words.labels`): a candidate for each place where a word of the set stands. */
  readonly words?: readonly string[];
  /** Beginnings that tell by themselves, capitals as written, not in the middle of a Latin word: `AKIA`, `〒`. */
  readonly literals?: readonly string[];
}

/** A place where a value may stand. */
export interface Candidate {
  readonly kind: 'number' | 'run' | 'token' | 'at' | 'word' | 'literal';
  /** Of the digits, the token, the `@`, the word or the literal. */
  readonly from: number;
  readonly to: number;
  /** Digits alone (number, run); the token; the set's name (word); the literal; `@`. */
  readonly value: string;
  /** Lengths of the groups, of numbers and runs; else empty. */
  readonly groups: readonly number[];
  /** What stands between the groups, a character each (`\n` for a wrapped line), of numbers and runs. */
  readonly separators: string;
  /**
   * A letter, a digit or `_` stands directly before or behind it, or is joined to it by `-`, `.`, `/`, `:`, `@` and the
   * like: part of a GUID, a path, a version, a longer number.
   */
  readonly glued: boolean;
  /** A number's own groups are joined by blanks, and by one more blank another group stands before or behind. */
  readonly continued: boolean;
}

/**
 * What words say of a value. `field`: its own label stands before it with nothing but `:`, `=`, spaces, brackets
 * between, or heads its column; `near`: its label is within 40 characters and nothing speaks against it; `none`;
 * `against`: a word of another meaning (order number, tracking number, amount, label of another type) is nearer.
 */
export type Leaning = 'field' | 'near' | 'none' | 'against';

/** The text around a candidate. */
export interface Around {
  readonly text: string;
  readonly kind: SearchedText['kind'];
  readonly settings: ExposureSettings;
  /** What the words near `from`..`to` say, `sets` being the names of label words that speak for it. */
  leaning(sets: readonly string[], from: number, to: number): Leaning;
  /** Whether a word of one of the sets stands in the `reach` characters (at most 200) before `from` or after `to`. */
  hasWord(sets: readonly string[], from: number, to: number, reach?: number): boolean;
  /** The sets of which a word stands anywhere in the text; `leaning` never speaks for others. */
  said(): ReadonlySet<string>;
  /** Whether it stands within an address of the web, a Message-ID or a path. */
  inUrl(from: number): boolean;
}

/** A kind of personal data: how candidates are found fast, and how one is judged. */
export interface DataType {
  readonly id: DataTypeId;
  readonly title: string;
  readonly sensitivity: Sensitivity;
  readonly anchors: Anchors;
  /**
   * Of several types that claim the same characters the one with more confidence stays, of equals the one with the
   * higher rank (default 0: telephone −10, types with check digits 10), of equals the longer, then the first.
   */
  readonly rank?: number;
  /** It is a stretch of text that may hold values of other types (an address, a link, a hint): it competes with none. */
  readonly holds?: true;
  /** What the type is where these settings hold, for types that depend on them for their anchors. */
  readonly forSettings?: (settings: ExposureSettings) => DataType;
  /** Judges one candidate. Pure, never throws, looks at no more than some hundred characters around it. */
  judge(candidate: Candidate, around: Around): Judged | readonly Judged[] | undefined;
}

/** What the organisation says of its own numbers, and of where its customers live. */
export interface ExposureSettings {
  /** Numbers of customers, accounts, contracts: linear-time patterns, checked when they are read. */
  readonly customerNumbers: readonly {
    readonly pattern: string;
    readonly labels: readonly string[];
  }[];
  /** Regions whose telephone numbers are written without a country code, most likely first: `['JP']`. */
  readonly regions: readonly string[];
  /** Words beyond those of src/exposure/words: of another language, or of the house. */
  readonly words?: readonly Words[];
}
