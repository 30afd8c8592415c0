import type { EventTime } from '../../../core/log-line.ts';
import { endpointOf } from '../../endpoint.ts';
import { type EventParts, personOf } from '../../reading.ts';
import { printable } from '../../text.ts';
import { clientOf } from '../../web/request.ts';

/** What the context of an entry says of everything in it. */
export type Known = Pick<
  EventParts,
  'time' | 'component' | 'service' | 'user' | 'actor' | 'app' | 'from' | 'through' | 'session'
>;

/**
 * `[thread] [name=bob;mid=3;oip=203.0.113.5;ua=…;]`. Zimbra writes the client's user agent behind who and where
 * from, and semicolons in it stay as they are: so the first of each key counts.
 */
export const logContextOf = (text: string): ReadonlyMap<string, string> => {
  const held = new Map<string, string>();
  const open = text.indexOf('] [');
  if (open < 0) return held;
  for (const part of text.slice(open + 3, -1).split(';', 40)) {
    const equals = part.indexOf('=');
    const key = part.slice(0, equals);
    if (equals > 0 && !held.has(key)) held.set(key, part.slice(equals + 1));
  }
  return held;
};

const protocols: Readonly<Record<string, string>> = {
  imap: 'imap',
  pop3: 'pop3',
  smtp: 'smtp',
  soap: 'soap',
  http: 'webmail',
};

/** `oip` is the client behind Zimbra's proxy, a list if it came through several; `ip` who is connected. */
export const knownOf = (about: ReadonlyMap<string, string>, time: EventTime): Known => {
  const ip = about.get('ip');
  const original = about.get('oip');
  const near = ip === undefined ? undefined : endpointOf(ip);
  const from =
    original === undefined
      ? near === undefined
        ? {}
        : { from: near }
      : clientOf(undefined, original);
  const agent = about.get('ua');
  const admin = about.get('aname');
  const proxied = from.from?.ip !== undefined && near?.ip !== undefined && from.from.ip !== near.ip;
  return {
    time,
    component: 'zimbra',
    service: protocols[about.get('oproto') ?? ''],
    user: personOf(about.get('name')),
    actor: personOf(admin),
    app: agent === undefined ? undefined : { name: printable(agent) },
    from: from.from,
    through: proxied ? near : undefined,
    session: about.get('sid') === undefined ? undefined : printable(about.get('sid') ?? ''),
  };
};
