import type { AccessEvent, EventKind, MessageRef } from '../../../core/access-event.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { happened } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import { addressOf, Clean, messageIdOf, numberOf, utcTime, whoOf } from '../../records/meaning.ts';
import { printable } from '../../text.ts';

type Meaning = readonly [EventKind, AccessEvent['outcome']];

/** `Act` of a message that came in or was looked at. */
const acts: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['acc', ['message.received', 'success']],
  ['rej', ['message.refused', 'failure']],
  ['hld', ['message.deferred', 'unknown']],
  ['hold', ['message.deferred', 'unknown']],
  ['bnc', ['message.bounced', 'failure']],
  ['sdbx', ['message.scanned', 'unknown']],
  ['ign', ['message.discarded', 'unknown']],
  ['del', ['message.discarded', 'success']],
]);

/** Mimecast's policies ran over a message that it had taken in before. */
const isProcessing = (record: Fields): boolean => {
  const type = record.text('type')?.toLowerCase();
  return type === undefined
    ? record.has('attcnt') && !record.has('rcpt') && !record.has('recipients')
    : type === 'process';
};

const meaningOf = (record: Fields): Meaning => {
  const delivered = record.text('delivered')?.toLowerCase();
  if (delivered === 'true') return ['message.delivered', 'success'];
  if (delivered === 'false') return ['message.bounced', 'failure'];
  const act = (record.text('act', 'action') ?? '').toLowerCase();
  if (act === 'acc' && isProcessing(record)) return ['message.scanned', 'success'];
  return acts.get(act) ?? ['message.scanned', 'unknown'];
};

const directions: ReadonlyMap<string, NonNullable<AccessEvent['direction']>> = new Map([
  ['inbound', 'inbound'],
  ['outbound', 'outbound'],
  ['internal', 'internal'],
]);

/** A message on its way: receipt, processing, delivery. */
export const messageEvent = (
  record: Fields,
  envelope: Envelope,
  context: FormatContext,
  isForged: boolean,
): Parsed => {
  const clean = new Clean();
  const [kind, outcome] = meaningOf(record);
  const messageId = messageIdOf(record.text('msgid', 'messageid'));
  const subject = clean.text(record.text('subject'));
  const sender = record.text('sender', 'senderenvelope');
  const recipient = record.text('rcpt', 'recipient', 'recipients');
  const sizeBytes = numberOf(record.text('msgsize', 'emailsize'));
  const queueId = record.text('acode', 'processingid');
  const message: MessageRef = {
    ...(messageId === undefined ? {} : { messageId }),
    ...(queueId === undefined ? {} : { queueId: printable(queueId) }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(subject === undefined ? {} : { subject }),
    ...(sender === undefined || sender === '<>' ? {} : { from: printable(sender) }),
    ...(recipient === undefined ? {} : { to: [printable(recipient)] }),
  };
  // Of a delivery it is the server that took the message.
  const isDelivery = record.has('delivered');
  const ip = record.text('ip');
  return happened({
    kind,
    time: utcTime(envelope, context, record.text('datetime', 'timestamp')),
    outcome,
    component: 'mimecast',
    from: addressOf(record.text('senderip', 'sourceip') ?? (isDelivery ? undefined : ip)),
    to: addressOf(record.text('destinationip') ?? (isDelivery ? ip : undefined)),
    tls: record.text('tlsver') === undefined ? undefined : true,
    messages: [message],
    direction: directions.get((record.text('dir', 'direction', 'route') ?? '').toLowerCase()),
    detail: clean.detail(
      record.text('act', 'action'),
      record.text('rejtype', 'rejectiontype'),
      record.text('rejinfo', 'rejectioninfo', 'err', 'error', 'deliveryerrors', 'receipterrors'),
      record.text('hld', 'holdreason'),
      record.text('virus', 'virusfound'),
      record.text('reason', 'scanresultinfo', 'scanresults'),
      record.text('urlcategory'),
    ),
    flags: clean.flags(isForged && 'forged-looking'),
  });
};

/** Lists and feeds, of which none holds mail. */
const notMail = /threat intel|\bfeed\b|page data|report/i;

/** `Message Action`, whose words say which: `Viewed Message - Source: …`. */
const actionOf = (type: string, info: string): string =>
  / action$/i.test(type) ? `${type} ${info.slice(0, 80).split(' - ', 1)[0] ?? ''}` : type;

/** `, IP: 203.0.113.5, Application: …`, ` IP: … Application:`, `remote IP : … application :`, `Remote IP is …`. */
const addresses = / IP(?: ?:| is) ([0-9A-Fa-f.:]{2,45}|null)(?=[ ,]|\.?$)/g;

/** What people do in its console and in the archive, told by the words that Mimecast's types are made of. */
const audits: readonly (readonly [RegExp, EventKind])[] = [
  [/log(?:on|in|ged on|ged in)\b/i, 'login'],
  [/log(?:off|out|ged off|ged out)\b/i, 'logout'],
  [/export|download|mailbox restore/i, 'mailbox.export'],
  [
    /(?:view|read).{0,40}(?:message|e-?mail|archive|content)|(?:message|e-?mail|archive).{0,40}view/i,
    'message.read',
  ],
  [/search|discovery/i, 'search'],
  [/password/i, 'password.changed'],
  [/forward/i, 'forward.changed'],
  [/permission|role|delegate/i, 'permission.changed'],
  [/api application|consent/i, 'app.consent'],
  [/user|account|address/i, 'account.changed'],
  [/polic|profile|definition|setting|connector/i, 'configuration.changed'],
];

export const auditEvent = (record: Fields, envelope: Envelope, context: FormatContext): Parsed => {
  const clean = new Clean();
  const type = printable(record.text('audittype') ?? '');
  const info = record.text('eventinfo') ?? '';
  const meant = actionOf(type, info);
  const found = audits.find(([pattern]) => pattern.test(meant))?.[1] ?? 'other';
  const kind = found === 'mailbox.export' && notMail.test(type) ? 'other' : found;
  // Mimecast writes it near the end; a user's name stands before it.
  const ip = [...info.slice(-2_000).matchAll(addresses)].at(-1)?.[1];
  const uid = record.text('id');
  const isChange = /changed$|consent$/.test(kind);
  return happened({
    kind,
    time: utcTime(envelope, context, record.text('eventtime')),
    // A second factor is asked for: nobody is in yet.
    outcome: /fail|denied|locked/i.test(type)
      ? 'failure'
      : /challenge/i.test(type)
        ? 'unknown'
        : 'success',
    component: 'mimecast',
    user: whoOf(record.text('user')),
    from: addressOf(ip),
    change: isChange
      ? clean.change([
          ['operation', type],
          ['eventInfo', info],
        ])
      : undefined,
    eventUid: uid === undefined ? undefined : printable(uid),
    detail: clean.detail(type, info),
    flags: clean.flags(),
  });
};

/** Somebody looked for messages in the archive, or at one: lists of their own. */
export const archiveEvent = (
  record: Fields,
  envelope: Envelope,
  context: FormatContext,
): Parsed => {
  const clean = new Clean();
  const viewer = record.text('viewer');
  const subject = clean.text(record.text('subject'));
  const sender = record.text('from');
  const recipient = record.text('to');
  const message: MessageRef = {
    ...(subject === undefined ? {} : { subject }),
    ...(sender === undefined ? {} : { from: printable(sender) }),
    ...(recipient === undefined ? {} : { to: [printable(recipient)] }),
    part: record.text('contentviewed') === 'true' ? 'body' : 'header',
  };
  const isView = viewer !== undefined;
  const isRead = isView && message.part === 'body';
  return happened({
    kind: isRead ? 'message.read' : isView ? 'message.list' : 'search',
    time: utcTime(envelope, context, record.text('viewed', 'createtime')),
    outcome: 'success',
    component: 'mimecast',
    service: 'archive',
    user: whoOf(viewer ?? record.text('emailaddr')?.replace(/^<>$/, '')),
    messages: isView ? [message] : undefined,
    detail: clean.detail(
      record.text('description'),
      record.text('searchtext'),
      record.text('searchreason'),
    ),
    flags: clean.flags(),
  });
};
