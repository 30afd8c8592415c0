import type { EventTime } from '../../../core/log-line.ts';
import { ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import { pamFailure, pamLocked } from '../../pam-failure.ts';
import { freeText, happened, personOf, quiet, unparsed } from '../../reading.ts';
import { detailOf } from '../../text.ts';
import { type Memory, marked, sessionOf, tell } from './memory.ts';
import type { Prefix } from './prefix.ts';

/** Who tried, and from where, as `auth` writes it: `bob,192.0.2.1,<S>`, `bob,192.0.2.1,master,<S>`, `bob`. */
interface Attempt {
  readonly user: string;
  readonly ip?: string;
  readonly session?: string;
  readonly master: boolean;
  readonly mechanism?: string;
}

const sessionShape = /^<([A-Za-z0-9+/=:._-]{0,160})>$/;

/** Read from the right: the name in front may hold commas, when `auth_username_chars` allows them. */
export const attemptOf = (args: string): Attempt | undefined => {
  let end = args.length;
  let ip: string | undefined;
  let session: string | undefined;
  let mechanism: string | undefined;
  let master = false;
  for (let part = 0; part < 6; part += 1) {
    const comma = args.lastIndexOf(',', end - 1);
    if (comma < 0) break;
    const value = args.slice(comma + 1, end);
    const id = sessionShape.exec(value);
    if (id !== null) session = id[1] ?? '';
    else if (value === 'master') master = true;
    else if (value.startsWith('sasl:')) mechanism = value.slice('sasl:'.length).toUpperCase();
    else if (
      value !== '' &&
      !/^\*?(?:cram-md5|login|plain|lookup|token|client|anonymous)$/.test(value)
    ) {
      ip = ipOf(value);
      if (ip !== undefined) end = comma;
      break;
    }
    end = comma;
  }
  return {
    user: args.slice(0, end),
    ...(ip === undefined ? {} : { ip }),
    ...(session === undefined || session === '' ? {} : { session }),
    ...(mechanism === undefined ? {} : { mechanism }),
    master,
  };
};

const modules: ReadonlySet<string> = new Set([
  'pam',
  'passwd',
  'passwd-file',
  'shadow',
  'sql',
  'mysql',
  'pgsql',
  'sqlite',
  'ldap',
  'bsdauth',
  'vpopmail',
  'checkpassword',
  'static',
  'oauth2',
  'lua',
  'imap',
  'dict',
  'cache',
  'policy',
  'login',
  'plain',
  'cram-md5',
  'digest-md5',
  'scram-sha-1',
  'scram-sha-256',
  'apop',
  'ntlm',
  'rpa',
  'skey',
  'otp',
  'gssapi',
  'gss-spnego',
  'external',
  'anonymous',
  'xoauth2',
  'oauthbearer',
  'winbind',
  'ldaps',
  'userdb',
  'passdb',
  'http',
  'nss',
  'prefetch',
  'auth',
  'plain-trunc',
  'dovecot-token',
  'sia',
]);

interface Told {
  readonly module?: string;
  readonly attempt?: Attempt;
  readonly text: string;
  readonly forged: boolean;
}

/**
 * `pam(bob,192.0.2.1,<S>): unknown user`. The name is the client's, and behind it stands, if the administrator
 * wants so, his password: where several ends fit and disagree, the address is left away.
 */
const moduleLine = (text: string): Told | undefined => {
  const open = text.indexOf('(');
  if (open <= 0 || open > 24 || !modules.has(text.slice(0, open))) return undefined;
  const module = text.slice(0, open);
  let found: Told | undefined;
  let forged = false;
  let close = text.indexOf('): ', open);
  for (let tries = 0; close >= 0 && tries < 8; tries += 1) {
    const attempt = attemptOf(text.slice(open + 1, close));
    if (found === undefined) {
      found = {
        module,
        ...(attempt === undefined ? {} : { attempt }),
        text: text.slice(close + 3),
        forged,
      };
    } else if (attempt?.ip !== undefined && attempt.ip !== found.attempt?.ip) {
      forged = true;
    }
    close = text.indexOf('): ', close + 1);
  }
  if (found === undefined) return undefined;
  if (!forged || found.attempt === undefined) return found;
  const { user, session, master } = found.attempt;
  return {
    ...found,
    attempt: { user, master, ...(session === undefined ? {} : { session }) },
    forged,
  };
};

const refused =
  /mismatch|unknown user|invalid credentials|invalid password|authentication failure|authentication failed|pam_authenticate\(\) failed|pam_acct_mgmt\(\) failed|permission denied|user (?:is )?(?:disabled|not found)|disallowed character|character disallowed|bind failed|not in allowed|allow_nets|empty (?:username|password|user)|account (?:is )?(?:disabled|expired|locked)|password (?:has )?expired|failed to (?:bind|authenticate)|oauth2 failed|token (?:is )?(?:invalid|expired|not)|invalid token|master user|blocked by policy|policy server refused|reject|not allowed|login disabled|wrong password|given password|no such user|user not known|request timed out waiting for client|error in service module|rc=\d/i;

const pamLine = /pam_[a-z0-9]+\((?:dovecot|imap|pop3|mail|sieve)[\w-]{0,20}:auth\): ?/;

/** `authentication failure; logname= … ruser=bob rhost=192.0.2.1  user=bob`: the names are the client's. */
const pam = (text: string, time: EventTime): Parsed => {
  const tail = text.slice(text.indexOf('auth): ') + 'auth): '.length);
  const locked = pamLocked(tail);
  if (locked !== undefined) {
    return happened({
      kind: 'other',
      time,
      outcome: 'unknown',
      component: 'dovecot',
      user: personOf(locked),
      detail: 'locked after too many wrong passwords',
    });
  }
  if (!/^(?:\d+ more )?authentication failure/.test(tail)) return quiet('PAM');
  const failed = pamFailure(tail);
  const ip = failed === undefined ? undefined : ipOf(failed.remoteHost);
  const user = failed?.remoteUser === '' ? failed.user : failed?.remoteUser;
  return happened({
    kind: 'login',
    time,
    outcome: 'failure',
    component: 'dovecot',
    user: personOf(user),
    from: ip === undefined ? undefined : { ip },
    ...freeText(tail, failed?.forged === true ? ['forged-looking'] : []),
  });
};

const masterLogin = 'Master user logging in as ';

/** Dovecot writes what was tried as `(given password: secret)`, with `auth_verbose_passwords`. */
const withoutGiven = (text: string): readonly [string, boolean] => {
  const at = text.indexOf('given password: ');
  return at < 0 ? [text, false] : [`${text.slice(0, at)}given password: …)`, true];
};

const usernameMark = '(username: ';

/** A name that holds what `auth_username_chars` does not allow is named behind the reason, at the end. */
const disallowed = (text: string): string | undefined => {
  const at = text.indexOf(usernameMark);
  return at < 0 || !text.endsWith(')') ? undefined : text.slice(at + usernameMark.length, -1);
};

/** A line of `auth` or `auth-worker`. */
export const authLine = (prefix: Prefix, time: EventTime, memory: Memory): Parsed => {
  if (prefix.level === 'debug') return quiet('debugging of auth');
  if (pamLine.test(prefix.text.slice(0, 60))) return pam(prefix.text, time);
  const own = prefix.args.includes(',') ? attemptOf(prefix.args) : undefined;
  const told = moduleLine(prefix.text) ?? { text: prefix.text, forged: false };
  const attempt = told.attempt ?? own;
  const [text, secret] = withoutGiven(told.text);
  const session = attempt?.session ?? prefix.session;
  const known = {
    time,
    component: 'dovecot',
    from: attempt?.ip === undefined ? undefined : { ip: attempt.ip },
    session,
    pid: prefix.pid,
    authMethod: attempt?.mechanism,
  };
  const master = text.indexOf(masterLogin);
  if (master >= 0) {
    // Since 2.4 the session is named here, so that the login line of it is known for a master user's.
    if (session !== undefined && attempt !== undefined) {
      Object.assign(sessionOf(memory, session), { actor: attempt.user, from: known.from });
    }
    const told = tell(memory, session, 'login.impersonated success', 'auth');
    return happened({
      ...known,
      kind: 'login.impersonated',
      outcome: 'success',
      user: personOf(text.slice(master + masterLogin.length).split(' ', 1)[0]),
      actor: personOf(attempt?.user),
      detail: 'Master user logging in',
      // Without a session, where login lines name the master user, the one that follows tells all of it.
      flags: marked(undefined, session === undefined ? memory.learned.authUser === true : told),
    });
  }
  const forced = /^Username contains disallowed|^Username character disallowed/i.test(text);
  if ((attempt !== undefined || forced) && refused.test(text)) {
    const free = freeText(text, told.forged ? ['forged-looking'] : []);
    const flags = secret ? [...new Set([...(free.flags ?? []), 'secret' as const])] : free.flags;
    // Whose mailbox the master user wanted, the line does not say.
    const asMaster = attempt?.master === true;
    if (asMaster && session !== undefined) sessionOf(memory, session).actor = attempt.user;
    const kind = asMaster ? 'login.impersonated' : 'login';
    return happened({
      ...known,
      kind,
      outcome: 'failure',
      user: asMaster ? undefined : (personOf(attempt?.user) ?? personOf(disallowed(text))),
      actor: asMaster ? personOf(attempt.user) : undefined,
      detail:
        told.module === undefined ? free.detail : detailOf(`${told.module}: ${free.detail ?? ''}`),
      flags: marked(flags, tell(memory, session, `${kind} failure`, 'auth')),
    });
  }
  if (prefix.level !== 'info') return quiet('trouble of auth');
  // `mysql(localhost): Connected to database mail`: no address, nobody who tried.
  if (attempt?.ip === undefined) return quiet('auth');
  return unparsed('auth says something unknown');
};
