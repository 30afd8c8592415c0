import type { LogFormat } from '../format.ts';
import { unparsed } from '../reading.ts';
import { CsvTable, columnNames, csvCells } from '../records/csv.ts';
import {
  beginsWithTime,
  exchangeHeader,
  headerLine,
  sniffHeader,
} from '../records/exchange-log.ts';
import { assumedColumns, isTrackingColumns } from './exchange-tracking/columns.ts';
import { trackingEvent } from './exchange-tracking/event.ts';

/**
 * Message tracking of Exchange 2007 to 2019 and Subscription Edition (`MSGTRK*.LOG`), and the extended report
 * of a message trace, which has the same columns. Columns are those that `#Fields:` names; without it, those of
 * the version that a row's shape tells.
 */
export const exchangeTracking: LogFormat = {
  id: 'exchange-tracking',
  title: 'Exchange: message tracking',
  sniff: ({ message }) => {
    if (message.length < 20) return 0;
    const header = sniffHeader(message, type => type === 'message tracking log', isTrackingColumns);
    if (header !== undefined) return header;
    if (/^\ufeff?"?date[-_]time/i.test(message)) {
      return isTrackingColumns(columnNames(csvCells(message))) ? 1 : 0;
    }
    if (!beginsWithTime(message)) return 0;
    return assumedColumns(csvCells(message.slice(0, 20_000))) === undefined ? 0 : 0.9;
  },
  open: context => {
    const table = new CsvTable(isTrackingColumns, assumedColumns);
    return {
      read: envelope => {
        const { message } = envelope;
        const header = exchangeHeader(message);
        if (header !== undefined) {
          const { columns } = header;
          if (columns !== undefined && isTrackingColumns(columns)) table.setHeader(columns);
          return headerLine;
        }
        const row = table.read(message);
        if (row === 'header') return headerLine;
        if (row === undefined)
          return unparsed('a row of message tracking whose columns are unknown');
        return trackingEvent(row, envelope, context);
      },
    };
  },
};
