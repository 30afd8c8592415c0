import type { AccessEvent, EventKind } from '../../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, unparsed } from '../reading.ts';
import { Fields, parsedJson } from '../records/fields.ts';
import { addressOf, Clean, isSame, utcTime, whoOf } from '../records/meaning.ts';
import { printable } from '../text.ts';

/** Actions of the Audit Logs API, by how they are named; the first that fits counts. */
const kinds: readonly (readonly [RegExp, EventKind])[] = [
  [/^user_login(?:_failed)?$/, 'login'],
  [/^user_logout(?:_\w+)?$/, 'logout'],
  [
    /^(?:manual|corporate|scheduled|standard|user|channel|conversation|public|private|legal_hold)?_?\w{0,40}export_?\w*$/,
    'mailbox.export',
  ],
  [/^(?:file_downloaded\w*|file_opened)$/, 'message.read'],
  [/^(?:file_uploaded|file_shared)$/, 'message.save'],
  [/^(?:message|file|canvas|list)_\w*(?:deleted|tombstoned|removed)$/, 'message.delete'],
  [
    /^(?:app_|bot_token_|oauth|workflow_app|service_owner|connector_|hermes_|function_)\w*/,
    'app.consent',
  ],
  [
    /^(?:role_|permission|user_(?:added_to|removed_from)|guest_|external_shared|channel_\w*(?:moderation|posting)|custom_role|group_)\w*/,
    'permission.changed',
  ],
  [/^(?:pref\.(?:.*audit.*)|audit_\w+)$/, 'audit.changed'],
  [
    /^(?:pref\.|ekm_|barrier_|native_dlp_|dlp_|idp_|sso_|workspace_|organization_|domain_|emm_|legal_hold|information_barrier|approved_|allowlist|ip_allow|intelligence_|retention)\w*/,
    'configuration.changed',
  ],
  [/^(?:user_password|password_)\w*/, 'password.changed'],
  [
    /^(?:user_created|user_deactivated|user_reactivated|user_deleted|user_profile|user_email|user_session|bulk_session|two_factor|mfa_|user_)\w*/,
    'account.changed',
  ],
];

const kindOf = (action: string): EventKind =>
  kinds.find(([pattern]) => pattern.test(action))?.[1] ?? 'other';

const outcomeOf = (action: string): AccessEvent['outcome'] =>
  /fail|denied|rejected/.test(action) ? 'failure' : 'success';

const personOf = (holder: Fields | undefined): AccessEvent['user'] => {
  const user = holder?.object('user') ?? (holder?.has('email') === true ? holder : undefined);
  return whoOf(user?.text('email', 'name', 'id'), user?.text('id'));
};

/** What an action was about, where that is no person: a channel, a workspace, an app, a file. */
const entityOf = (entity: Fields | undefined): string | undefined => {
  const type = entity?.text('type');
  if (entity === undefined || type === undefined || type === 'user') return undefined;
  const held = entity.object(type);
  const name = held?.text('name', 'title', 'domain', 'id');
  return name === undefined ? type : `${type} ${name}`;
};

const auditEvent = (
  record: Fields,
  action: string,
  envelope: Envelope,
  context: FormatContext,
): Parsed => {
  const clean = new Clean();
  const kind = kindOf(action);
  const by = personOf(record.object('actor'));
  const entity = record.object('entity');
  const target = entity?.text('type') === 'user' ? personOf(entity) : undefined;
  const isOther = target !== undefined && !isSame(target, by);
  const where = record.object('context');
  const agent = clean.text(where?.text('ua'), 500);
  const details = record.object('details');
  const app = entity?.text('type') === 'app' ? entity.object('app') : undefined;
  const appName = clean.text(app?.text('name'));
  const appId = app?.text('id') ?? where?.object('app')?.text('id');
  const uid = record.text('id');
  const session = where?.text('session_id');
  const about = entityOf(entity);
  const scopes = details?.texts('new_scopes', 100) ?? app?.texts('scopes', 100) ?? [];
  const change = clean.change([
    ['operation', action],
    ['entity', about],
    ...(scopes.length === 0 ? [] : [['scopes', scopes.join(' ')] as const]),
    ...(details?.names() ?? []).map(name => {
      const listed = details?.texts(name, 100) ?? [];
      return [name, listed.length === 0 ? undefined : listed.join(' ')] as const;
    }),
  ]);
  return happened({
    kind,
    time: utcTime(envelope, context, record.text('date_create')),
    outcome: outcomeOf(action),
    component: 'slack',
    service: 'slack',
    user: isOther ? target : (by ?? target),
    actor: isOther ? by : undefined,
    app:
      appName === undefined && appId === undefined
        ? undefined
        : {
            ...(appName === undefined ? {} : { name: appName }),
            ...(appId === undefined ? {} : { uid: printable(appId) }),
          },
    from: addressOf(where?.text('ip_address')),
    session: session === undefined ? undefined : printable(session),
    request: agent === undefined ? undefined : { userAgent: agent },
    change: kind === 'login' || kind === 'logout' ? undefined : change,
    eventUid: uid === undefined ? undefined : printable(uid),
    detail: clean.detail(action, about),
    flags: clean.flags(),
  });
};

/** Slack's Audit Logs API, exported as JSON: one entry to a record. */
export const slackAudit: LogFormat = {
  id: 'slack-audit',
  title: 'Slack: audit logs',
  sniff: ({ message }) => {
    if (!message.startsWith('{') || !message.includes('"action"')) return 0;
    if (!message.includes('"actor"') || !message.includes('"context"')) return 0;
    if (message.includes('"ip_address"') && message.includes('"location"')) return 0.9;
    return message.includes('"entity"') ? 0.8 : 0;
  },
  open: context => ({
    read: envelope => {
      const text = envelope.message.trim();
      const record = Fields.of(parsedJson(text.endsWith(',') ? text.slice(0, -1) : text));
      const action = record?.text('action');
      const isEntry =
        record?.object('actor') !== undefined || record?.object('entity') !== undefined;
      return record === undefined || action === undefined || !isEntry
        ? unparsed('no entry of an audit log, or a broken one')
        : auditEvent(record, printable(action), envelope, context);
    },
  }),
};
