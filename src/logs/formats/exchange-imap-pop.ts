import type { LogFormat } from '../format.ts';
import { unparsed } from '../reading.ts';
import { CsvTable, csvCells } from '../records/csv.ts';
import {
  beginsWithTime,
  exchangeHeader,
  headerLine,
  sniffHeader,
} from '../records/exchange-log.ts';
import { imapPopEvent, imapPopMemory } from './exchange-imap-pop/event.ts';

const columns = [
  'datetime',
  'sessionid',
  'seqnumber',
  'sip',
  'cip',
  'user',
  'duration',
  'rqsize',
  'rpsize',
  'command',
  'parameters',
  'context',
  'puid',
];

const isImapPopColumns = (names: readonly string[]): boolean =>
  names.includes('sessionid') && names.includes('command') && names.includes('cip');

const isImapPopType = (logType: string): boolean =>
  /^(?:imap4?|pop3?)(?: protocol)? log/.test(logType);

const address = /^(?:\[?[\da-fA-F:.%]{2,60}\]?(?::\d{1,5})?)?$/;

/** Session, running number and two addresses: Exchange 2010 lacks the last column, the rest is the same. */
const assumed = (cells: readonly string[]): readonly string[] | undefined => {
  const [, session = '', running = '', server = '-', client = '-'] = cells;
  const isRow =
    /^[\dA-Fa-f]{8,20}$/.test(session) &&
    /^\d{1,10}$/.test(running) &&
    address.test(server) &&
    address.test(client) &&
    cells.length >= 10 &&
    cells.length <= 14;
  return isRow ? columns : undefined;
};

/** Protocol logs of Exchange's IMAP4 and POP3 services (`IMAP4*.LOG`, `POP3*.LOG`), which are off by default. */
export const exchangeImapPop: LogFormat = {
  id: 'exchange-imap-pop',
  title: 'Exchange: IMAP4 and POP3 protocol logs',
  sniff: ({ message }) => {
    const header = sniffHeader(message, isImapPopType, isImapPopColumns);
    if (header !== undefined) return header;
    if (/^\ufeff?datetime,sessionid,/i.test(message)) return 1;
    return beginsWithTime(message) && assumed(csvCells(message.slice(0, 20_000))) !== undefined
      ? 0.9
      : 0;
  },
  open: context => {
    const memory = imapPopMemory(context.openMax);
    const table = new CsvTable(isImapPopColumns, assumed);
    return {
      read: envelope => {
        const { message } = envelope;
        const header = exchangeHeader(message);
        if (header !== undefined) {
          const { columns: named, logType } = header;
          if (named !== undefined && isImapPopColumns(named)) table.setHeader(named);
          if (logType?.startsWith('imap') === true) memory.protocol = 'imap';
          if (logType?.startsWith('pop') === true) memory.protocol = 'pop3';
          return headerLine;
        }
        if (!beginsWithTime(message) && !/^\ufeff?datetime,/i.test(message)) {
          return unparsed('no row of a protocol log');
        }
        const row = table.read(message);
        if (row === 'header') return headerLine;
        if (row === undefined) return unparsed('a row of a protocol log whose columns are unknown');
        return imapPopEvent(row, envelope, context, memory);
      },
    };
  },
};
