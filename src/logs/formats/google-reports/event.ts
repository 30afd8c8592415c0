import type { AccessEvent, EventKind, MessageRef } from '../../../core/access-event.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { happened } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import {
  addressOf,
  Clean,
  isSame,
  messageIdOf,
  numberOf,
  utcTime,
  whoOf,
} from '../../records/meaning.ts';
import { printable } from '../../text.ts';
import { type Meant, meantBy } from './kinds.ts';
import type { Activity, GoogleEvent } from './record.ts';

const destinationsMax = 1_000;

/** `smtp-outbound::bob@example.jp`, `gmail-for-work::…`: a service stands before the address. */
const flattened = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(/[,\s]+/, destinationsMax)
    .map(each => each.split('::').at(-1) ?? '')
    .filter(each => each.includes('@'))
    .map(each => printable(each));

const messageOf = (
  message: Fields,
  part: MessageRef['part'],
  clean: Clean,
): MessageRef | undefined => {
  const messageId = messageIdOf(message.text('rfc2822_message_id'));
  const subject = clean.text(message.text('subject'));
  const source = message.object('source');
  const from = source?.text('address', 'from_header_address');
  const sizeBytes = numberOf(message.text('payload_size'));
  const named = message
    .objects('destination', destinationsMax)
    .flatMap(each => each.text('address') ?? [])
    .map(each => printable(each));
  const to = named.length > 0 ? named : flattened(message.text('flattened_destinations'));
  const ref: MessageRef = {
    ...(messageId === undefined ? {} : { messageId }),
    ...(part === undefined ? {} : { part }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from: printable(from) }),
    ...(to.length === 0 ? {} : { to }),
  };
  return Object.keys(ref).length === 0 ? undefined : ref;
};

const partOf = (kind: EventKind, event: GoogleEvent): MessageRef['part'] => {
  if (kind !== 'message.read') return undefined;
  const type = event.parameters?.object('event_info')?.text('mail_event_type');
  const method = event.parameters?.text('method_name') ?? '';
  return type === '17' || /attachments/i.test(method) ? 'attachment' : 'body';
};

const services: ReadonlyMap<string, string> = new Map([
  ['web', 'webmail'],
  ['imap', 'imap'],
  ['pop3', 'pop3'],
  ['api', 'api'],
]);

/** Whom an administrator's change is about. */
const targetNames = [
  'USER_EMAIL',
  'affected_email_address',
  'user_email',
  'target_user',
  'EMAIL_ADDRESS',
  'member_id',
  'group_member',
];

const changing: ReadonlySet<EventKind> = new Set<EventKind>([
  'rule.changed',
  'forward.changed',
  'permission.changed',
  'app.consent',
  'account.changed',
  'password.changed',
  'configuration.changed',
  'audit.changed',
  'mailbox.export',
  'search',
]);

const changeOf = (event: GoogleEvent, clean: Clean): AccessEvent['change'] => {
  const { parameters } = event;
  const scopes = parameters?.texts('scope', 100) ?? [];
  return clean.change([
    ['operation', event.name],
    ...(scopes.length === 0 ? [] : [['scopes', scopes.join(' ')] as const]),
    ...(parameters?.names() ?? [])
      .filter(name => name !== 'scope')
      .map(name => {
        const listed = parameters?.texts(name, 20) ?? [];
        return [name, listed.length === 0 ? undefined : listed.join(', ')] as const;
      }),
  ]);
};

/** Which of several events says the most: the first that is a thing of its own. */
const chief = (
  activity: Activity,
): { readonly event: GoogleEvent; readonly meant: Meant } | undefined => {
  let best: { readonly event: GoogleEvent; readonly meant: Meant } | undefined;
  for (const event of activity.events) {
    const meant = meantBy(activity.application, event);
    if (best === undefined || (best.meant.kind === 'other' && meant.kind !== 'other')) {
      best = { event, meant };
    }
  }
  return best;
};

interface People {
  readonly user: AccessEvent['user'];
  readonly actor: AccessEvent['user'];
}

const peopleOf = (activity: Activity, event: GoogleEvent, clean: Clean): People => {
  const by = whoOf(activity.actorEmail, activity.actorId) ?? whoOf(activity.actorKey);
  const info = event.parameters?.object('event_info');
  const delegate = whoOf(
    info?.object('client_context')?.object('session_context')?.text('delegate_user_email'),
  );
  if (delegate !== undefined)
    return { user: by, actor: isSame(delegate, by) ? undefined : delegate };
  const isAdmin = activity.application === 'admin' || activity.application.startsWith('groups');
  const target = whoOf(
    clean.text(
      isAdmin
        ? event.parameters?.text(...targetNames)
        : event.parameters?.text('affected_email_address'),
    ),
  );
  if (target === undefined || isSame(target, by)) return { user: by, actor: undefined };
  return { user: target, actor: by };
};

/** The application that was given access, used it, or was signed in to. */
const appOf = (application: string, event: GoogleEvent, clean: Clean): AccessEvent['app'] => {
  const { parameters } = event;
  const isAdmin = application === 'admin';
  const name = clean.text(
    isAdmin
      ? parameters?.text('OAUTH2_APP_NAME')
      : parameters?.text('app_name', 'application_name'),
  );
  const uid = isAdmin
    ? parameters?.text('OAUTH2_APP_ID', 'API_CLIENT_NAME')
    : parameters?.text('client_id');
  if (name === undefined && uid === undefined) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid: printable(uid) }),
  };
};

/** One activity is one event; what else the record tells stands in `detail`. */
export const activityEvent = (
  activity: Activity,
  envelope: Envelope,
  context: FormatContext,
): Parsed | undefined => {
  const found = chief(activity);
  if (found === undefined) return undefined;
  const { event, meant } = found;
  const clean = new Clean();
  const message = event.parameters?.object('message_info');
  const info = event.parameters?.object('event_info');
  const clientType = info?.object('client_context')?.text('client_type');
  const connection = message?.object('connection_info');
  const ref =
    message === undefined ? undefined : messageOf(message, partOf(meant.kind, event), clean);
  const others = activity.events
    .filter(each => each !== event)
    .slice(0, 20)
    .map(each => each.name);
  const more = Math.max(0, activity.eventCount - activity.events.length);
  const isGmail = activity.application === 'gmail';
  const session = info?.object('client_context')?.object('session_context')?.text('dusi');
  const { user, actor } = peopleOf(activity, event, clean);
  return happened({
    kind: meant.kind,
    time: utcTime(envelope, context, activity.time, info?.text('timestamp_usec')),
    outcome: meant.outcome,
    component: 'google-workspace',
    service: isGmail
      ? services.get((clientType ?? '').toLowerCase())
      : activity.application === 'token' && event.name === 'activity'
        ? 'api'
        : undefined,
    user,
    actor,
    app: appOf(activity.application, event, clean),
    from: addressOf(activity.ip) ?? addressOf(connection?.text('client_ip')),
    session: session === undefined ? undefined : printable(session),
    authMethod: clean.text(event.parameters?.text('login_type')),
    messages: ref === undefined ? undefined : [ref],
    bytes: numberOf(event.parameters?.text('num_response_bytes')),
    direction: connection?.text('is_intra_domain') === 'true' ? 'internal' : undefined,
    change: changing.has(meant.kind) && !isGmail ? changeOf(event, clean) : undefined,
    eventUid: activity.uid === undefined ? undefined : printable(activity.uid),
    detail: clean.detail(
      `${activity.application}/${event.name}`,
      meant.what,
      clientType === undefined ? undefined : `client ${clientType}`,
      event.parameters?.text('login_failure_type'),
      event.parameters?.text('is_suspicious') === 'true' ? 'suspicious' : undefined,
      event.parameters?.text('method_name'),
      others.length === 0 ? undefined : `also ${others.join(', ')}`,
      more === 0 ? undefined : `and ${more} more`,
    ),
    flags: clean.flags(activity.eventCount > 1 && 'aggregated'),
  });
};
