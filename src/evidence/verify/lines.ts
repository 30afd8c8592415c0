import { createCipheriv, hash } from 'node:crypto';
import { hashBytes } from './merkle.ts';

/** Bytes of a segment's secret, and of a line's salt. */
export const secretBytes = 32;
export const saltBytes = 16;

const newline = 0x0a;

/** Where each line ends, its newline with it; what follows the last newline is a line, too. */
export const lineEnds = (raw: Uint8Array): number[] => {
  const ends: number[] = [];
  for (let at = raw.indexOf(newline); at >= 0; at = raw.indexOf(newline, at + 1)) ends.push(at + 1);
  if ((ends.at(-1) ?? 0) < raw.length) ends.push(raw.length);
  return ends;
};

/**
 * The salts of a segment, one after the other: the keystream of AES-256 in counter mode under its secret.
 * Whoever has one of them learns nothing of the others; whoever has none cannot try what a line may have said.
 */
export const saltsOf = (secret: Uint8Array, lines: number): Buffer =>
  createCipheriv('aes-256-ctr', secret, Buffer.alloc(16)).update(Buffer.alloc(lines * saltBytes));

const bufferBytes = 64 << 10;
/** Lines that are hashed in one call: V8 compiles for good what is called often, not what loops for long. */
const linesAtOnce = 64;

interface Hashing {
  readonly raw: Buffer;
  readonly ends: readonly number[];
  readonly salts: Buffer;
  readonly out: Buffer;
  readonly shared: Buffer;
}

const hashSome = ({ raw, ends, salts, out, shared }: Hashing, from: number, to: number): void => {
  let start = ends[from - 1] ?? 0;
  for (let i = from; i < to; i += 1) {
    const end = ends[i] ?? start;
    const length = 1 + saltBytes + end - start;
    const leaf = length <= bufferBytes ? shared : Buffer.alloc(length);
    salts.copy(leaf, 1, i * saltBytes, (i + 1) * saltBytes);
    raw.copy(leaf, 1 + saltBytes, start, end);
    out.write(hash('sha256', leaf.subarray(0, length), 'binary'), i * hashBytes, 'latin1');
    start = end;
  }
};

/** `SHA-256(0x00 ‖ salt ‖ line)` of every line, one after the other: leaf hashes of RFC 6962. */
export const hashLines = (secret: Uint8Array, raw: Buffer, ends: readonly number[]): Buffer => {
  const salts = saltsOf(secret, ends.length);
  const out = Buffer.allocUnsafe(ends.length * hashBytes);
  const hashing = { raw, ends, salts, out, shared: Buffer.alloc(bufferBytes) };
  for (let from = 0; from < ends.length; from += linesAtOnce) {
    hashSome(hashing, from, Math.min(from + linesAtOnce, ends.length));
  }
  return out;
};
