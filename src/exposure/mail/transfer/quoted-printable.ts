const equals = 61;

const hexOf = (byte: number | undefined): number => {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** Where a soft line end behind `=` ends (white space may stand between), or -1 where it is none. */
const softEnd = (bytes: Buffer, from: number): number => {
  let at = from;
  while (bytes[at] === 32 || bytes[at] === 9) at++;
  if (at >= bytes.length) return at;
  if (bytes[at] === 10) return at + 1;
  if (bytes[at] === 13) return bytes[at + 1] === 10 ? at + 2 : at + 1;
  return -1;
};

/** Quoted-printable (RFC 2045 6.7). An `=` that begins nothing stays as it is, and so does raw 8-bit. */
export const decodeQuotedPrintable = (bytes: Buffer): Buffer => {
  let found = bytes.indexOf(equals);
  if (found < 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let from = 0;
  while (found >= 0) {
    for (let at = from; at < found; at++) out[length++] = bytes[at] ?? 0;
    const high = hexOf(bytes[found + 1]);
    const low = high < 0 ? -1 : hexOf(bytes[found + 2]);
    if (low >= 0) {
      out[length++] = high * 16 + low;
      from = found + 3;
    } else {
      const soft = softEnd(bytes, found + 1);
      if (soft < 0) out[length++] = equals;
      from = soft < 0 ? found + 1 : soft;
    }
    found = nextEquals(bytes, from);
  }
  for (let at = from; at < bytes.length; at++) out[length++] = bytes[at] ?? 0;
  return out.subarray(0, length);
};

/** `indexOf` costs a call; in text of East Asia the next one is right here. */
const nextEquals = (bytes: Buffer, from: number): number => {
  const near = Math.min(bytes.length, from + 16);
  for (let at = from; at < near; at++) if (bytes[at] === equals) return at;
  return near >= bytes.length ? -1 : bytes.indexOf(equals, near);
};
