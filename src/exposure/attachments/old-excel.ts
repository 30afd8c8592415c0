import { decodeText } from '../mail/charsets/decode.ts';
import { dateOfSerial, isBuiltInDate, isDateFormat, numberText } from './spreadsheet-values.ts';
import { TableWriter } from './table-writer.ts';

/** Records of BIFF (MS-XLS 2.3.1) that hold text, numbers, or how they are shown. */
const record = {
  eof: 0x000a,
  formula: 0x0006,
  dateMode: 0x0022,
  filePass: 0x002f,
  continues: 0x003c,
  codePage: 0x0042,
  mulRk: 0x00bd,
  rString: 0x00d6,
  xf: 0x00e0,
  sst: 0x00fc,
  labelSst: 0x00fd,
  txo: 0x01b6,
  number: 0x0203,
  label: 0x0204,
  string: 0x0207,
  rk: 0x027e,
  format: 0x041e,
  bof: 0x0809,
} as const;

const recordsMax = 20_000_000;
const stringsMax = 5_000_000;

/** A string that goes on over records: where one begins in the middle of it, a byte says anew how wide its characters are. */
class StringReader {
  private readonly pieces: readonly Buffer[];
  private piece = 0;
  private at = 0;

  constructor(pieces: readonly Buffer[], from: number) {
    this.pieces = pieces;
    this.at = from;
  }

  get isDone(): boolean {
    return this.piece >= this.pieces.length;
  }

  string(): string {
    const count = this.u16();
    const flags = this.byte();
    const runs = (flags & 8) === 0 ? 0 : this.u16();
    const extra = (flags & 4) === 0 ? 0 : this.u16() + this.u16() * 65_536;
    const text = this.characters(count, (flags & 1) !== 0);
    this.skip(runs * 4 + extra);
    return text;
  }

  characters(count: number, wideAtFirst: boolean): string {
    let isWide = wideAtFirst;
    let text = '';
    let left = count;
    while (left > 0 && !this.isDone) {
      const current = this.pieces[this.piece] ?? Buffer.alloc(0);
      const size = isWide ? 2 : 1;
      const here = Math.min(left, Math.floor((current.length - this.at) / size));
      text += current.toString(isWide ? 'utf16le' : 'latin1', this.at, this.at + here * size);
      this.at += here * size;
      left -= here;
      if (left > 0) {
        this.next();
        isWide = (this.byte() & 1) !== 0;
      }
    }
    return text;
  }

  private next(): void {
    this.piece++;
    this.at = 0;
  }

  private byte(): number {
    while (!this.isDone && this.at >= (this.pieces[this.piece]?.length ?? 0)) this.next();
    return this.pieces[this.piece]?.[this.at++] ?? 0;
  }

  private u16(): number {
    return this.byte() + this.byte() * 256;
  }

  private skip(bytes: number): void {
    let left = bytes;
    while (left > 0 && !this.isDone) {
      const here = Math.min(left, (this.pieces[this.piece]?.length ?? 0) - this.at);
      this.at += here;
      left -= here;
      if (left > 0) this.next();
    }
  }
}

/** A number in 30 bits (MS-XLS 2.5.217): of an integer or of a double's upper half, perhaps a hundredth of it. */
const rkValue = (raw: number): number => {
  let value: number;
  if ((raw & 2) !== 0) value = raw >> 2;
  else {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE((raw & 0xfffffffc) >>> 0, 4);
    value = bytes.readDoubleLE(0);
  }
  return (raw & 1) === 0 ? value : value / 100;
};

class WorkbookReader {
  private readonly bytes: Buffer;
  private readonly table: TableWriter;
  private readonly notes: string[] = [];
  private strings: readonly string[] = [];
  private readonly formats = new Set<number>();
  private readonly styles: boolean[] = [];
  private from1904 = false;
  /** BIFF8 has strings of UTF-16; older ones bytes of a code page. */
  private isBiff8 = true;
  private page = 'windows-1252';
  private awaited: { readonly row: number; readonly column: number } | undefined;

  constructor(bytes: Buffer, charactersMax: number) {
    this.bytes = bytes;
    this.table = new TableWriter(charactersMax);
  }

  /** undefined where the workbook is encrypted. */
  read(): string | undefined {
    const { bytes } = this;
    let at = 0;
    for (let count = 0; count < recordsMax && at + 4 <= bytes.length; count++) {
      const type = bytes.readUInt16LE(at);
      const length = bytes.readUInt16LE(at + 2);
      if (type === record.filePass) return undefined;
      this.record(type, bytes.subarray(at + 4, at + 4 + length), at + 4 + length);
      at += 4 + length;
    }
    return [this.table.read(), ...this.notes].filter(text => text !== '').join('\n');
  }

  private record(type: number, data: Buffer, next: number): void {
    switch (type) {
      case record.bof:
        this.isBiff8 = data.length < 2 || data.readUInt16LE(0) >= 0x0600;
        this.table.sheet();
        break;
      case record.codePage:
        if (data.length >= 2) this.page = this.pageOf(data.readUInt16LE(0));
        break;
      case record.dateMode:
        this.from1904 = data[0] === 1;
        break;
      case record.format:
        if (data.length > 5 && isDateFormat(this.text(data, 2)))
          this.formats.add(data.readUInt16LE(0));
        break;
      case record.xf:
        if (data.length >= 4) {
          const id = data.readUInt16LE(2);
          this.styles.push(isBuiltInDate(id) || this.formats.has(id));
        }
        break;
      case record.sst:
        this.readStrings(data, next);
        break;
      case record.txo:
        this.readNote(data, next);
        break;
      default:
        this.cell(type, data);
    }
  }

  private pageOf(number: number): string {
    return number === 932 ? 'shift_jis' : number === 936 ? 'gbk' : `cp${number}`;
  }

  private cell(type: number, data: Buffer): void {
    if (data.length < 6) return;
    const row = data.readUInt16LE(0);
    const column = data.readUInt16LE(2);
    const style = data.readUInt16LE(4);
    switch (type) {
      case record.labelSst:
        if (data.length >= 10)
          this.table.cell(row, column, this.strings[data.readUInt32LE(6)] ?? '');
        break;
      case record.label:
      case record.rString:
        this.table.cell(row, column, this.text(data, 6));
        break;
      case record.number:
        if (data.length >= 14) this.number(row, column, style, data.readDoubleLE(6));
        break;
      case record.rk:
        if (data.length >= 10) this.number(row, column, style, rkValue(data.readInt32LE(6)));
        break;
      case record.mulRk:
        for (let at = 4, place = column; at + 6 <= data.length - 2; at += 6, place++) {
          this.number(row, place, data.readUInt16LE(at), rkValue(data.readInt32LE(at + 2)));
        }
        break;
      case record.formula:
        if (data.length < 14) break;
        // A result that is a string stands in the record behind.
        if (data.readUInt16LE(12) === 0xffff) this.awaited = { row, column };
        else this.number(row, column, style, data.readDoubleLE(6));
        break;
      case record.string:
        if (this.awaited !== undefined) {
          this.table.cell(this.awaited.row, this.awaited.column, this.text(data, 0));
          this.awaited = undefined;
        }
        break;
      default:
    }
  }

  private number(row: number, column: number, style: number, value: number): void {
    const date = this.styles[style] === true ? dateOfSerial(value, this.from1904) : undefined;
    this.table.cell(row, column, date ?? numberText(String(value)));
  }

  /** A string within one record. */
  private text(data: Buffer, from: number): string {
    if (from + 3 > data.length) return '';
    if (this.isBiff8) return new StringReader([data], from).string();
    const count = data.readUInt16LE(from);
    return decodeText(data.subarray(from + 2, from + 2 + count), this.page).text;
  }

  /** A record's content with those that continue it. */
  private withContinued(data: Buffer, next: number): readonly Buffer[] {
    const pieces = [data];
    let at = next;
    while (at + 4 <= this.bytes.length && this.bytes.readUInt16LE(at) === record.continues) {
      const length = this.bytes.readUInt16LE(at + 2);
      pieces.push(this.bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return pieces;
  }

  private readStrings(data: Buffer, next: number): void {
    if (data.length < 8) return;
    const count = Math.min(stringsMax, data.readUInt32LE(4));
    const reader = new StringReader(this.withContinued(data, next), 8);
    const strings: string[] = [];
    while (strings.length < count && !reader.isDone) strings.push(reader.string());
    this.strings = strings;
  }

  /** Text of a comment or a shape: its length stands in the record, its characters in the one behind. */
  private readNote(data: Buffer, next: number): void {
    const [, text] = this.withContinued(data, next);
    if (data.length < 12 || text === undefined || text.length < 2) return;
    const count = data.readUInt16LE(10);
    const reader = new StringReader([text], 1);
    this.notes.push(reader.characters(Math.min(count, text.length), (text[0] ?? 0) !== 0));
  }
}

/** A workbook of Excel 5 to 2003 as lines with tabs between cells, and its comments; undefined where it is encrypted. */
export const excelText = (stream: Buffer, charactersMax: number): string | undefined =>
  new WorkbookReader(stream, charactersMax).read();
