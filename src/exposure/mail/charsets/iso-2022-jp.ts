import type { Plane } from './jis-tables.ts';
import { gb2312, jisX0208, jisX0212, ksX1001 } from './jis-tables.ts';
import type { WidePlane } from './jis-x-0213.ts';
import { jisX0213Plane1, jisX0213Plane2 } from './jis-x-0213.ts';
import { Units } from './units.ts';

const esc = 0x1b;

type Set94 =
  | { readonly kind: 'ascii' }
  /** JIS X 0201 Roman: a yen sign for the backslash; read as ASCII, as browsers do for paths and markup. */
  | { readonly kind: 'katakana' }
  | { readonly kind: 'plane'; readonly plane: () => Plane }
  | { readonly kind: 'wide'; readonly plane: () => WidePlane };

const ascii: Set94 = { kind: 'ascii' };
const katakana: Set94 = { kind: 'katakana' };
const kanji: Set94 = { kind: 'plane', plane: jisX0208 };
const supplementary: Set94 = { kind: 'plane', plane: jisX0212 };
const chinese: Set94 = { kind: 'plane', plane: gb2312 };
const korean: Set94 = { kind: 'plane', plane: ksX1001 };
const plane1: Set94 = { kind: 'wide', plane: jisX0213Plane1 };
const plane2: Set94 = { kind: 'wide', plane: jisX0213Plane2 };

/** What may follow ESC: RFC 1468, 1554 (-2), 2237 (-1), JIS X 0213 (-3, -2004) and what Windows adds. */
const sequences: readonly (readonly [string, Set94])[] = [
  ['(B', ascii],
  ['(J', ascii],
  ['(H', ascii],
  ['(I', katakana],
  ['$@', kanji],
  ['$B', kanji],
  ['$(@', kanji],
  ['$(B', kanji],
  ['&@\x1b$B', kanji],
  ['$(D', supplementary],
  ['$A', chinese],
  ['$(A', chinese],
  ['$(C', korean],
  ['$(O', plane1],
  ['$(Q', plane1],
  ['$(P', plane2],
];

const sequenceAt = (bytes: Uint8Array, at: number): readonly [number, Set94] | undefined => {
  for (const [text, set] of sequences) {
    let same = 0;
    while (same < text.length && bytes[at + 1 + same] === text.charCodeAt(same)) same++;
    if (same === text.length) return [1 + text.length, set];
  }
  return undefined;
};

/** Right halves of ISO-8859-1 and -7, which ISO-2022-JP-2 puts into G2 and calls with ESC N, one character each. */
const rightHalf = (bytes: Uint8Array, at: number): number => {
  if (bytes[at + 1] !== 0x2e) return 0;
  return bytes[at + 2] === 0x41 ? 1 : bytes[at + 2] === 0x46 ? 7 : 0;
};

const greek = new TextDecoder('iso-8859-7');

class Reader {
  private readonly bytes: Uint8Array;
  private readonly out: Units;
  private set: Set94 = ascii;
  /** SO was seen: katakana until SI (JIS7, CP50222). */
  private shifted = false;
  private g2 = 0;
  private lead = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.out = new Units(bytes.length + 2);
  }

  read(): string {
    const { bytes } = this;
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at] ?? 0;
      if (byte === esc) at += this.escape(at);
      else {
        const run = this.run(at);
        if (run > 0) {
          at += run;
          continue;
        }
        this.byte(byte);
        at++;
      }
    }
    if (this.lead !== 0) this.out.push(0xfffd);
    return this.out.text();
  }

  /** What nearly all bytes are, in one go: pairs of a plane, or ASCII. Answers how many were taken. */
  private run(from: number): number {
    const { bytes, out, set } = this;
    if (this.shifted || this.lead !== 0) return 0;
    const { units } = out;
    let at = from;
    let { length } = out;
    if (set.kind === 'ascii') {
      for (; at < bytes.length; at++) {
        const byte = bytes[at] ?? 0;
        if (byte >= 0x7f || byte < 0x20) break;
        units[length++] = byte;
      }
    } else if (set.kind === 'plane') {
      const plane = set.plane();
      for (; at + 1 < bytes.length; at += 2) {
        const lead = (bytes[at] ?? 0) - 0x21;
        const trail = (bytes[at + 1] ?? 0) - 0x21;
        if (lead < 0 || lead > 93 || trail < 0 || trail > 93) break;
        units[length++] = plane[lead * 94 + trail] || 0xfffd;
      }
    }
    out.length = length;
    return at - from;
  }

  private escape(at: number): number {
    const found = sequenceAt(this.bytes, at);
    if (found !== undefined) {
      const [length, set] = found;
      // Where an encoded word ended between two bytes of a character, its next one says the set again.
      if (this.lead !== 0 && set !== this.set) this.drop();
      this.set = set;
      return length;
    }
    const half = rightHalf(this.bytes, at);
    if (half !== 0) {
      this.g2 = half;
      return 3;
    }
    if (this.bytes[at + 1] === 0x4e && this.g2 !== 0 && at + 2 < this.bytes.length) {
      const byte = (this.bytes[at + 2] ?? 0) | 0x80;
      const text = this.g2 === 7 ? greek.decode(Uint8Array.of(byte)) : String.fromCharCode(byte);
      this.out.push(text.charCodeAt(0));
      return 3;
    }
    this.out.push(esc);
    return 1;
  }

  private drop(): void {
    this.out.push(0xfffd);
    this.lead = 0;
  }

  private byte(byte: number): void {
    if (byte === 0x0e || byte === 0x0f) {
      this.shifted = byte === 0x0e;
      return;
    }
    if (byte < 0x21 || byte === 0x7f) {
      if (this.lead !== 0) this.drop();
      // RFC 1468: a line ends in ASCII. A program that forgot to say so meant it.
      if (byte === 10) {
        this.set = ascii;
        this.shifted = false;
      }
      this.out.push(byte);
      return;
    }
    // CP50221 and JIS8: half-width katakana with the high bit, in the middle of anything.
    if (byte >= 0xa1 && byte <= 0xdf && this.set.kind === 'ascii') {
      this.out.push(0xff61 + byte - 0xa1);
      return;
    }
    const low = byte & 0x7f;
    if ((this.shifted || this.set.kind === 'katakana') && low >= 0x21 && low <= 0x5f) {
      this.out.push(0xff61 + low - 0x21);
      return;
    }
    if (this.set.kind === 'ascii' || this.set.kind === 'katakana') {
      this.out.push(byte < 0x80 ? byte : 0xfffd);
      return;
    }
    this.double(low);
  }

  private double(byte: number): void {
    if (this.lead === 0) {
      this.lead = byte;
      return;
    }
    const index = (this.lead - 0x21) * 94 + byte - 0x21;
    this.lead = 0;
    if (this.set.kind === 'wide') {
      for (const point of this.set.plane()[index] ?? [0xfffd]) this.out.pushPoint(point);
    } else if (this.set.kind === 'plane') {
      this.out.push(this.set.plane()[index] || 0xfffd);
    }
  }
}

/** ISO-2022-JP with all its variants: -1, -2, -3, -2004, -MS, CP50220 to CP50222, JIS7 and JIS8. */
export const decodeIso2022Jp = (bytes: Uint8Array): string => new Reader(bytes).read();
