import { packCodes, packDeltas } from './encodings.ts';
import { encodings, physical } from './layout.ts';
import type { Thrift } from './thrift.ts';

/**
 * A column in which every row has a number, 0 or more: kept so that many millions of them are had back fast, and with
 * the least and the greatest of each group, by which groups are passed over.
 */
export interface DenseColumnData {
  readonly name: string;
  readonly dense: 'uint32' | 'int64';
  /** Whole numbers from 0 to 2^53 - 1, of `uint32` below 2^32. */
  readonly values: Uint32Array | Float64Array;
  /**
   * `deltas`: of numbers that ascend. `plain`: of those that are like dice. `few`: of those of which there are few
   * different ones; plain where there are many after all.
   */
  readonly as: 'deltas' | 'plain' | 'few';
  /** False: not compressed, and so had back without any work. */
  readonly packed?: boolean;
}

export interface DensePages {
  readonly dictionary?: { readonly bytes: Buffer; readonly values: number };
  readonly data: Buffer;
  readonly encoding: number;
}

/** Different values of a column that is kept as `few`. */
const fewMax = 1 << 12;

export const isDense = (column: object): column is DenseColumnData => 'dense' in column;

export const physicalOf = ({ dense }: DenseColumnData): number =>
  dense === 'uint32' ? physical.int32 : physical.int64;

const plain = (values: ArrayLike<number>, dense: DenseColumnData['dense']): Buffer => {
  const { length } = values;
  if (dense === 'uint32') {
    const out = Buffer.allocUnsafeSlow(length * 4);
    new Uint32Array(out.buffer, 0, length).set(values);
    return out;
  }
  const out = Buffer.allocUnsafeSlow(length * 8);
  const words = new Uint32Array(out.buffer, 0, length * 2);
  for (let i = 0; i < length; i += 1) {
    const value = values[i] ?? 0;
    words[2 * i] = value % 2 ** 32;
    words[2 * i + 1] = value / 2 ** 32;
  }
  return out;
};

/** Places in a dictionary; undefined where there are too many different values. */
const codesOf = (
  values: Uint32Array | Float64Array,
): { readonly codes: Int32Array; readonly dictionary: readonly number[] } | undefined => {
  const codes = new Int32Array(values.length);
  const dictionary: number[] = [];
  const known = new Map<number, number>();
  let last = Number.NaN;
  let lastCode = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (value !== last) {
      let code = known.get(value);
      if (code === undefined) {
        if (dictionary.length >= fewMax) return undefined;
        code = dictionary.length;
        dictionary.push(value);
        known.set(value, code);
      }
      last = value;
      lastCode = code;
    }
    codes[i] = lastCode;
  }
  return { codes, dictionary };
};

/** Whole bytes where they do: they are had back faster, and compress better. */
const widthOf = (texts: number): number => (texts <= 256 ? 8 : 16);

export const densePages = ({ values, dense, as }: DenseColumnData): DensePages => {
  if (as === 'deltas') return { data: packDeltas(values), encoding: encodings.deltas };
  const few = as === 'few' ? codesOf(values) : undefined;
  if (few === undefined) return { data: plain(values, dense), encoding: encodings.plain };
  const { codes, dictionary } = few;
  const width = widthOf(dictionary.length);
  return {
    dictionary: { bytes: plain(dictionary, dense), values: dictionary.length },
    data: Buffer.concat([Buffer.of(width), packCodes(codes, width)]),
    encoding: encodings.dictionary,
  };
};

/** Least and greatest, as `Statistics` of parquet.thrift has them. */
export const denseStatistics = ({ values, dense }: DenseColumnData): Thrift => {
  let least = Number.POSITIVE_INFINITY;
  let greatest = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return {
    struct: [
      [3, { i64: 0 }],
      [5, { bytes: plain([greatest], dense) }],
      [6, { bytes: plain([least === Number.POSITIVE_INFINITY ? 0 : least], dense) }],
    ],
  };
};
