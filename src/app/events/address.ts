import { BlockList, isIP } from 'node:net';
import { UsageError } from '../../core/errors.ts';

/** Whether an address, as rows have it, is one that is asked for. */
export type AddressMatch = (address: string) => boolean;

const bad = (given: string): UsageError =>
  new UsageError(
    `events: --address "${given.slice(0, 60)}": expected an address or a network such as 203.0.113.9 or 2001:db8::/32`,
  );

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined => {
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 4 ? 'ipv4' : 'ipv6';
};

/** An address, or a network. @throws UsageError */
export const addressMatch = (given: string): AddressMatch => {
  const [address = '', bits, ...more] = given.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0) throw bad(given);
  const list = new BlockList();
  if (bits === undefined) list.addAddress(address, family);
  else {
    const width = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (!(width >= 0 && width <= (family === 'ipv4' ? 32 : 128))) throw bad(given);
    list.addSubnet(address, width, family);
  }
  return other => {
    const otherFamily = familyOf(other);
    return otherFamily !== undefined && list.check(other, otherFamily);
  };
};
