import type { Endpoint } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import { printable } from '../../text.ts';

export interface HostAt {
  readonly host: Endpoint;
  readonly helo?: string;
  /** The port of ours that `I=` names. */
  readonly localPort?: number;
  readonly end: number;
  /** Two readings are possible. */
  readonly ambiguous: boolean;
}

interface AddressAt {
  readonly ip?: string;
  readonly port?: number;
  readonly end: number;
}

/** `[192.0.2.1]:25` at an index; the address may be none (test suites write placeholders). */
const bracketedAt = (text: string, at: number): AddressAt | undefined => {
  if (text.charCodeAt(at) !== 91) return undefined;
  const close = text.indexOf(']', at);
  if (close < 0 || close - at > 64) return undefined;
  const ip = ipOf(text.slice(at + 1, close));
  let end = close + 1;
  let port = 0;
  if (text.charCodeAt(end) === 58) {
    let digit = end + 1;
    for (; digit < end + 6; digit += 1) {
      const code = text.charCodeAt(digit);
      if (code < 48 || code > 57 || Number.isNaN(code)) break;
      port = port * 10 + code - 48;
    }
    // Whatever else stands there is no port; it ends at a blank.
    if (digit > end + 1) end = digit;
    else while (end < text.length && /[\w:]/.test(text[end] ?? '')) end += 1;
  }
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(port > 0 && port <= 65_535 ? { port } : {}),
    end,
  };
};

/** A host name that was looked up: letters that a name may have, before a blank or the end. */
const nameEnd = (text: string, from: number): number => {
  let at = from;
  for (; at < text.length && at - from < 256; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 40 || code === 91) break;
  }
  return at;
};

const heloEnd = ') [';

/**
 * `name (helo) [address]:port I=[ours]:port`, each part of which may be missing. The HELO name in round
 * brackets is the client's; the address behind it is not. Exim takes only names without blanks for one unless
 * helo_accept_junk_hosts says otherwise, so the first `) [` that an address follows is the end of it; another
 * one right behind means that the name was made to look so.
 */
export const hostAt = (text: string, from: number): HostAt | undefined => {
  let at = from;
  const end = nameEnd(text, at);
  const name = text.slice(at, end);
  at = end > from && text.charCodeAt(end) === 32 ? end + 1 : end;
  let helo: string | undefined;
  let ambiguous = false;
  let address: AddressAt | undefined;
  if (text.charCodeAt(at) === 40) {
    let close = text.indexOf(heloEnd, at);
    while (close >= 0 && close - at < 600) {
      const here = bracketedAt(text, close + 2);
      if (here !== undefined) {
        if (address !== undefined) ambiguous = true;
        address = here;
        helo = text.slice(at + 1, close);
        // A clean name cannot hold what is looked for.
        if (!/[\s()]/.test(helo)) {
          const next = text.indexOf(heloEnd, here.end);
          if (next < 0 || next - here.end > 100 || text.charCodeAt(here.end) !== 32) break;
          if (/^ (?:[A-Z]{1,4}=|\w+ )/.test(text.slice(here.end, here.end + 24))) break;
        }
      }
      close = text.indexOf(heloEnd, close + 1);
    }
    if (address === undefined) {
      const plain = text.indexOf(')', at);
      if (plain < 0) return undefined;
      helo = text.slice(at + 1, plain);
      return { host: {}, helo: printable(helo), end: plain + 1, ambiguous };
    }
  } else {
    address = bracketedAt(text, at);
  }
  if (address === undefined) return undefined;
  const host: { -readonly [Key in keyof Endpoint]: Endpoint[Key] } = {};
  if (address.ip !== undefined) host.ip = address.ip;
  if (address.port !== undefined) host.port = address.port;
  if (name !== '' && ipOf(name) === undefined) host.host = printable(name);
  let last = address.end;
  let localPort: number | undefined;
  if (text.startsWith(' I=[', last)) {
    const ours = bracketedAt(text, last + 3);
    if (ours !== undefined) {
      last = ours.end;
      localPort = ours.port;
    }
  }
  return {
    host,
    ...(helo === undefined ? {} : { helo: printable(helo) }),
    ...(localPort === undefined ? {} : { localPort }),
    end: last,
    ambiguous,
  };
};
