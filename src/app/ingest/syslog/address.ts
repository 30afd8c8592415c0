import { BlockList, isIP, isIPv6 } from 'node:net';
import { UsageError } from '../../../core/errors.ts';
import type { Trailer } from '../../../logs/sources/syslog-frames.ts';

type Transport = 'udp' | 'tcp' | 'tls';

/** Where to listen for syslog, as `--syslog` says it: `tcp://192.0.2.1:514?name=edge`. */
export interface SyslogAddress {
  readonly transport: Transport;
  /** An address; nothing is bound but what somebody wrote down. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What the names of its sources begin with. */
  readonly name: string;
  /** Longer messages are kept in pieces of so many bytes. */
  readonly pieceBytesMax: number;
  readonly trailer: Trailer;
  /** Peers that have sources of their own; the others share one. */
  readonly peersMax: number;
  /** Who is heard; everybody unless it is said. */
  readonly isHeard: (peer: string) => boolean;
}

const transports: readonly Transport[] = ['udp', 'tcp', 'tls'];
const parameters = ['name', 'max', 'peers', 'trailer', 'from'];
const networksMax = 1_000;

const pieceBytesDefault = 64 << 10;
const pieceBytesMin = 480;
const pieceBytesLimit = 1 << 20;
const peersDefault = 100;
const peersLimit = 1_000;

const wrong = (said: string, given: string, why: string): UsageError =>
  new UsageError(
    `${said}: "${given.slice(0, 100)}": ${why}; expected such as udp://127.0.0.1:5514, tcp://[::1]:6514 or tls://192.0.2.1:6514?name=edge`,
  );

/** A part of the name of a source. */
export const namePart = (text: string): string =>
  text.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '-');

/** @returns undefined for what is no list of addresses and networks. */
const heard = (given: string | null): SyslogAddress['isHeard'] | undefined => {
  if (given === null) return () => true;
  const list = new BlockList();
  const networks = given.split(',');
  if (networks.length > networksMax) return undefined;
  for (const each of networks) {
    const [, address = '', bits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(each) ?? [];
    if (isIP(address) === 0) return undefined;
    const [family, most] = isIPv6(address) ? (['ipv6', 128] as const) : (['ipv4', 32] as const);
    const prefix = bits === undefined ? most : Number(bits);
    if (prefix > most) return undefined;
    list.addSubnet(address, prefix, family);
  }
  return peer => isIP(peer) !== 0 && list.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4');
};

interface Count {
  readonly otherwise: number;
  readonly min: number;
  readonly max: number;
}

/**
 * @param said how whoever set it spelt the option.
 * @throws UsageError
 */
export const syslogAddress = (given: string, said: string): SyslogAddress => {
  const fail = (why: string): UsageError => wrong(said, given, why);
  const match = /^([a-z]+):\/\/(?:\[([^\]]+)\]|([^:/?#[\]]+)):(\d{1,5})(?:\?(.*))?$/.exec(given);
  if (match === null) throw fail('no address to listen at');
  const [, scheme = '', six, four, digits = ''] = match;
  const transport = transports.find(each => each === scheme);
  if (transport === undefined) throw fail(`"${scheme}" is none of ${transports.join(', ')}`);
  const named = six ?? four ?? '';
  const host = named === 'localhost' ? '127.0.0.1' : named;
  if (isIP(host) === 0) throw fail(`"${host}" is no address of this host`);
  const port = Number(digits);
  if (port > 65_535) throw fail(`there is no port ${port}`);
  const query = new URLSearchParams(match[5] ?? '');
  for (const key of query.keys()) {
    if (!parameters.includes(key)) throw fail(`"${key}" is none of ${parameters.join(', ')}`);
  }
  const count = (key: string, { otherwise, min, max }: Count): number => {
    const value = query.get(key);
    if (value === null) return otherwise;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
    if (number < min || number > max) throw fail(`${key} is a number from ${min} to ${max}`);
    return number;
  };
  const trailer = query.get('trailer') ?? 'lf';
  if (trailer !== 'lf' && trailer !== 'nul') throw fail('trailer is lf or nul');
  const isHeard = heard(query.get('from'));
  if (isHeard === undefined) throw fail('from: addresses and networks such as 192.0.2.0/24');
  const name = query.get('name') ?? namePart(`syslog-${transport}-${host}-${port}`);
  if (!/^[a-z0-9][a-z0-9._-]{0,59}$/.test(name)) {
    throw fail('name: lower-case letters, digits, points and hyphens, 60 at most');
  }
  return {
    transport,
    host,
    port,
    name,
    pieceBytesMax: count('max', {
      otherwise: pieceBytesDefault,
      min: pieceBytesMin,
      max: pieceBytesLimit,
    }),
    trailer,
    isHeard,
    peersMax: count('peers', { otherwise: peersDefault, min: 0, max: peersLimit }),
  };
};

/** As it is shown. */
export const addressText = ({ transport, host, port }: SyslogAddress): string =>
  `${transport}://${host.includes(':') ? `[${host}]` : host}:${port}`;
