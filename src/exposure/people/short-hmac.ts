/**
 * HMAC-SHA-256 (RFC 2104, FIPS 180-4) of short texts under one key, cut to 96 bits. node:crypto makes some
 * objects for each call, which for twenty bytes costs many times what the hash itself does; here the two
 * states behind the key's blocks are worked out once, and a short text costs two compressions. Not constant in
 * time over the text: whoever could time it would be in the process that holds the mail.
 */

const initial = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** The first 32 bits behind the point of the cube roots of the first 64 primes. */
const constants: Int32Array = ((): Int32Array => {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every(p => n % p !== 0)) primes.push(n);
  return Int32Array.from(primes, prime => {
    const root = Math.cbrt(prime);
    return ((root - Math.floor(root)) * 2 ** 32) | 0;
  });
})();

/** The block in hand; its first 16 words are filled, the others follow from them. */
const words = new Int32Array(64);

const compress = (into: Int32Array, from: Int32Array): void => {
  const w = words;
  const k = constants;
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15] ?? 0;
    const y = w[i - 2] ?? 0;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0;
  }
  let a = from[0] ?? 0;
  let b = from[1] ?? 0;
  let c = from[2] ?? 0;
  let d = from[3] ?? 0;
  let e = from[4] ?? 0;
  let f = from[5] ?? 0;
  let g = from[6] ?? 0;
  let h = from[7] ?? 0;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + (k[i] ?? 0) + (w[i] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  into[0] = a + (from[0] ?? 0);
  into[1] = b + (from[1] ?? 0);
  into[2] = c + (from[2] ?? 0);
  into[3] = d + (from[3] ?? 0);
  into[4] = e + (from[4] ?? 0);
  into[5] = f + (from[5] ?? 0);
  into[6] = g + (from[6] ?? 0);
  into[7] = h + (from[7] ?? 0);
};

/** UTF-8 of the text in hand, with room for the padding; grows with the longest text. */
let bytes: Buffer = Buffer.alloc(256);

/** @returns how many bytes the text has. */
const encode = (text: string): number => {
  const most = 3 * text.length + 72;
  if (most > bytes.length) bytes = Buffer.alloc(2 * most);
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    // Lone surrogates become U+FFFD there, as everywhere in Node.js.
    if (unit >= 0x80) return bytes.write(text, 0, 'utf8');
    bytes[i] = unit;
  }
  return text.length;
};

const fill = (from: number): void => {
  for (let i = 0; i < 16; i += 1) {
    const at = from + 4 * i;
    words[i] =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
  }
};

const stateOf = (key: Uint8Array, pad: number): Int32Array => {
  for (let i = 0; i < 64; i += 1) bytes[i] = (key[i] ?? 0) ^ pad;
  fill(0);
  const state = new Int32Array(8);
  compress(state, initial);
  return state;
};

export class ShortHmac {
  private readonly inner: Int32Array;
  private readonly outer: Int32Array;
  private readonly state = new Int32Array(8);
  /** The first, second and third 32 bits of what was hashed last. */
  first = 0;
  second = 0;
  third = 0;

  /** @param key at most 64 bytes. */
  constructor(key: Uint8Array) {
    if (key.length > 64) throw new RangeError('a key of more than one block');
    this.inner = stateOf(key, 0x36);
    this.outer = stateOf(key, 0x5c);
  }

  /** The first 48 bits of what was hashed last. */
  get high(): number {
    return this.first * 0x10000 + (this.second >>> 16);
  }

  /** The next 48. */
  get low(): number {
    return (this.second & 0xffff) * 0x100000000 + this.third;
  }

  /** Hashes the text's UTF-8; what came out is in the fields until the next. */
  update(text: string): void {
    const { state } = this;
    const length = encode(text);
    const blocks = (length + 9 + 63) >> 6;
    bytes[length] = 0x80;
    // A call of fill() costs more than some dozen bytes.
    for (let i = length + 1; i < blocks * 64; i += 1) bytes[i] = 0;
    // The key's block came before, hence 512 bits more.
    bytes.writeUInt32BE(length * 8 + 512, blocks * 64 - 4);
    let from = this.inner;
    for (let block = 0; block < blocks; block += 1) {
      fill(block * 64);
      compress(state, from);
      from = state;
    }
    words.set(state);
    words[8] = 0x80000000;
    words.fill(0, 9, 15);
    words[15] = 512 + 256;
    compress(state, this.outer);
    this.first = (state[0] ?? 0) >>> 0;
    this.second = (state[1] ?? 0) >>> 0;
    this.third = (state[2] ?? 0) >>> 0;
  }
}
