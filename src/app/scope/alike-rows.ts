import type { RowColumns, TextOf } from './asked-rows.ts';

/** Rows of one segment that differ in nothing but their times and their users, together. */
export class AlikeRows {
  private readonly named: readonly TextOf[];
  private readonly rows: number[][] = [];
  private readonly numbers = new Map<number, number>();
  /** Codes of all columns as one number, where their texts are few enough. */
  private readonly key: ((row: number) => number) | undefined;

  constructor({ kind, outcome, component, app, actor, service, folder, address }: RowColumns) {
    const named = [kind, outcome, component, app, actor, service, folder, address];
    this.named = named;
    // What no row says anything of tells none of them apart.
    const telling = named.filter(({ count }) => count > 0);
    if (telling.reduce((room, { count }) => room * (count + 1), 1) >= 2 ** 53) return;
    this.key = row => {
      let key = 0;
      for (const column of telling) key = key * (column.count + 1) + column.code(row) + 1;
      return key;
    };
  }

  add(row: number): void {
    const number = this.key === undefined ? this.chained(row) : this.numberOf(this.key(row));
    const known = this.rows[number];
    if (known === undefined) this.rows[number] = [row];
    else known.push(row);
  }

  private chained(row: number): number {
    let number = 0;
    for (const column of this.named) number = this.pair(number, column.code(row) + 1);
    return number;
  }

  each(take: (rows: readonly number[]) => void): void {
    // Numbers of what is not all columns have no rows.
    for (const rows of this.rows) if (rows !== undefined) take(rows);
  }

  /** A small number for two of them; the same for the same. */
  private pair(a: number, b: number): number {
    return this.numberOf(a * 2 ** 26 + b);
  }

  private numberOf(key: number): number {
    let known = this.numbers.get(key);
    if (known === undefined) {
      known = this.numbers.size + 1;
      this.numbers.set(key, known);
    }
    return known;
  }
}
