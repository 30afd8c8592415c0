import { crc32 } from 'node:zlib';
import { zstdDecompressSync } from '../../core/formats/zstd-here.ts';
import { contentBeforeFooter } from './before-footer.ts';
import { Codes, sameOfAll } from './codes.ts';
import { pickDeltas, unpackCodes, unpackDeltas } from './encodings.ts';
import { giveBack } from './give-back.ts';
import { codecs, encodings, magic, pageTypes } from './layout.ts';
import { ThriftReader, type ThriftStruct, type ThriftValue } from './thrift.ts';

/** Rows, texts and bytes of a page that a file may ask memory for. */
const rowsMax = 1 << 24;
const pageBytesMax = 1 << 28;

interface Chunk {
  readonly values: number;
  readonly dataAt: number;
  readonly dictionaryAt: number | undefined;
  readonly isOptional: boolean;
  readonly isPacked: boolean;
}

interface Page {
  readonly header: ThriftStruct;
  readonly content: Buffer;
}

const struct = (value: ThriftValue | undefined): ThriftStruct => {
  if (value instanceof Map) return value as ThriftStruct;
  throw new RangeError('its footer is not as it should be');
};

const list = (value: ThriftValue | undefined): readonly ThriftValue[] => {
  if (Array.isArray(value)) return value as readonly ThriftValue[];
  throw new RangeError('its footer is not as it should be');
};

const number = (value: ThriftValue | undefined): number => {
  if (typeof value === 'number') return value;
  throw new RangeError('its footer is not as it should be');
};

const text = (value: ThriftValue | undefined): string =>
  Buffer.isBuffer(value) ? value.toString() : '';

/** The texts of a column, each once, as they lie in the file. */
export class TextDictionary {
  readonly count: number;
  private readonly bytes: Buffer;
  /** Where each text begins; worked out when one is asked for. */
  private starts: Int32Array | undefined;
  /** Where the last one ends. */
  private end = 0;

  constructor(bytes: Buffer, count: number) {
    if (count * 4 > bytes.length) throw new RangeError('its dictionary is too short');
    this.bytes = bytes;
    this.count = count;
  }

  at(code: number): string {
    if (code >= this.count) throw new RangeError('a text that its dictionary does not have');
    const start = this.placed()[code] ?? 0;
    return this.bytes.toString('utf8', start, start + this.bytes.readUInt32LE(start - 4));
  }

  /** What becomes of a text where it lies, in UTF-8. */
  apply<T>(code: number, take: (bytes: Uint8Array, start: number, end: number) => T): T {
    if (code >= this.count) throw new RangeError('a text that its dictionary does not have');
    const start = this.placed()[code] ?? 0;
    return take(this.bytes, start, start + this.bytes.readUInt32LE(start - 4));
  }

  /** 1 for each text that is asked for, 0 for the others; undefined where none is. */
  matching(
    isAsked: (bytes: Buffer, start: number, end: number) => boolean,
  ): Uint8Array | undefined {
    const { bytes } = this;
    const starts = this.placed();
    const last = this.count - 1;
    let found: Uint8Array | undefined;
    for (let i = 0; i <= last; i += 1) {
      const start = starts[i] ?? 0;
      const end = i < last ? (starts[i + 1] ?? 0) - 4 : this.end;
      if (!isAsked(bytes, start, end)) continue;
      found ??= new Uint8Array(this.count);
      found[i] = 1;
    }
    return found;
  }

  private placed(): Int32Array {
    if (this.starts !== undefined) return this.starts;
    const { bytes, count } = this;
    const starts = new Int32Array(count);
    let at = 0;
    for (let i = 0; i < count; i += 1) {
      if (at + 4 > bytes.length) throw new RangeError('its dictionary is too short');
      const length =
        (bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24);
      const start = at + 4;
      at = start + length;
      if (length < 0 || at > bytes.length) throw new RangeError('its dictionary is too short');
      starts[i] = start;
    }
    this.end = at;
    this.starts = starts;
    return starts;
  }
}

/** Reads what `writeParquet` writes, a column at a time. Throws a `RangeError` where the file is another one or damaged. */
export class ParquetFile {
  readonly rows: number;
  readonly metadata: ReadonlyMap<string, string>;
  private readonly bytes: Buffer;
  private readonly chunks = new Map<string, Chunk>();
  /** What was unpacked, which is asked for more than once. */
  private readonly dictionaries = new Map<string, TextDictionary>();
  private readonly unpacked: Buffer[] = [];
  private readonly codesOf = new Map<string, Codes>();

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const end = bytes.length - 8;
    const isWhole =
      end >= 4 &&
      bytes.toString('latin1', 0, 4) === magic &&
      bytes.toString('latin1', end + 4) === magic;
    if (!isWhole) throw new RangeError('it does not begin and end as a Parquet file does');
    const start = end - bytes.readUInt32LE(end);
    if (start < 4) throw new RangeError('its footer is not as it should be');
    // Checks the footer, where what lies before it says how.
    contentBeforeFooter(bytes);
    const footer = new ThriftReader(bytes.subarray(0, end), start).struct();
    this.rows = number(footer.get(3));
    if (this.rows < 0 || this.rows > rowsMax) throw new RangeError('it has too many rows');
    this.metadata = new Map(
      list(footer.get(5) ?? []).map(pair => [text(struct(pair).get(1)), text(struct(pair).get(2))]),
    );
    const optional = new Set(
      list(footer.get(2))
        .map(struct)
        .filter(each => each.get(3) === 1)
        .map(each => text(each.get(4))),
    );
    const groups = list(footer.get(4));
    if (groups.length > 1) throw new RangeError('it has several row groups');
    for (const group of groups) this.takeGroup(struct(group), optional);
  }

  /** Frees what was unpacked, for whoever has taken out all that he wants: nothing else may be asked for. */
  release(): void {
    for (const content of this.unpacked) giveBack(content);
    this.unpacked.length = 0;
  }

  has(column: string): boolean {
    return this.chunks.has(column);
  }

  /** Undefined where no row has a value. */
  dictionary(column: string): TextDictionary | undefined {
    const known = this.dictionaries.get(column) ?? this.readDictionary(column);
    if (known !== undefined) this.dictionaries.set(column, known);
    return known;
  }

  /** Places in the dictionary, by row; undefined where no row has a value. */
  codes(column: string): Codes | undefined {
    const known = this.codesOf.get(column) ?? this.readCodes(column);
    if (known !== undefined) this.codesOf.set(column, known);
    return known;
  }

  private readDictionary(column: string): TextDictionary | undefined {
    const chunk = this.chunks.get(column);
    if (chunk?.dictionaryAt === undefined) return undefined;
    const { header, content } = this.page(chunk.dictionaryAt, pageTypes.dictionary, chunk.isPacked);
    const count = number(struct(header.get(7)).get(1));
    return count === 0 ? undefined : new TextDictionary(content, count);
  }

  private readCodes(column: string): Codes | undefined {
    const chunk = this.chunks.get(column);
    if (chunk === undefined) return undefined;
    return new Codes(this.content(chunk, encodings.dictionary), this.rows);
  }

  /** Numbers of some rows, which ascend; NaN for none. */
  numbersAt(column: string, rows: Int32Array): Float64Array {
    const known = this.numbersIfFull(column, rows);
    if (known !== undefined) return known;
    const all = this.numbers(column);
    return Float64Array.from(rows, row => all[row] ?? Number.NaN);
  }

  /** Numbers of some rows, which ascend; undefined where not each row of the file has one. */
  numbersIfFull(column: string, rows: Int32Array): Float64Array | undefined {
    const chunk = this.chunks.get(column);
    if (chunk === undefined) return undefined;
    const content = this.content(chunk, encodings.deltas);
    if (!chunk.isOptional) return pickDeltas(content, this.rows, rows);
    if (content.length < 4) throw new RangeError('a page that is too short');
    if (sameOfAll(content, 4, this.rows) !== true) return undefined;
    return pickDeltas(content.subarray(4 + content.readUInt32LE(0)), this.rows, rows);
  }

  /** One a row; NaN for none. */
  numbers(column: string): Float64Array {
    const chunk = this.chunks.get(column);
    if (chunk === undefined) return new Float64Array(this.rows).fill(Number.NaN);
    const content = this.content(chunk, encodings.deltas);
    if (!chunk.isOptional) return deltasOf(content, this.rows);
    if (content.length < 4) throw new RangeError('a page that is too short');
    const at = 4 + content.readUInt32LE(0);
    if (sameOfAll(content, 4, this.rows) === true) {
      return deltasOf(content.subarray(at), this.rows);
    }
    const present = unpackCodes(content.subarray(0, at), 4, this.rows, 1);
    let count = 0;
    for (const level of present) count += level;
    const known = deltasOf(content.subarray(at), count);
    return count === this.rows ? known : spread(known, present);
  }

  private takeGroup(group: ThriftStruct, optional: ReadonlySet<string>): void {
    for (const each of list(group.get(1))) {
      const meta = struct(struct(each).get(3));
      const name = text(list(meta.get(3))[0]);
      const dictionaryAt = meta.get(11);
      const codec = meta.get(4);
      if (codec !== codecs.zstd && codec !== codecs.none) {
        throw new RangeError('it is compressed in another way');
      }
      this.chunks.set(name, {
        values: number(meta.get(5)),
        dataAt: number(meta.get(9)),
        dictionaryAt: dictionaryAt === undefined ? undefined : number(dictionaryAt),
        isOptional: optional.has(name),
        isPacked: codec === codecs.zstd,
      });
    }
  }

  private page(at: number, type: number, isPacked: boolean): Page {
    if (at < 0 || at >= this.bytes.length) throw new RangeError('a page that is not there');
    const reader = new ThriftReader(this.bytes, at);
    const header = reader.struct();
    const uncompressed = number(header.get(2));
    const end = reader.at + number(header.get(3));
    if (header.get(1) !== type || end > this.bytes.length || uncompressed > pageBytesMax) {
      throw new RangeError('a page that is not as it should be');
    }
    const body = this.bytes.subarray(reader.at, end);
    const content = isPacked ? unpacked(body, uncompressed) : body;
    if (isPacked) this.unpacked.push(content);
    if (content.length !== uncompressed) throw new RangeError('a page of another length');
    if (!isPacked && header.get(4) !== (crc32(content) | 0)) {
      throw new RangeError('a page whose checksum is another');
    }
    return { header, content };
  }

  private content(chunk: Chunk, encoding: number): Buffer {
    const { header, content } = this.page(chunk.dataAt, pageTypes.data, chunk.isPacked);
    const about = struct(header.get(5));
    if (about.get(1) !== this.rows || about.get(2) !== encoding) {
      throw new RangeError('a page of another encoding or number of rows');
    }
    return content;
  }
}

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

const deltasOf = (content: Buffer, count: number): Float64Array => {
  const numbers = unpackDeltas(content, count);
  if (numbers.length !== count) throw new RangeError('it has a number too many or too few');
  return numbers;
};

/** Values at the rows that have one. */
const spread = (known: Float64Array, present: Int32Array): Float64Array => {
  const out = new Float64Array(present.length).fill(Number.NaN);
  let next = 0;
  for (let i = 0; i < present.length; i += 1) {
    if (present[i] !== 1) continue;
    out[i] = known[next] ?? Number.NaN;
    next += 1;
  }
  return out;
};
