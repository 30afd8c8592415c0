import { unpackCodes } from './encodings.ts';

/** Values of the hybrid encoding, had one by one where they lie. */
interface Values {
  readonly at: (index: number) => number;
  /** Where they lie, if each is found by its place. */
  readonly packed?: { readonly at: number; readonly width: number };
}

const bitsOfByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let rest = byte; rest > 0; rest >>= 1) bits += rest & 1;
  return bits;
});

const varint = (bytes: Buffer, from: number): readonly [value: number, end: number] => {
  let value = 0;
  let at = from;
  for (let scale = 1; scale < 2 ** 35; scale *= 0x80) {
    const byte = bytes[at];
    if (byte === undefined) break;
    at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at];
  }
  throw new RangeError('it ends too early');
};

/** Of one bit-packed run where each value is found by its place; undefined for any other. */
const packedAt = (
  bytes: Buffer,
  from: number,
  count: number,
  width: number,
): number | undefined => {
  const [head, at] = varint(bytes, from);
  const isPacked = head % 2 === 1 && ((head - 1) / 2) * 8 >= count;
  if (!isPacked || width > 24) return undefined;
  if (at + ((count * width + 7) >> 3) > bytes.length) throw new RangeError('it ends too early');
  return at;
};

const valuesOf = (bytes: Buffer, from: number, count: number, width: number): Values => {
  const at = count === 0 ? undefined : packedAt(bytes, from, count, width);
  if (at === undefined) {
    const all = count === 0 ? new Int32Array(0) : unpackCodes(bytes, from, count, width);
    return { at: index => all[index] ?? -1 };
  }
  const packed = { at, width };
  if (width === 8) return { at: index => bytes[at + index] ?? -1, packed };
  const mask = 2 ** width - 1;
  return {
    packed,
    at: index => {
      const bit = index * width;
      const byte = at + (bit >> 3);
      const four =
        (bytes[byte] ?? 0) |
        ((bytes[byte + 1] ?? 0) << 8) |
        ((bytes[byte + 2] ?? 0) << 16) |
        ((bytes[byte + 3] ?? 0) << 24);
      return (four >>> (bit & 7)) & mask;
    },
  };
};

/** Whether one run says the same of all rows; undefined where it does not. */
export const sameOfAll = (bytes: Buffer, from: number, rows: number): boolean | undefined => {
  const [head, at] = varint(bytes, from);
  return head % 2 === 0 && head / 2 >= rows ? bytes[at] === 1 : undefined;
};

/** Codes of a column, by row. Where few are asked for, few are unpacked. */
export class Codes {
  readonly rows: number;
  /** A bit for each row that has a value; undefined where all have, or none. */
  private readonly bits: Buffer | undefined;
  private readonly content: Buffer;
  private readonly values: Values;
  /** Where they begin in the content, and how many bits each has. */
  private readonly from: number;
  private readonly width: number;
  private readonly known: number;
  private lastRow = 0;
  private lastRank = 0;

  /** @param content of a data page: levels with their length, width of the codes, codes. */
  constructor(content: Buffer, rows: number) {
    this.rows = rows;
    this.content = content;
    if (content.length < 5) throw new RangeError('a page that is too short');
    const end = 4 + content.readUInt32LE(0);
    if (end >= content.length) throw new RangeError('a page that is too short');
    const same = sameOfAll(content, 4, rows);
    const at = same === undefined ? packedAt(content, 4, rows, 1) : undefined;
    if (same !== undefined) this.known = same ? rows : 0;
    else if (at !== undefined) {
      this.bits = content.subarray(at, at + ((rows + 7) >> 3));
      this.known = this.rank(rows);
    } else {
      const levels = unpackCodes(content.subarray(0, end), 4, rows, 1);
      this.known = levels.reduce((sum, level) => sum + level, 0);
      this.bits = this.known === 0 || this.known === rows ? undefined : bitsFrom(levels);
    }
    const width = content[end] ?? 0;
    if (width > 32) throw new RangeError('its codes are too wide');
    this.from = end + 1;
    this.width = width;
    this.values = valuesOf(content, end + 1, this.known, width);
  }

  /** -1 for none. */
  at(row: number): number {
    if (this.bits === undefined) return this.known === 0 ? -1 : this.values.at(row);
    const has = ((this.bits[row >> 3] ?? 0) >> (row & 7)) & 1;
    return has === 1 ? this.values.at(this.rank(row)) : -1;
  }

  /** Rows whose code is one of those, ascending. */
  rowsWith(wanted: Uint8Array): number[] {
    const found = this.indexesWith(wanted);
    const { bits } = this;
    if (bits === undefined || found.length === 0) return found;
    // From a place among those that have a value to a row.
    let rank = 0;
    let at = 0;
    for (const [i, index] of found.entries()) {
      for (;;) {
        const here = bitsOfByte[bits[at] ?? 0] ?? 0;
        if (rank + here > index) break;
        rank += here;
        at += 1;
      }
      let row = at * 8;
      for (let left = index - rank; ; row += 1) {
        if ((((bits[at] ?? 0) >> (row & 7)) & 1) === 0) continue;
        if (left === 0) break;
        left -= 1;
      }
      found[i] = row;
    }
    return found;
  }

  /** Places among the rows that have a value. */
  private indexesWith(wanted: Uint8Array): number[] {
    const found: number[] = [];
    const { content, values, known } = this;
    const { packed } = values;
    if (packed === undefined) {
      for (let i = 0; i < known; i += 1) if (wanted[values.at(i)] === 1) found.push(i);
    } else if (packed.width === 8) {
      const from = packed.at;
      for (let i = 0; i < known; i += 1) if (wanted[content[from + i] ?? 0] === 1) found.push(i);
    } else {
      const { at, width } = packed;
      const mask = 2 ** width - 1;
      for (let i = 0, bit = 0; i < known; i += 1, bit += width) {
        const byte = at + (bit >> 3);
        const four =
          (content[byte] ?? 0) |
          ((content[byte + 1] ?? 0) << 8) |
          ((content[byte + 2] ?? 0) << 16) |
          ((content[byte + 3] ?? 0) << 24);
        if (wanted[(four >>> (bit & 7)) & mask] === 1) found.push(i);
      }
    }
    return found;
  }

  /** Of every row; -1 for none. */
  all(): Int32Array {
    const { bits, known, rows } = this;
    if (known === 0) return new Int32Array(rows).fill(-1);
    const dense = unpackCodes(this.content, this.from, known, this.width);
    if (bits === undefined) return dense;
    const out = new Int32Array(rows);
    let index = 0;
    for (let row = 0; row < rows; row += 1) {
      const has = ((bits[row >> 3] ?? 0) >> (row & 7)) & 1;
      out[row] = has === 1 ? (dense[index] ?? -1) : -1;
      index += has;
    }
    return out;
  }

  /** How many rows before it have a value. Rows that are asked for ascend, mostly. */
  private rank(row: number): number {
    const { bits } = this;
    if (bits === undefined) return row;
    let [from, rank] = row >= this.lastRow ? [this.lastRow, this.lastRank] : [0, 0];
    const end = row & ~7;
    for (; from < end; from += 8) rank += bitsOfByte[bits[from >> 3] ?? 0] ?? 0;
    this.lastRow = from;
    this.lastRank = rank;
    return rank + (bitsOfByte[(bits[from >> 3] ?? 0) & (2 ** (row & 7) - 1)] ?? 0);
  }
}

const bitsFrom = (levels: Int32Array): Buffer => {
  const bits = Buffer.alloc((levels.length + 7) >> 3);
  for (const [row, level] of levels.entries()) {
    if (level === 1) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return bits;
};
