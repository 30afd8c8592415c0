/** Message tracking, as Exchange 2013 and later write it; 2016 added the last three. */
const columns2016 = [
  'date-time',
  'client-ip',
  'client-hostname',
  'server-ip',
  'server-hostname',
  'source-context',
  'connector-id',
  'source',
  'event-id',
  'internal-message-id',
  'message-id',
  'network-message-id',
  'recipient-address',
  'recipient-status',
  'total-bytes',
  'recipient-count',
  'related-recipient-address',
  'reference',
  'message-subject',
  'sender-address',
  'return-path',
  'message-info',
  'directionality',
  'tenant-id',
  'original-client-ip',
  'original-server-ip',
  'custom-data',
  'transport-traffic-type',
  'log-id',
  'schema-version',
] as const;

/** Exchange 2010: no network-message-id, and nothing behind custom-data. */
const columns2010 = columns2016.slice(0, 27).filter(name => name !== 'network-message-id');
/** Exchange 2007: nothing behind message-info. */
const columns2007 = columns2010.slice(0, 21);

/** What sources write, so that a row without header is known as one of this log. */
const sources =
  /^(?:ADMIN|AGENT|APPROVAL|BOOTLOADER|DNS|DSN|GATEWAY|MAILBOXRULE|MEETINGMESSAGEPROCESSOR|ORAR|PICKUP|POISONMESSAGE|PUBLICFOLDER|QUEUE|REDUNDANCY|RESOLVER|ROUTING|SAFETYNET|SMTP|STOREDRIVER|AGGREGATION|XDELAY)?$/;
const events = /^[A-Z]{3,30}$/;

export const isTrackingColumns = (names: readonly string[]): boolean =>
  names.includes('event-id') &&
  names.includes('source') &&
  (names.includes('date-time') || names.includes('date-time-utc')) &&
  (names.includes('recipient-address') || names.includes('message-id'));

/** Columns of a row whose header is not given, told by where source and event stand and how many there are. */
export const assumedColumns = (cells: readonly string[]): readonly string[] | undefined => {
  const isRow = sources.test(cells[7] ?? '-') && events.test(cells[8] ?? '');
  if (!isRow || cells.length < 20) return undefined;
  if (cells.length >= 28) return columns2016;
  // Between them lie Exchange 2013 and 2010: the network message id is a GUID.
  if (/^[\da-f]{8}-[\da-f]{4}-/i.test(cells[11] ?? '')) return columns2016;
  return cells.length > 22 ? columns2010 : columns2007;
};
