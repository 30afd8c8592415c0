import type { AccessEvent, EventKind } from '../../../core/access-event.ts';
import type { GoogleEvent } from './record.ts';

export interface Meant {
  readonly kind: EventKind;
  readonly outcome: AccessEvent['outcome'];
  /** What the number of a Gmail event says. */
  readonly what?: string;
}

/** Gmail's `event_info.mail_event_type` (Reports API, Gmail activity events). */
const mailEvents: ReadonlyMap<string, readonly [EventKind, string]> = new Map<
  string,
  readonly [EventKind, string]
>([
  ['1', ['message.submitted', 'sent']],
  ['2', ['message.received', 'received']],
  ['3', ['message.change', 'classified as spam or not by its reader']],
  ['4', ['message.scanned', 'found to be spam after its delivery']],
  ['5', ['message.deferred', 'quarantined']],
  ['6', ['message.delivered', 'released from quarantine']],
  ['7', ['message.read', 'opened for the first time']],
  ['8', ['message.change', 'marked as unread']],
  ['9', ['message.change', 'replied to for the first time']],
  ['10', ['message.change', 'forwarded for the first time']],
  ['11', ['message.submitted', 'forwarded by the setting of its account']],
  ['12', ['message.change', 'moved to the inbox']],
  ['13', ['message.delete', 'moved to trash']],
  ['14', ['message.delete', 'deleted from trash']],
  ['15', ['other', 'a link of it clicked']],
  ['16', ['other', 'a link of it clicked']],
  ['17', ['message.read', 'an attachment of it downloaded']],
]);

const gmail = ({ parameters }: GoogleEvent): Meant => {
  const info = parameters?.object('event_info');
  const message = parameters?.object('message_info');
  const type = info?.text('mail_event_type');
  const success = info?.text('success')?.toLowerCase();
  const outcome = success === 'false' ? 'failure' : success === 'true' ? 'success' : 'unknown';
  const known = mailEvents.get(type ?? '');
  if (known !== undefined) {
    return { kind: known[0], outcome: outcome === 'failure' ? outcome : 'success', what: known[1] };
  }
  if (type !== undefined && type !== '0')
    return { kind: 'other', outcome, what: `mail event ${type}` };
  const action = message?.text('action_type');
  const reply = message?.object('connection_info')?.text('smtp_reply_code') ?? '';
  const what = action === undefined ? undefined : { what: `action ${action}` };
  if (outcome === 'failure') {
    return {
      kind: reply.startsWith('4') ? 'message.deferred' : 'message.refused',
      outcome,
      ...what,
    };
  }
  if (action === '1' || action === '2') return { kind: 'message.received', outcome, ...what };
  if (action === '10') return { kind: 'message.delivered', outcome, ...what };
  return { kind: 'other', outcome, ...what };
};

/** Sign-ins and what is done about accounts (applications `login`, `saml`, `user_accounts`). */
const accounts: readonly (readonly [RegExp, EventKind, AccessEvent['outcome']])[] = [
  [/^login_success$/, 'login', 'success'],
  // Some of these were blocked, and which ones the event does not say.
  [/^suspicious_(?:login|programmatic_login)/, 'login', 'unknown'],
  [/^login_failure$/, 'login', 'failure'],
  [/^(?:login_challenge|login_verification)$/, 'login', 'unknown'],
  [/^logout$/, 'logout', 'success'],
  [/^email_forwarding_/, 'forward.changed', 'success'],
  [/^password_/, 'password.changed', 'success'],
  [/^(?:2sv_|recovery_|titanium_|account_disabled_|passkey_|user_)/, 'account.changed', 'success'],
];

/** Methods of the Gmail API, in the `token` application's `activity`. */
const apiMethods: readonly (readonly [RegExp, EventKind])[] = [
  [/(?:messages|threads)\.get$/, 'message.read'],
  [/attachments\.get$/, 'message.read'],
  [/(?:messages|threads|drafts)\.list$/, 'message.list'],
  [/(?:messages|drafts)\.send$/, 'message.submitted'],
  [/(?:messages|threads)\.(?:trash|delete|batchdelete)$/, 'message.delete'],
  [/(?:messages|threads)\.(?:modify|untrash|batchmodify)$/, 'message.change'],
  [/(?:messages\.(?:insert|import)|drafts\.(?:create|update))$/, 'message.save'],
  [/settings\.filters\.(?:create|delete)$/, 'rule.changed'],
  [/settings\.(?:forwardingaddresses\.(?:create|delete)|updateautoforwarding)$/, 'forward.changed'],
  [/settings\.delegates\.(?:create|delete)$/, 'permission.changed'],
  [/settings\..*(?:update|create|delete|patch)\w*$/, 'configuration.changed'],
  [/history\.list$/, 'mailbox.sync'],
];

const token = ({ name, parameters }: GoogleEvent): Meant => {
  if (name === 'activity') {
    const method = (parameters?.text('method_name') ?? '').toLowerCase();
    const isGmail = (parameters?.text('api_name') ?? method).toLowerCase().startsWith('gmail');
    const found = isGmail ? apiMethods.find(([pattern]) => pattern.test(method)) : undefined;
    return { kind: found?.[1] ?? 'api.request', outcome: 'success' };
  }
  return /authorize|revoke|grant|request/.test(name)
    ? { kind: 'app.consent', outcome: 'success' }
    : { kind: 'other', outcome: 'unknown' };
};

/** What administrators do (application `admin`); names are in capitals. */
const admin: readonly (readonly [RegExp, EventKind])[] = [
  [/CHANGE_PASSWORD|RESET_PASSWORD|PASSWORD_ON_NEXT_LOGIN/, 'password.changed'],
  [/EMAIL_MONITOR/, 'rule.changed'],
  [/API_CLIENT_ACCESS|THIRD_PARTY_API|OAUTH2_APP|API_SCOPES|TRUST_DOMAIN_OWNED/, 'app.consent'],
  [/(?:ADMIN_)?PRIVILEGE|_ROLE\b|ROLE_|DELEGATED_ADMIN|DELEGAT|GROUP_MEMBER/, 'permission.changed'],
  [/TAKEOUT|DATA_EXPORT|DOWNLOAD_USERLIST/, 'mailbox.export'],
  [/EMAIL_LOG_SEARCH|SECURITY_INVESTIGATION_(?:QUERY|OBJECT)/, 'search'],
  [/AUDIT_LOG|LOG_EXPORT|BIGQUERY|DATA_SHARING/, 'audit.changed'],
  [
    /(?:CREATE|DELETE|SUSPEND|UNSUSPEND|UNDELETE|RENAME|ARCHIVE|UNARCHIVE|UPDATE|CHANGE)_USER|USER_(?:CREATE|DELETE)|_NICKNAME|2_STEP|2SV|RECOVERY|SECURITY_KEY|SIGNIN_COOKIES|APPLICATION_SPECIFIC_PASSWORD/,
    'account.changed',
  ],
];

const ofAdmin = ({ name, parameters }: GoogleEvent): Meant => {
  if (/GMAIL_SETTING|EMAIL_SETTING/.test(name)) {
    const setting = parameters?.text('SETTING_NAME') ?? '';
    const isRule = /RULE|ROUT|FORWARD|COMPLIANCE|CONTENT|GATEWAY/i.test(setting);
    return { kind: isRule ? 'rule.changed' : 'configuration.changed', outcome: 'success' };
  }
  if (/_VIEW$|^VIEW_|^ALERT_CENTER_/.test(name)) return { kind: 'other', outcome: 'success' };
  const found = admin.find(([pattern]) => pattern.test(name));
  return { kind: found?.[1] ?? 'configuration.changed', outcome: 'success' };
};

const vault = ({ name }: GoogleEvent): Meant => {
  const lower = name.toLowerCase();
  if (/export/.test(lower)) return { kind: 'mailbox.export', outcome: 'success' };
  if (/search|query|count/.test(lower)) return { kind: 'search', outcome: 'success' };
  if (/view|preview/.test(lower)) return { kind: 'message.read', outcome: 'success' };
  return { kind: 'other', outcome: 'success' };
};

/** What one event of an application says happened. */
export const meantBy = (application: string, event: GoogleEvent): Meant => {
  switch (application) {
    case 'gmail':
      return gmail(event);
    case 'token':
      return token(event);
    case 'admin':
      return ofAdmin(event);
    case 'vault':
      return vault(event);
    case 'takeout':
    case 'data_migration':
      return { kind: 'mailbox.export', outcome: 'success' };
    case 'groups':
    case 'groups_enterprise':
      return {
        kind: /member|user|owner|manager|permission|setting|acl/.test(event.name)
          ? 'permission.changed'
          : 'other',
        outcome: 'success',
      };
    default: {
      const found = accounts.find(([pattern]) => pattern.test(event.name));
      return found === undefined
        ? { kind: 'other', outcome: 'unknown' }
        : { kind: found[1], outcome: found[2] };
    }
  }
};
