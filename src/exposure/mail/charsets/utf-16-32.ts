import { Units } from './units.ts';

/** 0 where neither byte order is more likely: judged by where the zero bytes of Latin text and of `\n` stand. */
const zeros = (bytes: Uint8Array): { even: number; odd: number } => {
  const to = Math.min(bytes.length, 4_096);
  let even = 0;
  let odd = 0;
  for (let at = 0; at < to; at += 2) if (bytes[at] === 0) even++;
  for (let at = 1; at < to; at += 2) if (bytes[at] === 0) odd++;
  return { even, odd };
};

/** Whether bytes without a label look like UTF-16, and in which order. */
export const looksLikeUtf16 = (bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const half = Math.min(bytes.length, 4_096) >> 1;
  if (half < 4) return undefined;
  const { even, odd } = zeros(bytes);
  if (odd > half * 0.3 && even < half * 0.05) return 'utf-16le';
  if (even > half * 0.3 && odd < half * 0.05) return 'utf-16be';
  return undefined;
};

/** UTF-16; without a mark or a stated order big-endian (RFC 2781 4.3), unless the bytes say otherwise. */
export const decodeUtf16 = (bytes: Buffer, order: 'le' | 'be' | undefined): string => {
  const little = bytes[0] === 0xff && bytes[1] === 0xfe;
  const big = bytes[0] === 0xfe && bytes[1] === 0xff;
  const from = little || big ? 2 : 0;
  const isLittle = little || (!big && (order ?? guessOrder(bytes)) === 'le');
  const even = bytes.subarray(from, bytes.length - ((bytes.length - from) % 2));
  const text = isLittle
    ? even.toString('utf16le', 0, even.length)
    : Buffer.from(even).swap16().toString('utf16le');
  return bytes.length - from > even.length ? `${text}\ufffd` : text;
};

const guessOrder = (bytes: Uint8Array): 'le' | 'be' => {
  const { even, odd } = zeros(bytes);
  return odd > even ? 'le' : 'be';
};

/** UTF-32, the same way. */
export const decodeUtf32 = (bytes: Buffer, order: 'le' | 'be' | undefined): string => {
  const little = bytes[0] === 0xff && bytes[1] === 0xfe && bytes[2] === 0 && bytes[3] === 0;
  const big = bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0xfe && bytes[3] === 0xff;
  const isLittle = little || (!big && (order ?? (bytes[0] === 0 ? 'be' : 'le')) === 'le');
  const out = new Units((bytes.length >> 1) + 2);
  for (let at = little || big ? 4 : 0; at + 4 <= bytes.length; at += 4) {
    const point = isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    out.pushPoint(point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? 0xfffd : point);
  }
  return out.text();
};
