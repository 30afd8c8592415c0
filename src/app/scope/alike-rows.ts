import type { RowColumns, TextOf } from './asked-rows.ts';

/** Rows of one segment that differ in nothing but their times and their users, together. */
export class AlikeRows {
  private readonly named: readonly TextOf[];
  private readonly rows: number[][] = [];
  private readonly numbers = new Map<number, number>();
  private readonly users: Int32Array | undefined;
  private lastKey = -1;
  private lastNumber = 0;
  /** Codes of all columns as one number, where their texts are few enough. */
  private readonly key: ((row: number) => number) | undefined;

  constructor(columns: RowColumns) {
    const { kind, outcome, component, app, actor, service, folder, address, user } = columns;
    const named = [kind, outcome, component, app, actor, service, folder, address];
    this.named = named;
    this.users = user.all();
    // What no row says anything of, or all the same, tells none of them apart.
    const telling = named.flatMap(column => {
      const codes = column.all();
      return codes === undefined || isSame(codes) ? [] : [{ codes, values: column.count + 1 }];
    });
    if (telling.reduce((room, { values }) => room * values, 1) >= 2 ** 53) return;
    this.key = row => {
      let key = 0;
      for (const { codes, values } of telling) key = key * values + (codes[row] ?? -1) + 1;
      return key;
    };
  }

  add(row: number): void {
    const alike = this.key === undefined ? this.chained(row) : this.numberOf(this.key(row));
    // A row that names nobody is about anybody.
    const number = 2 * alike + ((this.users?.[row] ?? -1) < 0 ? 1 : 0);
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
    if (key === this.lastKey) return this.lastNumber;
    let known = this.numbers.get(key);
    if (known === undefined) {
      known = this.numbers.size + 1;
      this.numbers.set(key, known);
    }
    this.lastKey = key;
    this.lastNumber = known;
    return known;
  }
}

const isSame = (codes: Int32Array): boolean => {
  const [first] = codes;
  return codes.every(code => code === first);
};
