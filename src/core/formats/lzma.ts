import { PackedDataError } from './lz4.ts';

const half = 1 << 10;
const states = 12;
const posStatesMax = 16;

const fail = (why: string): never => {
  throw new PackedDataError(`its LZMA data is damaged: ${why}`);
};

const fresh = (length: number): Uint16Array => new Uint16Array(length).fill(half);

/** Probabilities of one length coder: short, middle and long lengths. */
interface Lengths {
  readonly choice: Uint16Array;
  readonly low: Uint16Array;
  readonly mid: Uint16Array;
  readonly high: Uint16Array;
}

const freshLengths = (): Lengths => ({
  choice: fresh(2),
  low: fresh(posStatesMax << 3),
  mid: fresh(posStatesMax << 3),
  high: fresh(256),
});

const freshModel = (literalBits: number) => ({
  match: fresh(states << 4),
  rep: fresh(states),
  rep0: fresh(states),
  rep1: fresh(states),
  rep2: fresh(states),
  rep0Long: fresh(states << 4),
  slot: [fresh(64), fresh(64), fresh(64), fresh(64)] as const,
  special: fresh(128),
  align: fresh(16),
  matchLengths: freshLengths(),
  repLengths: freshLengths(),
  literal: fresh(0x300 << literalBits),
});

/**
 * An LZMA decoder after Igor Pavlov's specification (lzma-specification, 7-zip.org), for the chunks
 * of an LZMA2 stream. `out` is both the result and the dictionary; every distance and length is
 * checked against it, for whoever made the file wrote them.
 */
export class LzmaDecoder {
  out: Buffer;
  outAt = 0;
  private readonly bytesMax: number;
  private lc = 0;
  private lpMask = 0;
  private pbMask = 0;
  private model = freshModel(0);
  private state = 0;
  private reps = [0, 0, 0, 0];
  private range = 0;
  private code = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
    this.out = Buffer.alloc(Math.min(bytesMax, 1 << 20));
  }

  /** Makes room for `length` more bytes. */
  reserve(length: number): void {
    const wanted = this.outAt + length;
    if (wanted > this.bytesMax)
      fail(`it unpacks to more than the ${this.bytesMax} bytes that are read`);
    if (wanted <= this.out.length) return;
    const larger = Buffer.alloc(Math.min(this.bytesMax, Math.max(wanted, this.out.length * 2)));
    this.out.copy(larger, 0, 0, this.outAt);
    this.out = larger;
  }

  setProperties(byte: number): void {
    if (byte >= 9 * 5 * 5) fail('its properties are out of range');
    this.lc = byte % 9;
    const rest = Math.floor(byte / 9);
    const lp = rest % 5;
    if (this.lc + lp > 4) fail('its properties are out of range');
    this.lpMask = (1 << lp) - 1;
    this.pbMask = (1 << Math.floor(rest / 5)) - 1;
    this.model = freshModel(this.lc + lp);
    this.resetState();
  }

  resetState(): void {
    this.model = freshModel(Math.log2(this.model.literal.length / 0x300));
    this.state = 0;
    this.reps = [0, 0, 0, 0];
  }

  /** One LZMA chunk: `bytes[from, to)` unpack to exactly `length` bytes. */
  chunk(bytes: Buffer, from: number, to: number, length: number): void {
    this.reserve(length);
    this.bytes = bytes;
    this.at = from + 5;
    this.end = to;
    if (this.at > to) fail('a chunk is cut off');
    this.range = 0xff_ff_ff_ff;
    this.code = bytes.readUInt32BE(from + 1);
    const stop = this.outAt + length;
    while (this.outAt < stop) this.symbol(stop);
  }

  private bit(probs: Uint16Array, index: number): 0 | 1 {
    const prob = probs[index] ?? fail('a model is out of range');
    const bound = Math.imul(this.range >>> 11, prob) >>> 0;
    let bit: 0 | 1;
    if (this.code >>> 0 < bound) {
      this.range = bound;
      probs[index] = prob + ((2048 - prob) >> 5);
      bit = 0;
    } else {
      this.range = (this.range - bound) >>> 0;
      this.code = (this.code - bound) >>> 0;
      probs[index] = prob - (prob >> 5);
      bit = 1;
    }
    if (this.range < 1 << 24) this.refill();
    return bit;
  }

  private refill(): void {
    if (this.at >= this.end) fail('a chunk is cut off');
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | (this.bytes[this.at++] ?? 0)) >>> 0;
  }

  private direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.range >>>= 1;
      const one = this.code >>> 0 >= this.range;
      if (one) this.code = (this.code - this.range) >>> 0;
      value = (value << 1) | (one ? 1 : 0);
      if (this.range < 1 << 24) this.refill();
    }
    return value;
  }

  private tree(probs: Uint16Array, offset: number, bits: number): number {
    let at = 1;
    for (let i = 0; i < bits; i++) at = (at << 1) | this.bit(probs, offset + at);
    return at - (1 << bits);
  }

  private reverseTree(probs: Uint16Array, offset: number, bits: number): number {
    let at = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(probs, offset + at);
      at = (at << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  private length({ choice, low, mid, high }: Lengths, posState: number): number {
    if (this.bit(choice, 0) === 0) return 2 + this.tree(low, posState << 3, 3);
    if (this.bit(choice, 1) === 0) return 10 + this.tree(mid, posState << 3, 3);
    return 18 + this.tree(high, 0, 8);
  }

  private distance(length: number): number {
    const { slot: slots, special, align } = this.model;
    const slot = this.tree(slots[Math.min(length - 2, 3) as 0 | 1 | 2 | 3], 0, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return base + this.reverseTree(special, base - slot, bits);
    return base + this.direct(bits - 4) * 16 + this.reverseTree(align, 0, 4);
  }

  private literal(): void {
    const { literal } = this.model;
    const before = this.outAt === 0 ? 0 : (this.out[this.outAt - 1] ?? 0);
    const context = ((this.outAt & this.lpMask) << this.lc) + (before >> (8 - this.lc));
    const offset = 0x300 * context;
    let at = 1;
    if (this.state >= 7) {
      let match = this.out[this.outAt - (this.reps[0] ?? 0) - 1] ?? fail('a match overruns');
      while (at < 0x100) {
        const wanted = (match >> 7) & 1;
        match <<= 1;
        const bit = this.bit(literal, offset + ((1 + wanted) << 8) + at);
        at = (at << 1) | bit;
        if (bit !== wanted) break;
      }
    }
    while (at < 0x100) at = (at << 1) | this.bit(literal, offset + at);
    this.out[this.outAt++] = at & 0xff;
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
  }

  private copy(length: number, stop: number): void {
    const distance = (this.reps[0] ?? 0) + 1;
    if (distance > this.outAt || this.outAt + length > stop) fail('a match overruns');
    const { out } = this;
    let at = this.outAt;
    for (let i = 0; i < length; i++, at++) out[at] = out[at - distance] ?? 0;
    this.outAt = at;
  }

  private symbol(stop: number): void {
    const { model, state } = this;
    const posState = this.outAt & this.pbMask;
    if (this.bit(model.match, (state << 4) + posState) === 0) return this.literal();
    if (this.bit(model.rep, state) === 0) {
      const length = this.length(model.matchLengths, posState);
      this.state = state < 7 ? 7 : 10;
      this.reps = [this.distance(length), this.reps[0] ?? 0, this.reps[1] ?? 0, this.reps[2] ?? 0];
      return this.copy(length, stop);
    }
    const [a = 0, b = 0, c = 0, d = 0] = this.reps;
    if (this.bit(model.rep0, state) === 0) {
      if (this.bit(model.rep0Long, (state << 4) + posState) === 0) {
        this.state = state < 7 ? 9 : 11;
        return this.copy(1, stop);
      }
    } else if (this.bit(model.rep1, state) === 0) this.reps = [b, a, c, d];
    else this.reps = this.bit(model.rep2, state) === 0 ? [c, a, b, d] : [d, a, b, c];
    const length = this.length(model.repLengths, posState);
    this.state = state < 7 ? 8 : 11;
    this.copy(length, stop);
  }
}
