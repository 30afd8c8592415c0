import type { AccessEvent, EventKind, MessageRef } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { happened, unparsed } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import {
  addressOf,
  Clean,
  messageIdOf,
  numberOf,
  utcStamp,
  utcTime,
  whoOf,
} from '../../records/meaning.ts';
import { printable } from '../../text.ts';

type Meaning = readonly [EventKind, AccessEvent['outcome']];

/** Events of message tracking, as Microsoft describes them; those that are not here are `other`. */
const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['RECEIVE', ['message.received', 'success']],
  ['SUBMIT', ['message.submitted', 'success']],
  ['SUBMITDEFER', ['message.deferred', 'unknown']],
  ['SUBMITFAIL', ['message.bounced', 'failure']],
  ['DELIVER', ['message.delivered', 'success']],
  ['DELIVERFAIL', ['message.bounced', 'failure']],
  ['SEND', ['message.delivered', 'success']],
  ['SENDEXTERNAL', ['message.delivered', 'success']],
  ['DUPLICATEDELIVER', ['message.discarded', 'success']],
  ['DUPLICATEEXPAND', ['message.discarded', 'success']],
  ['DUPLICATEREDIRECT', ['message.discarded', 'success']],
  ['FAIL', ['message.bounced', 'failure']],
  ['DEFER', ['message.deferred', 'unknown']],
  ['THROTTLE', ['message.deferred', 'unknown']],
  ['DROP', ['message.discarded', 'success']],
  ['BADMAIL', ['message.discarded', 'failure']],
  ['SUPPRESSED', ['message.discarded', 'success']],
  ['POISONMESSAGE', ['message.discarded', 'failure']],
]);

const meaningOf = (event: string, source: string): Meaning => {
  // A rule or a filter deleted or refused it; nobody was sent a notice by that alone.
  if (event === 'FAIL' && source === 'AGENT') return ['message.refused', 'failure'];
  return meanings.get(event) ?? ['other', event.endsWith('FAIL') ? 'failure' : 'unknown'];
};

const recipientsMax = 1_000;

const recipientsOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(';', recipientsMax)
    .map(each => printable(each.trim()))
    .filter(each => each !== '');

/** An address as the log has it; `<>` is nobody's. */
const senderOf = (text: string | undefined): string | undefined =>
  text === undefined || text === '<>' ? undefined : printable(text);

const messageOf = (row: Fields, clean: Clean): MessageRef | undefined => {
  const messageId = messageIdOf(row.text('message-id'));
  const queueId = row.text('internal-message-id');
  const sizeBytes = numberOf(row.text('total-bytes'));
  const subject = clean.text(row.text('message-subject'));
  const from = senderOf(row.text('sender-address'));
  const to = recipientsOf(row.text('recipient-address'));
  const message: MessageRef = {
    ...(messageId === undefined ? {} : { messageId }),
    ...(queueId === undefined || queueId === '0' ? {} : { queueId: printable(queueId) }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from }),
    ...(to.length === 0 ? {} : { to }),
  };
  return Object.keys(message).length === 0 ? undefined : message;
};

const endpoint = (ip: string | undefined, name: string | undefined): AccessEvent['from'] => {
  const found = addressOf(ip);
  // Each server writes its own name, and RECEIVE that of the client's greeting.
  const isName = name !== undefined && ipOf(name) === undefined && /^[\w.-]{1,255}$/.test(name);
  if (found === undefined && !isName) return undefined;
  return { ...found, ...(isName ? { host: printable(name) } : {}) };
};

/** Only what leaves the organisation or comes from outside is told by name; `Originating` is either. */
const directionOf = (row: Fields, event: string): AccessEvent['direction'] => {
  if (event === 'SENDEXTERNAL') return 'outbound';
  return row.text('directionality')?.toLowerCase() === 'incoming' ? 'inbound' : undefined;
};

const userOf = (row: Fields, kind: EventKind, source: string): AccessEvent['user'] => {
  // A rule or a setting of the first recipient sends it on to another one.
  if (row.text('event-id')?.toUpperCase() === 'REDIRECT') {
    return whoOf(recipientsOf(row.text('related-recipient-address'))[0]);
  }
  const sender = whoOf(senderOf(row.text('sender-address')));
  if (kind === 'message.submitted') return sender;
  // Handed in from a mailbox, so by its owner; what SMTP hands in may bear any name.
  if (kind === 'message.received' && source === 'STOREDRIVER') return sender;
  if (source !== 'STOREDRIVER' || kind !== 'message.delivered') return undefined;
  const [only, another] = recipientsOf(row.text('recipient-address'));
  return another === undefined ? whoOf(only) : undefined;
};

/** One row of message tracking. All of it but the subject is written by servers, and quoted by them. */
export const trackingEvent = (row: Fields, envelope: Envelope, context: FormatContext): Parsed => {
  const event = row.text('event-id')?.toUpperCase();
  const date = row.text('date-time', 'date-time-utc');
  // A row of another log in the same file has something else there.
  if (event === undefined || !/^[A-Z]{3,40}$/.test(event) || utcStamp(date ?? '') === undefined) {
    return unparsed('a row of message tracking without event or time');
  }
  const source = row.text('source')?.toUpperCase() ?? '';
  const [kind, outcome] = meaningOf(event, source);
  const clean = new Clean();
  const client = endpoint(row.text('client-ip'), row.text('client-hostname'));
  const original = addressOf(row.text('original-client-ip'));
  const isBehind = original !== undefined && original.ip !== client?.ip;
  const sends = event === 'SEND' || event === 'SENDEXTERNAL';
  const host = row.text(sends ? 'client-hostname' : 'server-hostname');
  const message = messageOf(row, clean);
  const session = row.text('network-message-id');
  return happened({
    kind,
    time: utcTime(envelope, context, date),
    outcome,
    component: 'exchange',
    service: source === 'SMTP' ? 'smtp' : undefined,
    user: userOf(row, kind, source),
    from: isBehind ? original : client,
    through: isBehind ? client : undefined,
    to: endpoint(row.text('server-ip'), row.text('server-hostname')),
    host: host === undefined || !/^[\w.-]{1,255}$/.test(host) ? undefined : host,
    session: session === undefined ? undefined : printable(session),
    messages: message === undefined ? undefined : [message],
    bytes: numberOf(row.text('total-bytes')),
    direction: directionOf(row, event),
    detail: clean.detail(
      `${event}${source === '' ? '' : ` by ${source}`}`,
      row.text('recipient-status'),
      row.text('source-context'),
      row.text('related-recipient-address') === undefined
        ? undefined
        : `related: ${row.text('related-recipient-address')}`,
    ),
    flags: clean.flags(),
  });
};
