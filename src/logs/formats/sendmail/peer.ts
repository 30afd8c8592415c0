import type { Endpoint, Person } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import { printable } from '../../text.ts';

export interface Peer {
  readonly endpoint?: Endpoint;
  /** A user of this host: `root@localhost`. */
  readonly local?: Person;
  /** Index behind it. */
  readonly end: number;
}

/**
 * `host.example.jp [192.0.2.1] (may be forged)`, `[IPv6:2001:db8::1]`, `root@localhost` at an index. The name is
 * the one that the address was looked up by; its owner writes it, the address behind it he does not.
 */
export const peerAt = (text: string, from: number): Peer | undefined => {
  let at = from;
  while (text.charCodeAt(at) === 32) at += 1;
  let open = text.indexOf('[', at);
  // `[127.0.0.1] [127.0.0.1]`, `[[192.0.2.1]]`: a relay that is named by its address.
  while (open >= 0 && open - at <= 300) {
    const close = text.indexOf(']', open);
    if (close < 0 || close - open > 64) break;
    const inner = text.slice(open + 1, close);
    const ip = ipOf(inner) ?? ipOf(inner.replace(/^IPv6:/i, ''));
    const name = text.slice(at, open).trim();
    if (ip === undefined || /[\s,]/.test(name)) {
      open = text.indexOf('[', open + 1);
      continue;
    }
    const host = name.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const named = host !== '' && ipOf(host) === undefined;
    let end = close + 1;
    while (text.charCodeAt(end) === 93) end += 1;
    return { endpoint: named ? { ip, host: printable(host) } : { ip }, end };
  }
  const local = /^([^\s@,]{1,64})@localhost/.exec(text.slice(at, at + 100));
  if (local === null) return undefined;
  return { local: { name: printable(local[1] ?? '') }, end: at + local[0].length };
};
