import { IdTable } from '../../scope/id-table.ts';
import type { RowColumns } from './asked-rows.ts';

/** Rows of one segment that differ in nothing but their times, as one. */
export class AlikeRows {
  private readonly columns: RowColumns;
  private readonly table = new IdTable();
  private readonly first: number[] = [];
  private readonly last: number[] = [];
  private readonly count: number[] = [];
  private readonly numbers = new Map<number, number>();

  constructor(columns: RowColumns) {
    this.columns = columns;
  }

  add(row: number, times: (row: number) => number): void {
    const { user, address } = this.columns;
    const entry = this.table.add(this.rest(row), user.code(row) + 1, address.code(row) + 1, 0, 0);
    const [first, last] = [this.first[entry], this.last[entry]];
    if (first === undefined || last === undefined) {
      this.first.push(row);
      this.last.push(row);
      this.count.push(1);
      return;
    }
    this.count[entry] = (this.count[entry] ?? 0) + 1;
    if (times(row) < times(first)) this.first[entry] = row;
    if (times(row) > times(last)) this.last[entry] = row;
  }

  each(take: (first: number, last: number, count: number) => void): void {
    for (let entry = 0; entry < this.first.length; entry += 1) {
      take(this.first[entry] ?? 0, this.last[entry] ?? 0, this.count[entry] ?? 0);
    }
  }

  /** A number for all columns but the two that have many texts. */
  private rest(row: number): number {
    const { kind, outcome, component, app, actor, service, folder } = this.columns;
    let number = 0;
    for (const column of [kind, outcome, component, app, actor, service, folder]) {
      number = this.pair(number, column.code(row) + 1);
    }
    return number;
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
