import { Units } from './units.ts';

const valueOf = (byte: number): number => {
  if (byte >= 65 && byte <= 90) return byte - 65;
  if (byte >= 97 && byte <= 122) return byte - 71;
  if (byte >= 48 && byte <= 57) return byte + 4;
  if (byte === 43) return 62;
  // A comma stands for the slash in the form that IMAP has for folder names; mail has been seen with it.
  if (byte === 47 || byte === 44) return 63;
  return -1;
};

/** UTF-7 (RFC 2152). */
export const decodeUtf7 = (bytes: Uint8Array): string => {
  const out = new Units(bytes.length + 1);
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at++] ?? 0;
    if (byte !== 43) {
      out.push(byte < 0x80 ? byte : 0xfffd);
      continue;
    }
    if (bytes[at] === 45) {
      out.push(43);
      at++;
      continue;
    }
    let bits = 0;
    let held = 0;
    let value = valueOf(bytes[at] ?? 0);
    if (value < 0) out.push(43);
    while (value >= 0) {
      bits = ((bits << 6) | value) & 0x3fffff;
      held += 6;
      if (held >= 16) {
        held -= 16;
        out.push((bits >> held) & 0xffff);
      }
      at++;
      // The comma ends a run of mail's UTF-7 far more often than it stands for a slash.
      value = bytes[at] === 44 ? -1 : valueOf(bytes[at] ?? 0);
    }
    if (bytes[at] === 45) at++;
  }
  return out.text();
};
