const equals = 61;

/** Values of hexadecimal digits, -1 of all other bytes. */
const digits: Int8Array = (() => {
  const table = new Int8Array(256).fill(-1);
  for (let value = 0; value < 16; value++) {
    const digit = value.toString(16);
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return table;
})();

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
  const first = bytes.indexOf(equals);
  if (first < 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length);
  bytes.copy(out, 0, 0, first);
  let length = first;
  let at = first;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte !== equals) {
      out[length++] = byte;
      at++;
      continue;
    }
    const high = at + 2 < bytes.length ? (digits[bytes[at + 1] ?? 0] ?? -1) : -1;
    const low = high < 0 ? -1 : (digits[bytes[at + 2] ?? 0] ?? -1);
    if (low >= 0) {
      out[length++] = high * 16 + low;
      at += 3;
      continue;
    }
    const soft = softEnd(bytes, at + 1);
    if (soft < 0) out[length++] = equals;
    at = soft < 0 ? at + 1 : soft;
  }
  return out.subarray(0, length);
};
