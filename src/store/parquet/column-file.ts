import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { zstdDecompressSync } from '../../core/formats/zstd-here.ts';
import { unpackDeltaWords } from './delta-words.ts';
import { unpackCodes, unpackDeltas } from './encodings.ts';
import { codecs, encodings, magic, pageTypes, physical } from './layout.ts';
import { ThriftReader, type ThriftStruct, type ThriftValue } from './thrift.ts';

/** What a file may ask memory for. */
const footerBytesMax = 256 << 20;
const chunkBytesMax = 1 << 30;
const groupRowsMax = 1 << 26;

interface ColumnPlace {
  readonly at: number;
  readonly bytes: number;
  readonly isPacked: boolean;
  readonly isLong: boolean;
  readonly isOptional: boolean;
  readonly least: number | undefined;
  readonly greatest: number | undefined;
}

/** Some rows of a file, one behind the other. */
export interface RowGroup {
  readonly rows: number;
  /** Place of its first row among all rows. */
  readonly first: number;
  readonly columns: ReadonlyMap<string, ColumnPlace>;
}

interface Page {
  readonly type: number;
  readonly values: number;
  readonly encoding: number;
  readonly content: Buffer;
}

const wrong = (): never => {
  throw new RangeError('its footer is not as it should be');
};
const struct = (value: ThriftValue | undefined): ThriftStruct =>
  value instanceof Map ? (value as ThriftStruct) : wrong();
const list = (value: ThriftValue | undefined): readonly ThriftValue[] =>
  Array.isArray(value) ? (value as readonly ThriftValue[]) : wrong();
const whole = (value: ThriftValue | undefined): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : wrong();
const text = (value: ThriftValue | undefined): string =>
  Buffer.isBuffer(value) ? value.toString() : wrong();

const bound = (value: ThriftValue | undefined): number | undefined => {
  if (!Buffer.isBuffer(value)) return undefined;
  if (value.length === 4) return value.readUInt32LE(0);
  if (value.length !== 8) return undefined;
  return value.readUInt32LE(4) * 2 ** 32 + value.readUInt32LE(0);
};

const placeOf = (each: ThriftValue, optional: ReadonlySet<string>): [string, ColumnPlace] => {
  const meta = struct(struct(each).get(3));
  const name = text(list(meta.get(3))[0]);
  const codec = meta.get(4);
  if (codec !== codecs.zstd && codec !== codecs.none) {
    throw new RangeError('it is compressed in another way');
  }
  const statistics = meta.get(12);
  const bounds = statistics === undefined ? undefined : struct(statistics);
  const dictionaryAt = meta.get(11);
  return [
    name,
    {
      at: whole(dictionaryAt ?? meta.get(9)),
      bytes: whole(meta.get(7)),
      isPacked: codec === codecs.zstd,
      isLong: meta.get(1) === physical.int64,
      isOptional: optional.has(name),
      least: bound(bounds?.get(6)),
      greatest: bound(bounds?.get(5)),
    },
  ];
};

/**
 * Dense columns of numbers (`dense-column.ts`), group by group, straight into typed arrays. Throws a `RangeError`
 * where the file is another one or damaged. What is unpacked is good until the next column is asked for.
 */
export class ColumnFile {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  readonly metadata: ReadonlyMap<string, string>;
  private readonly fd: number;
  private bytes: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.fd = openSync(path, 'r');
    try {
      const footer = this.footer();
      this.rows = whole(footer.get(3));
      this.metadata = new Map(
        list(footer.get(5) ?? []).map(pair => [
          text(struct(pair).get(1)),
          text(struct(pair).get(2)),
        ]),
      );
      const optional = new Set(
        list(footer.get(2))
          .map(struct)
          .filter(each => each.get(3) === 1)
          .map(each => text(each.get(4))),
      );
      let first = 0;
      this.groups = list(footer.get(4))
        .map(struct)
        .map(group => {
          const rows = whole(group.get(3));
          if (rows > groupRowsMax) throw new RangeError('a group of too many rows');
          const columns = new Map(list(group.get(1)).map(each => placeOf(each, optional)));
          first += rows;
          return { rows, first: first - rows, columns };
        });
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  has(column: string): boolean {
    return this.groups[0]?.columns.has(column) ?? false;
  }

  /** Whether a group may have a number from one to another, both included. */
  mayHold({ columns }: RowGroup, column: string, from: number, to: number): boolean {
    const place = columns.get(column);
    if (place?.least === undefined || place.greatest === undefined) return true;
    return place.least <= to && place.greatest >= from;
  }

  /** Numbers below 2^32. @param out at least as long as the group has rows. */
  words(group: RowGroup, column: string, out: Uint32Array): Uint32Array {
    const { place, data, dictionary } = this.pages(group, column);
    const { rows } = group;
    if (data.encoding === encodings.deltas) {
      if (place.isLong) out.set(deltasIn(data, rows));
      else unpackDeltaWords(data.content, rows, out);
    } else if (data.encoding === encodings.plain) {
      const step = place.isLong ? 2 : 1;
      const words = wordsOf(data.content, rows * step);
      if (step === 1) out.set(words);
      else for (let i = 0; i < rows; i += 1) out[i] = words[2 * i] ?? 0;
    } else
      this.coded(data, dictionary, place, rows, (words, codes) => low(words, codes, rows, out));
    return out;
  }

  /** Numbers below 2^53, in two words. @param high not needed where they are known to be below 2^32. */
  pairs(group: RowGroup, column: string, lowOut: Uint32Array, highOut: Uint32Array): void {
    const { place, data, dictionary } = this.pages(group, column);
    const { rows } = group;
    if (data.encoding === encodings.deltas) {
      const numbers = deltasIn(data, rows);
      for (let i = 0; i < rows; i += 1) {
        const number = numbers[i] ?? 0;
        lowOut[i] = number;
        highOut[i] = number / 2 ** 32;
      }
    } else if (data.encoding === encodings.plain && place.isLong) {
      const words = wordsOf(data.content, rows * 2);
      for (let i = 0; i < rows; i += 1) {
        lowOut[i] = words[2 * i] ?? 0;
        highOut[i] = words[2 * i + 1] ?? 0;
      }
    } else if (data.encoding === encodings.plain) {
      lowOut.set(wordsOf(data.content, rows));
      highOut.fill(0, 0, rows);
    } else {
      this.coded(data, dictionary, place, rows, (lowWords, codes, highWords) => {
        low(lowWords, codes, rows, lowOut);
        low(highWords, codes, rows, highOut);
      });
    }
  }

  /** Whole numbers up to 2^53. */
  numbers(group: RowGroup, column: string): Float64Array {
    const low = new Uint32Array(group.rows);
    const high = new Uint32Array(group.rows);
    this.pairs(group, column, low, high);
    return Float64Array.from(low, (word, i) => (high[i] ?? 0) * 2 ** 32 + word);
  }

  private coded(
    data: Page,
    dictionary: Page | undefined,
    place: ColumnPlace,
    rows: number,
    take: (low: Uint32Array, codes: Codes, high: Uint32Array) => void,
  ): void {
    if (data.encoding !== encodings.dictionary || dictionary === undefined) {
      throw new RangeError('a page of another encoding');
    }
    const count = dictionary.values;
    const step = place.isLong ? 2 : 1;
    const words = wordsOf(dictionary.content, count * step);
    const width = data.content[0] ?? 0;
    if (width > 32) throw new RangeError('its codes are too wide');
    const codes = codesIn(data.content, rows, width);
    // What is no code of the dictionary reads past the end of it, as 0: it must not pass.
    let most = 0;
    for (let i = 0; i < rows; i += 1) {
      const code = codes[i] ?? 0;
      if (code > most) most = code;
    }
    if (rows > 0 && most >= count)
      throw new RangeError('a number that its dictionary does not have');
    const half = (at: number): Uint32Array =>
      Uint32Array.from({ length: count }, (_, i) => words[i * step + at] ?? 0);
    take(half(0), codes, step === 2 ? half(1) : new Uint32Array(count));
  }

  private pages(
    group: RowGroup,
    column: string,
  ): { readonly place: ColumnPlace; readonly data: Page; readonly dictionary: Page | undefined } {
    const place = group.columns.get(column);
    if (place === undefined) throw new RangeError(`it has no column ${column}`);
    if (place.isOptional) throw new RangeError(`its column ${column} may be empty`);
    if (place.bytes > chunkBytesMax) throw new RangeError('a column that is too long');
    const bytes = this.readAt(place.at, place.bytes);
    const first = pageAt(bytes, 0, place);
    const { page: one, end } = first;
    const isDictionary = one.type === pageTypes.dictionary;
    const data = isDictionary ? pageAt(bytes, end, place).page : one;
    if (data.type !== pageTypes.data || data.values !== group.rows) {
      throw new RangeError('a page of another kind or number of rows');
    }
    return { place, data, dictionary: isDictionary ? one : undefined };
  }

  private footer(): ThriftStruct {
    const { size } = fstatSync(this.fd);
    if (size < 12) throw new RangeError('it is too short');
    const end = Buffer.from(this.readAt(size - 8, 8));
    const length = end.readUInt32LE(0);
    if (end.toString('latin1', 4) !== magic || length > Math.min(size - 12, footerBytesMax)) {
      throw new RangeError('it does not end as a Parquet file does');
    }
    return new ThriftReader(Buffer.from(this.readAt(size - 8 - length, length))).struct();
  }

  private readAt(at: number, count: number): Buffer {
    if (this.bytes.length < count) this.bytes = Buffer.allocUnsafeSlow(Math.max(count, 1 << 16));
    for (let done = 0; done < count; ) {
      const read = readSync(this.fd, this.bytes, done, count - done, at + done);
      if (read === 0) throw new RangeError('it ends too early');
      done += read;
    }
    return this.bytes.subarray(0, count);
  }
}

const deltasIn = ({ content }: Page, rows: number): Float64Array => {
  const numbers = unpackDeltas(content, rows);
  if (numbers.length !== rows) throw new RangeError('it has a number too many or too few');
  return numbers;
};

type Codes = Uint8Array | Uint16Array | Int32Array;

const low = (words: Uint32Array, codes: Codes, rows: number, out: Uint32Array): void => {
  for (let i = 0; i < rows; i += 1) out[i] = words[codes[i] ?? 0] ?? 0;
};

/** Codes of whole bytes each, in one run, lie there as they are. */
const codesIn = (content: Buffer, rows: number, width: number): Codes => {
  if (width === 8 || width === 16) {
    let head = 0;
    let at = 1;
    for (let scale = 1; at < 7; scale *= 0x80) {
      const byte = content[at] ?? 0;
      at += 1;
      head += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    const isOneRun = head % 2 === 1 && ((head - 1) / 2) * 8 >= rows;
    const end = at + rows * (width / 8);
    if (isOneRun && end <= content.length) {
      if (width === 8) return content.subarray(at, end);
      const copy = new Uint8Array(rows * 2);
      content.copy(copy, 0, at, end);
      return new Uint16Array(copy.buffer);
    }
  }
  return unpackCodes(content, 1, rows, width);
};

/** Copied only where they do not lie as the machine wants them. */
const wordsOf = (content: Buffer, words: number): Uint32Array => {
  if (content.length < words * 4) throw new RangeError('a page that is too short');
  if (content.byteOffset % 4 === 0)
    return new Uint32Array(content.buffer, content.byteOffset, words);
  const copy = Buffer.allocUnsafeSlow(words * 4);
  content.copy(copy, 0, 0, words * 4);
  return new Uint32Array(copy.buffer, 0, words);
};

const pageAt = (
  bytes: Buffer,
  at: number,
  { isPacked }: ColumnPlace,
): { readonly page: Page; readonly end: number } => {
  const reader = new ThriftReader(bytes, at);
  const header = reader.struct();
  const length = whole(header.get(2));
  const end = reader.at + whole(header.get(3));
  if (end > bytes.length || length > chunkBytesMax) {
    throw new RangeError('a page that is not as it should be');
  }
  const body = bytes.subarray(reader.at, end);
  const content = isPacked ? unpacked(body, length) : body;
  if (content.length !== length) throw new RangeError('a page of another length');
  if (!isPacked && header.get(4) !== (crc32(content) | 0)) {
    throw new RangeError('a page whose checksum is another');
  }
  const type = whole(header.get(1));
  const about = struct(header.get(type === pageTypes.data ? 5 : 7));
  const page = { type, values: whole(about.get(1)), encoding: whole(about.get(2)), content };
  return { page, end };
};

const unpacked = (body: Buffer, bytes: number): Buffer => {
  try {
    return zstdDecompressSync(body, {
      chunkSize: Math.max(64, bytes + 64),
      maxOutputLength: Math.max(1, bytes),
    });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : '';
    throw new RangeError(`a page cannot be decompressed: ${why}`);
  }
};
