import { PackedDataError } from './lz4.ts';

const fail = (why: string): never => {
  throw new PackedDataError(`its bzip2 data is damaged: ${why}`);
};

const blockMark = 0x31_41_59_26_53_59;
const endMark = 0x17_72_45_38_50_90;
const groupSymbols = 50;
const codeBitsMax = 20;
const pieceBytes = 1 << 16;

/** Bits from the highest to the lowest of each byte. */
class Bits {
  private readonly bytes: Buffer;
  at: number;
  private held = 0;
  private have = 0;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** @param count up to 24 */
  read(count: number): number {
    const value = this.peek(count);
    this.have -= count;
    if (this.at - (this.have >> 3) > this.bytes.length) fail('it ends in the middle');
    return value;
  }

  /** The next bits, zeros where there are no more. */
  peek(count: number): number {
    while (this.have < count) {
      this.held = ((this.held & 0xff_ff_ff) << 8) | (this.bytes[this.at] ?? 0);
      this.at += 1;
      this.have += 8;
    }
    return (this.held >>> (this.have - count)) & ((1 << count) - 1);
  }

  /** A number of 48 bits. */
  mark(): number {
    return this.read(24) * 2 ** 24 + this.read(24);
  }

  /** What is left of a byte belongs to nothing. */
  align(): void {
    this.at -= this.have >> 3;
    this.have = 0;
  }
}

/** Canonical codes of one table: for each length, the first code and where its symbols begin. */
interface Codes {
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
}

const codesOf = (lengths: Uint8Array): Codes => {
  const counts = new Int32Array(codeBitsMax + 2);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const limits = new Int32Array(codeBitsMax + 2).fill(-1);
  const bases = new Int32Array(codeBitsMax + 2);
  const starts = new Int32Array(codeBitsMax + 2);
  let code = 0;
  let start = 0;
  for (let length = 1; length <= codeBitsMax; length++) {
    const count = counts[length] ?? 0;
    bases[length] = start - code;
    starts[length] = start;
    code += count;
    start += count;
    limits[length] = count === 0 ? -1 : code - 1;
    code <<= 1;
  }
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    const at = starts[length] ?? 0;
    symbols[at] = symbol;
    starts[length] = at + 1;
  }
  return { limits, bases, symbols };
};

const readSymbol = (bits: Bits, { limits, bases, symbols }: Codes): number => {
  const ahead = bits.peek(codeBitsMax);
  for (let length = 1; length <= codeBitsMax; length++) {
    const code = ahead >>> (codeBitsMax - length);
    if (code > (limits[length] ?? -1)) continue;
    bits.read(length);
    return symbols[code + (bases[length] ?? 0)] ?? fail('a code means nothing');
  }
  return fail('a code is too long');
};

/** Which of the 256 bytes occur. */
const usedBytes = (bits: Bits): readonly number[] => {
  const ranges = bits.read(16);
  const used: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((ranges & (0x80_00 >> high)) === 0) continue;
    const own = bits.read(16);
    for (let low = 0; low < 16; low++) {
      if ((own & (0x80_00 >> low)) !== 0) used.push(high * 16 + low);
    }
  }
  return used.length === 0 ? fail('a block uses no bytes') : used;
};

/** Moves an element to the front and answers it. */
const toFront = (list: Uint8Array, index: number): number => {
  const value = list[index] ?? fail('a position is outside its list');
  for (let i = index; i > 0; i--) list[i] = list[i - 1] ?? 0;
  list[0] = value;
  return value;
};

const selectorsOf = (bits: Bits, groups: number): readonly number[] => {
  const count = bits.read(15);
  if (count === 0) fail('a block has no selectors');
  const order = Uint8Array.from({ length: groups }, (_, i) => i);
  return Array.from({ length: count }, () => {
    let index = 0;
    while (bits.read(1) === 1) index += 1;
    return toFront(order, index);
  });
};

const lengthsOf = (bits: Bits, symbols: number): Uint8Array => {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let i = 0; i < symbols; i++) {
    while (bits.read(1) === 1) length += bits.read(1) === 0 ? 1 : -1;
    if (length < 1 || length > codeBitsMax) fail('a code has no length');
    lengths[i] = length;
  }
  return lengths;
};

/** The bytes of a block as the transform left them, each in the lower eight bits. */
const readBlock = (bits: Bits, bytesMax: number): Uint32Array => {
  const used = usedBytes(bits);
  const groups = bits.read(3);
  if (groups < 2 || groups > 6) fail('a block has an impossible number of tables');
  const selectors = selectorsOf(bits, groups);
  const end = used.length + 1;
  const tables = Array.from({ length: groups }, () => codesOf(lengthsOf(bits, used.length + 2)));
  const list = Uint8Array.from(used);
  const out = new Uint32Array(bytesMax);
  let at = 0;
  let run = 0;
  let weight = 1;
  for (let count = 0; ; count++) {
    const table =
      tables[selectors[Math.floor(count / groupSymbols)] ?? -1] ?? fail('selectors end');
    const symbol = readSymbol(bits, table);
    if (symbol <= 1) {
      // A run's length in bijective base two: 0 counts once its weight, 1 twice.
      run += weight << symbol;
      weight *= 2;
      if (run > bytesMax) fail('a run is longer than its block');
      continue;
    }
    if (run > 0) {
      if (at + run > bytesMax) fail('a block is too long');
      out.fill(list[0] ?? 0, at, at + run);
      at += run;
      run = 0;
      weight = 1;
    }
    if (symbol === end) return out.subarray(0, at);
    if (at >= bytesMax) fail('a block is too long');
    out[at++] = toFront(list, symbol - 1);
  }
};

/** Undoes the Burrows-Wheeler transform: where each byte's follower lies goes into its upper bits. */
const linked = (block: Uint32Array): Uint32Array => {
  const counts = new Uint32Array(256);
  for (const value of block) counts[value & 0xff] = (counts[value & 0xff] ?? 0) + 1;
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = counts[byte] ?? 0;
    counts[byte] = sum;
    sum += count;
  }
  for (let i = 0; i < block.length; i++) {
    const byte = (block[i] ?? 0) & 0xff;
    const place = counts[byte] ?? 0;
    block[place] = ((block[place] ?? 0) | (i << 8)) >>> 0;
    counts[byte] = place + 1;
  }
  return block;
};

/** Four equal bytes are followed by how many more of them there are. */
function* expanded(block: Uint32Array, origin: number): Generator<Buffer> {
  if (origin >= block.length) fail('a block begins outside of itself');
  let out = Buffer.allocUnsafe(pieceBytes + 256);
  let at = 0;
  let same = 0;
  let before = -1;
  let next = (block[origin] ?? 0) >>> 8;
  for (let i = 0; i < block.length; i++) {
    const entry = block[next] ?? fail('a chain is broken');
    next = entry >>> 8;
    const byte = entry & 0xff;
    if (same === 4) {
      out.fill(before, at, at + byte);
      at += byte;
      same = 0;
      before = -1;
    } else {
      same = byte === before ? same + 1 : 1;
      before = byte;
      out[at++] = byte;
    }
    if (at < pieceBytes) continue;
    yield out.subarray(0, at);
    out = Buffer.allocUnsafe(pieceBytes + 256);
    at = 0;
  }
  if (at > 0) yield out.subarray(0, at);
}

/**
 * Unpacks a .bz2 file, all of its streams, in pieces of some 64 KiB. Checksums are not verified, and blocks that
 * were made random (bzip2 before 1.0) are not read.
 *
 * @throws PackedDataError when the data is damaged.
 */
export function* unpackBzip2(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const level = (bytes[at + 3] ?? 0) - 0x30;
    if (bytes.toString('latin1', at, at + 3) !== 'BZh' || level < 1 || level > 9) {
      fail('no stream begins where one should');
    }
    const bits = new Bits(bytes, at + 4);
    for (;;) {
      const mark = bits.mark();
      bits.read(16);
      bits.read(16);
      if (mark === endMark) break;
      if (mark !== blockMark) fail('no block begins where one should');
      if (bits.read(1) === 1) fail('a block was made random');
      const origin = bits.read(24);
      yield* expanded(linked(readBlock(bits, level * 100_000)), origin);
    }
    bits.align();
    at = bits.at;
  }
}
