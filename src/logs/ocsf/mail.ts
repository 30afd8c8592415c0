import type { AccessEvent, EventKind, MessageRef } from '../../core/access-event.ts';
import { actorOf, event } from './access.ts';
import { classes } from './classes.ts';
import {
  type Common,
  commonOf,
  emailOf,
  endpointOf,
  type OcsfContext,
  type Origin,
  sourceOf,
} from './common.ts';
import type { Email, EmailActivity } from './types.generated.ts';

const directions = {
  inbound: [1, 'Inbound'],
  outbound: [2, 'Outbound'],
  internal: [3, 'Internal'],
} as const;

const recipientsMax = 10_000;

/** The mail of one message; undefined where no address is one that OCSF admits, for one is required. */
const mailOf = (message: MessageRef): Email | undefined => {
  const from = emailOf(message.from);
  const recipients = (message.to ?? []).slice(0, recipientsMax);
  const to = recipients.flatMap(each => emailOf(each) ?? []);
  if (from === undefined && to.length === 0) return undefined;
  const mail: Email = {};
  if (from !== undefined) {
    mail.from = from;
    mail.smtp_from = from;
  } else if (message.from !== undefined) mail.from_mailbox = message.from;
  if (to.length > 0) {
    mail.to = to;
    mail.smtp_to = to;
  }
  if (to.length < recipients.length) mail.to_mailboxes = recipients;
  if (message.messageId !== undefined) mail.message_uid = message.messageId;
  if (message.sizeBytes !== undefined) mail.size = message.sizeBytes;
  if (message.subject !== undefined) mail.subject = message.subject;
  return mail;
};

const activityOf = (kind: EventKind): readonly [number, string] => {
  if (kind === 'message.submitted') return [1, 'Send'];
  if (kind === 'message.received' || kind === 'message.refused') return [2, 'Receive'];
  if (kind === 'message.scanned') return [3, 'Scan'];
  // What became of a message on its way.
  return [4, 'Trace'];
};

/** Messages on their way: Email Activity (4009); undefined where no address is told. */
export const emailActivity = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): EmailActivity | undefined => {
  const [message] = given.messages ?? [];
  const mail = message === undefined ? undefined : mailOf(message);
  if (mail === undefined) return undefined;
  const absent: string[] = [];
  const [directionId, direction] =
    given.direction === undefined ? ([0, 'Unknown'] as const) : directions[given.direction];
  const own: Omit<EmailActivity, keyof Common> = {
    direction_id: directionId,
    direction,
    email: mail,
  };
  if (mail.from !== undefined) own.from = mail.from;
  if (mail.to !== undefined) own.to = mail.to;
  if (message?.queueId !== undefined) own.message_trace_uid = message.queueId;
  if (given.service !== undefined) own.protocol_name = given.service;
  const source = sourceOf(given);
  if (source !== undefined) own.src_endpoint = source;
  const to = given.to === undefined ? undefined : endpointOf(given.to);
  if (to !== undefined) own.dst_endpoint = to;
  const hasActor = given.user !== undefined || given.actor !== undefined;
  if (hasActor) own.actor = actorOf(given, absent);
  const activity = activityOf(given.kind);
  return event(commonOf(given, origin, context, classes.email, activity, absent, hasActor), own);
};
