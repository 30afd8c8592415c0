import { inflateRawSync } from 'node:zlib';
import { jisX0208 } from './jis-tables.ts';
import { jisX0213Table } from './jis-x-0213-table.ts';

/** Code points of a place: one, or two for a letter with its combining mark; undefined where nothing is. */
export type WidePlane = readonly (readonly number[] | undefined)[];

const cells = 94;

/** Cells of rows 2 to 8, 47 and 84 that JIS X 0208 fills; the other rows it fills whole, or not at all. */
const filled: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  2: [
    [1, 14],
    [26, 33],
    [42, 48],
    [60, 74],
    [82, 89],
    [94, 94],
  ],
  3: [
    [16, 25],
    [33, 58],
    [65, 90],
  ],
  4: [[1, 83]],
  5: [[1, 86]],
  6: [
    [1, 24],
    [33, 56],
  ],
  7: [
    [1, 33],
    [49, 81],
  ],
  8: [[1, 32]],
  47: [[1, 51]],
  84: [[1, 6]],
};

const isOfJisX0208 = (row: number, cell: number): boolean => {
  const ranges = filled[row];
  if (ranges !== undefined) return ranges.some(([from, to]) => cell >= from && cell <= to);
  return row === 1 || (row >= 16 && row <= 83);
};

const secondRows: readonly number[] = [
  1, 3, 4, 5, 8, 12, 13, 14, 15, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94,
];

/** Reads the table from its beginning, a place at a time. */
const tableReader = (): (() => readonly number[] | undefined) => {
  const bytes = inflateRawSync(Buffer.from(jisX0213Table, 'base64'));
  const half = bytes.length / 2;
  let at = 0;
  const unit = (): number => {
    const value = ((bytes[at] ?? 0) << 8) | (bytes[half + at] ?? 0);
    at++;
    return value;
  };
  return () => {
    const first = unit();
    if (first === 0) return undefined;
    if (first === 1) return [unit(), unit()];
    if (first < 0xd800 || first > 0xdbff) return [first];
    return [0x10000 + ((first - 0xd800) << 10) + unit() - 0xdc00];
  };
};

interface Planes {
  readonly first: WidePlane;
  readonly second: WidePlane;
}

const makePlanes = (): Planes => {
  const next = tableReader();
  const common = jisX0208();
  const first: (readonly number[] | undefined)[] = [];
  for (let row = 1; row <= cells; row++) {
    for (let cell = 1; cell <= cells; cell++) {
      const known = common[(row - 1) * cells + cell - 1] ?? 0;
      first.push(isOfJisX0208(row, cell) ? [known] : next());
    }
  }
  const second = Array.from<readonly number[] | undefined>({ length: cells * cells });
  for (const row of secondRows) {
    for (let cell = 1; cell <= cells; cell++) second[(row - 1) * cells + cell - 1] = next();
  }
  return { first, second };
};

let planes: Planes | undefined;

/** Plane 1 of JIS X 0213. */
export const jisX0213Plane1 = (): WidePlane => (planes ??= makePlanes()).first;

/** Plane 2 of JIS X 0213. */
export const jisX0213Plane2 = (): WidePlane => (planes ??= makePlanes()).second;
