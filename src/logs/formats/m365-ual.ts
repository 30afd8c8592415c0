import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { quiet, unparsed } from '../reading.ts';
import type { Fields } from '../records/fields.ts';
import { baseOf, workloadOf } from './m365-ual/base.ts';
import { cmdletEvent, directoryEvent, otherEvent } from './m365-ual/changes.ts';
import { mailboxEvent } from './m365-ual/mailbox.ts';
import { auditTable, recordOfJson, recordOfRow } from './m365-ual/record.ts';

const recordEvent = (record: Fields, envelope: Envelope, context: FormatContext): Parsed => {
  const base = baseOf(record, envelope, context);
  if (workloadOf(record) === 'azureactivedirectory') return directoryEvent(record, base);
  return mailboxEvent(record, base) ?? cmdletEvent(record, base) ?? otherEvent(record, base);
};

const firstCharacters = /^\ufeff?\[?\s*[{"\dA-Za-z#]/;

/**
 * Microsoft 365's unified audit log as it is exported: records of the Management Activity API, of
 * `Search-UnifiedAuditLog` (JSON or CSV with `AuditData`), of the portal's CSV, of Graph's audit log queries.
 * One record is one event. Records come twice and more by one `Id`: that is `eventUid`, and none is dropped here.
 */
export const m365Ual: LogFormat = {
  id: 'm365-ual',
  title: 'Microsoft 365: unified audit log',
  sniff: ({ message }) => {
    if (!firstCharacters.test(message)) return 0;
    if (message.startsWith('{')) {
      if (message.includes('"AuditData"') || message.includes('"auditData"')) return 0.95;
      // Within other records the quotes are escaped.
      const isUal = /\bRecordType\\?"/.test(message) && /Workload\\?"/.test(message);
      return isUal && /\b(?:CreationTime|TimeGenerated)\\?"/.test(message) ? 0.95 : 0;
    }
    const head = message.slice(0, 2_000);
    if (/^\ufeff?"?[A-Za-z]{4,30}"?,/.test(head) && /(?:^|[,"])AuditData(?:[,"]|$)/.test(head))
      return 0.95;
    if (
      /(?:^\ufeff?|,)"?TimeGenerated(?: \[UTC\])?"?,/.test(head) &&
      /,"?OfficeWorkload"?,/.test(head)
    )
      return 0.95;
    return message.includes('{""') && message.includes('""Operation"":') ? 0.9 : 0;
  },
  open: context => {
    const table = auditTable();
    return {
      read: envelope => {
        const text = envelope.message.replace(/^\ufeff/, '').trim();
        if (text.startsWith('#TYPE')) return quiet('a header of the table');
        if (text.startsWith('{') || text.startsWith('[')) {
          const record = recordOfJson(text.endsWith(',') ? text.slice(0, -1) : text);
          return record === undefined
            ? unparsed('no record of the unified audit log, or a broken one')
            : recordEvent(record, envelope, context);
        }
        const row = table.read(text);
        if (row === 'header') return quiet('a header of the table');
        const record = row === undefined ? undefined : recordOfRow(row);
        return record === undefined
          ? unparsed('no row of the unified audit log, or a broken one')
          : recordEvent(record, envelope, context);
      },
    };
  },
};
