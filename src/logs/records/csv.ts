import { Fields } from './fields.ts';

const cellsMax = 500;
const quote = 0x22;

/**
 * The cells of one record (RFC 4180): a quoted cell may hold commas, doubled quotes and line ends. A quote
 * within an unquoted cell is a quote; a quoted cell that does not end takes the rest.
 */
export const csvCells = (text: string): readonly string[] => {
  const cells: string[] = [];
  let at = 0;
  while (cells.length < cellsMax) {
    if (text.charCodeAt(at) === quote) {
      let end = text.indexOf('"', at + 1);
      let doubled = false;
      while (end >= 0 && text.charCodeAt(end + 1) === quote) {
        doubled = true;
        end = text.indexOf('"', end + 2);
      }
      const inner = text.slice(at + 1, end < 0 ? text.length : end);
      cells.push(doubled ? inner.replaceAll('""', '"') : inner);
      if (end < 0) return cells;
      const next = text.indexOf(',', end);
      if (next < 0) return cells;
      at = next + 1;
    } else {
      const next = text.indexOf(',', at);
      cells.push(next < 0 ? text.slice(at) : text.slice(at, next));
      if (next < 0) return cells;
      at = next + 1;
    }
  }
  return cells;
};

/** Names as tables write them, of one form: `Message ID`, `message_id` and `message-id` are `message-id`. */
const columnName = (name: string): string =>
  name
    .replace(/^\ufeff/, '')
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');

export const columnNames = (cells: readonly string[]): readonly string[] => cells.map(columnName);

const afterFields = /^#Fields:\s*/i;

/** What `#Fields: date-time,client-ip,…` names; undefined for another line. */
export const fieldsLine = (text: string): readonly string[] | undefined =>
  afterFields.test(text) ? columnNames(csvCells(text.replace(afterFields, ''))) : undefined;

/** A column's name as tables write it; without one where a table ends in a comma. */
const nameCell = /^(?:\ufeff?[A-Za-z][\w .()[\]/#-]{0,79})?$/;

/** A table whose header may come first, come again (files put together), or not be given. */
export class CsvTable {
  private readonly isHeader: (names: readonly string[]) => boolean;
  private readonly assumed: (cells: readonly string[]) => readonly string[] | undefined;
  private names: readonly string[] | undefined;

  /** `assumed` gives the columns of a row without header, where its shape tells. */
  constructor(
    isHeader: (names: readonly string[]) => boolean,
    assumed: (cells: readonly string[]) => readonly string[] | undefined = () => undefined,
  ) {
    this.isHeader = isHeader;
    this.assumed = assumed;
  }

  setHeader(names: readonly string[]): void {
    this.names = names;
  }

  /** A row's fields; `header` for the line that names the columns; undefined where none is known. */
  read(text: string): Fields | 'header' | undefined {
    const cells = csvCells(text);
    // Times, ids and addresses are no names: an attacker who chooses a subject makes no header of a row.
    const names = cells.every(cell => nameCell.test(cell)) ? columnNames(cells) : [];
    if (names.length > 1 && this.isHeader(names)) {
      this.names = names;
      return 'header';
    }
    const known = this.names ?? this.assumed(cells);
    return known === undefined ? undefined : Fields.ofRow(known, cells);
  }
}
