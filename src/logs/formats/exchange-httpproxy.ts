import type { LogFormat } from '../format.ts';
import { unparsed } from '../reading.ts';
import { CsvTable, csvCells } from '../records/csv.ts';
import {
  bareColumns,
  beginsWithTime,
  exchangeHeader,
  headerLine,
  sniffHeader,
} from '../records/exchange-log.ts';
import { assumedProxyColumns, isProxyColumns } from './exchange-httpproxy/columns.ts';
import { proxyEvent } from './exchange-httpproxy/event.ts';

/**
 * HttpProxy logs of Exchange 2013 to Subscription Edition (`Logging\HttpProxy\<protocol>\HttpProxy_*.LOG`):
 * every request that a front end hands on, with whom it authenticated and whose mailbox it asked for.
 */
export const exchangeHttpproxy: LogFormat = {
  id: 'exchange-httpproxy',
  title: 'Exchange: HttpProxy',
  sniff: ({ message }) => {
    if (message.length < 20) return 0;
    const header = sniffHeader(message, type => type.startsWith('httpproxy'), isProxyColumns);
    if (header !== undefined) return header;
    if (/^\ufeff?datetime,requestid,/i.test(message)) {
      return isProxyColumns(bareColumns(message)) ? 1 : 0;
    }
    return beginsWithTime(message) &&
      assumedProxyColumns(csvCells(message.slice(0, 20_000))) !== undefined
      ? 0.9
      : 0;
  },
  open: context => {
    const table = new CsvTable(isProxyColumns, assumedProxyColumns);
    return {
      read: envelope => {
        const { message } = envelope;
        const header = exchangeHeader(message);
        if (header !== undefined) {
          const { columns } = header;
          if (columns !== undefined && isProxyColumns(columns)) table.setHeader(columns);
          return headerLine;
        }
        if (!beginsWithTime(message) && !/^\ufeff?datetime,/i.test(message)) {
          return unparsed('no row of HttpProxy');
        }
        const row = table.read(message);
        if (row === 'header') return headerLine;
        if (row === undefined) return unparsed('a row of HttpProxy whose columns are unknown');
        return proxyEvent(row, envelope, context);
      },
    };
  },
};
