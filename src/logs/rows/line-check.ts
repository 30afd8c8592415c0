/** A number that another line hardly has: its length, and a few of its characters. Not negative. */
export const lineCheck = (text: string): number => {
  const { length } = text;
  if (length === 0) return 0;
  return checkOf(length, text.charCodeAt(length >> 1), text.charCodeAt(length - 1));
};

/** The same of the bytes of a line that is ASCII. */
export const asciiLineCheck = (bytes: Uint8Array, start: number, end: number): number => {
  const length = end - start;
  if (length === 0) return 0;
  return checkOf(length, bytes[start + (length >> 1)] ?? 0, bytes[end - 1] ?? 0);
};

const checkOf = (length: number, middle: number, last: number): number =>
  (Math.imul(length, 0x9e37_79b1) ^ Math.imul(middle, 0x85eb_ca6b) ^ Math.imul(last, 0xc2b2_ae35)) &
  0x7fff_ffff;
