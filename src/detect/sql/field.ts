import type { Names } from './let.ts';

/**
 * What a field is in SQL: whatever the type of its column, it is compared by its text; a truth is `true` or `false`.
 * `exists` is true or false, never NULL.
 */
export type SqlField =
  /** `text` is a VARCHAR; NULL: there is no value. */
  | { readonly is: 'one'; readonly text: string; readonly exists: string }
  /** `texts` is a VARCHAR[], in which NULL is a value that is null; never NULL itself. */
  | { readonly is: 'many'; readonly texts: string; readonly exists: string };

/** What rules are asked of, and what names of fields mean in it. */
export interface SqlTable {
  /**
   * What stands behind FROM, under the name `event`.
   *
   * @param fields all that a query asks for
   */
  from(fields: readonly string[]): string;
  /** Undefined: its rows never have such a field. */
  field(name: string, names: Names): SqlField | undefined;
  /** All texts of a row, a VARCHAR[]. */
  texts(names: Names): string;
  /** Milliseconds since 1970, a BIGINT; NULL where a row says no time. */
  timeMs(names: Names): string;
  /** The field that `timeMs` reads, where it is one that `from` must be told of. */
  readonly timeField?: string;
  /** What an answer shows of a row. */
  readonly shown: string;
}

/** A table as one rule sees it: which of its rows the rule is about, and what its fields are called there. */
export interface SqlView {
  readonly table: SqlTable;
  /** An expression of type BOOLEAN; undefined: all rows. */
  readonly scope?: (names: Names) => string;
}
