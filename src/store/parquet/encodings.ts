/** Bytes that grow. */
class Bytes {
  bytes: Buffer;
  length = 0;

  constructor(room: number) {
    this.bytes = Buffer.allocUnsafe(room);
  }

  room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  varint(value: number): void {
    this.room(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length] = (rest % 0x80) | 0x80;
      this.length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length] = rest;
    this.length += 1;
  }

  done(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

const blockValues = 128;
const miniblocks = 4;
const miniblockValues = blockValues / miniblocks;

const bitsOf = (value: number): number =>
  value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));

/** The lowest bit first; any width up to 53. */
const packBits = (
  bytes: Bytes,
  values: ArrayLike<number>,
  from: number,
  count: number,
  width: number,
): void => {
  bytes.room((count * width + 7) >> 3);
  let held = 0;
  let bits = 0;
  for (let i = 0; i < count; i += 1) {
    // A piece at a time, so that what is held stays a number of 32 bits.
    let value = values[from + i] ?? 0;
    for (let left = width; left > 0; ) {
      const take = Math.min(left, 8 - bits);
      held |= (value % (1 << take)) << bits;
      value = Math.floor(value / (1 << take));
      bits += take;
      left -= take;
      if (bits === 8) {
        bytes.bytes[bytes.length] = held;
        bytes.length += 1;
        held = 0;
        bits = 0;
      }
    }
  }
  if (bits > 0) {
    bytes.bytes[bytes.length] = held;
    bytes.length += 1;
  }
};

/** DELTA_BINARY_PACKED of whole numbers; neither they nor their differences exceed 2^51. */
export const packDeltas = (values: ArrayLike<number>): Buffer => {
  const bytes = new Bytes(64 + values.length);
  const zigzag = (value: number): void => bytes.varint(value < 0 ? -2 * value - 1 : 2 * value);
  bytes.varint(blockValues);
  bytes.varint(miniblocks);
  bytes.varint(values.length);
  zigzag(values[0] ?? 0);
  const deltas = new Float64Array(blockValues);
  for (let from = 1; from < values.length; from += blockValues) {
    const count = Math.min(blockValues, values.length - from);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i += 1) {
      const delta = (values[from + i] ?? 0) - (values[from + i - 1] ?? 0);
      deltas[i] = delta;
      if (delta < least) least = delta;
    }
    zigzag(least);
    for (let i = 0; i < blockValues; i += 1) deltas[i] = i < count ? (deltas[i] ?? 0) - least : 0;
    bytes.room(miniblocks);
    const widthsAt = bytes.length;
    bytes.length += miniblocks;
    for (let mini = 0; mini < miniblocks; mini += 1) {
      let most = 0;
      for (let i = 0; i < miniblockValues; i += 1) {
        most = Math.max(most, deltas[mini * miniblockValues + i] ?? 0);
      }
      const width = mini * miniblockValues < count ? bitsOf(most) : 0;
      bytes.bytes[widthsAt + mini] = width;
      if (width > 0) packBits(bytes, deltas, mini * miniblockValues, miniblockValues, width);
    }
  }
  return bytes.done();
};

class Cursor {
  at: number;
  readonly bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('it ends too early');
    this.at += 1;
    return byte;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 56) throw new RangeError('a number that is too long');
    }
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** For fewer values a view is not worth its making. */
const viewedMin = 256;

const unpackBits = (
  bytes: Buffer,
  from: number,
  count: number,
  width: number,
  out: Int32Array | Float64Array,
  outFrom: number,
): void => {
  if (from + ((count * width + 7) >> 3) > bytes.length) throw new RangeError('it ends too early');
  if (width === 1) {
    for (let i = 0; i < count; i += 1)
      out[outFrom + i] = ((bytes[from + (i >> 3)] ?? 0) >> (i & 7)) & 1;
    return;
  }
  if (width === 8) {
    out.set(bytes.subarray(from, from + count), outFrom);
    return;
  }
  if (width <= 24) {
    const mask = 2 ** width - 1;
    let i = 0;
    if (count >= viewedMin) {
      // Four bytes at once, as long as there are so many.
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const last = Math.min(count, Math.floor(((bytes.length - from - 4) * 8) / width));
      for (let bit = from * 8; i < last; i += 1, bit += width) {
        out[outFrom + i] = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & mask;
      }
    }
    for (let bit = i * width; i < count; i += 1, bit += width) {
      const at = from + (bit >> 3);
      const four =
        (bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24);
      out[outFrom + i] = (four >>> (bit & 7)) & mask;
    }
    return;
  }
  let place = from * 8;
  for (let i = 0; i < count; i += 1) {
    let value = 0;
    for (let had = 0; had < width; ) {
      const bit = place & 7;
      const take = Math.min(width - had, 8 - bit);
      const piece = ((bytes[place >> 3] ?? 0) >> bit) & ((1 << take) - 1);
      value += piece * 2 ** had;
      had += take;
      place += take;
    }
    out[outFrom + i] = value;
  }
};

/** The sum of some packed values of at most 24 bits. */
const sumBits = (bytes: Buffer, from: number, count: number, width: number): number => {
  if (from + ((count * width + 7) >> 3) > bytes.length) throw new RangeError('it ends too early');
  if (width === 0) return 0;
  const mask = 2 ** width - 1;
  let sum = 0;
  for (let i = 0, bit = 0; i < count; i += 1, bit += width) {
    const at = from + (bit >> 3);
    const four =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    sum += (four >>> (bit & 7)) & mask;
  }
  return sum;
};

/** Differences up to here, a miniblock of them, can be added up without a loss. */
const summedMax = 2 ** 40;

/**
 * Goes through what `packDeltas` packed. @param take gets 32 of them at most at a time, from `first` on.
 *
 * @param wantedFrom the next place that is wanted: what lies before is not taken, and nothing where it is none.
 */
const eachDelta = (
  bytes: Buffer,
  isCount: (count: number) => boolean,
  take: (values: Float64Array, first: number, count: number) => void,
  wantedFrom: () => number = () => 0,
): void => {
  const cursor = new Cursor(bytes, 0);
  const perBlock = cursor.varint();
  const minis = cursor.varint();
  const count = cursor.varint();
  if (!isCount(count) || perBlock !== blockValues || minis !== miniblocks) {
    throw new RangeError('numbers that are packed in another way');
  }
  const values = new Float64Array(miniblockValues);
  let value = cursor.zigzag();
  values[0] = value;
  if (count > 0) take(values, 0, 1);
  const widths = new Uint8Array(miniblocks);
  for (let from = 1; from < count; from += blockValues) {
    const least = cursor.zigzag();
    for (let mini = 0; mini < miniblocks; mini += 1) widths[mini] = cursor.byte();
    for (let mini = 0; mini < miniblocks; mini += 1) {
      const begin = from + mini * miniblockValues;
      if (begin >= count) break;
      const width = widths[mini] ?? 0;
      if (width > 53) throw new RangeError('a number that is too long');
      const wanted = wantedFrom();
      if (wanted === Number.POSITIVE_INFINITY) return;
      if (begin + miniblockValues <= wanted && width <= 24 && Math.abs(least) < summedMax) {
        value += least * miniblockValues + sumBits(bytes, cursor.at, miniblockValues, width);
        cursor.at += (miniblockValues * width) >> 3;
        continue;
      }
      if (width > 0) unpackBits(bytes, cursor.at, miniblockValues, width, values, 0);
      else values.fill(0);
      cursor.at += (miniblockValues * width) >> 3;
      const many = Math.min(miniblockValues, count - begin);
      for (let i = 0; i < many; i += 1) {
        value += least + (values[i] ?? 0);
        values[i] = value;
      }
      take(values, begin, many);
    }
  }
};

/** Gives back what `packDeltas` packed. @throws RangeError */
export const unpackDeltas = (bytes: Buffer, countMax: number): Float64Array => {
  let out = new Float64Array(0);
  const isCount = (count: number): boolean => {
    if (count <= countMax) out = new Float64Array(count);
    return count <= countMax;
  };
  eachDelta(bytes, isCount, (values, first, count) => {
    for (let i = 0; i < count; i += 1) out[first + i] = values[i] ?? 0;
  });
  return out;
};

/** Some of `count` of them; no further than the last. @param places ascending. @throws RangeError */
export const pickDeltas = (bytes: Buffer, count: number, places: Int32Array): Float64Array => {
  const out = new Float64Array(places.length);
  let next = 0;
  eachDelta(
    bytes,
    each => each === count,
    (values, first, many) => {
      for (let place = places[next] ?? count; place < first + many; place = places[next] ?? count) {
        out[next] = values[place - first] ?? 0;
        next += 1;
      }
    },
    () => places[next] ?? Number.POSITIVE_INFINITY,
  );
  return out;
};

/** One value, so many times: a run of the hybrid encoding. */
export const sameLevels = (count: number, value: number): Buffer => {
  const bytes = new Bytes(8);
  bytes.varint(count * 2);
  bytes.room(1);
  bytes.bytes[bytes.length] = value;
  bytes.length += 1;
  return bytes.done();
};

/** RLE and bit packing, in one bit-packed run. @param width bits of a value. */
export const packCodes = (codes: ArrayLike<number>, width: number): Buffer => {
  const groups = Math.ceil(codes.length / 8);
  const bytes = new Bytes(16 + groups * width);
  bytes.varint(groups * 2 + 1);
  if (width === 8) {
    bytes.room(groups * 8);
    bytes.bytes.fill(0, bytes.length, bytes.length + groups * 8);
    for (let i = 0; i < codes.length; i += 1) bytes.bytes[bytes.length + i] = codes[i] ?? 0;
    bytes.length += groups * 8;
  } else packBits(bytes, codes, 0, groups * 8, width);
  return bytes.done();
};

/** Gives back codes of the hybrid encoding. @throws RangeError */
export const unpackCodes = (
  bytes: Buffer,
  from: number,
  count: number,
  width: number,
): Int32Array => {
  const out = new Int32Array(Math.ceil(count / 8) * 8);
  const cursor = new Cursor(bytes, from);
  for (let at = 0; at < count; ) {
    const head = cursor.varint();
    if (head % 2 === 0) {
      const many = head / 2;
      let value = 0;
      for (let i = 0; i < Math.ceil(width / 8); i += 1) value += cursor.byte() * 2 ** (8 * i);
      if (many === 0) throw new RangeError('an empty run');
      out.fill(value, at, Math.min(at + many, out.length));
      at += many;
    } else {
      const groups = (head - 1) / 2;
      const many = groups * 8;
      if (groups === 0 || at + many > out.length) throw new RangeError('a run that is too long');
      unpackBits(bytes, cursor.at, many, width, out, at);
      cursor.at += groups * width;
      at += many;
    }
  }
  return out.subarray(0, count);
};
