import type { Confidence, DataTypeId, IdentifierKind, Sensitivity } from '../core/personal.ts';

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
  /** In its normal form: digits only, lower case, E.164 … */
  readonly value: string;
  /** Set where it tells who somebody is. */
  readonly identifier?: IdentifierKind;
}

/** A kind of personal data: how candidates are found fast, and how one is judged. */
export interface DataType {
  readonly id: DataTypeId;
  readonly title: string;
  readonly sensitivity: Sensitivity;
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
}
