import type { AccessEvent } from '../../../core/access-event.ts';
import type { EventTime } from '../../../core/log-line.ts';
import { endpointOf, ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import { type EventParts, happened, personOf, quiet, unparsed } from '../../reading.ts';
import { detailOf } from '../../text.ts';
import { type Elements, elementsOf } from './elements.ts';
import { type Memory, marked, sessionOf, tell } from './memory.ts';
import type { Prefix } from './prefix.ts';

/** `imap` of `imap-login`; ManageSieve and submission as they are called. */
const serviceOf = (process: string): string => {
  if (process === 'imap-login') return 'imap';
  return process.endsWith('-login') ? process.slice(0, -'-login'.length) : process;
};

/**
 * `login_log_format` may put the message behind the elements. Those that stand last are Dovecot's, so the last one
 * ends them.
 */
const turnedRound =
  /^(.*(?:lip=[0-9a-fA-F.:]{2,45}|, TLS|, secured|session=<[^<>]{0,200}>|mpid=\d{1,9}))[,:]? ((?:Login|Logged in|Aborted login|Login aborted|Disconnected|Maximum|Client|Remote|Inactivity|proxy)\b.*)$/;

/** With `imap_id_log`: the client's own words. */
const identifies = 'ID sent: ';

/** `Login: bob [192.0.2.1]`, `Aborted login [192.0.2.1]`: Dovecot before 1.0. */
const before1 =
  /^(?:Login: (.{1,255})|Aborted login|Disconnected(?:: .{1,100})?) \[([0-9a-fA-F.:]{2,45})\]$/;

/**
 * Where the elements begin. A message before them is Dovecot's own and holds no `: user=<`, the elements after
 * it may: so the first one is taken.
 */
const split = (text: string): readonly [string, string] => {
  if (text.startsWith(identifies)) {
    // What a client calls itself may hold the mark.
    const at = text.lastIndexOf(': user=<');
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 2)];
  }
  const turned = text.startsWith('user=<') ? turnedRound.exec(text.slice(0, 4_000)) : null;
  if (turned !== null) return [turned[2] ?? '', turned[1] ?? ''];
  const user = text.indexOf(': user=<');
  if (user >= 0) return [text.slice(0, user), text.slice(user + 2)];
  const other = /: (?=(?:method|rip|session|lip)=)/.exec(text);
  return other === null ? [text, ''] : [text.slice(0, other.index), text.slice(other.index + 2)];
};

const proxyTo = /(?:[Pp]roxying to|started proxying to(?: remote server)?) ([^\s,]{1,200})/;

const failed =
  /auth(?:entication)? failed|authentication failure|tried to use (?:disabled|disallowed) |disallowed plaintext|plaintext authentication|Too many invalid|unfinished auth|internal failure|authorization failed|userdb|user (?:is )?disabled|password expired|Maximum number of connections|not allowed|auth process|certificate|client sent an? invalid|\b[1-9]\d{0,5} authentication attempts/i;

const attempts = /\bauth failed, (\d{1,6}) attempts/;

const brokenTls = /SSL_accept\(\)|TLS handshak|tls_handshake|SSL_read|SSL_write|SSL3|no SSL/i;

interface Verdict {
  readonly kind: AccessEvent['kind'];
  readonly outcome: AccessEvent['outcome'];
}

/** Dovecot 1 gave no reason: who ended here had begun to log in if a name stands behind it, and had not got in. */
const unexplained = /^(?:Aborted login|Disconnected(?:: Inactivity)?)$/;

const verdictOf = (message: string, rest: string): Verdict | undefined => {
  if (message === 'Login' || message === 'Logged in' || message.startsWith('Login (')) {
    return { kind: 'login', outcome: 'success' };
  }
  if (message.startsWith(identifies)) return { kind: 'connection', outcome: 'success' };
  if (proxyTo.test(message)) return { kind: 'login', outcome: 'success' };
  // `proxy(bob): disconnecting 192.0.2.1 (Disconnected by client): user=…`
  if (message.startsWith('proxy(') || message.startsWith('proxy: ')) {
    return / disconnecting | [Dd]isconnected/.test(message)
      ? { kind: 'logout', outcome: 'success' }
      : { kind: 'login', outcome: 'failure' };
  }
  if (message.includes('no auth attempts') || message.includes('auth was ready')) {
    const broken = brokenTls.test(message) || brokenTls.test(rest);
    return { kind: 'connection', outcome: broken ? 'failure' : 'unknown' };
  }
  if (failed.test(message)) return { kind: 'login', outcome: 'failure' };
  if (unexplained.test(message) && /^user=<[^>]/.test(rest)) {
    return { kind: 'login', outcome: 'failure' };
  }
  if (
    /^(?:Disconnected|Aborted login|Login aborted|Remote closed|Client has quit|Connection)/.test(
      message,
    )
  ) {
    const broken = brokenTls.test(message) || brokenTls.test(rest);
    return { kind: 'connection', outcome: broken ? 'failure' : 'unknown' };
  }
  return undefined;
};

const partsOf = (prefix: Prefix, elements: Elements): Partial<EventParts> => ({
  service: serviceOf(prefix.service),
  user: personOf(elements.user),
  from:
    elements.rip === undefined
      ? undefined
      : { ip: elements.rip, ...(elements.rport === undefined ? {} : { port: elements.rport }) },
  to:
    elements.lip === undefined || elements.lip === '0.0.0.0'
      ? undefined
      : { ip: elements.lip, ...(elements.lport === undefined ? {} : { port: elements.lport }) },
  pid: elements.pid,
  session: elements.session,
  authMethod: elements.method,
  tls: elements.tls,
});

/**
 * Somebody else's name beside the mailbox's: a master user's. Dovecot has changed the mailbox's to lower case and
 * completed it with a domain, and shows the other one as it was typed.
 */
const masterOf = ({ user, authUser }: Elements): string | undefined => {
  if (authUser === undefined || authUser === '' || user === undefined) return undefined;
  const [own, typed] = [user.toLowerCase(), authUser.toLowerCase()];
  return own === typed || own.startsWith(`${typed}@`) ? undefined : authUser;
};

/** A line of a login process: `Login: user=<…>, …`, `Disconnected (auth failed, …): user=<…>, …`. */
export const loginLine = (prefix: Prefix, time: EventTime, memory: Memory): Parsed => {
  const { sessions, learned } = memory;
  const [message, rest] = split(prefix.text);
  if (rest === '') {
    const old = before1.exec(prefix.text);
    const ip = ipOf(old?.[2] ?? '');
    if (old !== null && ip !== undefined) {
      const entered = old[1] !== undefined;
      return happened({
        kind: entered ? 'login' : 'connection',
        time,
        outcome: entered ? 'success' : 'unknown',
        component: 'dovecot',
        service: serviceOf(prefix.service),
        user: personOf(old[1]),
        from: { ip },
        pid: prefix.pid,
        detail: entered ? undefined : detailOf(prefix.text),
      });
    }
    if (/^(?:Disconnected|Aborted login)(?:: .{0,100})?$/.test(prefix.text))
      return quiet('who came is not told');
    return prefix.level === 'info'
      ? unparsed('a login process says something unknown')
      : quiet('trouble of a login process');
  }
  const verdict = verdictOf(message, rest);
  if (verdict === undefined) {
    return prefix.level === 'info'
      ? unparsed('a login process says something unknown')
      : quiet('trouble of a login process');
  }
  const elements = elementsOf(rest, learned);
  const entered = verdict.kind === 'login' && verdict.outcome === 'success';
  // A line of success names somebody who exists here: nobody chose the name to mislead.
  if (entered && !elements.forged) learned.authUser = elements.authUser !== undefined;
  const parts = partsOf(prefix, elements);
  // What was merely tried may hold `, auth_user=<` itself: it counts where the format is known to have it.
  const seen = elements.session === undefined ? undefined : sessions.get(elements.session);
  const master =
    (entered || learned.authUser === true ? masterOf(elements) : undefined) ?? seen?.actor;
  const impersonated = master !== undefined && verdict.kind === 'login';
  const target = proxyTo.exec(message)?.[1];
  const id = elements.forged && !entered ? undefined : elements.session;
  const tries = message.includes('auth failed') ? Number(attempts.exec(message)?.[1] ?? 0) : 0;
  let repeats = false;
  if (entered && id !== undefined) {
    const session = sessionOf(memory, id);
    session.user = elements.user;
    session.actor = master;
    session.from = parts.from;
    session.tls = elements.tls;
  }
  if (verdict.kind === 'login' && id !== undefined && (entered || tries > 0)) {
    const act = `${impersonated ? 'login.impersonated' : 'login'} ${verdict.outcome}`;
    repeats = tell(memory, id, act, 'login', Math.max(1, tries));
  }
  // The last line of a session that nobody entered; exported events of it may still come.
  if (!entered && id !== undefined && memory.seen.size === 0) sessions.delete(id);
  return happened({
    ...parts,
    // A master user who was refused stands in the place of the mailbox's owner.
    user: !entered && master !== undefined && elements.user === master ? undefined : parts.user,
    kind: impersonated ? 'login.impersonated' : verdict.kind,
    time,
    outcome: verdict.outcome,
    component: 'dovecot',
    actor: personOf(master),
    ...(target === undefined ? {} : { to: endpointOf(target) }),
    count: tries > 1 ? tries : undefined,
    // Dovecot's own words.
    detail: message === 'Login' ? undefined : detailOf(message),
    flags: marked(elements.forged ? ['forged-looking' as const] : undefined, repeats),
  });
};
