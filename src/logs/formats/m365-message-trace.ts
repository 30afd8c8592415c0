import type { AccessEvent, EventKind, MessageRef } from '../../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, quiet, unparsed } from '../reading.ts';
import { CsvTable, columnNames, csvCells } from '../records/csv.ts';
import { Fields, parsedJson } from '../records/fields.ts';
import { addressOf, Clean, messageIdOf, numberOf, utcTime } from '../records/meaning.ts';
import { printable } from '../text.ts';

type Meaning = readonly [EventKind, AccessEvent['outcome']];

/** `Status` of Get-MessageTrace and of Graph's message traces. */
const statuses: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['delivered', ['message.delivered', 'success']],
  ['resolved', ['message.delivered', 'success']],
  ['expanded', ['other', 'success']],
  ['failed', ['message.bounced', 'failure']],
  ['pending', ['message.deferred', 'unknown']],
  ['gettingstatus', ['message.deferred', 'unknown']],
  ['quarantined', ['message.refused', 'failure']],
  ['filteredasspam', ['message.delivered', 'success']],
  ['none', ['other', 'unknown']],
  ['unknown', ['other', 'unknown']],
]);

const recipientsMax = 1_000;

/** `alice@example.jp##Receive, Deliver;bob@example.jp##…`: the portal's summary of all recipients. */
const recipientsOf = (row: Fields): readonly string[] => {
  const one = row.text('recipientaddress', 'recipient-address', 'recipient_address');
  const all = one ?? row.text('recipient-status', 'recipient_status') ?? '';
  return all
    .split(';', recipientsMax)
    .map(each => printable((each.split('##', 1)[0] ?? '').trim()))
    .filter(each => each.includes('@'));
};

const summaryMeaning = (status: string): Meaning => {
  if (/##[^;]{0,200}Fail/i.test(status)) return ['message.bounced', 'failure'];
  if (/##[^;]{0,200}(?:Deliver|Send)/i.test(status)) return ['message.delivered', 'success'];
  if (/##[^;]{0,200}Defer/i.test(status)) return ['message.deferred', 'unknown'];
  return ['message.received', 'success'];
};

const traceEvent = (row: Fields, envelope: Envelope, context: FormatContext): Parsed => {
  const clean = new Clean();
  const summary = row.text('recipient-status', 'recipient_status');
  const status = row.text('status', 'deliverystatus');
  const [kind, outcome] =
    status === undefined
      ? summaryMeaning(summary ?? '')
      : (statuses.get(status.toLowerCase().replace(/[\s_]/g, '')) ??
        (['other', 'unknown'] as const));
  const messageId = messageIdOf(
    row.text('messageid', 'message-id', 'message_id', 'internetmessageid'),
  );
  const sizeBytes = numberOf(row.text('size', 'total-bytes', 'total_bytes'));
  const subject = clean.text(row.text('subject', 'message-subject', 'message_subject'));
  const sender = row.text('senderaddress', 'sender-address', 'sender_address');
  const to = recipientsOf(row);
  const message: MessageRef = {
    ...(messageId === undefined ? {} : { messageId }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(subject === undefined ? {} : { subject }),
    ...(sender === undefined || sender === '<>' ? {} : { from: printable(sender) }),
    ...(to.length === 0 ? {} : { to }),
  };
  const session = row.text('messagetraceid', 'network-message-id', 'network_message_id', 'id');
  const direction = row.text('directionality')?.toLowerCase();
  return happened({
    kind,
    time: utcTime(
      envelope,
      context,
      row.text(
        'received',
        'receiveddatetime',
        'origin-timestamp-utc',
        'origin_timestamp_utc',
        'date',
      ),
    ),
    outcome,
    component: 'exchange-online',
    user: undefined,
    from: addressOf(row.text('fromip', 'original-client-ip', 'original_client_ip')),
    to: addressOf(row.text('toip')),
    session: session === undefined ? undefined : printable(session),
    messages: [message],
    bytes: sizeBytes,
    direction: direction === 'incoming' ? 'inbound' : undefined,
    detail: clean.detail(status, status === undefined ? summary : row.text('detail')),
    flags: clean.flags(),
  });
};

const isTraceColumns = (names: readonly string[]): boolean =>
  (names.includes('messagetraceid') && names.includes('recipientaddress')) ||
  (names.includes('origin-timestamp-utc') && names.includes('recipient-status'));

const recordOf = (text: string): Fields | undefined => {
  const value = parsedJson(text);
  const fields = Fields.of(Array.isArray(value) && value.length === 1 ? value[0] : value);
  return fields?.has('recipientaddress') === true &&
    (fields.has('senderaddress') || fields.has('messagetraceid')) &&
    (fields.has('received') || fields.has('receiveddatetime'))
    ? fields
    : undefined;
};

/**
 * Message traces of Exchange Online: `Get-MessageTrace(V2)` as JSON or CSV, Graph's `exchangeMessageTrace`, the
 * portal's enhanced summary. The extended report has the columns of message tracking and is read as that.
 */
export const m365MessageTrace: LogFormat = {
  id: 'm365-message-trace',
  title: 'Microsoft 365: message trace',
  sniff: ({ message }) => {
    if (message.startsWith('{')) {
      const isTrace =
        /"recipientAddress"\s{0,20}:/i.test(message) && /"senderAddress"\s{0,20}:/i.test(message);
      return isTrace && /"(?:Received|receivedDateTime|MessageTraceId)"\s{0,20}:/i.test(message)
        ? 0.9
        : 0;
    }
    if (!/^\ufeff?"?[A-Za-z_]{4,40}"?,/.test(message)) return 0;
    return isTraceColumns(columnNames(csvCells(message.slice(0, 5_000)))) ? 1 : 0;
  },
  open: context => {
    const table = new CsvTable(isTraceColumns);
    return {
      read: envelope => {
        const text = envelope.message.replace(/^\ufeff/, '').trim();
        if (text.startsWith('#TYPE')) return quiet('a header of the table');
        if (text.startsWith('{') || text.startsWith('[')) {
          const record = recordOf(text.endsWith(',') ? text.slice(0, -1) : text);
          return record === undefined
            ? unparsed('no record of a message trace, or a broken one')
            : traceEvent(record, envelope, context);
        }
        const row = table.read(text);
        if (row === 'header') return quiet('a header of the table');
        return row === undefined
          ? unparsed('a row of a message trace whose columns are unknown')
          : traceEvent(row, envelope, context);
      },
    };
  },
};
