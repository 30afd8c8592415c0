import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { quiet, unparsed } from '../reading.ts';
import { CsvTable, columnNames, csvCells } from '../records/csv.ts';
import { Fields, parsedJson } from '../records/fields.ts';
import { eventElement } from './exchange-mailbox-audit/element.ts';
import { auditEvent } from './exchange-mailbox-audit/event.ts';

const isAuditColumns = (names: readonly string[]): boolean =>
  names.includes('operation') &&
  names.includes('operationresult') &&
  names.includes('logontype') &&
  (names.includes('mailboxownerupn') || names.includes('mailboxguid'));

const isEntry = (record: Fields | undefined): record is Fields =>
  record?.has('operation') === true && record.has('logontype') && !record.has('workload');

const recordOf = (text: string, table: CsvTable): Fields | 'header' | undefined => {
  if (text.startsWith('{') || text.startsWith('[')) {
    const value = parsedJson(text.endsWith(',') ? text.slice(0, -1) : text);
    return Fields.of(Array.isArray(value) && value.length === 1 ? value[0] : value);
  }
  return text.startsWith('<') ? eventElement(text) : table.read(text);
};

const entry = (
  text: string,
  table: CsvTable,
  envelope: Envelope,
  context: FormatContext,
): Parsed => {
  const record = recordOf(text, table);
  if (record === 'header') return quiet('a header of the table');
  return isEntry(record)
    ? auditEvent(record, envelope, context)
    : unparsed('no entry of a mailbox audit log, or a broken one');
};

/**
 * Mailbox audit logs of Exchange Server 2010 to Subscription Edition, exported with `Search-MailboxAuditLog` (CSV
 * or JSON) or as `New-MailboxAuditLogSearch` mails them (XML, an `Event` to a line).
 */
export const exchangeMailboxAudit: LogFormat = {
  id: 'exchange-mailbox-audit',
  title: 'Exchange: mailbox audit logs',
  sniff: ({ message }) => {
    if (message.startsWith('<Event ')) return message.includes(' LogonType="') ? 0.95 : 0;
    if (message.startsWith('{')) {
      const isAudit = message.includes('"OperationResult"') && message.includes('"LogonType"');
      return isAudit && message.includes('"MailboxOwnerUPN"') && !message.includes('"Workload"')
        ? 0.95
        : 0;
    }
    if (!/^\ufeff?"?[A-Za-z]{4,40}"?,/.test(message)) return 0;
    return isAuditColumns(columnNames(csvCells(message.slice(0, 8_000)))) ? 1 : 0;
  },
  open: context => {
    const table = new CsvTable(isAuditColumns);
    return {
      read: envelope => {
        const text = envelope.message.replace(/^\ufeff/, '').trim();
        const isFrame = text.startsWith('#TYPE') || /^<(?:\?xml|\/?SearchResults)\b/.test(text);
        return isFrame ? quiet('a header of the log') : entry(text, table, envelope, context);
      },
    };
  },
};
