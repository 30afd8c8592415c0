import { isIP } from 'node:net';

/** `203.0.113.0/24`, `2001:db8::/32`, or one address; undefined where a text is none of these. */
export const readNetwork = (text: string): string | undefined => {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return undefined;
  const bitsMax = version === 4 ? 32 : 128;
  if (slash === -1) return `${address}/${bitsMax}`;
  const length = text.slice(slash + 1);
  if (/^\d{1,3}$/.test(length)) {
    return Number(length) <= bitsMax ? `${address}/${Number(length)}` : undefined;
  }
  // 203.0.113.0/255.255.255.0
  const bits = version === 4 ? maskBits(length) : undefined;
  return bits === undefined ? undefined : `${address}/${bits}`;
};

const maskBits = (mask: string): number | undefined => {
  if (isIP(mask) !== 4) return undefined;
  const bits = mask
    .split('.')
    .map(byte => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  const ones = bits.indexOf('0') === -1 ? 32 : bits.indexOf('0');
  return bits.includes('1', ones) ? undefined : ones;
};
