/** Addresses that are the same everywhere: loopback, private, link-local, unspecified, multicast, broadcast (RFC 6890). */
export const isSpecial = (address: string): boolean => {
  if (address.includes(':')) return /^(?:::1?$|fe[89ab]|f[cd]|ff)/i.test(address);
  return /^(?:0\.|10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|2(?:2[4-9]|3\d)\.|255\.)/.test(
    address,
  );
};

interface Address {
  readonly from: number;
  readonly to: number;
  readonly value: string;
}

const isHex = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) ||
  (unit >= 0x41 && unit <= 0x46) ||
  (unit >= 0x61 && unit <= 0x66);

/** The address that goes over `place`: hexadecimal groups and colons as far as they go on both sides. */
export const ipv6Around = (text: string, place: number): Address | undefined => {
  let from = place;
  while (from > 0 && place - from < 41 && isOfAddress(text.charCodeAt(from - 1))) from -= 1;
  const before = from === 0 ? '' : text.charAt(from - 1);
  if (place - from > 40 || /[\w.]/.test(before)) return undefined;
  // `from:2001:db8::1`: a word before the first group is no part of it.
  if (text.charAt(from) === ':' && text.charAt(from + 1) !== ':') from += 1;
  if (text.startsWith('::', from) && /[)>\]"'`]/.test(before)) return undefined;
  const piece =
    /^[\da-f:]{2,39}(?:(?:\.\d{1,3}){3})?/i.exec(text.slice(from, from + 64))?.[0] ?? '';
  const value = piece.endsWith(':') && !piece.endsWith('::') ? piece.slice(0, -1) : piece;
  const to = from + value.length;
  if (/^(?:[g-z_]|[.-][a-z\d]|[\da-f:])/i.test(text.slice(to, to + 2)) && !value.endsWith(':'))
    if (!/^:(?:[^\da-f:]|$)/i.test(text.slice(to, to + 2))) return undefined;
  return isIpv6(value) ? { from, to, value: value.toLowerCase() } : undefined;
};

const isOfAddress = (unit: number): boolean => unit === 0x3a || isHex(unit);

/** RFC 4291, 2.2: eight groups, or fewer with one `::`; the last two may be dotted. */
const isIpv6 = (text: string): boolean => {
  const dotted = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text);
  if (dotted !== null && (dotted[2] ?? '').split('.').some(octet => Number(octet) > 255))
    return false;
  const groups = dotted === null ? text : `${dotted[1] ?? ''}0:0`;
  const halves = groups.split('::');
  if (halves.length > 2) return false;
  const parts = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  if (parts.some(part => !/^[\da-f]{1,4}$/i.test(part))) return false;
  if (halves.length === 2) return parts.length <= 7 && isMeant(text, parts.length);
  return parts.length === 8;
};

/** `::` is written in programs (`std::cout`, `A::B`), so a short one has to hold a digit or begin like an address. */
const isMeant = (text: string, parts: number): boolean =>
  parts === 0
    ? false
    : parts > 2 ||
      /^(?:[23]\w{3}|f[cdef]\w{2}|64:ff9b)/i.test(text) ||
      /^::(?:1|ffff:)/i.test(text);
