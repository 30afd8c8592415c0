import type { EventKind } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { freeText, happened, personOf, quiet } from '../../reading.ts';
import { redactedMark } from '../../redact.ts';
import { printable } from '../../text.ts';
import type { Known } from './context.ts';

/** Attributes whose values open something; LDAP's bind passwords are among them. */
const secret = /pass(?:word|phrase)?$|password|secret|token|preauthkey|privatekey|bindpw/i;

const attributesMax = 40;

/** `cmd=Auth; account=bob; error=…;`: Zimbra doubles semicolons within values. */
const attributesOf = (text: string): Map<string, string> => {
  const held = new Map<string, string>();
  for (const part of text.replaceAll(';;', '\u0001').split(/; ?/, attributesMax)) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    const key = part.slice(0, equals).trim();
    if (!held.has(key)) held.set(key, part.slice(equals + 1).replaceAll('\u0001', ';'));
  }
  return held;
};

const forwarding =
  /^(?:zimbraPrefMailForwardingAddress|zimbraMailForwardingAddress|zimbraPrefMailLocalDeliveryDisabled)$/;
const rules =
  /^(?:zimbraMail(?:Outgoing|Admin)?Sieve\w*|zimbraAdminSieve\w*|zimbraPrefOutOfOffice\w*)$/;

const kindOf = (
  command: string,
  attributes: ReadonlyMap<string, string>,
): EventKind | undefined => {
  if (/^(?:Modify(?:Account|Cos|Identity|Prefs))$/.test(command)) {
    const keys = [...attributes.keys()];
    if (keys.some(key => forwarding.test(key))) return 'forward.changed';
    if (keys.some(key => rules.test(key))) return 'rule.changed';
    return command === 'ModifyCos' ? 'configuration.changed' : 'account.changed';
  }
  if (/^(?:SetPassword|ChangePassword|ResetPassword|RecoverAccount)$/.test(command))
    return 'password.changed';
  if (/^(?:Grant|Revoke)(?:Right|Rights|Permission)s?$/.test(command)) return 'permission.changed';
  if (/Export|Backup|MailboxMove|MoveMailbox|Migrat/.test(command)) return 'mailbox.export';
  if (
    /^(?:Create|Delete|Rename|Add|Remove|Lock|Unlock)(?:Account|GalSync|CalendarResource|DistributionList|DataSource|Mailbox|Identity|Signature)/.test(
      command,
    )
  ) {
    return 'account.changed';
  }
  if (
    /^(?:Modify|Create|Delete|Rename|Set|Flush|Deploy|Undeploy|Configure|Purge|Update)/.test(
      command,
    )
  )
    return 'configuration.changed';
  return undefined;
};

/** An entry of `audit.log`. */
export const auditLine = (text: string, known: Known): Parsed => {
  const attributes = attributesOf(text);
  const command = attributes.get('cmd');
  if (command === undefined) return quiet('audit');
  const error = attributes.get('error');
  // `name` is whatever was changed: an account, a domain, a server.
  const named = /Account|Mailbox|Password|Identity|Alias|Prefs/.test(command)
    ? attributes.get('name')
    : undefined;
  const account = attributes.get('account') ?? attributes.get('accountName') ?? named;
  const outcome = error === undefined ? ('success' as const) : ('failure' as const);
  if (command === 'Auth' || command === 'AdminAuth') {
    return happened({
      ...known,
      kind: 'login',
      outcome,
      user: personOf(account) ?? known.user,
      actor: undefined,
      service: printable(attributes.get('protocol') ?? '', 60) || known.service,
      ...freeText(error ?? (command === 'AdminAuth' ? 'as an administrator' : '')),
    });
  }
  if (command === 'DelegateAuth') {
    // An administrator opens somebody's mailbox: he is the one in the context, or named by an attribute.
    return happened({
      ...known,
      kind: 'login.impersonated',
      outcome,
      user: personOf(account) ?? personOf(attributes.get('accountId')),
      actor:
        personOf(attributes.get('adminAccount') ?? attributes.get('admin')) ??
        known.actor ??
        known.user,
      ...freeText(error ?? ''),
    });
  }
  if (command === 'Logout' || command === 'EndSession') {
    return happened({ ...known, kind: 'logout', outcome, user: personOf(account) ?? known.user });
  }
  const kind = kindOf(command, attributes);
  if (
    kind === undefined &&
    error === undefined &&
    /^(?:Get|Search|List|Count|Check|Describe|Auto)/.test(command)
  )
    return quiet('audit');
  let hidden = false;
  const change: Record<string, string> = { action: printable(command) };
  for (const [key, value] of attributes) {
    if (key === 'cmd' || key === 'error') continue;
    const open = secret.test(key);
    hidden ||= open;
    change[printable(key, 80)] = open ? redactedMark : printable(value);
  }
  const free = freeText(error ?? '');
  return happened({
    ...known,
    kind: kind ?? 'other',
    outcome,
    user: personOf(account),
    actor: known.actor ?? known.user,
    change,
    detail: free.detail,
    flags: hidden ? ['secret'] : free.flags,
  });
};
