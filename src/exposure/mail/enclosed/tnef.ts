import { decodeText } from '../charsets/decode.ts';
import { unpackRtf } from './compressed-rtf.ts';

/** A `winmail.dat` (MS-OXTNEF): what Outlook sends in place of MIME. */
export interface Tnef {
  readonly subject?: string;
  readonly plain?: string;
  readonly html?: Buffer;
  readonly rtf?: Buffer;
  readonly files: readonly TnefFile[];
}

interface TnefFile {
  name: string;
  bytes: Buffer;
}

const signature = 0x223e9f78;
const attributesMax = 20_000;
const propertiesMax = 20_000;
const filesMax = 1_000;

const attribute = {
  subject: 0x8004,
  body: 0x800c,
  attachData: 0x800f,
  attachTitle: 0x8010,
  attachBegin: 0x9002,
  properties: 0x9003,
  attachProperties: 0x9005,
  codePage: 0x9007,
} as const;

const property = {
  subject: 0x0037,
  body: 0x1000,
  rtf: 0x1009,
  html: 0x1013,
  attachData: 0x3701,
  attachName: 0x3704,
  attachLongName: 0x3707,
} as const;

interface Property {
  readonly id: number;
  readonly type: number;
  readonly bytes: Buffer;
}

/** Lengths of values of fixed size, by type (MS-OXCDATA 2.11.1). */
const fixed: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
};

const padded = (length: number): number => length + ((4 - (length % 4)) % 4);

class PropertyReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  read(): readonly Property[] {
    const count = Math.min(this.number(), propertiesMax);
    const found: Property[] = [];
    for (let index = 0; index < count && this.at + 4 <= this.bytes.length; index++) {
      const both = this.number();
      const id = both >>> 16;
      const type = both & 0xfff;
      if (id >= 0x8000) this.skipName();
      const isMany = (both & 0x1000) !== 0;
      const size = fixed[type];
      const values = size === undefined || isMany ? Math.min(this.number(), propertiesMax) : 1;
      for (let value = 0; value < values && this.at < this.bytes.length; value++) {
        const length = size ?? this.number();
        found.push({ id, type, bytes: this.bytes.subarray(this.at, this.at + length) });
        this.at += size ?? padded(length);
      }
    }
    return found;
  }

  private number(): number {
    const value = this.at + 4 <= this.bytes.length ? this.bytes.readUInt32LE(this.at) : 0;
    this.at += 4;
    return value;
  }

  private skipName(): void {
    this.at += 16;
    if (this.number() === 0) this.at += 4;
    else this.at += padded(this.number());
  }
}

const textOf = (bytes: Buffer, page: string, isWide = false): string => {
  const text = isWide ? bytes.toString('utf16le') : decodeText(bytes, page).text;
  return text.replaceAll('\0', '');
};

class TnefReader {
  private page = 'windows-1252';
  private subject: string | undefined;
  private plain: string | undefined;
  private html: Buffer | undefined;
  private rtf: Buffer | undefined;
  private readonly files: TnefFile[] = [];
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  read(bytes: Buffer): Tnef {
    let at = 6;
    for (let count = 0; count < attributesMax && at + 9 <= bytes.length; count++) {
      const id = bytes.readUInt16LE(at + 1);
      const length = bytes.readUInt32LE(at + 5);
      this.attribute(id, bytes.subarray(at + 9, at + 9 + length));
      at += 9 + length + 2;
    }
    const { subject, plain, html, rtf } = this;
    return {
      ...(subject === undefined ? {} : { subject }),
      ...(plain === undefined ? {} : { plain }),
      ...(html === undefined ? {} : { html }),
      ...(rtf === undefined ? {} : { rtf }),
      files: this.files.filter(file => file.bytes.length > 0),
    };
  }

  private attribute(id: number, data: Buffer): void {
    switch (id) {
      case attribute.codePage:
        if (data.length >= 4) this.page = `cp${data.readUInt32LE(0)}`;
        break;
      case attribute.subject:
        this.subject ??= textOf(data, this.page);
        break;
      case attribute.body:
        this.plain ??= textOf(data, this.page);
        break;
      case attribute.attachBegin:
        if (this.files.length < filesMax) this.files.push({ name: '', bytes: Buffer.alloc(0) });
        break;
      case attribute.attachTitle:
        this.file(file => {
          if (file.name === '') file.name = textOf(data, this.page);
        });
        break;
      case attribute.attachData:
        this.file(file => {
          file.bytes = data;
        });
        break;
      case attribute.properties:
        for (const one of new PropertyReader(data).read()) this.ofMessage(one);
        break;
      case attribute.attachProperties:
        for (const one of new PropertyReader(data).read()) this.ofFile(one);
        break;
      default:
    }
  }

  private file(change: (file: TnefFile) => void): void {
    const last = this.files.at(-1);
    if (last !== undefined) change(last);
  }

  private ofMessage({ id, type, bytes }: Property): void {
    const isWide = type === 31;
    if (id === property.subject) this.subject ??= textOf(bytes, this.page, isWide);
    else if (id === property.body) this.plain ??= textOf(bytes, this.page, isWide);
    else if (id === property.html) this.html = bytes;
    else if (id === property.rtf) this.rtf = unpackRtf(bytes, this.bytesMax);
  }

  private ofFile({ id, type, bytes }: Property): void {
    this.file(file => {
      if (id === property.attachLongName) file.name = textOf(bytes, this.page, type === 31);
      else if (id === property.attachName && file.name === '') {
        file.name = textOf(bytes, this.page, type === 31);
      } else if (id === property.attachData && file.bytes.length === 0) {
        // An object is led by the id of its interface; of a message that is another TNEF.
        file.bytes = type === 13 ? bytes.subarray(16) : bytes;
      }
    });
  }
}

const isTnef = (bytes: Buffer): boolean => bytes.length >= 6 && bytes.readUInt32LE(0) === signature;

/** Reads TNEF; undefined where the bytes are none. Never throws; compressed text is at most `bytesMax` long. */
export const readTnef = (bytes: Buffer, bytesMax: number): Tnef | undefined =>
  isTnef(bytes) ? new TnefReader(bytesMax).read(bytes) : undefined;
