import type { Endpoint } from '../core/access-event.ts';
import { printable } from './text.ts';

const ipv4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Whether a text is an IPv4 address as it is mostly written: without a leading zero. */
const isPlainIpv4 = (text: string): boolean => {
  const { length } = text;
  if (length < 7 || length > 15) return false;
  let dots = 0;
  let digits = 0;
  let value = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (digits === 0) return false;
      dots += 1;
      digits = 0;
      value = 0;
      continue;
    }
    const digit = code - 0x30;
    if (!(digit >= 0 && digit <= 9) || (digits > 0 && value === 0)) return false;
    digits += 1;
    value = value * 10 + digit;
    if (value > 255) return false;
  }
  return dots === 3 && digits > 0;
};

const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

const dotted = (high: string, low: string): string => {
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join('.');
};

/**
 * An IP address in its canonical form (RFC 5952): lower case, shortened, without brackets and zone id, an
 * IPv4 address within an IPv6 one as itself. Undefined for what is no address, a name for one.
 */
export const ipOf = (text: string): string | undefined => {
  if (isPlainIpv4(text)) return text;
  if (text.length > 80) return undefined;
  if (ipv4.test(text)) return text.includes('.0') ? text.replace(/(^|\.)0+(?=\d)/g, '$1') : text;
  if (!text.includes(':')) return undefined;
  // Postfix and SMTP write `IPv6:` before it (RFC 5321, 4.1.3).
  const bare = text
    .replace(/^\[/, '')
    .replace(/\]$/, '')
    .replace(/^IPv6:/i, '')
    .replace(/%[\w.~-]{1,40}$/, '');
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(bare) || !URL.canParse(`http://[${bare}]/`)) {
    return ipv4.test(bare) ? bare : undefined;
  }
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const inner = mapped.exec(canonical);
  return inner === null ? canonical : dotted(inner[1] ?? '0', inner[2] ?? '0');
};

const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port > 0 && port <= 65_535 ? port : undefined;
};

const endpoint = (host: string, port: string | undefined): Endpoint | undefined => {
  const ip = ipOf(host);
  const number = portOf(port);
  const named =
    ip === undefined && /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_.])?$/.test(host);
  if (ip === undefined && !named) return undefined;
  return {
    ...(ip === undefined ? { host: printable(host) } : { ip }),
    ...(number === undefined ? {} : { port: number }),
  };
};

/**
 * Who a log says was at the other end: `192.0.2.1`, `192.0.2.1:993`, `[192.0.2.1]:993`, `[2001:db8::1]:993`,
 * `2001:db8::1`, `fe80::1%eth0`, `mx.example.jp`, `mx.example.jp[192.0.2.1]:25` (Postfix), `unknown[…]`.
 */
export const endpointOf = (text: string): Endpoint | undefined => {
  const given = text.trim();
  if (given === '' || given.length > 400) return undefined;
  const bracketed = /^([^\s[\]]*)\[([^[\]\s]+)\](?::(\d{1,5}))?$/.exec(given);
  if (bracketed !== null) {
    const [, host = '', address = '', port] = bracketed;
    const found = endpoint(address, port);
    const named = host === '' || host === 'unknown' ? undefined : endpoint(host, undefined);
    return found?.ip !== undefined && named?.host !== undefined
      ? { ...found, host: named.host }
      : found;
  }
  if (ipOf(given) !== undefined) return endpoint(given, undefined);
  const colon = given.lastIndexOf(':');
  return colon < 0
    ? endpoint(given, undefined)
    : endpoint(given.slice(0, colon), given.slice(colon + 1));
};
