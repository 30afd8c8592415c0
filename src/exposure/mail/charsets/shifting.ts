import type { Plane } from './jis-tables.ts';
import { gb2312, ksX1001 } from './jis-tables.ts';
import { Units } from './units.ts';

const pair = (plane: Plane, lead: number, trail: number): number =>
  plane[((lead & 0x7f) - 0x21) * 94 + (trail & 0x7f) - 0x21] || 0xfffd;

const isGraphic = (byte: number | undefined): boolean => {
  const low = (byte ?? 0) & 0x7f;
  return low >= 0x21 && low <= 0x7e;
};

/** HZ-GB-2312 (RFC 1843): `~{` and `~}` around pairs of seven bits. */
export const decodeHz = (bytes: Uint8Array): string => {
  const out = new Units(bytes.length + 1);
  let inside = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const next = bytes[at + 1] ?? 0;
    if (byte === 0x7e && (next === 0x7b || next === 0x7d || next === 0x7e || next === 10)) {
      if (next === 0x7e) out.push(0x7e);
      else if (next !== 10) inside = next === 0x7b;
      at++;
    } else if (byte === 10) {
      inside = false;
      out.push(byte);
    } else if ((inside || byte >= 0x80) && isGraphic(byte) && isGraphic(next)) {
      out.push(pair(gb2312(), byte, next));
      at++;
    } else out.push(byte < 0x80 ? byte : 0xfffd);
  }
  return out.text();
};

/** ISO-2022-KR (RFC 1557): ESC $ ) C once, then SO and SI around KS X 1001. */
export const decodeIso2022Kr = (bytes: Uint8Array): string => decodeShifted(bytes, () => ksX1001());

/** ISO-2022-CN (RFC 1922) as far as GB 2312 goes; CNS 11643 becomes U+FFFD. */
export const decodeIso2022Cn = (bytes: Uint8Array): string =>
  decodeShifted(bytes, final => (final === 0x41 || final === 0x45 ? gb2312() : undefined));

const decodeShifted = (
  bytes: Uint8Array,
  planeOf: (final: number) => Plane | undefined,
): string => {
  const out = new Units(bytes.length + 1);
  // A part cut out of a longer text may have lost the line that names the set.
  let plane = planeOf(0x43) ?? planeOf(0x41);
  let shifted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const next = bytes[at + 1] ?? 0;
    if (byte === 0x1b && next === 0x24 && (bytes[at + 2] === 0x29 || bytes[at + 2] === 0x2a)) {
      if (bytes[at + 2] === 0x29) plane = planeOf(bytes[at + 3] ?? 0);
      at += 3;
    } else if (byte === 0x1b && next === 0x4e) {
      out.push(0xfffd);
      at += 3;
    } else if (byte === 0x0e || byte === 0x0f) shifted = byte === 0x0e;
    else if ((shifted || byte >= 0x80) && isGraphic(byte) && isGraphic(next)) {
      out.push(plane === undefined ? 0xfffd : pair(plane, byte, next));
      at++;
    } else {
      if (byte === 10) shifted = false;
      out.push(byte < 0x80 ? byte : 0xfffd);
    }
  }
  return out.text();
};
