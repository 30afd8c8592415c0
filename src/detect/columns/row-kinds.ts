import type { Column } from './column-truth.ts';

/** Rows that have the same text in each of some columns are of one kind. */
export interface RowKinds {
  readonly count: number;
  /** By row. */
  readonly kindOf: Int32Array;
  /** By kind: a row that is of it. */
  readonly example: Int32Array;
}

const tableMax = 1 << 20;

/** Numbers pairs of codes, in the order in which they are first seen. */
const pairNumbers = (
  kindOf: Int32Array,
  kinds: number,
  { codes, count }: Column,
): { readonly count: number; readonly example: number[] } => {
  const width = count + 1;
  const example: number[] = [];
  if (kinds * width <= tableMax) {
    const table = new Int32Array(kinds * width).fill(-1);
    for (let row = 0; row < kindOf.length; row += 1) {
      const key = (kindOf[row] ?? 0) * width + (codes[row] ?? -1) + 1;
      let number = table[key] ?? -1;
      if (number < 0) {
        number = example.push(row) - 1;
        table[key] = number;
      }
      kindOf[row] = number;
    }
    return { count: example.length, example };
  }
  const numbers = new Map<number, number>();
  for (let row = 0; row < kindOf.length; row += 1) {
    const key = (kindOf[row] ?? 0) * width + (codes[row] ?? -1) + 1;
    let number = numbers.get(key);
    if (number === undefined) {
      number = example.push(row) - 1;
      numbers.set(key, number);
    }
    kindOf[row] = number;
  }
  return { count: example.length, example };
};

/** A few columns of few texts make few kinds, so that rules are asked of kinds and not of rows. */
export const rowKinds = (rows: number, columns: readonly (Column | undefined)[]): RowKinds => {
  const kindOf = new Int32Array(rows);
  let count = rows === 0 ? 0 : 1;
  let example: readonly number[] = rows === 0 ? [] : [0];
  for (const column of columns) {
    if (column === undefined || rows === 0) continue;
    ({ count, example } = pairNumbers(kindOf, count, column));
  }
  return { count, kindOf, example: Int32Array.from(example) };
};
