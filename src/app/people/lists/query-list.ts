import { UsageError } from '../../../core/errors.ts';
import { RowDigest } from './row-digest.ts';
import type { Cell, CustomerRows, RowBatch } from './rows.ts';

/** What a database answers, as it comes. */
export interface QueryAnswer {
  readonly head: readonly string[];
  /** Values as texts, as the database writes them. */
  rows(): AsyncIterable<readonly (readonly Cell[])[]>;
  close(): Promise<void>;
}

/** Rows that a database answers; their digest is of what came. */
export class QueryList implements CustomerRows {
  readonly head: readonly string[];
  private readonly name: string;
  private readonly answer: QueryAnswer;
  private readonly hash = new RowDigest();

  constructor(name: string, answer: QueryAnswer) {
    if (answer.head.length === 0) {
      throw new UsageError(`${name}: the query answers no columns; it has to be a SELECT`);
    }
    this.name = name;
    this.answer = answer;
    this.head = answer.head;
  }

  async *batches(): AsyncGenerator<RowBatch, undefined> {
    let number = 1;
    this.hash.add([this.head]);
    for await (const rows of this.answer.rows()) {
      this.hash.add(rows);
      const first = number;
      number += rows.length;
      yield { rows, lines: rows.map((_, i) => first + i) };
    }
    return undefined;
  }

  place(line: number, column: number): string {
    return `${this.name}: row ${line}, column ${this.head[column] ?? column + 1}`;
  }

  digest(): string {
    return this.hash.digest();
  }

  unreadable(): number {
    return 0;
  }

  close(): Promise<void> {
    return this.answer.close();
  }
}
