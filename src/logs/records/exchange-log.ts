import type { Parsed } from '../format.ts';
import { quiet } from '../reading.ts';
import { columnNames, csvCells, fieldsLine } from './csv.ts';

/** What Exchange writes before the lines of a log. */
export interface ExchangeHeader {
  /** Columns, where the line names them. */
  readonly columns?: readonly string[];
  /** `message tracking log`, in lower case. */
  readonly logType?: string;
}

const headerPattern = /^\ufeff?#(Software|Version|Log-type|Date|Fields|TYPE)\b:?\s*(.{0,200})/i;

/** `#Software: …`, `#Log-type: …`, `#Fields: …`; undefined for a line of the log itself. */
export const exchangeHeader = (text: string): ExchangeHeader | undefined => {
  const match = headerPattern.exec(text);
  if (match === null) return undefined;
  const name = (match[1] ?? '').toLowerCase();
  if (name === 'log-type') return { logType: (match[2] ?? '').trim().toLowerCase() };
  const columns = name === 'fields' ? fieldsLine(text.replace(/^\ufeff/, '')) : undefined;
  return columns === undefined ? {} : { columns };
};

export const headerLine: Parsed = quiet('a header of the log');

/** How sure a format is of a header: whether it is its own, or at least one of Exchange. */
export const sniffHeader = (
  text: string,
  isType: (logType: string) => boolean,
  isColumns: (columns: readonly string[]) => boolean,
): number | undefined => {
  const header = exchangeHeader(text);
  if (header === undefined) return undefined;
  if (header.logType !== undefined) return isType(header.logType) ? 1 : 0;
  if (header.columns !== undefined) return isColumns(header.columns) ? 1 : 0;
  return /^\ufeff?#Software: Microsoft Exchange/i.test(text) ? 0.3 : 0;
};

/** Whether a line begins with a time and a comma, as those of Exchange's logs do. */
export const beginsWithTime = (text: string): boolean =>
  /^"?\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,7})?Z?"?,/.test(text);

/** The columns of a header line without `#Fields:`, as the HttpProxy logs begin with one. */
export const bareColumns = (text: string): readonly string[] => columnNames(csvCells(text));
