import type { RowColumns } from './asked-rows.ts';

/** Rows of one segment that differ in nothing but their times and their users, together. */
export class AlikeRows {
  private readonly columns: RowColumns;
  private readonly rows: number[][] = [];
  private readonly numbers = new Map<number, number>();

  constructor(columns: RowColumns) {
    this.columns = columns;
  }

  add(row: number): void {
    const { kind, outcome, component, app, actor, service, folder, address } = this.columns;
    let number = 0;
    for (const column of [kind, outcome, component, app, actor, service, folder, address]) {
      number = this.pair(number, column.code(row) + 1);
    }
    const known = this.rows[number];
    if (known === undefined) this.rows[number] = [row];
    else known.push(row);
  }

  each(take: (rows: readonly number[]) => void): void {
    // Numbers of what is not all columns have no rows.
    for (const rows of this.rows) if (rows !== undefined) take(rows);
  }

  /** A small number for two of them; the same for the same. */
  private pair(a: number, b: number): number {
    const key = a * 2 ** 26 + b;
    let known = this.numbers.get(key);
    if (known === undefined) {
      known = this.numbers.size + 1;
      this.numbers.set(key, known);
    }
    return known;
  }
}
