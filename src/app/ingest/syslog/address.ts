import { isIP } from 'node:net';
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
}

const transports: readonly Transport[] = ['udp', 'tcp', 'tls'];
const parameters = ['name', 'max', 'peers', 'trailer'];

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
    peersMax: count('peers', { otherwise: peersDefault, min: 0, max: peersLimit }),
  };
};

/** As it is shown. */
export const addressText = ({ transport, host, port }: SyslogAddress): string =>
  `${transport}://${host.includes(':') ? `[${host}]` : host}:${port}`;
