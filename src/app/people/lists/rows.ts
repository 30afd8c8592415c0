/** A cell as text; `undefined` or empty where there is nothing. */
export type Cell = string | undefined;

/** Some rows of a list, heads left away. */
export interface RowBatch {
  readonly rows: readonly (readonly Cell[])[];
  /** For each row, the line of its file on which it begins; its number among the rows where there are no lines. */
  readonly lines: readonly number[];
  /** How much of the list is read with them, 0 to 1, where that can be told. */
  readonly share?: number;
}

/** A list of customers, read once from its beginning to its end. */
export interface CustomerRows {
  /** Names of the columns. */
  readonly head: readonly string[];
  /** Whether columns are numbered (`#1`) because the list names none. */
  readonly isHeadless?: boolean;
  batches(): AsyncIterable<RowBatch>;
  /** Where a cell stands, for messages: `customers.csv:17:3`. @param column from 0 */
  place(line: number, column: number): string;
  /** SHA-256 in hex; to be asked when all rows were read. */
  digest(): string;
  /** Characters that could not be read in the list's charset, by now. */
  unreadable(): number;
  close(): Promise<void>;
}
