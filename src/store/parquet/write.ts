import { constants, crc32 } from 'node:zlib';
import { zstdCompressSync } from '../../core/formats/zstd-here.ts';
import { beforeFooter } from './before-footer.ts';
import {
  type DenseColumnData,
  densePages,
  denseStatistics,
  isDense,
  physicalOf,
} from './dense-column.ts';
import { packCodes, packDeltas, sameLevels } from './encodings.ts';
import { codecs, converted, encodings, magic, pageTypes, physical, repetition } from './layout.ts';
import { type Thrift, thriftBytes } from './thrift.ts';

/** A column of texts, each kept once. */
interface TextColumnData {
  readonly name: string;
  readonly dictionary: readonly string[];
  /** One a row: a place in the dictionary, below 0 for none. */
  readonly codes: Int32Array;
}

/** A column of whole numbers; kept as the differences between neighbours. */
interface NumberColumnData {
  readonly name: string;
  /** `time`: milliseconds since 1970, UTC. */
  readonly kind: 'int32' | 'int64' | 'time';
  /** NaN for none, save in an `int32`. */
  readonly values: Int32Array | Float64Array;
}

export type ColumnData = TextColumnData | NumberColumnData | DenseColumnData;

export interface ParquetToWrite {
  readonly rows: number;
  readonly columns: readonly ColumnData[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdBy: string;
  /** zstd. */
  readonly level: number;
  /** See `before-footer.ts`. */
  readonly beforeFooter?: Buffer;
}

interface Chunk {
  readonly type: number;
  readonly codec: number;
  readonly encodings: readonly number[];
  readonly pages: readonly Buffer[];
  /** Of the first page, where it is a dictionary. */
  readonly dictionaryBytes: number;
  readonly uncompressed: number;
}

interface Page {
  readonly bytes: Buffer;
  readonly uncompressed: number;
}

/** Columns of less are not packed: unpacking costs more than it saves. */
const plainBytesMax = 2_048;

interface Content {
  readonly bytes: Buffer;
  readonly type: number;
  readonly header: Thrift;
}

const packed = (bytes: Buffer, level: number): Buffer =>
  zstdCompressSync(bytes, {
    chunkSize: Math.max(64, bytes.length + 512),
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      // Whatever is damaged is found when it is unpacked.
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });

const pageOf = ({ bytes, type, header }: Content, codec: number, level: number): Page => {
  const body = codec === codecs.zstd ? packed(bytes, level) : bytes;
  // Bytes that are not packed have their checksum in the header.
  const checksum: readonly (readonly [number, Thrift])[] =
    codec === codecs.zstd ? [] : [[4, { i32: crc32(body) | 0 }]];
  const head = thriftBytes({
    struct: [
      [1, { i32: type }],
      [2, { i32: bytes.length }],
      [3, { i32: body.length }],
      ...checksum,
      [type === pageTypes.data ? 5 : 7, header],
    ],
  });
  return { bytes: Buffer.concat([head, body]), uncompressed: head.length + bytes.length };
};

const pagesOf = (
  contents: readonly Content[],
  level: number,
): { readonly codec: number; readonly pages: readonly Page[] } => {
  const size = contents.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const codec = size <= plainBytesMax ? codecs.none : codecs.zstd;
  return { codec, pages: contents.map(content => pageOf(content, codec, level)) };
};

const dataHeader = (values: number, encoding: number): Thrift => ({
  struct: [
    [1, { i32: values }],
    [2, { i32: encoding }],
    [3, { i32: encodings.rle }],
    [4, { i32: encodings.rle }],
  ],
});

/** Which rows have a value, with the length before it. */
const levels = (present: Uint8Array, count: number): Buffer => {
  const runs =
    count === present.length || count === 0
      ? sameLevels(present.length, count === 0 ? 0 : 1)
      : packCodes(present, 1);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, runs]);
};

const plainTexts = (texts: readonly string[]): Buffer => {
  let room = 0;
  for (const text of texts) room += 4 + 3 * text.length;
  const bytes = Buffer.allocUnsafe(room);
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + 4);
    bytes.writeUInt32LE(length, at);
    at += 4 + length;
  }
  return bytes.subarray(0, at);
};

/** Whole bytes where they do: what follows compresses them better than bits that lie across bytes. */
const widthOf = (texts: number): number => (texts <= 256 ? 8 : 32 - Math.clz32(texts - 1));

const textChunk = ({ dictionary, codes }: TextColumnData, level: number): Chunk => {
  const present = new Uint8Array(codes.length);
  const values = new Int32Array(codes.length);
  let count = 0;
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? -1;
    if (code < 0) continue;
    present[i] = 1;
    values[count] = code;
    count += 1;
  }
  const width = dictionary.length <= 1 ? 1 : widthOf(dictionary.length);
  const codesOf =
    dictionary.length <= 1 ? sameLevels(count, 0) : packCodes(values.subarray(0, count), width);
  const data = Buffer.concat([
    levels(present, count),
    Buffer.of(width),
    count === 0 ? Buffer.alloc(0) : codesOf,
  ]);
  const dictionaryHeader: Thrift = {
    struct: [
      [1, { i32: dictionary.length }],
      [2, { i32: encodings.plain }],
    ],
  };
  const { codec, pages } = pagesOf(
    [
      { bytes: plainTexts(dictionary), type: pageTypes.dictionary, header: dictionaryHeader },
      { bytes: data, type: pageTypes.data, header: dataHeader(codes.length, encodings.dictionary) },
    ],
    level,
  );
  return {
    type: physical.bytes,
    codec,
    encodings: [encodings.plain, encodings.rle, encodings.dictionary],
    pages: pages.map(page => page.bytes),
    dictionaryBytes: pages[0]?.bytes.length ?? 0,
    uncompressed: pages.reduce((sum, page) => sum + page.uncompressed, 0),
  };
};

const numberChunk = ({ kind, values }: NumberColumnData, level: number): Chunk => {
  const present = new Uint8Array(values.length);
  const known = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    present[i] = 1;
    known[count] = value;
    count += 1;
  }
  const deltas = packDeltas(known.subarray(0, count));
  const bytes = kind === 'int32' ? deltas : Buffer.concat([levels(present, count), deltas]);
  const header = dataHeader(values.length, encodings.deltas);
  const { codec, pages } = pagesOf([{ bytes, type: pageTypes.data, header }], level);
  return {
    type: kind === 'int32' ? physical.int32 : physical.int64,
    codec,
    encodings: [encodings.rle, encodings.deltas],
    pages: pages.map(page => page.bytes),
    dictionaryBytes: 0,
    uncompressed: pages.reduce((sum, page) => sum + page.uncompressed, 0),
  };
};

const denseChunk = (column: DenseColumnData, level: number): Chunk => {
  const { dictionary, data, encoding } = densePages(column);
  const rows = column.values.length;
  const contents: Content[] = [];
  if (dictionary !== undefined) {
    const header: Thrift = {
      struct: [
        [1, { i32: dictionary.values }],
        [2, { i32: encodings.plain }],
      ],
    };
    contents.push({ bytes: dictionary.bytes, type: pageTypes.dictionary, header });
  }
  contents.push({ bytes: data, type: pageTypes.data, header: dataHeader(rows, encoding) });
  const { codec, pages } =
    column.packed === false
      ? { codec: codecs.none, pages: contents.map(each => pageOf(each, codecs.none, level)) }
      : pagesOf(contents, level);
  return {
    type: physicalOf(column),
    codec,
    encodings: [encodings.rle, encoding, ...(dictionary === undefined ? [] : [encodings.plain])],
    pages: pages.map(page => page.bytes),
    dictionaryBytes: dictionary === undefined ? 0 : (pages[0]?.bytes.length ?? 0),
    uncompressed: pages.reduce((sum, page) => sum + page.uncompressed, 0),
  };
};

const isText = (column: ColumnData): column is TextColumnData => 'codes' in column;

const chunkOf = (column: ColumnData, level: number): Chunk => {
  if (isText(column)) return textChunk(column, level);
  return isDense(column) ? denseChunk(column, level) : numberChunk(column, level);
};

const schemaOf = (column: ColumnData): Thrift => {
  const name = [4, { text: column.name }] as const;
  if (isText(column)) {
    return {
      struct: [
        [1, { i32: physical.bytes }],
        [3, { i32: repetition.optional }],
        name,
        [6, { i32: converted.text }],
        [10, { struct: [[1, { struct: [] }]] }],
      ],
    };
  }
  if (isDense(column)) {
    const unsigned = [6, { i32: converted.uint32 }] as const;
    return {
      struct: [
        [1, { i32: physicalOf(column) }],
        [3, { i32: repetition.required }],
        name,
        ...(column.dense === 'uint32' ? [unsigned] : []),
      ],
    };
  }
  if (column.kind === 'int32') {
    return {
      struct: [[1, { i32: physical.int32 }], [3, { i32: repetition.required }], name],
    };
  }
  const int64 = [[1, { i32: physical.int64 }], [3, { i32: repetition.optional }], name] as const;
  if (column.kind === 'int64') return { struct: int64 };
  const unit: Thrift = { struct: [[1, { struct: [] }]] };
  const timestamp: Thrift = {
    struct: [
      [1, { flag: true }],
      [2, unit],
    ],
  };
  return {
    struct: [...int64, [6, { i32: converted.timestampMs }], [10, { struct: [[8, timestamp]] }]],
  };
};

/** Of which columns a file is. */
type Shape = readonly Pick<ColumnData, 'name'>[];

/** Writes a file piece by piece; each group of rows has dictionaries of its own. */
export class ParquetWriter {
  private readonly about: Omit<ParquetToWrite, 'rows' | 'columns'>;
  private readonly groups: Thrift[] = [];
  private schema: readonly Thrift[] = [];
  private shape: Shape = [];
  private at = 0;
  private rows = 0;

  constructor(about: Omit<ParquetToWrite, 'rows' | 'columns'>) {
    this.about = about;
  }

  /** @param columns the same ones in each group. @returns what goes behind what was written before. */
  group(rows: number, columns: readonly ColumnData[]): Buffer {
    const parts: Buffer[] = [];
    if (this.at === 0) {
      parts.push(Buffer.from(magic));
      this.at = magic.length;
      this.shape = columns;
      this.schema = columns.map(schemaOf);
    }
    if (rows === 0) return Buffer.concat(parts);
    let uncompressed = 0;
    const chunks: Thrift[] = [];
    for (const [i, column] of columns.entries()) {
      if (column.name !== this.shape[i]?.name) throw new RangeError('another column than before');
      const { level } = this.about;
      const chunk = chunkOf(column, level);
      const bytes = chunk.pages.reduce((sum, page) => sum + page.length, 0);
      const meta: (readonly [number, Thrift])[] = [
        [1, { i32: chunk.type }],
        [2, { list: chunk.encodings.map(i32 => ({ i32 })) }],
        [3, { list: [{ text: column.name }] }],
        [4, { i32: chunk.codec }],
        [5, { i64: rows }],
        [6, { i64: chunk.uncompressed }],
        [7, { i64: bytes }],
        [9, { i64: this.at + chunk.dictionaryBytes }],
      ];
      if (chunk.dictionaryBytes > 0) meta.push([11, { i64: this.at }]);
      if (isDense(column)) meta.push([12, denseStatistics(column)]);
      chunks.push({
        struct: [
          [2, { i64: this.at }],
          [3, { struct: meta }],
        ],
      });
      parts.push(...chunk.pages);
      this.at += bytes;
      uncompressed += chunk.uncompressed;
    }
    this.groups.push({
      struct: [
        [1, { list: chunks }],
        [2, { i64: uncompressed }],
        [3, { i64: rows }],
      ],
    });
    this.rows += rows;
    return Buffer.concat(parts);
  }

  /** The end of the file; at least one group, be it without rows, comes before. */
  end(): Buffer {
    const { metadata, createdBy, beforeFooter: content } = this.about;
    const root: Thrift = {
      struct: [
        [4, { text: 'row' }],
        [5, { i32: this.schema.length }],
      ],
    };
    const pairs = Object.entries(metadata).map(
      ([key, value]): Thrift => ({
        struct: [
          [1, { text: key }],
          [2, { text: value }],
        ],
      }),
    );
    const footer = thriftBytes({
      struct: [
        [1, { i32: 1 }],
        [2, { list: [root, ...this.schema] }],
        [3, { i64: this.rows }],
        [4, { list: this.groups }],
        [5, { list: pairs }],
        [6, { text: createdBy }],
      ],
    });
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    const before = content === undefined ? [] : [beforeFooter(content, footer)];
    return Buffer.concat([...before, footer, length, Buffer.from(magic)]);
  }
}

/** A file of one group of rows: dictionaries and pages in the order of the columns. */
export const writeParquet = ({ rows, columns, ...about }: ParquetToWrite): Buffer => {
  const writer = new ParquetWriter(about);
  return Buffer.concat([writer.group(rows, columns), writer.end()]);
};
