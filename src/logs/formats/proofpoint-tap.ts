import type { AccessEvent, EventKind, MessageRef } from '../../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, unparsed } from '../reading.ts';
import { Fields, parsedJson } from '../records/fields.ts';
import { addressOf, Clean, messageIdOf, numberOf, utcTime, whoOf } from '../records/meaning.ts';
import { printable } from '../text.ts';
import { keptTarget } from '../web/target.ts';

const recipientsMax = 1_000;

/** What came of it, where an export says whose list it is from (`message_type`, `eventType`). */
const outcomeOf = (record: Fields): AccessEvent['outcome'] => {
  const type = (record.text('message_type', 'eventtype', 'event_type') ?? '').toLowerCase();
  if (/block/.test(type) || record.text('blocked') === 'true') return 'failure';
  return /deliver|permit/.test(type) ? 'success' : 'unknown';
};

const kindOf = (outcome: AccessEvent['outcome'], record: Fields): EventKind => {
  if (outcome === 'success') return 'message.delivered';
  if (outcome === 'failure') return 'message.refused';
  return record.has('quarantinefolder') ? 'message.deferred' : 'message.scanned';
};

const threatsOf = (record: Fields): string | undefined => {
  const named = record
    .objects('threatsinfomap', 10)
    .map(each =>
      [each.text('classification'), each.text('threattype'), each.text('threatstatus')]
        .filter(t => t !== undefined)
        .join(' '),
    );
  return named.length === 0 ? undefined : `threats: ${named.join(', ')}`;
};

const messageOf = (record: Fields, clean: Clean): MessageRef => {
  const messageId = messageIdOf(record.text('messageid'));
  const queueId = record.text('qid');
  const subject = clean.text(record.text('subject'));
  const sender = record.text('sender');
  const sizeBytes = numberOf(record.text('messagesize'));
  const to = record.texts('recipient', recipientsMax).map(each => printable(each));
  return {
    ...(messageId === undefined ? {} : { messageId }),
    ...(queueId === undefined ? {} : { queueId: printable(queueId) }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(subject === undefined ? {} : { subject }),
    ...(sender === undefined || sender === '' ? {} : { from: printable(sender) }),
    ...(to.length === 0 ? {} : { to }),
  };
};

const tapEvent = (record: Fields, envelope: Envelope, context: FormatContext): Parsed => {
  const clean = new Clean();
  const isClick = record.has('clicktime');
  const outcome = outcomeOf(record);
  const message = messageOf(record, clean);
  const agent = clean.text(record.text('useragent'), 500);
  const url = record.text('url');
  const kept = url === undefined ? undefined : keptTarget(url);
  if (kept?.secret === true) clean.secret = true;
  const uid = record.text('guid', 'id');
  const recipients = message.to ?? [];
  return happened({
    kind: isClick ? 'web.request' : kindOf(outcome, record),
    time: utcTime(envelope, context, record.text('clicktime'), record.text('messagetime')),
    outcome,
    component: 'proofpoint',
    user: isClick || recipients.length === 1 ? whoOf(recipients[0]) : undefined,
    from: addressOf(record.text(isClick ? 'clickip' : 'senderip')),
    messages: [message],
    request: isClick
      ? {
          ...(kept === undefined ? {} : { path: kept.path }),
          ...(agent === undefined ? {} : { userAgent: agent }),
        }
      : undefined,
    eventUid: uid === undefined ? undefined : printable(uid),
    detail: clean.detail(
      isClick ? 'a link of the message clicked' : undefined,
      record.text('classification'),
      threatsOf(record),
      record.text('quarantinerule') === undefined
        ? undefined
        : `rule ${record.text('quarantinerule')}`,
    ),
    flags: clean.flags(),
  });
};

const wrapped = (record: Fields | undefined): Fields | undefined => {
  const inner = record?.object('data');
  const type = record?.text('message_type');
  return inner === undefined || type === undefined ? record : inner.with('message_type', type);
};

/** Proofpoint TAP's SIEM API, exported as JSON: messages with threats in them, and clicks on such links. */
export const proofpointTap: LogFormat = {
  id: 'proofpoint-tap',
  title: 'Proofpoint TAP: messages and clicks',
  sniff: ({ message }) => {
    if (!message.startsWith('{') || !message.includes('"senderIP"')) return 0;
    if (message.includes('"messageTime"') && message.includes('"GUID"')) return 0.95;
    return message.includes('"clickTime"') && message.includes('"clickIP"') ? 0.95 : 0;
  },
  open: context => ({
    read: envelope => {
      const text = envelope.message.trim();
      const record = wrapped(Fields.of(parsedJson(text.endsWith(',') ? text.slice(0, -1) : text)));
      return record?.has('senderip') === true &&
        (record.has('messagetime') || record.has('clicktime'))
        ? tapEvent(record, envelope, context)
        : unparsed('no event of Proofpoint TAP, or a broken one');
    },
  }),
};
