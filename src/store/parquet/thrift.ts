/** Types of Thrift's compact protocol, as far as Parquet's footers and page headers use them. */
const types = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** A value to be written. Whole numbers up to 2^53. */
export type Thrift =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  | { readonly flag: boolean }
  | { readonly list: readonly Thrift[] }
  /** Fields by their ids, ascending. */
  | { readonly struct: readonly (readonly [id: number, value: Thrift])[] };

const typeOf = (value: Thrift): number => {
  if ('i32' in value) return types.i32;
  if ('i64' in value) return types.i64;
  if ('text' in value || 'bytes' in value) return types.binary;
  if ('flag' in value) return value.flag ? types.true : types.false;
  return 'list' in value ? types.list : types.struct;
};

const pushVarint = (out: number[], value: number): void => {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
};

/** 0, -1, 1, -2, … */
const pushZigzag = (out: number[], value: number): void =>
  pushVarint(out, value < 0 ? -2 * value - 1 : 2 * value);

const push = (out: number[], value: Thrift): void => {
  if ('i32' in value) pushZigzag(out, value.i32);
  else if ('i64' in value) pushZigzag(out, value.i64);
  else if ('text' in value) {
    const bytes = Buffer.from(value.text);
    pushVarint(out, bytes.length);
    for (const byte of bytes) out.push(byte);
  } else if ('bytes' in value) {
    pushVarint(out, value.bytes.length);
    for (const byte of value.bytes) out.push(byte);
  } else if ('list' in value) pushList(out, value.list);
  else if ('struct' in value) pushStruct(out, value.struct);
};

const pushList = (out: number[], list: readonly Thrift[]): void => {
  const [first] = list;
  const type = first === undefined ? types.struct : typeOf(first);
  if (list.length < 15) out.push((list.length << 4) | type);
  else {
    out.push(0xf0 | type);
    pushVarint(out, list.length);
  }
  for (const each of list) push(out, each);
};

const pushStruct = (
  out: number[],
  fields: readonly (readonly [id: number, value: Thrift])[],
): void => {
  let last = 0;
  for (const [id, value] of fields) {
    out.push(((id - last) << 4) | typeOf(value));
    push(out, value);
    last = id;
  }
  out.push(0);
};

export const thriftBytes = (struct: Thrift): Buffer => {
  const out: number[] = [];
  push(out, struct);
  return Buffer.from(out);
};

/** A struct as it was read: its fields by their ids. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Buffer | readonly ThriftValue[] | ThriftStruct;

const depthMax = 16;

/** Reads structs; throws where the bytes are none. */
export class ThriftReader {
  at: number;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > depthMax) throw new RangeError('nested too deep');
    const fields = new Map<number, ThriftValue>();
    let id = 0;
    for (;;) {
      const head = this.byte();
      if (head === 0) return fields;
      const type = head & 0x0f;
      id = head >> 4 === 0 ? this.zigzag() : id + (head >> 4);
      fields.set(id, this.value(type, depth));
    }
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('it ends too early');
    this.at += 1;
    return byte;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 56) throw new RangeError('a number that is too long');
    }
  }

  private zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  private value(type: number, depth: number): ThriftValue {
    switch (type) {
      case types.true:
        return true;
      case types.false:
        return false;
      case 3:
        return this.byte();
      case 4:
      case types.i32:
      case types.i64:
        return this.zigzag();
      case 7:
        this.at += 8;
        return 0;
      case types.binary: {
        const length = this.varint();
        const from = this.at;
        this.at += length;
        if (this.at > this.bytes.length) throw new RangeError('a text that is too long');
        return this.bytes.subarray(from, this.at);
      }
      case types.list:
      case 10:
        return this.list(depth);
      case types.struct:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`type ${type} is unknown`);
    }
  }

  private list(depth: number): readonly ThriftValue[] {
    const head = this.byte();
    const length = head >> 4 === 15 ? this.varint() : head >> 4;
    if (length > this.bytes.length) throw new RangeError('a list that is too long');
    const type = head & 0x0f;
    const out: ThriftValue[] = [];
    for (let i = 0; i < length; i += 1) {
      // Within a list, a flag has a byte of its own.
      out.push(type <= types.false ? this.byte() === 1 : this.value(type, depth + 1));
    }
    return out;
  }
}
