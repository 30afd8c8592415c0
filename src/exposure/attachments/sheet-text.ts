import { scanXml, type XmlAttributes } from './xml-scan.ts';

/** Which of a workbook's cell styles show a number as a date. */
export type DateStyles = ReadonlySet<number>;

const builtInDates = (id: number): boolean =>
  (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);

/** A format with year, month and day in it, outside of its quoted text and conditions. */
const isDateFormat = (code: string): boolean => {
  const bare = code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '').toLowerCase();
  return /[ye]/.test(bare) && /[md]/.test(bare) && !/[0#]/.test(bare);
};

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
        if (builtInDates(id) || formats.has(id)) styles.add(place);
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

const dayMs = 86_400_000;
const daysMax = 2_958_465; // 9999-12-31

/** A day as Excel counts it, with its 29 February 1900 that never was. */
const dateOf = (serial: number, from1904: boolean): string | undefined => {
  if (!(serial >= 1 && serial <= daysMax)) return undefined;
  const days = from1904 ? serial + 1_462 : serial < 60 ? serial + 1 : serial;
  return new Date(Date.UTC(1899, 11, 30) + Math.floor(days) * dayMs).toISOString().slice(0, 10);
};

/** Long numbers are stored as `1.2345678901E11`. */
const numberText = (value: string): string => {
  if (!/[eE]/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? String(number) : value;
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

const gapMax = 100;

class SheetReader {
  private readonly book: Workbook;
  private readonly charactersMax: number;
  private readonly out: string[] = [];
  private length = 0;
  private column = 0;
  private type = '';
  private style = -1;
  private value: string | undefined;
  private inValue = false;

  constructor(book: Workbook, charactersMax: number) {
    this.book = book;
    this.charactersMax = charactersMax;
  }

  open(name: string, attributes: XmlAttributes): void {
    if (name === 'row') this.column = 0;
    else if (name === 'c') this.cell(attributes);
    else if (name === 'v' || name === 't') {
      this.inValue = true;
      this.value ??= '';
    } else if (name === 'f') this.inValue = false;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.inValue = false;
    else if (name === 'row') this.push('\n');
    else if (name === 'c') {
      if (this.value !== undefined) this.push(this.shown(this.value).replaceAll(/[\t\n\r]+/g, ' '));
      this.column++;
    }
  }

  text(text: string): void {
    if (this.inValue && this.value !== undefined) this.value += text;
  }

  read(): string {
    return this.out.join('');
  }

  /** One string may be shared by a million cells: what is written is bounded, not only what is read. */
  private push(text: string): void {
    if (this.length > this.charactersMax) return;
    this.length += text.length;
    this.out.push(text);
  }

  private cell(attributes: XmlAttributes): void {
    const column = columnOf(attributes.get('r') ?? '');
    const gap = column < 0 ? 0 : column - this.column;
    // A cell far to the right of all others stands behind as many tabs as anybody looks at.
    if (gap > 0) this.push('\t'.repeat(Math.min(gapMax, gap)));
    if (this.column > 0) this.push('\t');
    if (column >= 0) this.column = column;
    this.type = attributes.get('t') ?? 'n';
    this.style = Number(attributes.get('s') ?? -1);
    this.value = undefined;
  }

  private shown(value: string): string {
    if (this.type === 's') return this.book.strings[Number(value)] ?? '';
    if (this.type !== 'n') return value;
    if (this.book.dates.has(this.style)) {
      return dateOf(Number(value), this.book.from1904) ?? numberText(value);
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
