import { endpointOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { countOf, happened, unparsed } from '../../reading.ts';
import { clfStamp } from '../../time/stamps.ts';
import { looksLikePeer, requestEvent } from '../../web/request.ts';

/** A quoted value from its opening quote; `\` escapes, as nginx and Apache do both. */
interface Quoted {
  readonly value: string;
  /** Behind the closing quote; the end of the text where there is none. */
  readonly end: number;
}

const quotedAt = (text: string, open: number): Quoted => {
  let at = open + 1;
  let close = text.indexOf('"', at);
  while (close >= 0) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 0x5c && close - 1 - slashes >= at) slashes += 1;
    if (slashes % 2 === 0) break;
    close = text.indexOf('"', close + 1);
  }
  const end = close < 0 ? text.length : close;
  at = open + 1;
  return { value: text.slice(at, end), end: close < 0 ? text.length : close + 1 };
};

/** `GET /path HTTP/1.1`; a path may hold spaces, the ends do not. */
const requestOf = (line: string): { method?: string; target?: string } => {
  const first = line.indexOf(' ');
  if (first <= 0) return line === '' || line === '-' ? {} : { target: line };
  const method = line.slice(0, first);
  // Not a request: a TLS handshake, say, on a plain port.
  if (!/^[A-Za-z_-]{1,30}$/.test(method)) return { target: line };
  const protocol = line.lastIndexOf(' HTTP/');
  return { method, target: line.slice(first + 1, protocol > first ? protocol : line.length) };
};

const address = /^(?:[\da-fA-F.:]{2,45}|-|unknown)(?:, ?[\da-fA-F.:]{2,45}){0,20}$/;

/** Fields behind status and size: referrer and agent quoted, an `X-Forwarded-For` behind them in many. */
const trailing = (text: string, from: number): { readonly quoted: readonly string[] } => {
  const quoted: string[] = [];
  let at = text.indexOf('"', from);
  while (at >= 0 && quoted.length < 8) {
    const each = quotedAt(text, at);
    quoted.push(each.value);
    at = text.indexOf('"', each.end);
  }
  return { quoted };
};

/** The web server that wrote, where its syslog name tells. */
const components: Readonly<Record<string, string>> = {
  nginx: 'nginx',
  apache: 'apache',
  apache2: 'apache',
  httpd: 'apache',
  lighttpd: 'lighttpd',
  caddy: 'caddy',
  traefik: 'traefik',
};

/** Whether a syslog name is a web server's. */
export const isServer = (program: string): boolean => components[program] !== undefined;

export const componentOf = ({ program }: Envelope): string =>
  components[program ?? ''] ?? 'web-front';

/** What proxies told, where a log writes it before the peer. */
interface Front {
  readonly vhost?: string;
  readonly forwardedFor?: string;
  /** Behind it. */
  readonly end: number;
}

/**
 * `"203.0.113.7, 10.0.0.2" 10.0.0.2 - - [`, and a virtual host before that. The header is the client's: it ends where
 * the server's own quote stands.
 */
const quotedFront = (text: string): Front | undefined => {
  const match = /^(?:([A-Za-z0-9_.:[\]*-]{1,255}) )?"/.exec(text);
  if (match === null) return undefined;
  const { value, end } = quotedAt(text, match[0].length - 1);
  return { forwardedFor: value, end, ...(match[1] === undefined ? {} : { vhost: match[1] }) };
};

/** `203.0.113.7, 10.0.0.2 10.0.0.2 - -`: a list, the virtual host before it, the peer behind it or, added, in it. */
const listFront = (words: readonly string[]): (Omit<Front, 'end'> & { k: number }) | undefined => {
  const isListed = (word = ''): boolean =>
    word.endsWith(',') && /^(?:[\da-fA-F.:]{2,45}|localhost|unknown|-),$/.test(word);
  const from = isListed(words[0]) ? 0 : isListed(words[1]) ? 1 : -1;
  if (from < 0) return undefined;
  let k = from;
  while (isListed(words[k])) k += 1;
  const vhost = words[0] ?? '';
  return {
    forwardedFor: words.slice(from, k + 1).join(' '),
    k: k + 1,
    ...(from === 0 ? {} : { vhost }),
  };
};

const hostWord = /^[A-Za-z0-9_.:[\]*-]{1,255}$/;

/** nginx calls so whoever comes over a socket of the same host: a proxy. */
const local = 'unix:';

const isPeer = (word: string): boolean =>
  looksLikePeer(word) ||
  /^\[?[\da-fA-F:.]+\]?(?::\d+)?$/.test(word) ||
  word === '-' ||
  word === local;

/** `www.example.jp:443 192.0.2.1 - - [`: the virtual host, and behind it the peer. */
const isVhostFirst = (first: string, second: string, third: string | undefined): boolean => {
  const host = first.replace(/:\d{1,5}$/, '');
  if (!hostWord.test(second) || second === '-' || !looksLikePeer(host)) return false;
  if (address.test(second) || second === local) return true;
  // Where the server looks names up, the peer is one.
  return third === '-' && endpointOf(first)?.ip === undefined && looksLikePeer(second);
};

/** What stands before the stamp: `host ident user`, with the virtual host or a list of addresses before it. */
const leading = (
  text: string,
  front: Omit<Front, 'end'> | undefined,
): { peer?: string; user?: string; vhost?: string; forwardedFor?: string } | undefined => {
  const words = text
    .trim()
    .split(' ')
    .filter(word => word !== '');
  const list = front === undefined ? listFront(words) : undefined;
  const { forwardedFor } = front ?? list ?? {};
  let { vhost } = front ?? list ?? {};
  let k = list?.k ?? 0;
  const second = words[k + 1] ?? '';
  if (
    vhost === undefined &&
    words.length - k >= 4 &&
    isVhostFirst(words[k] ?? '', second, words[k + 2])
  ) {
    vhost = words[k] ?? '';
    k += 1;
  }
  const peer = words[k] ?? '';
  if (peer === '' || !isPeer(peer)) return undefined;
  // Whoever tries Basic authentication chooses the name, spaces included; the address stands before it.
  const ident = peer === '-' && forwardedFor !== undefined ? k : k + 1;
  const user = words
    .slice(ident + 1)
    .join(' ')
    .replace(/^(?:- )+(?=\S)/, '');
  return {
    ...(peer === '-' || peer === local ? {} : { peer }),
    ...(user === '' || user === '-' ? {} : { user }),
    ...(vhost === undefined ? {} : { vhost }),
    ...(forwardedFor === undefined ? {} : { forwardedFor }),
  };
};

/**
 * `host ident user [time] "request" status size "referrer" "agent" …`. The client chooses user, request,
 * referrer and agent; servers escape quotes in all of them, so the first bare quote is theirs and the stamp
 * ends right before it.
 */
export const combined = (envelope: Envelope, context: FormatContext): Parsed => {
  const text = envelope.message;
  const front = quotedFront(text);
  const quote = text.indexOf(' "', front?.end ?? 0);
  const open = quote < 0 ? -1 : text.lastIndexOf('[', quote);
  if (open < 0) return unparsed('no line of an access log');
  const stamp = clfStamp(text, open);
  const head = leading(text.slice(front?.end ?? 0, open), front);
  if (stamp === undefined || head === undefined || quote - stamp.end > 60) {
    return unparsed('no line of an access log');
  }
  const request = quotedAt(text, quote + 1);
  const numbers = /^ (\d{3}|-)(?: (\d{1,15}|-))?/.exec(text.slice(request.end, request.end + 40));
  const { quoted } = trailing(text, request.end);
  const [referrer, userAgent, ...more] = quoted;
  const forwarded = head.forwardedFor ?? more.find(each => each !== '-' && address.test(each));
  return happened(
    requestEvent({
      time: context.time(stamp.stamp),
      component: componentOf(envelope),
      ...requestOf(request.value),
      status: countOf(numbers?.[1]),
      bytes: countOf(numbers?.[2]),
      peer: head.peer,
      user: head.user,
      vhost: head.vhost,
      forwardedFor: forwarded,
      referrer,
      userAgent,
    }),
  );
};

/** A stamp of the common log format, and a request behind it, within the first part of a line. */
const shape =
  / \[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2}(?: [+-]\d{4}| GMT| UTC)?\](?: [^"\s]{1,60})? {1,2}"/;

/** Whether a line has the shape of an access log's. */
export const looksLikeAccess = (message: string): boolean => shape.test(message.slice(0, 800));
