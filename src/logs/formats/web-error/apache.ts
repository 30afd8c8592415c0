import { endpointOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { freeText, happened, personOf, quiet, timedWithin } from '../../reading.ts';
import { asctimeStamp, isoStamp, type StampReader } from '../../time/stamps.ts';
import { orTrouble } from '../../trouble.ts';

/** Some write an IPv6 client in brackets of its own. */
const group = /^\[((?:client|remote) \[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?|[^[\]]{1,120})\] ?/;

const levelled = /^(?:[a-z_0-9]{0,40}:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)$/;

/** `[Sun Nov 22 12:00:01.123456 2026]`; `[2026-11-22 12:00:01.123456 +0100]` by `%{cuz}t`. */
export const apacheStamp: StampReader = (text, from = 0) => {
  const usual = asctimeStamp(text, from);
  if (usual !== undefined || text.charCodeAt(from) !== 0x5b) return usual;
  const iso = isoStamp(text, from + 1);
  return iso === undefined || text.charCodeAt(iso.end) !== 0x5d
    ? undefined
    : { ...iso, end: iso.end + 1 };
};

interface Head {
  readonly level: string;
  readonly module?: string;
  readonly client?: string;
  readonly text: string;
}

/** `[auth_basic:error] [pid 1:tid 2] [client 192.0.2.1:5139] AH01618: …`: Apache writes these, and first. */
const headOf = (given: string): Head | undefined => {
  let text = given;
  let level: string | undefined;
  let module: string | undefined;
  let client: string | undefined;
  for (let k = 0; k < 6; k += 1) {
    const match = group.exec(text);
    if (match === null) break;
    const inner = match[1] ?? '';
    if (levelled.test(inner)) {
      const colon = inner.indexOf(':');
      level = inner.slice(colon + 1);
      if (colon > 0) module = inner.slice(0, colon);
    } else if (inner.startsWith('client ') || inner.startsWith('remote ')) {
      client = inner.slice('client '.length);
    } else if (!/^(?:pid \d|tid \d|unique_id |host |vhost |-$|\w{20,40}$|uid )/.test(inner)) {
      break;
    }
    text = text.slice(match[0].length);
    // What stands behind the client is the message.
    if (client !== undefined) break;
  }
  return level === undefined
    ? undefined
    : {
        level,
        text,
        ...(module === undefined ? {} : { module }),
        ...(client === undefined ? {} : { client }),
      };
};

/** Whether a line is of Apache's error log, its stamp taken off or not. */
export const looksLikeApacheError = (message: string): boolean => {
  if (message.charCodeAt(0) !== 0x5b) return false;
  const end = apacheStamp(message)?.end ?? 0;
  return headOf(message.slice(end).trimStart()) !== undefined;
};

const names: readonly RegExp[] = [
  /^user [`"'](.{1,255}?)' in realm/,
  /^user (.{1,255}?)(?:: authentication failure for|: authorization failure for|: password mismatch| not found:| in realm|:? user not)/,
  /^(?:access to .{1,2000} failed.{0,40}user|authorization of user) (.{1,255}?)(?: not allowed| to access|:)/,
  /^Digest: user [`"'](.{1,255}?)'/,
  /^\[?mod_(?:authnz?|auth)_\w+\]?.{0,60}user (.{1,255}?)(?:[:,]| not| denied)/i,
];

const login =
  /^(?:user .{1,300}(?:not found|password mismatch|authentication failure|in realm)|Digest: |digest: |client used wrong authentication scheme|authn?_?\w* |unknown (?:realm|algorithm)|invalid (?:nonce|qop)|realm mismatch|nonce |auth_ldap authenticate|authorization of user|auth_\w+:)/i;

const denied =
  /client denied by server configuration|access to .{1,2000} failed|authorization failure|access denied|ModSecurity|forbidden|not allowed|Access denied|request failed|Invalid (?:method|URI)|script .{1,2000} not found|File does not exist|Hostname .{1,300} provided via SNI|SSL|handshake|too (?:many|long)|error reading|Timeout|unable to|malformed|Request/i;

/** A line of Apache's error log. */
export const apacheError = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text: timed } = timedWithin(envelope, context, apacheStamp);
  const head = headOf(timed);
  if (head === undefined) return quiet('Apache itself');
  // Without a client it is about the server: a start, a child, a module.
  if (head.client === undefined) {
    return orTrouble(quiet('Apache itself'), { time, component: 'apache' }, head.text);
  }
  const from = endpointOf(head.client);
  const text = head.text.replace(/^AH\d{5}: /, '').replace(/, referer: \S{0,4000}$/, '');
  const known = {
    time,
    component: 'apache',
    from,
    service: 'web',
    ...freeText(text),
  };
  let user: string | undefined;
  for (const name of names) user ??= name.exec(text)?.[1];
  // Whoever is known and not let in has logged in well.
  if (login.test(text) && !text.includes(': authorization failure')) {
    return happened({ ...known, kind: 'login', outcome: 'failure', user: personOf(user) });
  }
  const failed = /^(?:error|crit|alert|emerg)$/.test(head.level) || denied.test(text);
  const tls = head.module === 'ssl' || /SSL|handshake/.test(text);
  return happened({
    ...known,
    kind: tls ? 'connection' : 'web.request',
    user: personOf(user),
    outcome: failed ? 'failure' : 'unknown',
  });
};
