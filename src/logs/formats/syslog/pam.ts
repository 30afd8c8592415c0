import { endpointOf } from '../../endpoint.ts';
import { pamFailure, pamLocked } from '../../pam-failure.ts';
import { personOf, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Teller, tell } from './told.ts';

/** `pam_unix(sshd:auth): …`; before 2007 the program was `sshd(pam_unix)`, or the message began with it. */
const prefix = /^(?:pam_\w{1,30}(?:\((?:([\w.@-]{1,60}):)?\w{1,20}\))?: |\(pam_\w{1,30}\) )/;
const oldProgram = /^([\w.-]{1,60})\(pam_\w{1,30}\)$/;

/** Services whose own lines tell the same, and more: one attempt is told once. */
const tellThemselves: ReadonlySet<string> = new Set([
  'sshd',
  'sudo',
  'sudo-i',
  'su',
  'su-l',
  'dovecot',
  'cron',
  'crond',
  'systemd-user',
]);

const session = /^session (opened|closed) for user (.*?)(?:\(uid=\d+\))?(?: by (.*))?$/;

const password = /^password changed for (.+)$/;

/** PAM's modules, in whatever program they run. */
export const pam: Teller = (message, envelope, context) => {
  const program = envelope.program ?? '';
  const head = prefix.exec(message);
  const old = oldProgram.exec(program);
  if (head === null && old === null) return undefined;
  const service = printable(head?.[1] ?? old?.[1] ?? program);
  const text = message.slice(head?.[0].length ?? 0);
  const isTold =
    program === 'saslauthd' || (head?.[1] !== undefined && tellThemselves.has(service));
  const failed = isTold ? undefined : pamFailure(text);
  if (failed !== undefined) {
    const { tty, remoteHost, remoteUser } = failed;
    const event = tell('login', 'failure', 'pam', envelope, context);
    event.service = service;
    // Whom pam_unix does not know it leaves out; who asked from elsewhere is the one who was tried.
    const user = personOf(failed.user.trim() || (remoteHost === '' ? '' : remoteUser.trim()));
    if (user !== undefined) event.user = user;
    const from = endpointOf(remoteHost);
    if (from !== undefined) event.from = from;
    if (failed.forged) event.flags = ['forged-looking'];
    event.detail =
      tty === '' ? 'authentication failure' : `authentication failure on ${printable(tty)}`;
    return { event };
  }
  const locked = pamLocked(text);
  if (locked !== undefined) {
    const event = tell('other', 'unknown', 'pam', envelope, context);
    event.service = service;
    event.user = { name: printable(locked) };
    event.detail = 'locked after too many wrong passwords';
    return { event };
  }
  const changed = password.exec(text);
  if (changed !== null) {
    const event = tell('password.changed', 'success', 'pam', envelope, context);
    event.service = service;
    event.user = { name: printable(changed[1] ?? '') };
    return { event };
  }
  const run = session.exec(text);
  if (run === null || (isTold && !(service === 'sshd' && run[1] === 'closed'))) return quiet('pam');
  const event = tell(run[1] === 'opened' ? 'login' : 'logout', 'success', 'pam', envelope, context);
  event.service = service;
  const user = personOf((run[2] ?? '').trim());
  if (user !== undefined) event.user = user;
  return { event };
};
