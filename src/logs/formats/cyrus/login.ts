import type { Endpoint } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import { freeText, happened, personOf, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Base, repeated, type SeenSessions } from './seen.ts';

/** `host [192.0.2.1]`, `host[192.0.2.1]`, `[192.0.2.1]`: a host's name holds no bracket, so the first is Cyrus's. */
export const clientHost = (text: string): { readonly from?: Endpoint; readonly end: number } => {
  const open = text.indexOf('[');
  const close = text.indexOf(']', open);
  if (open < 0 || close < 0 || open > 256) return { end: 0 };
  const ip = ipOf(text.slice(open + 1, close));
  if (ip === undefined) return { end: 0 };
  const host = text.slice(0, open).trim();
  const named = host !== '' && /^[A-Za-z0-9_.-]{1,255}$/.test(host) && ipOf(host) === undefined;
  return { from: { ip, ...(named ? { host } : {}) }, end: close + 1 };
};

const sessionId = /SESSIONID=<([^<>\s]{1,200})>/;

const mechanism = /^(?:[A-Z0-9_-]{3,30}|plaintext|plain|login|nopassword|GSSAPI)(?:\+TLS)?$/i;

/** `bob+magic plaintext+TLS User logged in SESSIONID=<…>`: user, mechanism, and Cyrus's words. */
const good = (rest: string): { readonly user: string; readonly mech: string } | undefined => {
  const end = rest.indexOf(' User logged in');
  const words = (end < 0 ? rest.replace(sessionId, '').trimEnd() : rest.slice(0, end)).split(' ');
  const mech = words.at(-1) ?? '';
  if (words.length < 2 || !mechanism.test(mech)) {
    return words.length >= 2 && mechanism.test(words[1] ?? '')
      ? { user: words[0] ?? '', mech: words[1] ?? '' }
      : undefined;
  }
  return { user: words.slice(0, -1).join(' '), mech };
};

const anonymous = /^anonymous(?: |$)/;

const login = (text: string, base: Base, sessions: SeenSessions): Parsed => {
  const { from, end } = clientHost(text);
  const rest = text.slice(end).trimStart();
  const session = sessionId.exec(rest)?.[1];
  const told = anonymous.test(rest) ? { user: 'anonymous', mech: 'anonymous' } : good(rest);
  if (told === undefined) return quiet('a login of another form');
  const user = told.user.replace(/\+$/, '');
  if (session !== undefined) sessions.set(session, { user, from, service: base.service }, base.pid);
  const [mech = '', tls] = told.mech.split('+');
  return happened({
    ...base,
    kind: 'login',
    outcome: 'success',
    user: personOf(user),
    from,
    session: session === undefined ? undefined : printable(session),
    authMethod: mech.toUpperCase() === 'PLAINTEXT' ? 'plaintext' : mech.toUpperCase(),
    tls: tls === 'TLS' ? true : undefined,
    flags: repeated(sessions.tell(session, 'login', 'line')),
  });
};

/** Where a name that was tried stands: in parentheses of 3.x, in SASL's words, behind the mechanism of 2.x. */
const tried = (rest: string): string | undefined =>
  /^\S{1,30} \((.{1,320}?)\)(?: \[| invalid| |$)/.exec(rest)?.[1] ??
  /user not found: user: ([^\s\]]{1,320}) property:/.exec(rest)?.[1] ??
  /^(?:plaintext|nopassword|login) ([^\s[(]{1,320})(?: |$)/i.exec(rest)?.[1];

const bad = (text: string, base: Base): Parsed => {
  const { from, end } = clientHost(text);
  const rest = text.slice(end).trimStart();
  const mech = rest.split(' ', 1)[0] ?? '';
  return happened({
    ...base,
    kind: 'login',
    outcome: 'failure',
    user: personOf(tried(rest)?.replace(/@$/, '')),
    from,
    authMethod: mechanism.test(mech) ? mech : undefined,
    ...freeText(rest),
  });
};

/** `login: …` and `badlogin: …`, as `imapd`, `pop3d`, `timsieved`, `lmtpd` and `httpd` write them alike. */
export const loginLine = (text: string, base: Base, sessions: SeenSessions): Parsed =>
  text.startsWith('badlogin: ')
    ? bad(text.slice('badlogin: '.length), base)
    : login(text.slice('login: '.length), base, sessions);
