import type { LogFormat } from '../format.ts';
import { unparsed } from '../reading.ts';
import { CsvTable, csvCells } from '../records/csv.ts';
import {
  beginsWithTime,
  exchangeHeader,
  headerLine,
  sniffHeader,
} from '../records/exchange-log.ts';
import { smtpEvent, smtpMemory } from './exchange-smtp/event.ts';

const columns = [
  'date-time',
  'connector-id',
  'session-id',
  'sequence-number',
  'local-endpoint',
  'remote-endpoint',
  'event',
  'data',
  'context',
];

const isSmtpColumns = (names: readonly string[]): boolean =>
  names.includes('connector-id') && names.includes('sequence-number') && names.includes('event');

const assumed = (cells: readonly string[]): readonly string[] | undefined =>
  cells.length === columns.length &&
  /^[\dA-F]{16}$/i.test(cells[2] ?? '') &&
  /^\d{1,9}$/.test(cells[3] ?? '') &&
  /^[-+*<>]$/.test(cells[6] ?? '')
    ? columns
    : undefined;

/** Protocol logs of Exchange's SMTP (`SmtpReceive\RECV*.LOG`, `SmtpSend\SEND*.LOG`): who handed in what, and as whom. */
export const exchangeSmtp: LogFormat = {
  id: 'exchange-smtp',
  title: 'Exchange: SMTP protocol logs',
  sniff: ({ message }) => {
    const header = sniffHeader(message, type => type.startsWith('smtp '), isSmtpColumns);
    if (header !== undefined) return header;
    return beginsWithTime(message) && assumed(csvCells(message.slice(0, 20_000))) !== undefined
      ? 0.9
      : 0;
  },
  open: context => {
    const memory = smtpMemory(context.openMax);
    const table = new CsvTable(isSmtpColumns, assumed);
    return {
      read: envelope => {
        const { message } = envelope;
        const header = exchangeHeader(message);
        if (header !== undefined) {
          const { columns: named, logType } = header;
          if (logType?.startsWith('smtp ') === true) {
            memory.receives = logType.startsWith('smtp receive');
          }
          if (named !== undefined && isSmtpColumns(named)) table.setHeader(named);
          return headerLine;
        }
        if (!beginsWithTime(message)) return unparsed('no line of an SMTP log');
        const row = table.read(message);
        if (row === 'header') return headerLine;
        return row === undefined
          ? unparsed('a line of an SMTP log whose columns are unknown')
          : smtpEvent(row, envelope, context, memory);
      },
    };
  },
};
