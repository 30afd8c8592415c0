import type { Scalar } from '../fields/field-space.ts';

/** What is known of a field of an event before its line is at hand. */
export type Leaf =
  | { readonly is: 'value'; readonly value: Scalar }
  /** The text of this column in the same row; no text: there is no such member. */
  | { readonly is: 'column'; readonly column: string }
  /** What the row is placed by, in milliseconds since 1970. */
  | { readonly is: 'time' }
  /** Those of the first list that has any in the same row. */
  | { readonly is: 'first'; readonly of: readonly (readonly Leaf[])[] }
  /** It stands in the line so: these tokens of it, or the part of them that is before or behind the first `?`. */
  | {
      readonly is: 'tokens';
      readonly first: number;
      readonly count: number;
      readonly isNumber: boolean;
      readonly part?: 'stem' | 'query';
    }
  /** The whole line. */
  | { readonly is: 'text' }
  /** The line, and all texts of the record that it is. */
  | { readonly is: 'texts' }
  /** What stands at a path of the record that the line is. */
  | { readonly is: 'record'; readonly path: string }
  /** It cannot be told without putting the whole event together. */
  | { readonly is: 'line' };

/** A line, as far as leaves ask for it. May throw where it cannot be read. */
export interface LeafLine {
  readonly text: string;
  tokens(first: number, count: number): string;
  /** The same, read as a number. */
  number(first: number, count: number): number;
  /** All values of the line's record at a path; none: there is no such. Undefined: a list with nothing in it. */
  record(path: string): readonly Scalar[] | undefined;
  /** The line, and all texts of its record. */
  readonly texts: readonly string[];
}

/** What rows of one kind have in common: which members their events have, and where each lies. */
export interface RowShape {
  readonly format: string | undefined;
  readonly isUnparsed: boolean;
  /** The line that rows refer to is all of their text; else it goes on over several lines. */
  readonly isOneLine: boolean;
  /** All that rows of the shape say beside their columns and their lines. */
  readonly words: string;
  /** By the names of `AccessEvent`, outermost first; none: the event has no such member. */
  leaves(path: readonly string[]): readonly Leaf[];
}

export const inLine: readonly Leaf[] = [{ is: 'line' }];

export const constant = (value: Scalar | undefined): readonly Leaf[] =>
  value === undefined ? [] : [{ is: 'value', value }];

export const column = (name: string): readonly Leaf[] => [{ is: 'column', column: name }];
