import { rangeOf } from '../matching/network.ts';

/** `203.0.113.0/24`, `2001:db8::/32`, or one address; undefined where a text is none of these. */
export const readNetwork = (text: string): string | undefined => {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const written = slash === -1 ? undefined : text.slice(slash + 1);
  const isIpv6 = address.includes(':');
  const bits = written === undefined ? (isIpv6 ? 128 : 32) : bitsOf(written, isIpv6);
  if (bits === undefined) return undefined;
  const network = `${address}/${bits}`;
  return rangeOf(network) === undefined ? undefined : network;
};

/** 24, or the mask that says so: 255.255.255.0. */
const bitsOf = (length: string, isIpv6: boolean): number | undefined => {
  if (/^\d{1,3}$/.test(length)) return Number(length);
  const mask = isIpv6 ? undefined : rangeOf(`${length}/32`);
  if (mask?.bits !== 32) return undefined;
  const digits = mask.low.toString(2).padStart(32, '0');
  const bits = digits.indexOf('0') === -1 ? 32 : digits.indexOf('0');
  return digits.includes('1', bits) ? undefined : bits;
};
