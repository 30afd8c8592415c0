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
  /** It stands in the line, or cannot be told without it. */
  | { readonly is: 'line' };

/** What rows of one kind have in common: which members their events have, and where each lies. */
export interface RowShape {
  readonly format: string | undefined;
  readonly isUnparsed: boolean;
  /** By the names of `AccessEvent`, outermost first; none: the event has no such member. */
  leaves(path: readonly string[]): readonly Leaf[];
}

export const inLine: readonly Leaf[] = [{ is: 'line' }];

export const constant = (value: Scalar | undefined): readonly Leaf[] =>
  value === undefined ? [] : [{ is: 'value', value }];

export const column = (name: string): readonly Leaf[] => [{ is: 'column', column: name }];
