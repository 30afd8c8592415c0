import { BlockList, isIP } from 'node:net';
import { label } from './ledger.ts';

/** What may be read by anybody: no user, no password, no values of the query, no fragment. */
export const shownAddress = (url: URL): string => {
  const query = url.search === '' ? '' : '?…';
  return label(`${url.protocol}//${url.host}${url.pathname}${query}`);
};

const schemes: ReadonlySet<string> = new Set(['https:', 'http:', 'file:']);

/** An address as the user wrote it, or what is wrong with it, in words that do not repeat it. */
export const parseAddress = (address: string): URL | string => {
  if (!URL.canParse(address)) return 'the address is not a URL';
  const url = new URL(address);
  if (!schemes.has(url.protocol)) {
    return `addresses begin with https:, http: or file:, not with ${label(url.protocol)}`;
  }
  if (url.protocol === 'file:' && url.host !== '') {
    return 'a file: address names no host: file:///srv/feeds/all.zip';
  }
  return url;
};

const local = new BlockList();
local.addSubnet('127.0.0.0', 8);
local.addSubnet('0.0.0.0', 8);
// Link-local: machines of clouds hand out their credentials at one of these.
local.addSubnet('169.254.0.0', 16);
local.addAddress('::1', 'ipv6');
local.addAddress('::', 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/** Whether an IP address is this machine's own or its link's; IPv4 within IPv6 is seen through. */
export const isLocalIp = (address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && local.check(address, family === 6 ? 'ipv6' : 'ipv4');
};

/** Whether a URL's host says by itself that it is this machine. */
export const isLocalHost = (url: URL): boolean => {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return host === 'localhost' || host.endsWith('.localhost') || isLocalIp(host);
};

interface Allowed {
  readonly plain?: boolean;
  readonly local?: boolean;
}

/** Why a redirect is not followed. */
export const redirectFault = (from: URL, to: URL, allow: Allowed): string | undefined => {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') {
    return `it redirects to ${label(to.protocol)}, which is not followed`;
  }
  if (from.protocol === 'https:' && to.protocol === 'http:' && allow.plain !== true) {
    return `it redirects from https to http (${shownAddress(to)}), which anybody on the way can change`;
  }
  if (isLocalHost(to) && !isLocalHost(from) && allow.local !== true) {
    return `it redirects to this machine itself (${shownAddress(to)})`;
  }
  return undefined;
};
