import { dateOfSerial, isBuiltInDate, isDateFormat, numberText } from './spreadsheet-values.ts';
import { TableWriter } from './table-writer.ts';
import { scanXml, type XmlAttributes } from './xml-scan.ts';

/** Which of a workbook's cell styles show a number as a date. */
export type DateStyles = ReadonlySet<number>;

/** Reads styles.xml (ECMA-376 18.8): the places in `cellXfs` whose number format is a date. */
export const dateStyles = (xml: string): DateStyles => {
  const formats = new Set<number>();
  const styles = new Set<number>();
  let inCells = false;
  let place = 0;
  scanXml(xml, {
    open(name, attributes) {
      if (name === 'numFmt' && isDateFormat(attributes.get('formatCode') ?? '')) {
        formats.add(Number(attributes.get('numFmtId')));
      } else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) {
        const id = Number(attributes.get('numFmtId') ?? 0);
        if (isBuiltInDate(id) || formats.has(id)) styles.add(place);
        place++;
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
    text() {},
  });
  return styles;
};

/** Strings that cells share, each once; phonetic readings of names are text too, behind a space. */
export const sharedStrings = (xml: string, stringsMax: number): readonly string[] => {
  const strings: string[] = [];
  let open: string | undefined;
  let inText = false;
  let inReading = false;
  scanXml(xml, {
    open(name) {
      if (name === 'si') open = '';
      else if (name === 't') inText = true;
      else if (name === 'rPh') inReading = true;
      if (name === 't' && inReading && open !== undefined && open !== '') open += ' ';
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') inReading = false;
      else if (name === 'si' && open !== undefined) {
        if (strings.length < stringsMax) strings.push(open);
        open = undefined;
      }
    },
    text(text) {
      if (inText && open !== undefined) open += text;
    },
  });
  return strings;
};

export interface Workbook {
  readonly strings: readonly string[];
  readonly dates: DateStyles;
  readonly from1904: boolean;
}

/** Column of a reference, `C5` is 2; -1 where there is none. */
const columnOf = (reference: string): number => {
  let column = 0;
  for (let at = 0; at < reference.length && at < 3; at++) {
    const code = reference.charCodeAt(at) | 32;
    if (code < 97 || code > 122) break;
    column = column * 26 + code - 96;
  }
  return column - 1;
};

class SheetReader {
  private readonly book: Workbook;
  private readonly table: TableWriter;
  private row = -1;
  private column = -1;
  private type = '';
  private style = -1;
  private value: string | undefined;
  private inValue = false;

  constructor(book: Workbook, charactersMax: number) {
    this.book = book;
    this.table = new TableWriter(charactersMax);
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'row') {
      this.row++;
      this.column = -1;
    } else if (name === 'c') {
      const column = columnOf(attributes.get('r') ?? '');
      this.column = column < 0 ? this.column + 1 : column;
      this.type = attributes.get('t') ?? 'n';
      this.style = Number(attributes.get('s') ?? -1);
      this.value = undefined;
    } else if (name === 'v' || name === 't') {
      this.inValue = true;
      this.value ??= '';
    }
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.inValue = false;
    else if (name === 'c' && this.value !== undefined) {
      this.table.cell(this.row, this.column, this.shown(this.value));
    }
  }

  text(text: string): void {
    if (this.inValue && this.value !== undefined) this.value += text;
  }

  read(): string {
    return this.table.read();
  }

  private shown(value: string): string {
    if (this.type === 's') return this.book.strings[Number(value)] ?? '';
    if (this.type !== 'n') return value;
    if (this.book.dates.has(this.style)) {
      return dateOfSerial(Number(value), this.book.from1904) ?? numberText(value);
    }
    return numberText(value);
  }
}

/** A sheet as lines with tabs between cells: dates as `1980-03-04`, numbers in full, at most about `charactersMax`. */
export const sheetText = (xml: string, book: Workbook, charactersMax: number): string => {
  const reader = new SheetReader(book, charactersMax);
  scanXml(xml, reader);
  return reader.read();
};
